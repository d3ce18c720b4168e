"""Reads a time of day from what a message says beside its date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.engine.understand.items import Item

_CLOCK = re.compile(r"(\d{1,2})[:.]([0-5]\d)")
_MINUTES = {"half": 30, "quarter": 15, "third": 20}
_PARTS = ("am", "pm", "evening", "noon", "night")
# Counted from sunrise, 3 in the morning is nine o'clock. Only hours that lie in their part of the
# day: whoever says "9 in the morning" may count from midnight, and is asked again.
_FROM_SUNRISE = {"am": (range(1, 6), 6), "pm": (range(7, 12), 6), "evening": (range(1, 4), 18)}


@dataclass(frozen=True)
class ClockTime:
    """An hour of the day. `bare`: a figure with nothing that says it is an hour; `said` as said."""

    hour: int
    minute: int
    said: int
    bare: bool


def time_of_day(items: Sequence[Item], *, sunrise: bool = False) -> ClockTime | None:
    """The one time in these items, or None when there is none, or more, or anything unknown.

    `sunrise`: her language may count from sunrise. An hour that may be counted so needs the part
    of the day; 13:00 or later, and am or pm in Latin letters, cannot be.
    """
    parts = {item.role for item in items if item.role in _PARTS}
    if parts & {"evening", "night", "noon"}:
        parts.discard("pm")  # "in the evening at 7pm" says it twice
    european = any(item.text in ("am", "pm", "a m", "p m") for item in items)
    marked = any(item.role in ("at", "hour") for item in items) or bool(parts)
    left = [item for item in items if item.role not in (*_PARTS, "at")]
    if not left and parts == {"noon"}:
        return ClockTime(12, 0, 12, bare=False)
    clock = _figures(left)
    if clock is None or len(parts) > 1:
        return None
    hour, minute, padded = clock
    part = next(iter(parts), "")
    if sunrise and hour < 13 and not european:
        resolved = _from_sunrise(hour, part)
    else:
        resolved = _resolve(hour, part, padded=padded)
    if resolved is None:
        return None
    bare = not marked and len(left) == 1 and left[0].whole is not None
    return ClockTime(hour=resolved, minute=minute, said=hour, bare=bare)


def _figures(items: Sequence[Item]) -> tuple[int, int, bool] | None:
    """(hour, minute, whether written with a leading zero) from 17:30, 5, half past 5."""
    roles = [item.role for item in items if item.role != "hour"]
    left = [item for item in items if item.role != "hour"]
    if roles[-1:] == ["minute"]:
        roles, left = roles[:-1], left[:-1]
    if len(left) == 1:
        return _hour_figure(left[0])
    if len(left) == 3 and roles[0] in _MINUTES:
        hour = _hour(left[2])
        shift = {"past": 1, "minus": -1}.get(roles[1], 0)
        return _shifted(hour, shift * _MINUTES[roles[0]])
    if len(left) == 3 and roles[1] in ("and", "minus"):
        shift = -1 if roles[1] == "minus" else 1
        minutes = _MINUTES.get(roles[2]) or _minute(left[2])
        return _shifted(_hour(left[0]), shift * minutes) if minutes else None
    if len(left) == 2 and left[0].text == "half":  # British "half five"
        return _shifted(_hour(left[1]), _MINUTES["half"])
    if len(left) == 2 and (minutes := _minute(left[1])) is not None:
        return _shifted(_hour(left[0]), minutes or 0) if left[0].role == "digits" else None
    return None


def _hour_figure(item: Item) -> tuple[int, int, bool] | None:
    clock = _CLOCK.fullmatch(item.text) if item.role == "digits" else None
    if clock and int(clock[1]) < 24:
        return int(clock[1]), int(clock[2]), clock[1].startswith("0")
    hour = _hour(item)
    return None if hour is None else (hour, 0, item.text.startswith("0"))


def _hour(item: Item) -> int | None:
    value = item.value if item.role == "ordinal" else item.whole
    return value if value is not None and 0 <= value < 24 else None


def _minute(item: Item) -> int | None:
    """Two figures after the hour: 5 30."""
    two = item.role == "digits" and len(item.text) == 2
    return item.whole if two and item.whole is not None and item.whole < 60 else None


def _shifted(hour: int | None, minutes: int) -> tuple[int, int, bool] | None:
    if hour is None or not 1 <= hour < 24 or not minutes % 60:
        return None if hour is None or minutes else (hour, 0, False)
    total = hour * 60 + minutes
    return total // 60, total % 60, False


def _from_sunrise(hour: int, part: str) -> int | None:
    hours, shift = _FROM_SUNRISE.get(part, (range(0), 0))
    return hour + shift if hour in hours else None


def _resolve(hour: int, part: str, *, padded: bool) -> int | None:
    """The hour of 24. Without am or pm: 1 to 7 after noon, 8 to 11 morning, 05:00 is doubtful."""
    if hour >= 13:
        return hour if part in ("", "pm", "evening", "night") else None
    if part == "am":
        return hour if 4 <= hour <= 11 else None
    if part == "evening":
        return hour + 12 if 4 <= hour <= 11 else None
    if part == "pm":
        return 12 if hour == 12 else hour + 12 if 1 <= hour <= 11 else None
    if part == "noon":
        return 12 if hour == 12 else hour + 12 if 1 <= hour <= 3 else None
    if part == "night":
        return hour + 12 if 6 <= hour <= 11 else None
    if hour == 0 or (padded and hour < 7):
        return None
    return hour + 12 if hour <= 7 and not padded else hour
