"""Stories of sessions with two sides: what was, what is to be; and neither hears of the other."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.actions.change_cohort import add_holiday
from bot.actions.correct_session import Correction, correct_session
from bot.actions.pause_pairing import pause_pairing
from bot.actions.report import report_session
from bot.actions.resume_pairing import resume_pairing
from bot.store.models import Staff
from tests.actions.sessions_told import Pairs, open_pairs
from tests.people import keep
from tests.rows import ROW_GRACE
from tests.world import AMINA, BETH, GRACE


@pytest.fixture
def told(database_url: str, tmp_path: Path) -> Iterator[Pairs]:
    with open_pairs(database_url, tmp_path) as world:
        yield world


def staff(world: Pairs) -> int:
    with world.parts.database.transaction() as db:
        return keep(db, Staff(email="ruth@example.org", name="Ruth", created_at=world.time)).id or 0


# What was


def test_both_say_they_met_and_it_counts_by_both(told: Pairs) -> None:
    told.at(17, 19, 30)
    told.answers(GRACE, "yes", "hour", "good")
    assert (told.state(), told.session()["proof"]) == ("held", "mentor"), "held, but not for good"
    assert told.session()["settled_at"] is None
    told.answers(AMINA, "yes", "three_quarters", "good")
    one = told.session()
    assert (one["state"], one["minutes"], one["proof"]) == ("held", 60, "both")
    assert one["settled_at"] is not None
    assert told.alerts() == []
    told.tells_nothing(GRACE, AMINA)


def test_the_mentor_is_asked_to_reflect_in_the_same_breath_and_once(told: Pairs) -> None:
    told.at(17, 19, 30)
    told.answers(GRACE, "yes", "hour", "good")
    assert "meeting 1 of 10" in told.newest(GRACE).body
    assert "What went well with Amina?" in told.newest(GRACE).body
    told.at(18, 10)
    assert sum("What went well" in body for body in told.bodies(GRACE)) == 1
    found = told.rows("select session_id from conversation where flow = 'mentor_reflection'")
    assert [tuple(row) for row in found] == [(1,)]


def test_they_disagree_and_only_staff_hear_of_it(told: Pairs) -> None:
    told.at(17, 19, 30)
    told.answers(GRACE, "yes", "more")
    told.says(GRACE, "1h35")
    told.taps(GRACE, "good")
    told.answers(AMINA, "no", "her", "skip")
    assert told.state() == "disputed"
    assert told.session()["minutes"] is None, "it does not count until a person has asked"
    assert told.alerts() == ["disputed"]
    ((who, detail, times),) = told.rows("select participant_id, detail, times from alert")
    amina = told.one("select id from participant where name = 'Amina'")
    assert (who, detail, times) == (amina, "session:1", 1), "whoever it was that said what"
    told.tells_nothing(GRACE, AMINA)
    assert not [body for body in told.bodies(AMINA) if "35" in body]


@pytest.mark.parametrize("mentee", ["met", "did not", "moved", "silent"])
def test_what_the_mentor_reads_is_the_same_whatever_the_mentee_says(
    mentee: str, told: Pairs
) -> None:
    """For two weeks, till the next session has been asked about too."""
    told.at(17, 19, 30)
    ways = {
        "met": ("yes", "half", "not_good"),
        "did not": ("no", "her", "skip"),
        "moved": ("moved", "skip"),
        "silent": (),
    }
    told.answers(AMINA, *ways[mentee])
    told.answers(GRACE, "yes", "hour", "good")
    told.at(24, 20)
    assert told.bodies(GRACE) == [
        "Hello Grace. Your meeting with Amina is on Tuesday 17 November, 5:30 in the evening, "
        "UK time. Still OK?",
        "Hello Grace. Did you and Amina meet on Tuesday 17 November as planned?",
        "How long did you meet?",
        "How was it?",
        "Thank you. That is meeting 1 of 10. You have had 1 h together.\n\n"
        "Your next meeting is on Tuesday 24 November, 5:30 in the evening, UK time.\n\n"
        "What went well with Amina? A few words or a voice note. "
        "Please no private details about her.",
        "Hello Grace. Your meeting with Amina is on Tuesday 24 November, 5:30 in the evening, "
        "UK time. Still OK?",
        "Hello Grace. Did you and Amina meet on Tuesday 24 November as planned?",
    ]


def test_lengths_far_apart_count_the_smaller_and_ask_staff(told: Pairs) -> None:
    told.at(17, 19, 30)
    told.answers(GRACE, "yes", "hour", "good")
    told.answers(AMINA, "yes", "half", "not_good")
    assert (told.state(), told.session()["minutes"]) == ("held", 30)
    assert sorted(told.alerts()) == ["length_differs", "session_trouble"]
    told.tells_nothing(GRACE, AMINA)


def test_the_mentor_is_silent_and_is_asked_once_more_before_one_word_counts(told: Pairs) -> None:
    told.at(17, 19, 30)
    told.answers(AMINA, "yes", "half", "good")
    told.at(21, 12)
    first = "Hello Grace. Did you and Amina meet on Tuesday 17 November as planned?"
    assert told.bodies(GRACE).count(first) == 2
    assert told.session()["settled_at"] is None
    told.at(26, 20)
    one = told.session()
    assert (one["state"], one["minutes"], one["proof"]) == ("held", 30, "mentee")
    assert one["settled_at"] is not None
    assert told.bodies(GRACE).count(first) == 2, "and not a third time"
    assert "one_sided" in told.alerts()
    told.tells_nothing(GRACE, AMINA)


def test_a_late_word_still_counts_after_it_was_settled(told: Pairs) -> None:
    told.at(17, 19, 30)
    told.at(21, 12)
    assert (told.state(), told.session()["proof"]) == ("unreported", "")
    question = next(one for one in told.said_to(GRACE) if "Did you and Amina" in one.body)
    told.taps(GRACE, "yes", on=question)
    assert (told.state(), told.session()["proof"]) == ("held", "mentor")


def test_nobody_says_anything_twice_and_a_person_calls(told: Pairs) -> None:
    told.at(30, 12)
    assert [told.state(number) for number in (1, 2)] == ["unreported", "unreported"]
    assert told.alerts().count("unreported_twice") == 1
    told.tells_nothing(GRACE, AMINA)


def test_two_missed_in_a_row_are_told_to_staff_and_each_reason_is_kept(told: Pairs) -> None:
    for day in (17, 24):
        told.at(day, 19, 30)
        told.answers(GRACE, "no", "her", "skip")
        told.answers(AMINA, "no", "me", "skip")
    told.at(28, 12)
    assert [told.state(number) for number in (1, 2)] == ["missed", "missed"]
    assert told.session()["reason"] == "mentee"
    assert told.alerts() == ["missed_twice"]
    told.tells_nothing(GRACE, AMINA)


def test_every_session_of_a_silent_pair_ends_in_one_final_state(told: Pairs) -> None:
    told.change("update participant set state = 'stopped'")
    told.at(12, 12, month=12)
    rows = told.rows("select state, settled_at from session where starts_at < '2026-12-09'")
    assert [(row.state, row.settled_at is not None) for row in rows] == [("unreported", True)] * 4


def test_half_way_is_asked_the_day_after_enough_sessions(told: Pairs) -> None:
    told.change("update cohort set mid_sessions = 1")
    told.change(
        "insert into check_in (enrolment_id, flow, slot, due_at, state, reason) values "
        "(2, 'mid_point', 'mid', '2027-01-07 10:00:00.000000', 'planned', '')"
    )
    told.at(17, 19, 30)
    told.answers(GRACE, "yes", "hour", "good")
    due_at = str(told.one("select due_at from check_in where slot = 'mid'"))
    assert due_at.startswith("2026-11-18")


MID = (
    "insert into check_in (enrolment_id, flow, slot, due_at, state, reason) select id, "
    "case when role = 'mentor' then 'mid_point_mentor' else 'mid_point' end, 'mid', "
    "'2027-01-07 10:00:00.000000+00:00', 'planned', '' from enrolment"
)
MIDS = "select substr(cast(due_at as text), 1, 10) from check_in where slot = 'mid' order by flow"


def test_a_mid_point_that_goes_by_the_week_alone_waits_for_its_week(told: Pairs) -> None:
    told.change("update cohort set mid_sessions = 0")
    told.change(MID)
    told.at(17, 19, 30)
    told.answers(GRACE, "yes", "hour", "good")
    assert [day for (day,) in told.rows(MIDS)] == ["2027-01-07", "2027-01-07"]


def test_what_a_mentee_held_with_her_first_mentor_counts_for_her_mid_point(
    told: Pairs, tmp_path: Path
) -> None:
    told.change("update cohort set mid_sessions = 2")
    told.change(MID)
    told.enrol(tmp_path, [ROW_GRACE | {"id": "B1", "name": "Beth", "whatsapp": BETH}])
    told.change(
        "insert into pairing (mentor_id, mentee_id, created_at, state, end_reason) select "
        "(select max(id) from enrolment), mentee_id, created_at, 'ended', 'rematched' from pairing"
    )
    told.change(
        "insert into session (pairing_id, number, starts_at, planned_minutes, state, minutes, "
        "proof, place, proposed_by, reason, settled_at) select max(id), 1, :at, 60, 'held', 60, "
        "'both', '', '', '', :at from pairing",
        at="2026-11-03 17:30:00.000000+00:00",
    )
    told.at(17, 19, 30)
    told.answers(GRACE, "yes", "hour", "good")
    mentee, mentor = (day for (day,) in told.rows(MIDS))
    assert (mentee, mentor) == ("2026-11-18", "2027-01-07")


# Staff know better


def test_what_staff_settle_beats_every_later_word(told: Pairs) -> None:
    told.at(17, 19, 30)
    told.answers(GRACE, "yes", "hour", "good")
    ruth = staff(told)
    with told.parts.database.transaction() as db:
        correct_session(
            db,
            session_id=1,
            staff_id=ruth,
            correction=Correction(state="missed"),
            why="Grace meant the week before",
            now=told.time,
        )
    told.taps(AMINA, "yes")
    assert (told.state(), told.session()["proof"]) == ("missed", "staff")
    assert told.one("select met from session_report where role = 'mentee'") == "yes", "it is kept"
    assert told.alerts() == ["disputed"]
    told.at(30, 12)
    assert told.state() == "missed"
    kept = told.rows("select field, old, new, why from session_change order by id")
    assert [tuple(row) for row in kept] == [
        ("state", "held", "missed", "Grace meant the week before"),
        ("minutes", "60", "", "Grace meant the week before"),
    ]


def test_a_word_that_agrees_with_staff_raises_nothing(told: Pairs) -> None:
    told.at(17, 19, 30)
    ruth = staff(told)
    with told.parts.database.transaction() as db:
        correct_session(
            db,
            session_id=1,
            staff_id=ruth,
            correction=Correction(state="held", minutes=50),
            why="They rang us",
            now=told.time,
        )
        report_session(
            db, session_id=1, role="mentee", part="met", value="yes", number=None, now=told.time
        )
    assert (told.session()["minutes"], told.alerts()) == (50, [])


def correct(world: Pairs, number: int, **values: Any) -> None:
    ruth = staff(world)
    with world.parts.database.transaction() as db:
        correct_session(
            db,
            session_id=number,
            staff_id=ruth,
            correction=Correction(**values),
            why="Grace rang",
            now=world.time,
        )


def test_one_that_staff_put_to_another_day_is_asked_about_anew(told: Pairs) -> None:
    """What was said of the old time says nothing of the new one."""
    told.at(17, 19, 30)
    told.answers(GRACE, "yes", "hour", "good")
    told.answers(AMINA, "no", "skip", "skip")
    assert told.state() == "disputed"
    told.at(18, 12)
    correct(told, 1, state="planned", starts_at=datetime(2026, 11, 20, 17, 30, tzinfo=UTC))
    new = told.session(11)
    assert told.session() | {"state": "rescheduled", "moved_to": new["id"]} == told.session()
    assert new["state"] == "planned"
    told.at(20, 19, 30)
    for number in (GRACE, AMINA):
        asked = [body for body in told.bodies(number) if "meet on Friday 20 November" in body]
        assert len(asked) == 1
    told.answers(AMINA, "yes", "hour", "good")
    told.answers(GRACE, "yes", "hour", "good")
    assert (told.state(11), told.session(11)["minutes"]) == ("held", 60)
    assert told.state() == "rescheduled"


def test_a_time_that_staff_set_is_not_moved_back_by_a_new_plan(told: Pairs) -> None:
    correct(told, 4, starts_at=datetime(2026, 12, 9, 14, tzinfo=UTC))
    with told.parts.database.transaction() as db:
        add_holiday(
            db,
            cohort_id=1,
            name="Closed",
            starts_on=date(2027, 1, 11),
            ends_on=date(2027, 1, 13),
            staff_id=None,
            now=told.time,
            apply=True,
        )
    assert told.starts(4) == "2026-12-09 14:00"
    assert "2026-12-08 17:30" not in [told.starts(number) for number in range(1, 11)]


# A pair rests


def test_a_session_held_before_the_pair_rests_still_counts(told: Pairs) -> None:
    told.at(17, 19, 30)
    ruth = staff(told)
    with told.parts.database.transaction() as db:
        pause_pairing(db, pairing_id=1, staff_id=ruth, now=told.time)
    told.tick()
    assert told.state() == "planned", "both were asked about it and may still say"
    told.answers(GRACE, "yes", "hour", "good")
    told.answers(AMINA, "yes", "hour", "good")
    assert (told.state(), told.session()["minutes"]) == ("held", 60)
    told.at(26, 12)
    assert told.state(2) == "cancelled", "of one that fell into the rest nobody was asked"


def test_a_mentee_who_wants_a_rest_from_her_mentor_is_reminded_of_no_session(told: Pairs) -> None:
    told.at(17, 19, 30)
    told.answers(GRACE, "yes", "hour", "good")
    told.answers(AMINA, "yes", "hour", "ok")
    told.at(23, 18)
    assert "Still OK?" in told.newest(GRACE).body
    told.taps(AMINA, "yes")
    for week, state in ((1, "answered"), (2, "answered"), (3, "planned")):
        told.change(
            "insert into check_in (enrolment_id, flow, slot, due_at, state, reason) select id, "
            "'goal_check_in', :slot, :at, :state, '' from enrolment where role = 'mentee'",
            slot=f"week-{week}",
            at="2026-11-23 17:00:00.000000+00:00",
            state=state,
        )
    told.tick()
    told.answers(AMINA, "ok", "not_good", "yes")
    assert told.one("select state from pairing") == "paused"
    read = {number: len(told.bodies(number)) for number in (AMINA, GRACE)}
    told.at(2, 12, month=12)
    for number, before in read.items():
        assert not [body for body in told.bodies(number)[before:] if "meet" in body]
    assert (told.state(2), told.state(4)) == ("cancelled", "planned")


def test_of_a_pair_that_rests_nobody_is_to_be_told_of_a_new_time(told: Pairs) -> None:
    told.at(16, 21)
    told.taps(GRACE, "cannot")
    assert told.one("select state from check_in where flow = 'session_move'") == "planned"
    ruth = staff(told)
    with told.parts.database.transaction() as db:
        pause_pairing(db, pairing_id=1, staff_id=ruth, now=told.time)
    before = {number: told.bodies(number) for number in (AMINA, GRACE)}
    told.at(26, 12)
    assert {number: told.bodies(number) for number in (AMINA, GRACE)} == before
    assert told.alerts() == []


def test_after_the_rest_the_mentor_is_asked_for_a_time_after_all(told: Pairs) -> None:
    told.change("update session set state = 'cancelled', settled_at = starts_at where number > 1")
    told.at(17, 19, 30)
    told.answers(GRACE, "no", "her", "next_week")
    ruth, asks = staff(told), "select state from check_in where flow = 'session_arrange'"
    with told.parts.database.transaction() as db:
        pause_pairing(db, pairing_id=1, staff_id=ruth, now=told.time)
    assert told.one(asks) == "skipped"
    told.at(26, 12)
    with told.parts.database.transaction() as db:
        resume_pairing(db, pairing_id=1, staff_id=ruth, now=told.time)
    told.tick()
    assert "When will you and Amina meet next?" in told.newest(GRACE).body


def test_whose_pause_is_over_keeps_her_mentor_from_no_question(told: Pairs) -> None:
    told.change(
        "update participant set state = 'paused', paused_until = :until where name = 'Amina'",
        until="2026-11-16 11:00:00.000000+00:00",
    )
    told.at(16, 20)
    assert "Still OK?" in told.newest(GRACE).body
    assert "Still OK?" in told.newest(AMINA).body
