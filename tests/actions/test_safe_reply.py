"""What somebody in danger is told: fixed texts in a fixed order, and who has approved them."""

from collections.abc import Iterator

import pytest
from sqlalchemy import delete

from bot.actions.approve import approve
from bot.errors import Refused
from bot.safety_texts import CONTEXTS, digest
from bot.store.models import Approval, Duty
from bot.store.tables import table
from tests.actions.crying import CRY, MONDAY, NIGHT, Line, open_line

SAMARITANS = "Samaritans 116 123"
REFUGE = f"{SAMARITANS}, Refuge 0808 2000 247"  # what she writes of is abuse
LANGUAGES = tuple(CRY)


@pytest.fixture
def line(database_url: str) -> Iterator[Line]:
    with open_line(database_url) as line:
        yield line


def whole(line: Line, language: str, key: str = "harm_red", **words: str) -> str:
    """The reply as one language says it."""
    said = (
        line.said(key, language, **words),
        line.said("talk_to", language, helplines=REFUGE),
        line.said("safe_to_write", language),
    )
    return "\n\n".join(said)


def approve_all(line: Line, *names: str, language: str = "ar", **other: str) -> None:
    catalogues = line.house.catalogues
    with line.house.database.transaction() as db:
        for name in names:
            approve(
                db,
                catalogues=catalogues,
                language=language,
                texts=[
                    (one, other.get("read") or digest(catalogues, context=one, language=language))
                    for one in CONTEXTS
                ],
                name=name,
                staff_id=1,
                now=line.now,
            )


@pytest.mark.parametrize("language", LANGUAGES)
def test_by_day_she_is_heard_told_who_reads_it_whom_to_ring_and_asked_if_writing_is_safe(
    line: Line, language: str
) -> None:
    line.join(language=language)
    (reply,) = line.says(CRY[language])
    spoken = dict.fromkeys((language, "en"))
    assert reply.text == "\n\n".join(whole(line, one) for one in spoken)
    assert reply.keys == ("yes", "call", "later")


@pytest.mark.parametrize("language", LANGUAGES)
def test_at_night_she_is_told_that_we_are_closed_and_the_day_on_which_it_is_read(
    line: Line, language: str
) -> None:
    line.join(language=language)
    line.now = NIGHT
    (reply,) = line.says(CRY[language])
    english = whole(line, "en", "harm_red_closed", day="Tuesday 24 November")
    assert reply.text.endswith(english) and "We are closed now" in english
    day = line.house.catalogues.spoken_day(
        NIGHT.replace(day=24), language=language, zone=line.house.zone
    )
    assert day in reply.text and "999" in reply.text


@pytest.mark.parametrize("moment", [MONDAY, NIGHT])
def test_where_nobody_is_on_call_no_day_is_promised(line: Line, moment: object) -> None:
    with line.house.database.transaction() as db:
        db.execute(delete(table(Duty)))
    line.join()
    line.now = moment  # type: ignore[assignment]
    (reply,) = line.says(CRY["en"])
    assert reply.text == whole(line, "en", "harm_red_soon")


def test_by_sms_each_language_is_a_message_of_its_own_and_hers_comes_first(line: Line) -> None:
    line.join(language="ti")
    hers, english = line.says(CRY["ti"], channel="sms")
    assert hers.text == whole(line, "ti") and hers.keys == ("yes", "call", "later")
    assert english.text == whole(line, "en") and english.keys == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_a_shared_phone_no_word_of_it_tells_anything_whoever_approved_it(
    line: Line, language: str
) -> None:
    line.join(language=language, discreet=True)
    line.now = NIGHT
    for cry, key in ((CRY[language], "harm_red.discreet"), ("I feel so alone", "harm_amber")):
        (reply,) = line.says(cry)
        assert reply.text == line.said(key.removesuffix(".discreet") + ".discreet", language)
        assert reply.keys == ()


def test_after_her_safe_word_every_answer_is_harmless_until_staff_release_her(line: Line) -> None:
    line.join()
    bland = line.said("harm_red.discreet")
    assert [one.text for one in line.says("umbrella")] == [bland]
    assert [one.text for one in line.says(CRY["en"])] == [bland]


def test_two_different_people_let_her_language_stand_alone(line: Line) -> None:
    line.join(language="ar")
    approve_all(line, "Huda", " huda  ", "HUDA")
    assert whole(line, "en") in line.says(CRY["ar"])[0].text
    approve_all(line, "Salma")
    assert line.says(CRY["ar"])[0].text == whole(line, "ar")


def test_an_approval_of_other_words_or_of_another_language_counts_for_nothing(line: Line) -> None:
    line.join(language="ar")
    approve_all(line, "Huda", "Salma", language="fa")
    for name in ("Huda", "Salma"):
        for context in CONTEXTS:
            said = digest(line.house.catalogues, context=context, language="fa")
            line.keep(
                Approval(
                    language="ar", context=context, digest=said, name=name, staff_id=1, at=line.now
                )
            )
    assert whole(line, "en") in line.says(CRY["ar"])[0].text
    with pytest.raises(Refused, match="changed"):
        approve_all(line, "Huda", read="what it was before")


def test_one_text_that_is_not_approved_brings_the_english_back(line: Line) -> None:
    line.join(language="ar")
    approve_all(line, "Huda", "Salma")
    line.change("delete from approval where context = 'standing.talk_to' and name = 'Huda'")
    assert whole(line, "en") in line.says(CRY["ar"])[0].text


def test_help_comes_in_both_languages_too_until_it_is_approved(line: Line) -> None:
    line.join(language="fa")
    (reply,) = line.says("کمک")
    for language in ("fa", "en"):
        assert line.said("help", language) in reply.text
    assert SAMARITANS in reply.text and "safe to write" not in reply.text


def test_only_helplines_that_are_on_are_named_and_999_always(line: Line) -> None:
    line.join()
    line.says("help")
    line.change("update helpline set active = false where key in ('samaritans', 'refuge')")
    (reply,) = line.says(CRY["en"])
    assert "116 123" not in reply.text and "To talk to someone" not in reply.text
    assert "999" in reply.text and "press 55" in reply.text


def test_somebody_we_do_not_know_is_answered_in_both_languages_and_asked_nothing(
    line: Line,
) -> None:
    approve_all(line, "Huda", "Salma")
    replies = [line.says(CRY["ar"], number="+447700900777") for _ in range(5)]
    assert [len(one) for one in replies] == [1, 1, 1, 0, 0]
    (first,) = replies[0]
    assert line.said("harm_red", "ar") in first.text and line.said("harm_red") in first.text
    assert SAMARITANS in first.text and first.keys == ()
    assert [kind for kind, _ in line.alerts()] == ["harm_red"] * 5
    assert line.one("select count(*) from message where safeguarding") == 5
