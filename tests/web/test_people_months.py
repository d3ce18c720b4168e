"""One person's page after months: what stands open, what is folded, and what things are called."""

from datetime import timedelta

import pytest
from sqlmodel import select, update

from bot.parts import Parts
from bot.store.models import (
    Attendance,
    Consent,
    Enrolment,
    Message,
    Pairing,
    Participant,
    Session,
    SessionChange,
    Training,
)
from bot.web import words
from bot.web.person_parts import readable
from tests.web.cohort import NOW, Cast
from tests.web.page import Browser, Page
from tests.web.rows import kept
from tests.web.test_people import bubble


@pytest.fixture
def amina(ruth: Browser, cast: Cast) -> Page:
    return ruth.get(f"/people/{cast.amina}")


def test_months_of_talk_are_folded_and_the_newest_stands_open(
    ruth: Browser, cast: Cast, parts: Parts
) -> None:
    with parts.database.transaction() as db:
        for number in range(14):
            db.add(
                Message(
                    participant_id=cast.selam,
                    direction="in",
                    channel="sms",
                    external_id=f"SMfold{number}",
                    text=f"message number {number}.",
                    at=NOW - timedelta(days=3, minutes=-number),
                )
            )
    page = ruth.get(f"/people/{cast.selam}")
    said = {
        one.text: "details" in one.inside
        for one in page.all("p")
        if one.attributes.get("class") == "said"
    }
    assert said["message number 3."] and not said["message number 4."]
    assert not said["message number 13."]


def test_an_sms_is_delivered_at_most_and_never_read(
    ruth: Browser, cast: Cast, parts: Parts
) -> None:
    with parts.database.transaction() as db:
        db.exec(update(Message).values(channel="sms"))
    page = ruth.get(f"/people/{cast.amina}")
    assert "· SMS · Delivered" in bubble(page, "كيف كان أسبوعك")
    assert "Read" not in bubble(page, "كيف كان أسبوعك")


def test_addresses_are_shown_as_people_write_numbers(ruth: Browser, cast: Cast) -> None:
    page = ruth.get(f"/people/{cast.amina}")
    assert "WhatsApp +44 7700 900114: can be used." in page.text
    assert "whatsapp:" not in page.text


@pytest.mark.parametrize(
    ("address", "kind", "shown"),
    [
        ("whatsapp:+447700900123", "phone", "+44 7700 900123"),
        ("+251911123456", "phone", "+251 91 112 3456"),
        ("nonsense", "phone", "nonsense"),
        ("whatsapp:GB.12345", "user_id", "a WhatsApp account that shows no number"),
    ],
)
def test_a_number_is_readable_whatever_it_is(address: str, kind: str, shown: str) -> None:
    assert readable(address, kind=kind) == shown


def test_of_each_consent_the_newest_stands_on_top_and_the_others_are_folded(
    ruth: Browser, cast: Cast, parts: Parts
) -> None:
    with parts.database.transaction() as db:
        db.add(
            Consent(
                participant_id=cast.amina,
                kind="sharing",
                given=True,
                wording="welcome.sharing v2",
                language="ar",
                channel="whatsapp",
                at=NOW - timedelta(days=2),
            )
        )
    page = ruth.get(f"/people/{cast.amina}")
    lines = [(" ".join(one.text.split()), one) for one in page.all("li")]
    newest = [
        said for said, _ in lines if said.startswith(("Yes to ", "No to ", "Nothing yet to "))
    ]
    assert len(newest) == 3, "one of each kind"
    assert any(said.startswith("Yes to telling her mentor about her goal") for said in newest)
    (before,) = [one for said, one in lines if said.startswith("No, ")]
    assert "details" in before.inside and "welcome.sharing 1" in before.text


def test_what_comes_next_is_called_as_staff_call_it(amina: Page) -> None:
    assert "Next: weekly check-in " in amina.text
    assert "goal check in" not in amina.text


def test_every_conversation_has_a_name_for_staff(parts: Parts) -> None:
    assert set(words.FLOWS) >= set(parts.library.flows)
    assert not [name for name in words.FLOWS.values() if "_" in name or not name]


def test_a_session_says_where_it_was_by_whose_word_it_counts_and_what_staff_changed(
    ruth: Browser, cast: Cast, parts: Parts
) -> None:
    with parts.database.transaction() as db:
        first, second, _, fourth, *_ = db.exec(select(Session).order_by(Session.number)).all()
        first.proof, first.place = "staff", "phone"
        second.proof, second.state, second.minutes = "", "cancelled", None
        fourth.moved_to, fourth.reason = second.id, "mentee"
        db.add(
            SessionChange(
                session_id=first.id or 0,
                staff_id=cast.ruth,
                field="state",
                old="missed",
                new="held",
                why="Both said so on the phone",
                at=NOW,
            )
        )
    page = ruth.get(f"/people/{cast.amina}")
    rows = [" ".join(one.text.split()) for one in page.all("tr")]
    assert any(
        "Held, entered by staff, 1 h by phone, corrected by staff met, 1 h" in row for row in rows
    )
    assert any("Called off in time met, 45 min" in row for row in rows)
    assert any("Moved to session 2, the mentee could not moved it" in row for row in rows)
    assert "/pairs/1" in page.links()


def test_the_next_session_and_the_last_ones_stand_open(amina: Page) -> None:
    open_ones = [
        one.text.split()[0] for one in amina.all("th", scope="row") if "details" not in one.inside
    ]
    assert open_ones == ["8", "7", "6", "5", "4"]


def test_a_mentor_of_two_has_the_sessions_of_each_apart_and_ended_pairs_last(
    ruth: Browser, cast: Cast, parts: Parts
) -> None:
    with parts.database.transaction() as db:
        grace = db.exec(select(Enrolment).where(Enrolment.participant_id == cast.grace)).one()
        selam = db.exec(select(Enrolment).where(Enrolment.participant_id == cast.selam)).one()
        db.add(
            Pairing(
                mentor_id=grace.id or 0,
                mentee_id=selam.id or 0,
                state="ended",
                ended_at=NOW - timedelta(days=3),
                created_at=NOW - timedelta(days=30),
            )
        )
    page = ruth.get(f"/people/{cast.grace}")
    assert [one.text for one in page.all("h3") if one.text.startswith("With ")] == [
        "With أمينة",
        "With Selam",
    ]
    assert "Mentor of أمينة." in page.text, "and of nobody else any more"
    assert "This pair has ended." in page.text
    assert "Paired with nobody now." in ruth.get(f"/people/{cast.selam}").text


def test_a_mentor_has_her_hours_of_training_and_all_her_cohorts(
    ruth: Browser, cast: Cast, parts: Parts
) -> None:
    with parts.database.transaction() as db:
        here = db.exec(select(Enrolment).where(Enrolment.participant_id == cast.grace)).one()
        spring = db.exec(select(Enrolment).where(Enrolment.participant_id == cast.beth)).one()
        training = kept(
            db,
            Training(
                cohort_id=here.cohort_id,
                title="Listening well",
                starts_at=NOW - timedelta(days=30),
                minutes=420,
                created_at=NOW,
            ),
        )
        db.add(
            Attendance(
                training_id=training,
                enrolment_id=here.id or 0,
                minutes=210,
                source="staff",
                at=NOW,
            )
        )
        db.add(
            Enrolment(
                participant_id=cast.grace,
                cohort_id=spring.cohort_id,
                role="mentor",
                state="left",
                ended_at=NOW - timedelta(days=1),
                end_reason="time",
                created_at=NOW - timedelta(days=9),
            )
        )
    page = ruth.get(f"/people/{cast.grace}")
    assert "3 h 30 of 14 h in Autumn 2026." in page.text
    assert "Listening well, 21 October 2026: 3 h 30. Entered by staff" in page.text
    assert "Mentor · Autumn 2026, week 6 of 16" in page.text, "the one that goes on is hers"
    assert "Mentor in Spring 2027, since 11 November 2026. has left (no time)" in page.text


def test_somebody_who_fell_quiet_and_somebody_whose_pause_is_over_are_said(
    ruth: Browser, cast: Cast, parts: Parts
) -> None:
    with parts.database.transaction() as db:
        quiet, paused = db.get_one(Participant, cast.amina), db.get_one(Participant, cast.selam)
        quiet.quiet_at = NOW - timedelta(days=4)
        paused.state, paused.paused_until = "paused", NOW - timedelta(hours=1)
        db.add_all([quiet, paused])
    assert "Quiet since 16 November 2026." in ruth.get(f"/people/{cast.amina}").text
    assert "She has paused" not in ruth.get(f"/people/{cast.selam}").text
