"""Reads a day *and* a time of day: "Tuesday 5pm", "غداً الساعة ٥". Never drops either of them.

Day before month, as in the United Kingdom; without a year, the next one to come.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo

from bot.engine.understand.clock_times import ClockTime, time_of_day
from bot.engine.understand.items import Item, Listener, composed
from bot.engine.understand.question import UNCLEAR, Heard, Reading

_ROLES = [
    "weekday",
    "month",
    "day",
    "number",
    "ordinal",
    "ordinal_mark",
    "at",
    "am",
    "pm",
    "evening",
    "noon",
    "night",
    "next",
    "date_mark",
    "coming",
    "week",
    "half",
    "quarter",
    "third",
    "past",
    "minus",
    "and",
    "or",
    "hour",
    "minute",
    "uk_time",
    "article",
    "approx",
    "neutral",
    "polite",
    "yes",
]
_IGNORED = frozenset(
    ["article", "approx", "neutral", "polite", "yes", "comma", "question", "dash", "uk_time"]
)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})(?:[-/.](\d{4}|\d{2}))?")
FURTHEST = timedelta(days=400)
# A day of this year that has just gone is a slip, not the same day next year.
FURTHEST_WITHOUT_YEAR = timedelta(days=250)


@dataclass
class Found:
    """What was seen of a date so far; `rest` is left for the time of day."""

    weekday: int | None = None
    month: int | None = None
    day_of_month: int | None = None
    year: int | None = None
    offset: int | None = None
    next: bool = False
    next_week: bool = False
    doubtful: bool = False
    rest: list[Item] = field(default_factory=list)


def answer_date(
    folded: str, listener: Listener, *, now: datetime, zone: tzinfo, sunrise: bool
) -> Reading:
    """A DATE in the zone, later than now; unclear when day or time is missing or doubtful."""
    items = _hours_named(listener.items(folded, _ROLES), listener)
    sunrise = sunrise and not any(item.role == "uk_time" for item in items)
    found = _sort([item for item in composed(items) if item.role not in _IGNORED])
    clock = time_of_day(found.rest, sunrise=sunrise)
    local = now.astimezone(zone)
    if found.doubtful or clock is None:
        return UNCLEAR
    if clock.bare and any(listener.role(item.text, ("no",)) for item in found.rest):
        return UNCLEAR  # Persian: "Tuesday nine" is written as "Tuesday no"
    if _may_be_day(found, clock, today=local.date()):
        return UNCLEAR
    moment = _moment(found, clock, local=local)
    furthest = FURTHEST if found.year else FURTHEST_WITHOUT_YEAR
    if moment is None or not local < moment <= local + furthest:
        return UNCLEAR
    return Reading(Heard.DATE, moment)


def _hours_named(items: Sequence[Item], listener: Listener) -> list[Item]:
    """After "at", a word that is a weekday and a number is the number: Arabic "at two"."""
    named = list(items)
    for at, item in enumerate(items[1:], 1):
        if item.role == "weekday" and items[at - 1].role in ("at", "hour"):
            named[at] = listener.role(item.text, ("number",)) or item
    return named


def _sort(items: Sequence[Item]) -> Found:
    """Each item to its place; a second weekday or day makes the whole doubtful."""
    found = Found()
    for at, item in enumerate(items):
        following = items[at + 1] if at + 1 < len(items) else None
        before = items[at - 1] if at else None
        if item.role in ("weekday", "month", "day"):
            name = "offset" if item.role == "day" else item.role
            found.doubtful |= getattr(found, name) is not None
            setattr(found, name, item.value)
        elif item.role == "next":
            found.next = True
        elif item.role == "week":
            found.next_week = True
        elif item.role in ("coming", "date_mark") or (
            item.role == "digits" and _written_date(item, found, items)
        ):
            continue
        elif _is_day_of_month(item, before=before, following=following, found=found):
            found.day_of_month = item.whole or item.value
        elif item.role == "digits" and item.whole and 2020 <= item.whole < 2100:
            found.year = item.whole
        elif item.role != "ordinal_mark":
            found.rest.append(item)
    if found.next_week and not found.next:
        found.doubtful = True
    return found


def _is_day_of_month(
    item: Item, *, before: Item | None, following: Item | None, found: Found
) -> bool:
    """A number beside a month's name, after "day" or "date", or one that ends in th."""
    if found.day_of_month is not None:
        return False
    value = item.value if item.role == "ordinal" else item.whole
    if value is None or not 1 <= value <= 31:
        return False
    if following is not None and following.role == "ordinal_mark":
        return True
    if following is not None and following.role == "month":
        return before is None or before.role != "at"
    return before is not None and before.role in ("month", "date_mark")


def _written_date(item: Item, found: Found, items: Sequence[Item]) -> bool:
    """24/11/2026, 24/11, 24.11 (a date only when the time stands beside it), 2026-11-24."""
    iso, day_first = _ISO.fullmatch(item.text), _DAY_FIRST.fullmatch(item.text)
    if iso:
        year, month, day = (int(part) for part in iso.groups())
    elif day_first and (day_first[3] or "/" in item.text or _dotted_date(item, found, items)):
        day, month = int(day_first[1]), int(day_first[2])
        year = int(day_first[3]) if day_first[3] else 0
        year += 2000 if 0 < year < 100 else 0
    else:
        return False
    found.doubtful |= found.day_of_month is not None or found.month is not None
    found.day_of_month, found.month, found.year = day, month, year or None
    return True


def _dotted_date(item: Item, found: Found, items: Sequence[Item]) -> bool:
    """Whether 24.11 is a day: there is no other day in the message, and there is another figure."""
    days = ("weekday", "month", "day")
    if not 1 <= int(re.split(r"[-/.]", item.text)[1]) <= 12:
        return False
    others = [other for other in items if other is not item and other.role == "digits"]
    return not any(other.role in days for other in items) and len(others) == 1


def _may_be_day(found: Found, clock: ClockTime, *, today: date) -> bool:
    """Bare "Tuesday 5" is the hour, unless a Tuesday the 5th is near; "Tuesday 17" is doubtful."""
    if not clock.bare or found.weekday is None or found.day_of_month is not None:
        return False
    if clock.said > 12:
        return True
    ahead = (today + timedelta(days=days) for days in range(40))
    return any(day.weekday() == found.weekday and day.day == clock.said for day in ahead)


def _moment(found: Found, clock: ClockTime, *, local: datetime) -> datetime | None:
    at = time(clock.hour, clock.minute)
    for day in _days(found, local=local):
        moment = datetime.combine(day, at, tzinfo=local.tzinfo)
        if moment > local:
            return moment
    return None


def _days(found: Found, *, local: datetime) -> list[date]:
    """The days that may be meant, nearest first; none when what was said does not agree."""
    today = local.date()
    if found.day_of_month is not None:
        if found.offset is not None or found.next:
            return []
        days = _calendar_days(found, today=today)
        if found.weekday is None:
            return days[:2]
        return [day for day in days[:1] if day.weekday() == found.weekday]
    if found.month is not None or found.year is not None:
        return []
    if found.offset is not None:
        day = today + timedelta(days=found.offset)
        return [day] if found.weekday in (None, day.weekday()) and not found.next else []
    if found.weekday is None:
        return []
    return _weekdays(found, today=today, weekday=found.weekday)


def _calendar_days(found: Found, *, today: date) -> list[date]:
    months = [found.month] if found.month else list(range(1, 13))
    years = [found.year] if found.year else [today.year, today.year + 1]
    days: list[date] = []
    for year in years:
        for month in months:
            try:
                days.append(date(year, month, found.day_of_month or 0))
            except ValueError:
                continue
    return sorted(day for day in days if day >= today)


def _weekdays(found: Found, *, today: date, weekday: int) -> list[date]:
    """The coming one. "Next Tuesday" is clear only when that one lies in next week."""
    ahead = (weekday - today.weekday()) % 7
    coming = today + timedelta(days=ahead)
    monday = today + timedelta(days=7 - today.weekday())
    if found.next_week:
        return [monday + timedelta(days=weekday)]
    if found.next:
        coming = coming if ahead else monday + timedelta(days=weekday)
        return [coming] if coming >= monday else []
    return [coming, coming + timedelta(days=7)]
