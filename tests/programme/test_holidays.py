"""Bank holidays against the published lists, and the named calendars against known dates."""

from datetime import date, timedelta

import pytest

from bot.programme.holidays import (
    ALL_DAY,
    CALENDARS,
    DIWALIS,
    HOLD_BACKS,
    LUNAR_NEW_YEARS,
    NOTHING,
    Ranges,
    bank_holidays,
    days_off,
    islamic,
    orthodox_easter,
    western_easter,
)

DAY = timedelta(days=1)
RAMADAN: Ranges = ((0, 660), (960, 1440))  # 11:00 to 16:00 is open
PUBLISHED = {  # gov.uk/bank-holidays, England and Wales; 2027 and 2028 by the same rules
    2024: "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26",
    2025: "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
    2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
    2028: "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26",
}


def days(text: str) -> list[date]:
    return [date.fromisoformat(each) for each in text.split()]


def blocked(name: str, day: str) -> Ranges:
    return HOLD_BACKS[name].blocked(date.fromisoformat(day))


def whole_days(name: str, year: int) -> list[date]:
    every = (date(year, 1, 1) + number * DAY for number in range(366))
    return [day for day in every if day.year == year and HOLD_BACKS[name].blocked(day) == ALL_DAY]


@pytest.mark.parametrize("year", PUBLISHED)
def test_bank_holidays_are_those_that_are_published(year: int) -> None:
    published = days(" ".join(f"{year}-{each}" for each in PUBLISHED[year].split()))
    assert sorted(bank_holidays(year)) == published


def test_when_christmas_is_a_sunday_boxing_day_keeps_its_own_date() -> None:
    december = [day for day in sorted(bank_holidays(2022)) if day.month == 12]
    assert december == days("2022-12-26 2022-12-27")


def test_every_year_has_eight_bank_holidays_on_weekdays() -> None:
    for year in range(2024, 2100):
        assert len(bank_holidays(year)) == 8
        assert all(day.weekday() < 5 and day.year == year for day in bank_holidays(year))


def test_christmas_on_a_weekend_is_a_day_off_beside_its_substitute() -> None:
    assert set(days("2027-12-25 2027-12-26 2027-12-27 2027-12-28")) <= days_off(2027)
    assert set(days("2028-01-01 2028-01-03")) <= days_off(2028)


def test_easter_is_computed_in_both_calendars() -> None:
    western = "2024-03-31 2025-04-20 2026-04-05 2027-03-28 2028-04-16 2038-04-25 2049-04-18"
    orthodox = "2024-05-05 2025-04-20 2026-04-12 2027-05-02 2028-04-16 2029-04-08 2030-04-28"
    assert [western_easter(day.year) for day in days(western)] == days(western)
    assert [orthodox_easter(day.year) for day in days(orthodox)] == days(orthodox)


def test_both_easters_are_sundays_in_their_season_for_two_centuries() -> None:
    for year in range(1900, 2100):
        assert western_easter(year).weekday() == orthodox_easter(year).weekday() == 6
        assert date(year, 3, 22) <= western_easter(year) <= date(year, 4, 25)
        assert date(year, 4, 4) <= orthodox_easter(year) <= date(year, 5, 8)


def test_the_islamic_calendar_counts_every_day_once() -> None:
    before = islamic(date(2020, 1, 1))
    for number in range(1, 30 * 366):
        after = islamic(date(2020, 1, 1) + number * DAY)
        next_day = (before[0], before[1], before[2] + 1)
        next_month = (before[0], before[1] + 1, 1)
        next_year = (before[0] + 1, 1, 1)
        assert after in (next_day, next_month, next_year)
        assert after[2] <= 30 and after[1] <= 12
        before = after


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2025-03-01", "2025-03-29"),
        ("2026-02-18", "2026-03-19"),
        ("2027-02-08", "2027-03-08"),
        ("2028-01-28", "2028-02-25"),
    ],
)
def test_in_ramadan_only_eleven_to_four_is_open(first: str, last: str) -> None:
    day = date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        assert HOLD_BACKS["ramadan"].blocked(day) == RAMADAN
        day += DAY
    assert HOLD_BACKS["ramadan"].blocked(date.fromisoformat(first) - 3 * DAY) == NOTHING
    assert HOLD_BACKS["ramadan"].blocked(day + 3 * DAY) == NOTHING


def test_a_day_before_and_after_ramadan_are_held_like_it() -> None:
    around = days("2027-02-06 2027-02-07 2027-03-10 2027-03-11")
    found = [HOLD_BACKS["ramadan"].blocked(day) for day in around]
    assert found == [NOTHING, RAMADAN, RAMADAN, NOTHING]


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("eid_al_fitr", "2024-04-10 2025-03-30 2026-03-20 2027-03-09 2028-02-26 2029-02-14"),
        ("eid_al_adha", "2024-06-16 2025-06-06 2026-05-27 2027-05-16 2028-05-05 2029-04-24"),
        ("ashura", "2024-07-16 2025-07-05 2026-06-25 2027-06-15 2028-06-03"),
    ],
)
def test_a_day_that_the_moon_decides_is_held_with_its_neighbours(name: str, known: str) -> None:
    for day in days(known):
        held = whole_days(name, day.year)
        assert day in held
        assert held[-1] - held[0] == 2 * DAY and len(held) == 3


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("orthodox_christmas", "2027-01-07"),
        ("timket", "2027-01-19 2027-01-20"),
        ("nowruz", "2027-03-20 2027-03-21"),
        ("orthodox_easter", "2027-04-30 2027-05-01 2027-05-02 2027-05-03"),
        ("lunar_new_year", "2027-02-05 2027-02-06 2027-02-07"),
        ("diwali", "2027-10-28 2027-10-29 2027-10-30"),
    ],
)
def test_a_feast_is_held_for_whole_days(name: str, held: str) -> None:
    assert whole_days(name, 2027) == days(held)


@pytest.mark.parametrize(
    ("year", "mondays"),
    [
        (2025, "2025-02-17 2025-05-26 2025-10-27"),
        (2026, "2026-02-16 2026-05-25 2026-10-26"),
        (2027, "2027-02-15 2027-05-31 2027-10-25"),
        (2028, "2028-02-14 2028-05-29 2028-10-23"),
    ],
)
def test_half_terms_are_three_weeks_from_monday_to_friday(year: int, mondays: str) -> None:
    expected = [monday + number * DAY for monday in days(mondays) for number in range(5)]
    assert whole_days("half_terms", year) == expected


def test_friday_noon_and_the_school_run_hold_parts_of_a_day() -> None:
    assert blocked("friday_noon", "2026-11-27") == ((720, 870),)
    assert blocked("friday_noon", "2026-11-26") == NOTHING
    assert blocked("school_run", "2026-11-26") == ((480, 555), (885, 975))
    assert blocked("school_run", "2026-11-28") == NOTHING


def test_listed_calendars_hold_one_date_a_year_and_say_where_they_end() -> None:
    listed = {each.name: each.known_until for each in CALENDARS if each.known_until}
    assert listed == dict.fromkeys(("lunar_new_year", "diwali"), date(2040, 12, 31))
    years = list(range(2025, 2041))
    assert sorted(day.year for day in LUNAR_NEW_YEARS) == years
    assert sorted({day.year for day in DIWALIS}) == years
    assert all(day.month in (1, 2) for day in LUNAR_NEW_YEARS)
    assert all(day.month in (10, 11) for day in DIWALIS)


def test_listed_days_are_whole_moons_apart() -> None:
    """A mistyped date would be days away from where the moon can be."""
    for dates in (LUNAR_NEW_YEARS, DIWALIS):
        first = min(dates)
        for day in dates:
            moons = (day - first).days / 29.530588861
            assert abs(moons - round(moons)) * 29.530588861 < 1.6


def test_every_calendar_has_a_name_a_label_and_sound_ranges_on_every_day() -> None:
    assert list(HOLD_BACKS) == [each.name for each in CALENDARS]
    for calendar in CALENDARS:
        assert calendar.label
        for number in range(0, 3 * 365):
            ranges = calendar.blocked(date(2026, 1, 1) + number * DAY)
            assert all(0 <= first < last <= 1440 for first, last in ranges)
            assert list(ranges) == sorted(ranges)
