"""Local time, allowed hours and the weeks of a cohort, through both clock changes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.programme.calendar import (
    allowed,
    check_in_weeks,
    confirm_due,
    goals_due,
    local_moment,
    next_allowed,
    session_starts,
    useful_until,
    weekly,
)

LONDON = ZoneInfo("Europe/London")
MOMENTS = st.integers(min_value=0, max_value=4 * 365 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "minute", "moment"),
    [
        (date(2026, 11, 19), 600, "2026-11-19T10:00"),
        (date(2026, 7, 2), 600, "2026-07-02T09:00"),
        (date(2027, 3, 28), 90, "2027-03-28T01:30"),  # 01:30 is missing: 02:30 by the new time
        (date(2026, 10, 25), 90, "2026-10-25T00:30"),  # 01:30 comes twice: the first
        (date(2026, 10, 25), 150, "2026-10-25T02:30"),
    ],
)
def test_a_wall_clock_time_is_one_moment(day: date, minute: int, moment: str) -> None:
    assert local_moment(day, minute, LONDON) == utc(moment)


def test_a_missing_time_moves_forward() -> None:
    local = local_moment(date(2027, 3, 28), 90, LONDON).astimezone(LONDON)
    assert (local.hour, local.minute) == (2, 30)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-23T08:59:59", False),
        ("2026-11-23T09:00", True),
        ("2026-11-23T19:59:59", True),
        ("2026-11-23T20:00", False),
        ("2026-07-01T08:00", True),
        ("2026-07-01T19:00", False),
    ],
)
def test_allowed_hours_are_nine_to_eight_in_london(moment: str, expected: bool) -> None:
    assert allowed(utc(moment), LONDON) is expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-23T07:00", "2026-11-23T09:00"),
        ("2026-11-23T12:34", "2026-11-23T12:34"),
        ("2026-11-23T20:00", "2026-11-24T09:00"),
        ("2026-10-24T22:00", "2026-10-25T09:00"),  # clocks go back in that night
        ("2027-03-27T23:00", "2027-03-28T08:00"),  # and forward in this one
    ],
)
def test_outside_allowed_hours_the_next_opening_counts(moment: str, expected: str) -> None:
    assert next_allowed(utc(moment), LONDON) == utc(expected)


@given(MOMENTS)
def test_the_next_allowed_moment_is_allowed_soon_and_settled(moment: datetime) -> None:
    found = next_allowed(moment, LONDON)
    assert allowed(found, LONDON)
    assert moment <= found <= moment + timedelta(hours=14)
    assert next_allowed(found, LONDON) == found


def test_each_kind_of_check_in_has_its_own_patience() -> None:
    due = utc("2026-11-19T10:00")
    days = {
        flow: (useful_until(flow, due) - due).days
        for flow in ("welcome", "goal_setting", "goal_check_in", "session_confirm", "other")
    }
    assert days == {
        "welcome": 3650,
        "goal_setting": 14,
        "goal_check_in": 3,
        "session_confirm": 5,
        "other": 3,
    }


def test_weeks_keep_their_wall_clock_time_through_both_clock_changes() -> None:
    weeks = list(weekly(date(2026, 10, 12), weekday=3, minute=600, weeks=26, zone=LONDON))
    local = [at.astimezone(LONDON) for _, at in weeks]
    assert [week for week, _ in weeks] == list(range(1, 27))
    assert {(at.weekday(), at.hour, at.minute) for at in local} == {(3, 10, 0)}
    assert {at.hour for _, at in weeks} == {9, 10}
    assert weeks[0][1] == utc("2026-10-15T09:00")


def test_a_week_begins_on_the_weekday_on_which_the_cohort_starts() -> None:
    weeks = list(weekly(date(2026, 11, 20), weekday=3, minute=600, weeks=2, zone=LONDON))
    assert [at.date() for _, at in weeks] == [date(2026, 11, 26), date(2026, 12, 3)]


def test_goals_are_asked_tomorrow_at_ten_never_today() -> None:
    assert goals_due(utc("2026-11-23T00:30"), LONDON) == utc("2026-11-24T10:00")
    assert goals_due(utc("2026-11-23T23:30"), LONDON) == utc("2026-11-24T10:00")
    assert goals_due(utc("2026-07-01T23:30"), LONDON) == utc("2026-07-03T09:00")


def test_check_ins_begin_on_a_later_day_than_the_goals_and_keep_the_weeks_number() -> None:
    weeks = check_in_weeks(
        date(2026, 11, 16),
        weekday=3,
        minute=600,
        weeks=4,
        goals_at=utc("2026-11-26T10:00"),
        zone=LONDON,
    )
    assert weeks == [(3, utc("2026-12-03T10:00")), (4, utc("2026-12-10T10:00"))]


def test_sessions_begin_with_the_first_slot_to_come_and_end_soon_after_the_cohort() -> None:
    starts = session_starts(
        date(2026, 11, 16),
        weekday=1,
        minute=1050,
        weeks=4,
        most=10,
        now=utc("2026-11-24T17:30"),
        zone=LONDON,
    )
    assert starts[0] == utc("2026-12-01T17:30")
    assert len(starts) == 4  # weeks 3 and 4, and two of grace


def test_the_mentor_is_asked_three_quarters_of_an_hour_after_the_end() -> None:
    start = utc("2026-11-24T17:30")
    assert confirm_due(start, minutes=60, zone=LONDON) == utc("2026-11-24T19:15")
    assert confirm_due(start, minutes=120, zone=LONDON) == utc("2026-11-25T09:00")
