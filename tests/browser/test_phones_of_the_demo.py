"""The demo's phones, played by hand: what a newcomer sees in the first minutes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import text

from bot.simulator.demo import Demo
from tests.browser.looking import PATIENCE, Phone, barriers, too_wide, unseen_stops


def answer(demo: Demo, reference: str, step: str) -> tuple[object, ...]:
    """What the newest answer to that question was understood to be: value, number, words, tag."""
    with demo.parts.database.reading() as db:
        row = db.execute(
            text(
                "select a.value, a.number, a.words, a.language from answer a "
                "join participant p on p.id = a.participant_id "
                "where p.reference = :reference and a.step = :step order by a.id desc limit 1"
            ),
            {"reference": reference, "step": step},
        ).one()
    return tuple(row)


def alerts(demo: Demo, reference: str) -> list[str]:
    with demo.parts.database.reading() as db:
        return list(
            db.execute(
                text(
                    "select a.kind from alert a join participant p on p.id = a.participant_id "
                    "where p.reference = :reference and a.state = 'open' order by a.id"
                ),
                {"reference": reference},
            ).scalars()
        )


def test_amina_answers_in_arabic_with_buttons_and_arabic_digits(phones: Page, demo: Demo) -> None:
    amina = Phone(phones, "Amina")
    amina.hears("كيف كان أسبوعك؟")
    assert amina.all.locator(".phone").get_attribute("dir") == "rtl"
    amina.taps("صعب")
    amina.hears("كم أنتِ قريبة منه الآن؟")
    amina.writes("٣")
    amina.hears("هل قمتِ بخطوتك الصغيرة؟")
    assert answer(demo, "W-101", "rating") == ("3", 3, "٣", "ar")
    amina.taps("ليس بعد")
    amina.hears("أرسلي الأرقام")
    amina.writes("١ ٤")
    amina.hears("هل تريدين")
    amina.taps("نعم")
    amina.hears("سيتصل بك شخص")
    assert answer(demo, "W-101", "barriers")[2:] == ("١ ٤", "ar")
    assert "wants_call" in alerts(demo, "W-101")


def test_luwam_was_met_by_an_english_opener_and_goes_on_in_tigrinya(
    phones: Page, demo: Demo
) -> None:
    luwam = Phone(phones, "Luwam")
    opener = demo.simulator.talk_with("+447700900102")[0].shown
    assert opener is not None and [one.title for one in opener.buttons] == ["Continue"]
    question = luwam.hears("እዚ ሰሙን ከመይ ነይሩክን?")
    assert question.locator(".text").get_attribute("lang") == "ti"
    luwam.writes("ጽቡቕ")
    luwam.hears("ሕጂ ክሳብ ክንደይ ቀሪብክን ኣለኽን?")
    luwam.writes("፬")
    luwam.hears("እቲ ንእሽቶ ነገር ጌርክናኦ ዶ?")
    luwam.writes("እወ")
    luwam.hears("የቐንየለይ")
    assert answer(demo, "W-102", "week")[0] == "good"
    assert answer(demo, "W-102", "rating") == ("4", 4, "፬", "ti")
    assert answer(demo, "W-102", "step")[0] == "yes"


def test_grace_confirms_a_session_from_a_list_without_javascript(
    new_context: Callable[..., BrowserContext], watch: Callable[[Page], Page], demo: Demo
) -> None:
    page = watch(new_context(java_script_enabled=False).new_page())
    page.goto("/phones/")
    page.get_by_role("button", name="Next check-in").click()
    grace = Phone(page, "Grace")
    _reload_until(page, grace, "Still OK?")
    grace.taps("Yes")
    page.get_by_role("button", name="Next check-in").click()
    _reload_until(page, grace, "Our training is on")
    grace.taps("Yes")
    page.get_by_role("button", name="Next check-in").click()
    _reload_until(page, grace, "Did you and Amina meet")
    grace.taps("Yes")
    assert page.url.endswith("#phone-0")
    _reload_until(page, grace, "How long did you meet?")
    grace.picks("One hour")
    _reload_until(page, grace, "How was it?")
    assert answer(demo, "M-101", "minutes")[0] == "hour"


def _reload_until(page: Page, phone: Phone, words: str) -> None:
    """Without a script the screens are as fresh as the page."""
    newest = phone.all.locator(".message.theirs .text").last
    for _ in range(PATIENCE // 500):
        if words in (newest.text_content() or "") and page.locator("#progress").is_hidden():
            return
        page.wait_for_timeout(500)
        page.reload()
    expect(newest).to_contain_text(words)


def test_who_writes_sees_the_newest_message_again(phones: Page) -> None:
    amina = Phone(phones, "Amina")
    scroll = amina.all.locator(".scroll")
    scroll.evaluate("one => one.scrollTo(0, -1000)")
    amina.writes("شكرا")
    expect(amina.all.locator(".mine .text").last).to_have_text("شكرا", timeout=PATIENCE)
    assert scroll.evaluate("one => one.scrollTop") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_phones_shut_nobody_out(phones: Page, scheme: str) -> None:
    phones.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    assert barriers(phones) == []


def test_the_phones_fit_every_screen_and_show_where_the_keyboard_is(phones: Page) -> None:
    assert unseen_stops(phones, stops=8) == []
    assert too_wide(phones) == []
