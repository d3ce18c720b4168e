"""Reads how long something took, in whole minutes: "1h30", "an hour and a half", "نصف ساعة"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.engine.understand.items import Item, Listener, composed
from bot.engine.understand.question import UNCLEAR, Heard, Reading

LONGEST = 600
# A bare figure is minutes only where it cannot be hours.
BARE = range(10, 241)

_ROLES = [
    "dual",
    "half",
    "quarter",
    "third",
    "hour",
    "hours",
    "minute",
    "number",
    "and",
    "minus",
    "or",
    "article",
    "approx",
    "neutral",
    "polite",
    "yes",
]
_IGNORED = frozenset(["article", "approx", "neutral", "polite", "yes", "comma", "question"])
_SHARES = {"half": 30, "third": 20, "quarter": 15}
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)")
_FRACTION = re.compile(r"([1-3])/([24])")
_DECIMAL = re.compile(r"(\d{0,2})[.,](0|5|50|25|75)")


def answer_duration(folded: str, listener: Listener) -> Reading:
    """A DURATION of 1 to 600 minutes, or unclear."""
    items = [item for item in listener.items(folded, _ROLES) if item.role not in _IGNORED]
    minutes = _minutes(_numbers_apart(items))
    if minutes is None or not 1 <= minutes <= LONGEST:
        return UNCLEAR
    return Reading(Heard.DURATION, minutes)


def _numbers_apart(items: Sequence[Item]) -> list[Item]:
    """Number words composed, and no "and" left dangling at the end or before a unit."""
    joined = composed(items)
    left = [
        item
        for item, following in zip(joined, [*joined, Item("", "")][1:], strict=True)
        if item.role != "and" or following.role not in ("hour", "hours", "minute")
    ]
    while left and left[-1].role == "and":
        left.pop()
    return left


def _minutes(items: Sequence[Item]) -> int | None:
    if len(items) == 1 and (bare := _bare(items[0])) is not None:
        return bare
    total, at = 0.0, 0
    hours_seen = minutes_seen = False
    while at < len(items):
        joined = bool(total) and items[at].role == "and"
        at += joined
        after_hours = hours_seen and not minutes_seen
        term = _term(items[at:], after_hours=after_hours, joined=joined)
        if term is None:
            return None
        minutes, used, in_minutes = term
        if (minutes_seen and in_minutes) or (hours_seen and not in_minutes):
            return None
        hours_seen, minutes_seen = hours_seen or not in_minutes, minutes_seen or in_minutes
        total += minutes
        at += used
    return int(total) if total == int(total) else None


def _bare(item: Item) -> int | None:
    clock = _CLOCK.fullmatch(item.text) if item.role == "digits" else None
    if clock:
        return int(clock[1]) * 60 + int(clock[2]) if int(clock[1]) < 5 else None
    if item.whole in BARE:
        return item.whole
    return None


def _term(
    items: Sequence[Item], *, after_hours: bool, joined: bool
) -> tuple[float, int, bool] | None:
    """(minutes, items used, whether counted in minutes) of the first term, or None."""
    roles = [item.role for item in items[:4]]
    if roles[:1] == ["minus"] and roles[1:2] in (["quarter"], ["third"]) and after_hours:
        return -_SHARES[roles[1]], 2, True
    if roles[:1] == ["dual"]:
        return items[0].value * 60, 1, False
    if roles and roles[0] in _SHARES:
        share = _SHARES[roles[0]]
        if roles[1:2] == ["hour"]:
            return share, 2, after_hours
        return (share, 1, True) if after_hours and joined else None
    if roles[:1] == ["hour"]:
        return (60, 1, False) if not _amount_follows(items) else None
    return _counted(items, roles, after_hours=after_hours)


def _amount_follows(items: Sequence[Item]) -> bool:
    """ "hour 2" or "hour 17" may be a time of day; "hour 30" and "hour 30 minutes" are not."""
    if len(items) < 2 or items[1].role != "digits":
        return False
    return len(items) == 2 and items[1].whole not in range(25, 60)


def _counted(
    items: Sequence[Item], roles: Sequence[str], *, after_hours: bool
) -> tuple[float, int, bool] | None:
    if not items:
        return None
    amount = _amount(items[0])
    if amount is None:
        return None
    unit = roles[1:2]
    if unit in (["hour"], ["hours"]):
        return amount * 60, 2, False
    if unit == ["minute"]:
        return amount, 2, True
    if unit == ["quarter"] and amount == 3 and roles[2:3] == ["hour"]:
        return 45, 3, True
    if unit == ["quarter"] and amount == 3 and after_hours:
        return 45, 2, True
    if unit == ["dual"] and amount < 1 and items[1].value == 1:
        return amount * 60, 2, False  # 3/4 of an hour
    share = {"half": 0.5, "quarter": 0.25}.get(roles[2] if len(roles) > 2 else "")
    if unit == ["and"] and share and roles[3:4] in (["hour"], ["hours"]):
        return (amount + share) * 60, 4, False
    if after_hours and len(items) == 1 and items[0].whole in range(5, 60):
        return amount, 1, True
    return None


def _amount(item: Item) -> float | None:
    if item.whole is not None:
        return item.whole
    if item.role == "digits" and (found := _FRACTION.fullmatch(item.text)):
        return int(found[1]) / int(found[2])
    if item.role == "digits" and (found := _DECIMAL.fullmatch(item.text)):
        return int(found[1] or 0) + float(f"0.{found[2]}")
    return None
