"""Where the points of a chart lie. Templates draw them, and put a table with the same beside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WIDTH, HEIGHT = 420, 170
LEFT, RIGHT, TOP, BOTTOM = 30, 30, 16, 26
HIGHEST = 10


@dataclass(frozen=True, kw_only=True)
class Point:
    """One rating, where it lies and what it is."""

    x: float
    y: float
    rating: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class GoalChart:
    """A goal's ratings as a line from her first to her newest."""

    points: tuple[Point, ...]
    line: str
    rules: tuple[tuple[float, int], ...]  # y and what it stands for
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT

    @property
    def first(self) -> Point:
        return self.points[0]

    @property
    def newest(self) -> Point:
        return self.points[-1]


@dataclass(frozen=True, kw_only=True)
class Slice:
    """One piece of a bar: where it begins and how wide it is, in per cent."""

    key: str
    number: int
    text: str
    x: float
    width: float


def goal_chart(ratings: Sequence[tuple[datetime, int]]) -> GoalChart | None:
    """None without a rating. Time runs to the right at its own pace, 10 is at the top."""
    if not ratings:
        return None
    start = ratings[0][0]
    span = max(ratings[-1][0] - start, timedelta(weeks=1))
    points = tuple(
        Point(x=_across((at - start) / span), y=_height(rating), rating=rating, at=at)
        for at, rating in ratings
    )
    return GoalChart(
        points=points,
        line=" ".join(f"{point.x},{point.y}" for point in points),
        rules=tuple((_height(rating), rating) for rating in (0, 5, 10)),
    )


def slices(parts: Sequence[tuple[str, int, str]]) -> tuple[Slice, ...]:
    """A bar of pieces (key, number, text), as wide as their numbers; the empty ones left out."""
    total = sum(number for _, number, _ in parts)
    drawn, x = [], 0.0
    for key, number, text in parts:
        if number:
            width = round(100 * number / total, 2)
            drawn.append(Slice(key=key, number=number, text=text, x=round(x, 2), width=width))
            x += width
    return tuple(drawn)


def _across(share: float) -> float:
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def _height(rating: int) -> float:
    return round(TOP + (1 - rating / HIGHEST) * (HEIGHT - TOP - BOTTOM), 1)
