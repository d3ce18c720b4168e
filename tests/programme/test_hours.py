"""Whether the bot may start something, and when next: clock changes, days off and hold-backs."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.programme.holidays import HOLD_BACKS
from bot.programme.hours import (
    PARTS_OF_DAY,
    Hours,
    allowed,
    at_her_time,
    explain,
    next_allowed,
    open_minutes,
    other_part,
)

LONDON = ZoneInfo("Europe/London")
USUAL = Hours(LONDON)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
CLOCK_CHANGES = [
    date(2026, 3, 29),
    date(2026, 10, 25),
    date(2027, 3, 28),
    date(2027, 10, 31),
    date(2028, 3, 26),
]
MOMENTS = st.integers(min_value=0, max_value=5 * 365 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + minutes * MINUTE
)
BREAKS = st.tuples(
    st.dates(date(2025, 1, 1), date(2029, 12, 31)), st.integers(min_value=0, max_value=20)
).map(lambda both: (both[0], both[0] + timedelta(days=both[1])))
ANY_HOURS = st.builds(
    Hours,
    zone=st.sampled_from([LONDON, ZoneInfo("Asia/Beirut"), ZoneInfo("Australia/Lord_Howe")]),
    opens=st.integers(min_value=0, max_value=11 * 60),
    closes=st.integers(min_value=13 * 60, max_value=24 * 60),
    holidays=st.lists(BREAKS, max_size=2).map(tuple),
    bank_holidays=st.booleans(),
    hold_backs=st.frozensets(st.sampled_from([*HOLD_BACKS, "a calendar of long ago"])),
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def held(*names: str) -> Hours:
    return Hours(LONDON, hold_backs=frozenset(names))


@pytest.mark.parametrize("day", CLOCK_CHANGES)
def test_on_days_when_clocks_change_quiet_hours_hold_for_every_minute(day: date) -> None:
    hours = Hours(LONDON, bank_holidays=False)
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) - 3 * HOUR
    for _ in range(30 * 60):
        assert allowed(moment, hours) is (9 <= moment.astimezone(LONDON).hour < 20)
        moment += MINUTE


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-23T07:00", "2026-11-23T09:00"),
        ("2026-11-23T12:34:56", "2026-11-23T12:34:56"),
        ("2026-11-23T20:00", "2026-11-24T09:00"),
        ("2026-11-23T23:59:59", "2026-11-24T09:00"),
        ("2026-11-24T00:00", "2026-11-24T09:00"),
        ("2026-03-28T20:00", "2026-03-29T08:00"),  # clocks go forward in that night
        ("2026-10-24T19:00", "2026-10-25T09:00"),  # and back in this one
        ("2026-12-24T20:00", "2026-12-27T09:00"),  # Boxing Day is a Saturday, 27 a Sunday
        ("2026-12-27T20:00", "2026-12-29T09:00"),  # 28 is its substitute
        ("2026-06-19T20:00", "2026-06-21T08:00"),
    ],
)
def test_the_next_allowed_moment_is_the_next_opening(moment: str, expected: str) -> None:
    assert next_allowed(utc(moment), USUAL) == utc(expected)


@given(MOMENTS, ANY_HOURS)
def test_the_next_allowed_moment_is_allowed_and_never_before(
    moment: datetime, hours: Hours
) -> None:
    found = next_allowed(moment, hours)
    assert found >= moment
    assert found.tzinfo is UTC
    assert allowed(found, hours)
    assert explain(found, hours) == ""
    assert next_allowed(found, hours) == found
    assert (found == moment) is allowed(moment, hours)


@given(MOMENTS, st.frozensets(st.sampled_from([*HOLD_BACKS])))
def test_no_allowed_moment_is_passed_over(moment: datetime, names: frozenset[str]) -> None:
    hours = Hours(LONDON, hold_backs=names)
    found = next_allowed(moment, hours)
    before = moment
    while before < found:
        assert not allowed(before, hours)
        before += 5 * MINUTE


@given(MOMENTS, ANY_HOURS)
def test_a_moment_is_allowed_exactly_when_there_is_no_reason_against_it(
    moment: datetime, hours: Hours
) -> None:
    assert allowed(moment, hours) is (explain(moment, hours) == "")


@pytest.mark.parametrize(
    "hours",
    [
        Hours(LONDON, opens=600, closes=600),
        Hours(LONDON, opens=1200, closes=540),
        Hours(LONDON, opens=1440, closes=1440),
        Hours(LONDON, holidays=((date(2026, 1, 1), date(2028, 1, 1)),)),
    ],
)
def test_hours_that_never_open_end_the_search_after_sixty_days(hours: Hours) -> None:
    moment = utc("2026-11-23T12:00")
    found = next_allowed(moment, hours)
    assert found.astimezone(LONDON).date() == date(2027, 1, 22)
    assert not allowed(found, hours)
    assert other_part(moment, hours) > moment + 24 * HOUR


@pytest.mark.parametrize(
    ("moment", "hours", "reason"),
    [
        ("2026-11-27T12:30", USUAL, ""),
        ("2026-11-27T08:59", USUAL, "night"),
        ("2026-11-27T20:00", USUAL, "night"),
        ("2026-12-25T12:00", USUAL, "holiday"),
        ("2026-12-25T12:00", Hours(LONDON, bank_holidays=False), ""),
        ("2027-12-25T12:00", USUAL, "holiday"),  # a Saturday: its substitute is the Monday
        ("2027-06-20T12:00", Hours(LONDON, bank_holidays=False), "holiday"),
        ("2026-11-27T12:30", held("friday_noon"), "hold_back"),
        ("2026-11-27T14:30", held("friday_noon"), ""),
        ("2026-11-27T12:30", held("a calendar of long ago"), ""),
        ("2027-02-20T10:59", held("ramadan"), "hold_back"),
        ("2027-02-20T16:00", held("ramadan"), "hold_back"),
    ],
)
def test_the_reason_is_one_word(moment: str, hours: Hours, reason: str) -> None:
    assert explain(utc(moment), hours) == reason


def test_a_break_holds_from_its_first_to_its_last_local_day() -> None:
    hours = Hours(LONDON, holidays=((date(2026, 7, 20), date(2026, 7, 22)),))
    assert allowed(utc("2026-07-19T18:59"), hours)
    assert not allowed(utc("2026-07-20T08:00"), hours)
    assert not allowed(utc("2026-07-22T12:00"), hours)
    assert next_allowed(utc("2026-07-19T19:00"), hours) == utc("2026-07-23T08:00")


def test_hold_backs_that_overlap_leave_only_what_all_of_them_leave() -> None:
    hours = held("ramadan", "friday_noon", "school_run")
    assert open_minutes(date(2027, 2, 26), hours) == ((660, 720), (870, 885))
    assert next_allowed(utc("2027-02-26T12:00"), hours) == utc("2027-02-26T14:30")
    assert next_allowed(utc("2027-02-26T14:45"), hours) == utc("2027-02-27T11:00")


def test_an_opening_that_is_missing_when_clocks_change_waits_for_the_next_day() -> None:
    hours = Hours(LONDON, opens=75, closes=105)  # 01:15 to 01:45, and 01:00 to 02:00 is missing
    assert next_allowed(utc("2027-03-27T12:00"), hours) == utc("2027-03-30T00:15")


def test_an_opening_that_comes_twice_when_clocks_change_is_never_before_the_moment() -> None:
    hours = Hours(LONDON, opens=75, closes=105)
    second_time_0110 = utc("2026-10-25T01:10")
    assert next_allowed(second_time_0110, hours) >= second_time_0110


def test_feasts_that_follow_a_fast_are_passed_together() -> None:
    hours = held("ramadan", "eid_al_fitr")
    assert next_allowed(utc("2027-03-08T16:00"), hours) == utc("2027-03-12T09:00")


@pytest.mark.parametrize(
    ("day", "part", "expected"),
    [
        (date(2026, 11, 24), "morning", "2026-11-24T10:00"),
        (date(2026, 11, 24), "afternoon", "2026-11-24T14:00"),
        (date(2026, 11, 24), "evening", "2026-11-24T18:00"),
        (date(2026, 7, 2), "evening", "2026-07-02T17:00"),
        (date(2026, 3, 29), "morning", "2026-03-29T09:00"),
        (date(2026, 10, 25), "morning", "2026-10-25T10:00"),
        (date(2026, 12, 25), "morning", "2026-12-27T09:00"),
        (date(2026, 11, 24), "", "2026-11-24T11:15"),
    ],
)
def test_her_time_is_the_middle_of_the_part_of_day_she_chose(
    day: date, part: str, expected: str
) -> None:
    assert at_her_time(day, USUAL, part, otherwise=675) == utc(expected)


def test_her_time_moves_out_of_what_she_holds_back() -> None:
    assert at_her_time(date(2026, 11, 27), held("friday_noon"), "afternoon") == utc(
        "2026-11-27T14:30"
    )
    assert at_her_time(date(2027, 2, 24), held("ramadan"), "morning") == utc("2027-02-24T11:00")


@pytest.mark.parametrize(
    ("asked", "hours", "expected"),
    [
        ("2026-11-23T10:00", USUAL, "2026-11-24T14:00"),
        ("2026-11-23T14:00", USUAL, "2026-11-24T18:00"),
        ("2026-11-23T18:00", USUAL, "2026-11-25T10:00"),  # not an evening again
        ("2026-10-24T09:00", USUAL, "2026-10-25T14:00"),
        ("2026-06-19T09:00", USUAL, "2026-06-21T13:00"),
        ("2027-02-17T14:00", held("ramadan"), "2027-02-18T15:00"),  # no other part is open
        ("2027-02-17T11:00", held("ramadan"), "2027-02-18T14:00"),
    ],
)
def test_a_reminder_comes_a_day_later_in_another_part_of_the_day(
    asked: str, hours: Hours, expected: str
) -> None:
    assert other_part(utc(asked), hours) == utc(expected)


@given(MOMENTS, ANY_HOURS)
def test_a_reminder_is_allowed_a_day_later_and_at_another_hour(
    moment: datetime, hours: Hours
) -> None:
    found = other_part(moment, hours)
    assert found - moment >= 24 * HOUR
    assert allowed(found, hours)
    assert found.astimezone(hours.zone).hour != moment.astimezone(hours.zone).hour


def test_where_only_one_hour_is_open_a_reminder_comes_in_that_hour() -> None:
    hours = Hours(LONDON, opens=600, closes=660)
    assert other_part(utc("2026-11-23T10:30"), hours) == utc("2026-11-24T10:30")


def test_every_part_of_day_lies_in_the_usual_hours() -> None:
    assert all(USUAL.opens <= minute < USUAL.closes for minute in PARTS_OF_DAY.values())
