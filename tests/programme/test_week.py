"""Weeks: their labels, their names, their first and last moments."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.programme.week import (
    Week,
    read_week,
    week_of,
)
from tests.programme.rows import LONDON, WEEK


@given(st.dates(date(2020, 1, 6), date(2198, 12, 31)))
def test_a_week_and_its_label_are_the_same(day: date) -> None:
    week = week_of(datetime(day.year, day.month, day.day, 12, tzinfo=LONDON), LONDON)
    assert read_week(week.label) == week
    assert week.monday <= day < week.moved(1).monday


def test_a_week_is_named_as_people_say_it() -> None:
    assert WEEK.label == "2026-W47"
    assert WEEK.title == "16 to 22 November 2026"
    assert Week(date(2026, 11, 30)).title == "30 November to 6 December 2026"
    assert Week(date(2026, 12, 28)).title == "28 December 2026 to 3 January 2027"


def test_a_week_with_a_clock_change_has_its_hour_less_and_its_hour_more() -> None:
    spring, autumn = Week(date(2026, 3, 23)), Week(date(2026, 10, 19))
    assert spring.end(LONDON) - spring.start(LONDON) == timedelta(hours=167)
    assert autumn.end(LONDON) - autumn.start(LONDON) == timedelta(hours=169)


def test_sunday_night_in_london_belongs_to_the_old_week() -> None:
    assert week_of(datetime(2026, 6, 28, 22, 59, tzinfo=UTC), LONDON).label == "2026-W26"
    assert week_of(datetime(2026, 6, 28, 23, 0, tzinfo=UTC), LONDON).label == "2026-W27"


@pytest.mark.parametrize("label", ["", "2026-W54", "2026-W0", "2026W47", "0000-W01", "2026-w47"])
def test_what_is_no_week_is_none(label: str) -> None:
    assert read_week(label) is None
