"""Who is called about an urgent alert, and when, until somebody has it. Pure.

The lead at once; after 15 minutes the deputy too; after 30 all three; then all again every 30
minutes. Only in hours of cover: what comes at night is called about first thing when cover begins.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.programme.oncall import Rota, local_day, next_opening, on_call

CLIMB = timedelta(minutes=15)  # until the next rank is called too
AGAIN = timedelta(minutes=30)  # between calls once everybody is called
CLIMBS = 3  # after this many calls everybody is


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """Somebody who may be asked when nobody of the rota can be: safeguarding before others."""

    staff_id: int
    safeguarding: bool
    ways: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """An urgent alert that nobody has. `since`: when it came, or came again after somebody had it.

    `called`: the moments of the calls about it since then. `excluded`: those whom it is about.
    """

    alert_id: int
    since: datetime
    called: tuple[datetime, ...] = ()
    excluded: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Call:
    """One staff member, by one way. Rank 0: she is not on the rota."""

    staff_id: int
    rank: int
    way: str


@dataclass(frozen=True, kw_only=True)
class Left:
    """Somebody on call who is not called, and why: conflict, no_way."""

    staff_id: int
    why: str


def due_at(waiting: Waiting, rota: Rota) -> datetime:
    """When the next call is due. A charity that is never open is called at once."""
    if not waiting.called:
        earliest = waiting.since
    else:
        climbing = len(waiting.called) < CLIMBS
        earliest = max(waiting.called) + (CLIMB if climbing else AGAIN)
    return next_opening(rota, earliest) or earliest


def calls(
    waiting: Waiting, rota: Rota, colleagues: Iterable[Colleague], *, now: datetime
) -> tuple[Call, ...]:
    """Whom to call now, by every way she has; nobody: there is no one left who may be asked."""
    today = on_call(rota, local_day(rota, now))
    able = [duty for duty in today if duty.ways and duty.staff_id not in waiting.excluded]
    if not able:
        return _others(waiting, colleagues)
    # Whoever is called first must be able to read it; else those who can are called as well
    helped = () if any(duty.reads for duty in able) else _others(waiting, colleagues)
    reached = sorted({duty.rank for duty in able})[: _climbed(waiting, rota, now=now)]
    found = {(call.staff_id, call.way): call for call in helped}
    for duty in able:
        if duty.rank in reached:
            for way in duty.ways:
                found.setdefault(
                    (duty.staff_id, way), Call(staff_id=duty.staff_id, rank=duty.rank, way=way)
                )
    return tuple(found.values())


def left_out(waiting: Waiting, rota: Rota, *, now: datetime) -> tuple[Left, ...]:
    """Those on call today who are not called whatever happens, and why."""
    found = {}
    for duty in on_call(rota, local_day(rota, now)):
        if duty.staff_id in waiting.excluded:
            found[duty.staff_id] = Left(staff_id=duty.staff_id, why="conflict")
        elif not duty.ways:
            found[duty.staff_id] = Left(staff_id=duty.staff_id, why="no_way")
    return tuple(found.values())


def _climbed(waiting: Waiting, rota: Rota, *, now: datetime) -> int:
    """How many ranks are called by now. It goes by time, so that a bot that was away for long, or
    a night in between, does not begin with the first one again."""
    begun = next_opening(rota, waiting.since) or waiting.since
    return 1 + min(int((now - begun) / CLIMB), CLIMBS - 1)


def _others(waiting: Waiting, colleagues: Iterable[Colleague]) -> tuple[Call, ...]:
    """Whoever holds the safeguarding role; without one, administrators."""
    able = [one for one in colleagues if one.ways and one.staff_id not in waiting.excluded]
    chosen = [one for one in able if one.safeguarding] or able
    return tuple(Call(staff_id=one.staff_id, rank=0, way=way) for one in chosen for way in one.ways)
