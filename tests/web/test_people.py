"""The list of people, and one person's page."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.parts import Parts
from bot.store.models import AuditEntry, Message, Participant
from bot.store.pages.talk import PAGE
from tests.web.cohort import NOW, Cast
from tests.web.page import Browser, Page

NASTY = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }} {% raw %} ${7*7}",
    "</p></li></main><h1>Mine</h1>",
    "javascript:alert(1)",
    "\u202egnp.exe\u202c",
    "%s %d {0.__class__}",
)


@pytest.fixture
def amina(ruth: Browser, cast: Cast) -> Page:
    return ruth.get(f"/people/{cast.amina}")


def bubble(page: Page, message: str) -> str:
    return next(
        " ".join(one.text.split())
        for one in page.all("li")
        if one.attributes.get("class", "").startswith("bubble")
        and message in " ".join(one.text.split())
    )


def test_everyone_is_listed_with_her_cohort_and_her_pair(ruth: Browser) -> None:
    page = ruth.get("/people")
    rows = [" ".join(one.text.split()) for one in page.all("tr")]
    assert "أمينة A1 Grace Arabic today at 03:42" in rows
    assert any(row.startswith("Grace G1 أمينة Acorn Ltd English") for row in rows)
    assert any("Luwam L1" in row and "held after a concern" in row for row in rows)
    assert any("فرح F1 nobody yet Persian" in row and "stopped messages" in row for row in rows)
    assert [one.text for one in page.all("h2")] == [
        "Autumn 2026, week 6 of 16",
        "Spring 2027, not started",
    ], "those who are under way come first"


def test_a_page_says_who_she_is(amina: Page) -> None:
    assert amina.one("h1").text == "أمينة"
    assert "Mentee · Autumn 2026, week 6 of 16 · A1" in amina.text
    assert "Mentored by Grace. We write to her in Arabic" in amina.text
    assert "draft No native speaker has reviewed its texts." in amina.text


def test_a_goal_is_a_line_that_can_be_read_without_seeing_it(amina: Page) -> None:
    line = next(one for one in amina.all("svg", role="img") if "goal" in one.attributes["class"])
    title, description = line.attributes["aria-labelledby"].split()
    assert amina.one("title", id=title).text == "How close she says she is to her goal"
    assert "From 2 at the start to 6 now" in amina.one("desc", id=description).text
    numbers = [one.text for one in amina.all("td") if one.text in ("2", "3", "5", "4", "6")]
    assert numbers == ["2", "3", "3", "5", "4", "6"]
    assert "She says that she is at 1 of 10" in amina.text, "one number is no line yet"


def test_a_goal_has_her_words_at_the_start_and_now(amina: Page) -> None:
    quotes = [
        (one.text, one.attributes["lang"])
        for one in amina.all("span", dir="auto")
        if "quote" in one.attributes.get("class", "")
    ]
    assert ("أريد أن أجد عملاً في مطبخ مدرسة قريبة من البيت", "ar") in quotes
    assert ("أريد عملاً", "ar") in quotes


def test_each_session_shows_what_both_sides_said(amina: Page) -> None:
    rows = [" ".join(one.text.split()) for one in amina.all("tr")]
    assert any("Held, reported by both, 1 h met, 1 h, it was good met, 1 h" in row for row in rows)
    assert any("Held, reported by the mentor alone, 45 min met, 45 min" in row for row in rows)
    assert any("Missed did not meet, the mentee could not –" in row for row in rows)
    assert any("The two do not agree met, it was good did not meet" in row for row in rows)
    assert any("Nobody has said yet – –" in row for row in rows)
    assert amina.one("p", role="img").attributes["aria-label"] == "3 of 10 sessions held"


def test_a_bubble_has_the_original_its_english_and_what_became_of_it(amina: Page) -> None:
    asked = bubble(amina, "كيف كان أسبوعك")
    assert "We wrote" in asked
    assert "In English: Hello {name}. How was your week?" in asked
    assert "yesterday at 08:30 · WhatsApp · Read" in asked
    failed = bubble(amina, "إلى الأسبوع القادم")
    assert "Not delivered: this number cannot get our WhatsApp messages" in failed


def test_her_reply_says_what_it_was_understood_to_mean(amina: Page) -> None:
    assert "Understood as: Hard" in bubble(amina, "أمينة wrote صعب")
    assert "Understood as: 6 of 10" in bubble(amina, "٦")
    assert "Understood as: Travel or bus money, Children" in bubble(amina, "1 2")


def test_every_text_of_hers_has_its_language_and_direction(amina: Page) -> None:
    said = [one for one in amina.all("p") if one.attributes.get("class") == "said"]
    assert len(said) == 7
    for one in said:
        assert one.attributes["lang"] == "ar"
        assert one.attributes["dir"] == "auto"


def test_consents_and_ways_to_reach_her_stand_there(amina: Page) -> None:
    assert "Yes to messages from us" in amina.text
    assert "No to telling her mentor about her goal" in amina.text
    assert "Free messages until tomorrow at 03:42" in amina.text


def test_a_closed_window_is_said(ruth: Browser, cast: Cast) -> None:
    page = ruth.get(f"/people/{cast.grace}")
    assert "Only approved templates until she writes." in page.text


def test_somebody_held_back_can_be_released_by_staff_only(
    ruth: Browser, ivy: Browser, cast: Cast, parts: Parts
) -> None:
    path = f"/people/{cast.luwam}"
    assert "Held since yesterday" in ruth.get(path).text
    assert "Nothing is sent to her until the lead releases her." in ivy.get(path).text
    assert not [one for one in ivy.get(path).all("button") if "written to" in one.text]
    answer = ruth.post(f"{path}/released", page=path)
    assert answer.response.headers["Location"] == path
    page = ruth.get(path)
    assert "She can be written to again." in page.text
    assert "Held since" not in page.text
    with parts.database.reading() as db:
        done = db.exec(select(AuditEntry).where(AuditEntry.action == "released")).one()
        assert (done.subject, done.staff_id) == (f"participant:{cast.luwam}", cast.ruth)


def test_a_phone_that_others_read_is_marked(ruth: Browser, cast: Cast, parts: Parts) -> None:
    with parts.database.transaction() as db:
        kept = db.get_one(Participant, cast.selam)
        kept.discreet = True
        db.add(kept)
    assert "Others read her phone." in ruth.get(f"/people/{cast.selam}").text


def test_opening_her_page_is_recorded_every_time(ruth: Browser, parts: Parts, cast: Cast) -> None:
    for _ in range(2):
        ruth.get(f"/people/{cast.selam}")
    with parts.database.reading() as db:
        entries = db.exec(select(AuditEntry).where(AuditEntry.action == "read")).all()
    assert [entry.subject for entry in entries] == [f"participant:{cast.selam}"] * 2
    assert not any(entry.detail for entry in entries), "never her words"


def test_what_somebody_writes_never_becomes_part_of_a_page(
    ruth: Browser, cast: Cast, parts: Parts
) -> None:
    with parts.database.transaction() as db:
        person = db.get_one(Participant, cast.selam)
        person.name = NASTY[0]
        db.add(person)
        for place, text in enumerate(NASTY):
            db.add(
                Message(
                    participant_id=cast.selam,
                    direction="in",
                    channel="sms",
                    external_id=f"SMnasty{place}",
                    text=text,
                    language="ti",
                    at=NOW - timedelta(hours=place),
                )
            )
    page = ruth.get(f"/people/{cast.selam}")
    assert page.one("h1").text == NASTY[0]
    assert [one.text for one in page.all("p") if one.attributes.get("class") == "said"] == list(
        NASTY
    )
    for address in ("/people", "/alerts", "/"):
        assert not ruth.get(address, follow=True).all("script")


def test_a_long_conversation_comes_in_pages(ruth: Browser, cast: Cast, parts: Parts) -> None:
    with parts.database.transaction() as db:
        for number in range(PAGE + 5):
            db.add(
                Message(
                    participant_id=cast.selam,
                    direction="in",
                    channel="sms",
                    external_id=f"SMlong{number}",
                    text=f"message number {number}.",
                    at=NOW - timedelta(days=3, minutes=-number),
                )
            )
    page = ruth.get(f"/people/{cast.selam}")
    assert "message number 64." in page.text
    assert "message number 4." not in page.text
    older = next(link for link in page.links() if "before=" in link)
    assert "message number 4." in ruth.get(older.partition("#")[0]).text


@pytest.mark.parametrize("query", ["?before=0", "?before=-1", "?before=99999999999999999999"])
def test_a_page_of_messages_that_cannot_be_is_a_404(ruth: Browser, cast: Cast, query: str) -> None:
    ruth.get(f"/people/{cast.amina}{query}", status=404)


@pytest.mark.parametrize("number", ["0", "-1", "99999999999999999999", "1e3", "x"])
def test_a_person_who_is_nobody_is_a_404(ruth: Browser, number: str) -> None:
    ruth.get(f"/people/{number}", status=404)
