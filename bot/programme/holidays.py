"""Days when the bot starts nothing: bank holidays, and calendars that a person picks by name. Pure.

A hold-back says only "please do not message me then": no religion is stored, the calendar's name
is all there is. Minutes are those of the local day, and a range ends before its second minute.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType

Ranges = tuple[tuple[int, int], ...]  # minutes of a local day: (from, to), without the last
MIDNIGHT = 24 * 60
ALL_DAY: Ranges = ((0, MIDNIGHT),)
NOTHING: Ranges = ()
MONDAY, FRIDAY = 0, 4
DAY = timedelta(days=1)
WORLD_REFUGEE_DAY = (6, 20)  # month, day: nothing cheerful goes to anyone on it

# The first day of the year in Beijing; elsewhere it can be the day after. Ends with 2040.
LUNAR_NEW_YEARS = frozenset(
    {
        date(2025, 1, 29),
        date(2026, 2, 17),
        date(2027, 2, 6),
        date(2028, 1, 26),
        date(2029, 2, 13),
        date(2030, 2, 3),
        date(2031, 1, 23),
        date(2032, 2, 11),
        date(2033, 1, 31),
        date(2034, 2, 19),
        date(2035, 2, 8),
        date(2036, 1, 28),
        date(2037, 2, 15),
        date(2038, 2, 4),
        date(2039, 1, 24),
        date(2040, 2, 12),
    }
)
# The evening of lamps in India; families differ by a day. Of 2039 printed calendars say either: the
# new moon of 17 October is within hours of a month's border, so both are kept. Ends with 2040.
DIWALIS = frozenset(
    {
        date(2025, 10, 20),
        date(2026, 11, 8),
        date(2027, 10, 29),
        date(2028, 10, 17),
        date(2029, 11, 5),
        date(2030, 10, 26),
        date(2031, 11, 14),
        date(2032, 11, 2),
        date(2033, 10, 22),
        date(2034, 11, 10),
        date(2035, 10, 30),
        date(2036, 10, 18),
        date(2037, 11, 7),
        date(2038, 10, 27),
        date(2039, 10, 17),
        date(2039, 11, 15),
        date(2040, 11, 4),
    }
)
LISTS_END = date(2040, 12, 31)


@dataclass(frozen=True)
class HoldBack:
    """A named calendar; `blocked` gives the minutes of a local day in which nothing is started.

    After `known_until` it blocks nothing, so staff are to be warned; None is for ever.
    """

    name: str
    label: str  # what staff see
    blocked: Callable[[date], Ranges]
    known_until: date | None = None


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """The bank holidays of England and Wales by the rules that have held since 1978.

    A holiday on a weekend is here as its substitute weekday only, as the published list has it.
    One-off days (a coronation, a jubilee) are nobody's to compute: staff add those as holidays.
    """
    easter = western_easter(year)
    return frozenset(
        {
            easter - 2 * DAY,
            easter + DAY,
            _monday_from(date(year, 5, 1)),
            _monday_of(date(year, 5, 31)),
            _monday_of(date(year, 8, 31)),
            _weekday_from(date(year, 1, 1), taken=frozenset()),
            *_christmas(year),
        }
    )


@cache
def days_off(year: int) -> frozenset[date]:
    """The bank holidays, and New Year, Christmas and Boxing Day themselves on a weekend."""
    return bank_holidays(year) | {date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)}


@cache
def western_easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (J. Oudin's arithmetic, 1940)."""
    century, golden = year // 100, year % 19
    moon = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    moon -= (moon // 28) * (1 - (29 // (moon + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    return date(year, 3, 28) + (moon - weekday) * DAY


@cache
def orthodox_easter(year: int) -> date:
    """Orthodox Easter Sunday: the same arithmetic in the Julian calendar, as a date of ours."""
    moon = (19 * (year % 19) + 15) % 30
    weekday = (year + year // 4 + moon) % 7
    behind = year // 100 - year // 400 - 2  # 13 days from 1900 to 2099
    return date(year, 3, 28) + (moon - weekday + behind) * DAY


def islamic(day: date) -> tuple[int, int, int]:
    """(year, month, day) in the tabular Islamic calendar; the moon may say a day more or less."""
    year = (30 * (day.toordinal() - 227015) + 10646) // 10631
    into = day.toordinal() - _islamic_ordinal(year, 1)
    month = min(12, (11 * into + 330) // 325)
    return year, month, day.toordinal() - _islamic_ordinal(year, month) + 1


def _islamic_ordinal(year: int, month: int) -> int:
    """The proleptic Gregorian ordinal of a month's first day; the year 1 began on 16 July 622."""
    years = (year - 1) * 354 + (3 + 11 * year) // 30
    return 227015 + years + 29 * (month - 1) + month // 2


def _monday_of(day: date) -> date:
    return day - day.weekday() * DAY


def _monday_from(day: date) -> date:
    return day + (-day.weekday() % 7) * DAY


def _weekday_from(day: date, *, taken: frozenset[date]) -> date:
    while day.weekday() > FRIDAY or day in taken:
        day += DAY
    return day


def _christmas(year: int) -> frozenset[date]:
    """Two weekdays: when only one of the days is on a weekend, the other keeps its own date."""
    days = date(year, 12, 25), date(year, 12, 26)
    kept = frozenset(day for day in days if day.weekday() <= FRIDAY)
    for day in days:
        if day not in kept:
            kept |= {_weekday_from(day, taken=kept)}
    return kept


def _friday_noon(day: date) -> Ranges:
    return ((12 * 60, 14 * 60 + 30),) if day.weekday() == FRIDAY else NOTHING


def _school_run(day: date) -> Ranges:
    if day.weekday() > FRIDAY:
        return NOTHING
    return ((8 * 60, 9 * 60 + 15), (14 * 60 + 45, 16 * 60 + 15))


def _half_terms(day: date) -> Ranges:
    """The weeks that most councils choose; where one differs, staff add its week as a holiday."""
    around = (date(day.year, 2, 17), date(day.year, 5, 31), date(day.year, 10, 28))
    on = day.weekday() <= FRIDAY and _monday_of(day) in {_monday_of(middle) for middle in around}
    return ALL_DAY if on else NOTHING


def _ramadan(day: date) -> Ranges:
    """Only 11:00 to 16:00 is open: not in the sleep after a night meal, never around sunset."""
    on = any(islamic(day + shift * DAY)[1] == 9 for shift in (-1, 0, 1))
    return ((0, 11 * 60), (16 * 60, MIDNIGHT)) if on else NOTHING


def _by_the_moon(month: int, number: int) -> Callable[[date], Ranges]:
    """A day of the Islamic year with the day before and after, since a sighting decides it."""

    def blocked(day: date) -> Ranges:
        near = {islamic(day + shift * DAY)[1:] for shift in (-1, 0, 1)}
        return ALL_DAY if (month, number) in near else NOTHING

    return blocked


def _around(days: frozenset[date]) -> Callable[[date], Ranges]:
    """These days with the day before (the eve) and after."""
    near = days | {day - DAY for day in days} | {day + DAY for day in days}
    return lambda day: ALL_DAY if day in near else NOTHING


def _every_year(*days: tuple[int, int]) -> Callable[[date], Ranges]:
    return lambda day: ALL_DAY if (day.month, day.day) in days else NOTHING


def _orthodox_easter(day: date) -> Ranges:
    """From Good Friday to Easter Monday."""
    return ALL_DAY if -2 <= (day - orthodox_easter(day.year)).days <= 1 else NOTHING


CALENDARS = (
    HoldBack("friday_noon", "Fridays, 12:00 to 14:30", _friday_noon),
    HoldBack("ramadan", "Ramadan: only 11:00 to 16:00", _ramadan),
    HoldBack("eid_al_fitr", "Eid al-Fitr, and a day either side", _by_the_moon(10, 1)),
    HoldBack("eid_al_adha", "Eid al-Adha, and a day either side", _by_the_moon(12, 10)),
    HoldBack("ashura", "Ashura, and a day either side", _by_the_moon(1, 10)),
    HoldBack("orthodox_christmas", "Orthodox Christmas, 7 January", _every_year((1, 7))),
    # The day after in the year after an Ethiopian leap year: both are kept free.
    HoldBack("timket", "Timket, 19 and 20 January", _every_year((1, 19), (1, 20))),
    HoldBack("orthodox_easter", "Orthodox Easter, Friday to Monday", _orthodox_easter),
    HoldBack("nowruz", "Nowruz, 20 and 21 March", _every_year((3, 20), (3, 21))),
    HoldBack(
        "lunar_new_year",
        "Lunar New Year, and a day either side",
        _around(LUNAR_NEW_YEARS),
        known_until=LISTS_END,
    ),
    HoldBack("diwali", "Diwali, and a day either side", _around(DIWALIS), known_until=LISTS_END),
    HoldBack("school_run", "School run, 08:00 to 09:15 and 14:45 to 16:15", _school_run),
    HoldBack("half_terms", "Half-terms: February, May and October", _half_terms),
)
HOLD_BACKS: Mapping[str, HoldBack] = MappingProxyType({each.name: each for each in CALENDARS})
