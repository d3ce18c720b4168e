"""Local time, allowed hours and the weeks of a cohort, through both clock changes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import strategies as st

from bot.programme.calendar import (
    local_moment,
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


def test_each_kind_of_check_in_has_its_own_patience() -> None:
    due = utc("2026-11-19T10:00")
    days = {
        flow: (useful_until(flow, due) - due).days
        for flow in ("welcome", "goal_setting", "goal_check_in", "session_confirm", "end_survey")
    }
    assert days == {
        "welcome": 3650,
        "goal_setting": 14,
        "goal_check_in": 3,
        "session_confirm": 5,
        "end_survey": 14,
    }
    assert (useful_until("another", due) - due).days == 3


def test_a_reminder_is_of_no_use_once_the_session_has_begun() -> None:
    session = utc("2026-11-24T17:30")
    assert useful_until("session_remind", session - timedelta(hours=24)) < session


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
