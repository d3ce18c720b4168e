"""Which sessions a pair should have planned, when each side hears of one, and what never moves."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.programme.hours import Hours
from bot.programme.planning import about_session
from bot.programme.session_plan import (
    ComingSession,
    PairSession,
    SessionShift,
    confirm_hers_at,
    remind_at,
    session_shifts,
    wanted_sessions,
)
from bot.programme.terms import Terms

LONDON = ZoneInfo("Europe/London")
HOURS = Hours(zone=LONDON)
TERMS = Terms(name="Autumn", starts_on=date(2026, 9, 7))  # a Monday; 16 weeks are to 28 December
NOW = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)  # the Monday of week 5


def local(moment: datetime) -> str:
    return f"{moment.astimezone(LONDON):%a %d %b %H:%M}"


# --- about a session -----------------------------------------------------------------------------


def test_a_session_reminds_both_and_asks_the_mentor_first() -> None:
    session = ComingSession(id=7, starts_at=datetime(2026, 9, 15, 16, 30, tzinfo=UTC), minutes=60)
    hers = about_session(session, role="mentee", hours=HOURS, part_of_day="morning")
    plan = {each.flow: local(each.due_at) for each in hers}
    assert {each.slot for each in hers} == {"session-7"}
    assert plan == {"session_remind": "Mon 14 Sep 17:30", "session_confirm": "Wed 16 Sep 10:00"}
    mentors = {each.flow: each for each in about_session(session, role="mentor", hours=HOURS)}
    assert local(mentors["session_confirm"].due_at) == "Tue 15 Sep 19:15"


@pytest.mark.parametrize("part", ["", "morning", "afternoon", "evening"])
@pytest.mark.parametrize("hour", [7, 10, 14, 18, 21])
def test_a_mentee_is_never_asked_before_her_mentor(part: str, hour: int) -> None:
    starts_at = datetime(2026, 9, 15, hour, tzinfo=UTC)
    session = ComingSession(id=1, starts_at=starts_at, minutes=60)
    hers = confirm_hers_at(session, hours=HOURS, part_of_day=part)
    assert hers >= confirm_hers_at(session, hours=HOURS, part_of_day="")
    assert hers - starts_at < timedelta(days=2)


@pytest.mark.parametrize(
    ("session", "reminder"),
    [
        ("2026-09-15T17:30", "Mon 14 Sep 17:30"),
        ("2026-09-15T08:00", "Mon 14 Sep 09:00"),
        ("2026-09-15T20:30", "Mon 14 Sep 14:30"),  # a day before is too late in the evening
        ("2026-09-01T17:30", "Tue 01 Sep 09:00"),  # the day before is a bank holiday
        ("2026-09-01T09:30", None),
    ],
)
def test_a_reminder_comes_a_day_before_in_allowed_hours(session: str, reminder: str | None) -> None:
    starts_at = datetime.fromisoformat(session).replace(tzinfo=LONDON)
    found = remind_at(starts_at, hours=HOURS)
    assert (local(found) if found else None) == reminder


# --- sessions ------------------------------------------------------------------------------------

TUESDAY = datetime(2026, 10, 6, 16, 30, tzinfo=UTC)


def sessions(*states: str, first: int = 0, untouched: bool = True) -> list[PairSession]:
    return [
        PairSession(
            id=number,
            number=number,
            starts_at=(at := datetime(2026, 9, 8, 17, 30, tzinfo=LONDON) + timedelta(weeks=week)),
            minutes=60,
            state=state,
            untouched=untouched and state == "planned" and at > NOW,
        )
        for number, (week, state) in enumerate(enumerate(states, start=first), start=1)
    ]


def test_held_and_planned_sessions_count_towards_the_target_missed_ones_do_not() -> None:
    four = sessions("held", "missed", "held", "cancelled")
    assert len(wanted_sessions(TERMS, HOURS, sessions=four, now=NOW)) == 8
    assert len(wanted_sessions(TERMS, HOURS, sessions=(), now=NOW)) == 10


def test_sessions_are_weekly_at_the_same_local_time_and_soon_over() -> None:
    starts = wanted_sessions(TERMS, HOURS, sessions=(), now=datetime(2026, 12, 1, tzinfo=UTC))
    assert [local(at) for at in starts][:2] == ["Tue 01 Dec 17:30", "Tue 08 Dec 17:30"]
    assert len(starts) == 6  # four weeks more, and two of grace


def test_no_session_is_planned_in_a_break_on_a_bank_holiday_or_where_the_pair_has_its_own() -> None:
    hours = replace(HOURS, holidays=((date(2026, 10, 26), date(2026, 10, 30)),))
    own = [replace(sessions("planned", first=4, untouched=False)[0], starts_at=TUESDAY)]
    moved = [replace(own[0], starts_at=TUESDAY + timedelta(days=2))]  # to Thursday
    starts = wanted_sessions(TERMS, hours, sessions=moved, now=NOW)
    assert [local(at)[:6] for at in starts][:3] == ["Tue 13", "Tue 20", "Tue 03"]
    mondays = replace(TERMS, starts_on=date(2026, 8, 24), session_weekday=0)
    early = datetime(2026, 8, 20, tzinfo=UTC)
    first = wanted_sessions(mondays, HOURS, sessions=(), now=early)[:2]
    assert [local(at)[:10] for at in first] == ["Mon 24 Aug", "Mon 07 Sep"]


def test_where_pairs_find_their_times_no_session_is_planned_and_untouched_ones_vanish() -> None:
    pairs = replace(TERMS, session_plan="pairs")
    planned = sessions("held", "held", "planned", "planned", first=2)
    shifts = session_shifts(pairs, HOURS, sessions=planned, now=NOW)
    assert [(shift.id, shift.starts_at) for shift in shifts] == [(3, None), (4, None)]


def test_a_break_moves_one_session_to_the_end_and_leaves_the_others() -> None:
    planned = sessions(*["held"] * 4, *["planned"] * 6)
    hours = replace(HOURS, holidays=((date(2026, 10, 19), date(2026, 10, 23)),))
    (shift,) = session_shifts(TERMS, hours, sessions=planned, now=NOW)
    assert shift.was is not None and shift.starts_at is not None
    assert (local(shift.was), local(shift.starts_at)) == ("Tue 20 Oct 17:30", "Tue 17 Nov 17:30")


def test_what_the_pair_agreed_or_reported_never_moves() -> None:
    planned = sessions("held", "missed", "planned", "disputed", untouched=False)
    theirs = [replace(each, starts_at=TUESDAY) for each in planned]
    later = replace(TERMS, session_minute=600, session_weekday=3)
    shifts = session_shifts(later, HOURS, sessions=theirs, now=NOW)
    assert {shift.id for shift in shifts} == {None}


def test_another_length_changes_only_what_is_to_come() -> None:
    planned = sessions(*["held"] * 4, "planned", "planned")
    terms = replace(TERMS, session_minutes=45, sessions=6)
    shifts = session_shifts(terms, HOURS, sessions=planned, now=NOW)
    assert shifts == tuple(
        SessionShift(id=each.id, was=each.starts_at, starts_at=each.starts_at, minutes=45)
        for each in planned[4:]
    )
