"""Shares of those who answered: per cent, 95% interval, response rate; and small groups kept out of
sight, so that nobody can be found in a table. Pure; whole numbers only, so that they never drift.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

SMALL = 5  # a group under this is not shown
Z = 1.959963984540054  # 95% of a normal distribution lie within this many deviations
FEW, KEPT = "few", "kept"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One number of a breakdown. Hidden: few (it is under five), or kept (it would give away
    another one).
    """

    key: str
    text: str
    number: int | None
    hidden: str = ""


@dataclass(frozen=True, kw_only=True)
class Share:
    """How many of those who answered said so. Without numbers when fewer than five answered.

    `low` and `high` are the 95% interval, `response` the response rate, all in whole per cent.
    """

    numerator: int | None
    answered: int
    eligible: int
    percent: int | None
    low: int | None
    high: int | None
    response: int | None


def share(numerator: int, *, answered: int, eligible: int) -> Share:
    """Numerator, denominator and everything that must stand beside them."""
    enough = answered >= SMALL
    low, high = wilson(numerator, answered) if enough else (None, None)
    return Share(
        numerator=numerator if enough else None,
        answered=answered,
        eligible=eligible,
        percent=percent(numerator, answered) if enough else None,
        low=low,
        high=high,
        response=percent(answered, eligible),
    )


def percent(part: int, whole: int) -> int | None:
    """Whole per cent, halves upwards. None of nothing."""
    return (200 * part + whole) // (2 * whole) if whole else None


def wilson(part: int, whole: int) -> tuple[int, int]:
    """The 95% interval of a share in whole per cent (Wilson 1927, without continuity correction).

    It is honest with few answers and near 0 and 100, where the textbook's plus-or-minus is not.
    """
    seen, square = part / whole, Z * Z
    middle = seen + square / (2 * whole)
    reach = Z * sqrt(seen * (1 - seen) / whole + square / (4 * whole * whole))
    scale = 100 / (1 + square / whole)
    low, high = (middle - reach) * scale, (middle + reach) * scale
    return max(0, int(low + 0.5)), min(100, int(high + 0.5))


def broken_down(
    counts: Sequence[tuple[str, str, int]], *, least: int = 0, adds_up: bool = True
) -> tuple[Cell, ...]:
    """The cells (key, text, number) in the order given, those under five hidden, and as many more
    as it takes that none can be reckoned from the total. Nothing at all when only hidden ones are
    left.

    `least` is what a listed cell holds at least: 1 when only groups that exist are listed. Where
    one person stands in several cells (`adds_up` is false) no total gives any away.
    """
    few = frozenset(place for place, one in enumerate(counts) if one[2] < SMALL)
    hidden, numbers = set(few), [number for _, _, number in counts]
    shown = sorted((numbers[place], -place) for place in range(len(counts)) if place not in few)
    somebody = any(numbers[one] for one in few)  # in an empty group nobody can be found
    while adds_up and somebody and shown:
        smallest_shown, place = shown[0]
        kept = len(hidden) - len(few)
        total = sum(numbers[one] for one in hidden)
        most_of_others = (SMALL - 1) * (len(few) - 1) + smallest_shown * kept
        least_of_others = least * (len(few) - 1) + SMALL * kept
        if max(least, total - most_of_others) < min(SMALL - 1, total - least_of_others):
            break  # each small one may be this or that
        hidden.add(-place)
        shown.pop(0)
    if len(hidden) == len(counts):
        return ()
    return tuple(
        Cell(
            key=key,
            text=text,
            number=None if place in hidden else number,
            hidden=(FEW if place in few else KEPT) if place in hidden else "",
        )
        for place, (key, text, number) in enumerate(counts)
    )
