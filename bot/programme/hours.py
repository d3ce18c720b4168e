"""Which minutes are hers: when the bot may start something with a person, and when next. Pure.

A reply to her own message may go at any time; this is only about what the bot starts. Moments are
aware UTC, minutes are those of the local day.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import pairwise

from bot.programme.calendar import local_moment
from bot.programme.holidays import HOLD_BACKS, MIDNIGHT, WORLD_REFUGEE_DAY, Ranges, days_off

PARTS_OF_DAY = {"morning": 10 * 60, "afternoon": 14 * 60, "evening": 18 * 60}
NOON, EVENING = 12 * 60, 17 * 60
OPENS, CLOSES = 9 * 60, 20 * 60
USUAL_MINUTE = 10 * 60
SEARCHED_DAYS = 60
REMIND_AFTER = timedelta(hours=24)
REMIND_WITHIN_DAYS = 2  # so that a reminder comes before the question closes, where it can


@dataclass(frozen=True)
class Hours:
    """When a person may be written to; where `opens` is not before `closes`, never.

    `holidays` are (first, last) days, both included. A name in `hold_backs` that is no calendar
    holds nothing back.
    """

    zone: tzinfo
    opens: int = OPENS
    closes: int = CLOSES
    holidays: tuple[tuple[date, date], ...] = ()
    bank_holidays: bool = True
    hold_backs: frozenset[str] = frozenset()


def within(part_of_day: str, *, opens: int = OPENS, closes: int = CLOSES) -> tuple[int, int]:
    """Opening and closing where only that part of the day is hers. Where they have no minute in
    common, or she chose none, they stay as they are."""
    parts = {"morning": (0, NOON), "afternoon": (NOON, EVENING), "evening": (EVENING, MIDNIGHT)}
    first, last = parts.get(part_of_day, (0, MIDNIGHT))
    both = max(first, opens), min(last, closes)
    return both if both[0] < both[1] else (opens, closes)


def only_in(part_of_day: str, *, discreet: bool) -> str:
    """The part of the day outside which nothing may come: hers, where others read her phone."""
    return part_of_day if discreet else ""


def allowed(now: datetime, hours: Hours) -> bool:
    """Whether the bot may start something now."""
    day, minute = _local(now, hours)
    return any(first <= minute < last for first, last in open_minutes(day, hours))


def explain(now: datetime, hours: Hours) -> str:
    """Why nothing may start now: "night", "holiday" or "hold_back"; "" when it may."""
    day, minute = _local(now, hours)
    if not hours.opens <= minute < hours.closes:
        return "night"
    if is_day_off(day, hours):
        return "holiday"
    return "" if allowed(now, hours) else "hold_back"


def next_allowed(moment: datetime, hours: Hours) -> datetime:
    """The moment itself if something may start then, else the next opening.

    Where nothing is open for 60 days it is the opening time of the 60th day on, which is not
    allowed either: whoever acts then asks `allowed` again.
    """
    if allowed(moment, hours):
        return moment.astimezone(UTC)
    today, _ = _local(moment, hours)
    for day in _days_from(today, SEARCHED_DAYS):
        openings = (first for first, _ in open_minutes(day, hours))
        for at in _allowed_at(day, hours, openings):
            if at >= moment:
                return at
    return local_moment(today + timedelta(days=SEARCHED_DAYS), _opening(hours), hours.zone)


def at_her_time(
    day: date, hours: Hours, part_of_day: str = "", *, otherwise: int = USUAL_MINUTE
) -> datetime:
    """The middle of her part of that day, or the minute `otherwise`, or the next allowed moment."""
    minute = PARTS_OF_DAY.get(part_of_day, otherwise)
    return next_allowed(local_moment(day, minute, hours.zone), hours)


def other_part(moment: datetime, hours: Hours, *, after: timedelta = REMIND_AFTER) -> datetime:
    """When to remind her: at least 24 hours later, when she may not be as busy as she was then.
    `after` is another span than the 24 hours.

    In another part of the day if that is allowed in two days, else at another hour of the day, and
    only where her hours have no other hour, at the next allowed moment.
    """
    earliest = moment + after
    today, _ = _local(earliest, hours)
    _, asked = _local(moment, hours)
    other_parts = [at for at in PARTS_OF_DAY.values() if _part(at) != _part(asked)]
    for day in _days_from(today, REMIND_WITHIN_DAYS):
        for at in _allowed_at(day, hours, other_parts):
            if at >= earliest:
                return at
    for day in _days_from(today, SEARCHED_DAYS):
        for at in _allowed_at(day, hours, _hours_of(day, hours)):
            if at >= earliest and at.astimezone(hours.zone).hour != asked // 60:
                return at
    return next_allowed(earliest, hours)


def is_day_off(day: date, hours: Hours) -> bool:
    """Whether that day is a holiday for everyone who has these hours."""
    return (
        (day.month, day.day) == WORLD_REFUGEE_DAY
        or (hours.bank_holidays and day in days_off(day.year))
        or any(first <= day <= last for first, last in hours.holidays)
    )


@lru_cache(maxsize=8192)  # a few days for each person's hours: the clock asks for every due row
def open_minutes(day: date, hours: Hours) -> Ranges:
    """The ranges of minutes of that local day in which something may start, in order."""
    if is_day_off(day, hours):
        return ()
    held = [(0, hours.opens), (hours.closes, MIDNIGHT)]
    for name in hours.hold_backs & HOLD_BACKS.keys():
        held += HOLD_BACKS[name].blocked(day)
    return tuple(_gaps(held))


def _gaps(held: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """What is left of a day between ranges that may overlap."""
    edges = sorted({0, MIDNIGHT, *(edge for both in held for edge in both)})
    start: int | None = None
    for first, last in pairwise(edges):
        free = not any(begin <= first and last <= end for begin, end in held)
        if free and start is None:
            start = first
        if not free and start is not None:
            yield start, first
            start = None
    if start is not None:
        yield start, MIDNIGHT


def _local(moment: datetime, hours: Hours) -> tuple[date, int]:
    local = moment.astimezone(hours.zone)
    return local.date(), local.hour * 60 + local.minute


def _days_from(day: date, count: int) -> Iterator[date]:
    return (day + timedelta(days=number) for number in range(count))


def _allowed_at(day: date, hours: Hours, minutes: Iterable[int]) -> Iterator[datetime]:
    """Those minutes as moments. Asked again, for when clocks change a minute can be missing."""
    moments = (local_moment(day, minute, hours.zone) for minute in minutes)
    return (at for at in moments if allowed(at, hours))


def _hours_of(day: date, hours: Hours) -> list[int]:
    """Each opening of that day and each full hour."""
    openings = {first for first, _ in open_minutes(day, hours)}
    return sorted(openings | set(range(0, MIDNIGHT, 60)))


def _opening(hours: Hours) -> int:
    return min(max(hours.opens, 0), MIDNIGHT - 1)


def _part(minute: int) -> str:
    return "morning" if minute < NOON else "afternoon" if minute < EVENING else "evening"
