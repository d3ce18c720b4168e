"""The weekly sessions that a pair should have planned, and when each side hears of one. Pure.

Only the cohort's own plan is ever moved: what the pair chose, or has begun to talk about, stays.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.programme.calendar import CONFIRM_AFTER, WEEKS_OF_GRACE, weekly
from bot.programme.hours import Hours, at_her_time, is_day_off, next_allowed
from bot.programme.terms import Terms

REMIND_BEFORE = timedelta(hours=24)
WORTH_REMINDING = timedelta(hours=26)  # a session named later than that was spoken of just now
REMIND_EARLIER = timedelta(hours=30)  # where a day before is no hour for messages
LATEST_REMINDER = timedelta(hours=2)
SAME_WEEK = timedelta(days=3)  # around a slot: what else the pair has there takes its place
TAKES_NO_PLACE = frozenset({"missed", "cancelled", "rescheduled", "unreported"})


@dataclass(frozen=True, kw_only=True)
class ComingSession:
    """A planned session that lies ahead. Its questions follow its time."""

    id: int
    starts_at: datetime
    minutes: int


@dataclass(frozen=True, kw_only=True)
class PairSession:
    """One session of a pair as it stands. `untouched`: of the cohort's plan, ahead, and nobody has
    said or been asked anything about it."""

    id: int
    number: int
    starts_at: datetime
    minutes: int
    state: str
    untouched: bool


@dataclass(frozen=True, kw_only=True)
class SessionShift:
    """One session that appears (`id` is None), moves, or vanishes (`starts_at` is None)."""

    id: int | None
    was: datetime | None
    starts_at: datetime | None
    minutes: int


def wanted_sessions(
    terms: Terms, hours: Hours, *, sessions: Sequence[PairSession], now: datetime
) -> tuple[datetime, ...]:
    """When a pair should meet by the cohort's plan, from now on, beside what is fixed.

    At most `terms.sessions` with those held and planned; none on a day off or in a week in which
    the two have something else.
    """
    if terms.session_plan != "weekly":
        return ()
    fixed = [each for each in sessions if not each.untouched]
    most = terms.sessions - sum(each.state not in TAKES_NO_PLACE for each in fixed)
    taken = [each.starts_at.astimezone(hours.zone).date() for each in fixed]
    free = (
        at
        for at in _weekly(terms, hours)
        if at > now and not _is_taken(at.astimezone(hours.zone).date(), taken, hours)
    )
    return tuple(at for at, _ in zip(free, range(max(0, most)), strict=False))


def session_shifts(
    terms: Terms, hours: Hours, *, sessions: Sequence[PairSession], now: datetime
) -> tuple[SessionShift, ...]:
    """The fewest changes to the untouched sessions, so that they are the wanted ones."""
    starts = wanted_sessions(terms, hours, sessions=sessions, now=now)
    loose = sorted((each for each in sessions if each.untouched), key=lambda each: each.starts_at)
    kept = [each for each in loose if each.starts_at in starts]
    news = [at for at in starts if at not in {each.starts_at for each in kept}]
    loose = [each for each in loose if each not in kept]
    minutes = terms.session_minutes
    shifts = [
        SessionShift(id=each.id, was=each.starts_at, starts_at=each.starts_at, minutes=minutes)
        for each in kept
        if each.minutes != minutes
    ]
    shifts += [
        SessionShift(id=each.id, was=each.starts_at, starts_at=at, minutes=minutes)
        for each, at in zip(loose, news, strict=False)
    ]
    shifts += [
        SessionShift(id=each.id, was=each.starts_at, starts_at=None, minutes=each.minutes)
        for each in loose[len(news) :]
    ]
    shifts += [
        SessionShift(id=None, was=None, starts_at=at, minutes=minutes) for at in news[len(loose) :]
    ]
    return tuple(shifts)


def renumbered(sessions: Sequence[PairSession]) -> dict[int, int]:
    """The numbers that these sessions of one pair have between them, given out in the order of
    time: by their ids those that have another one then."""
    by_time = sorted(sessions, key=lambda each: (each.starts_at, each.id))
    numbers = sorted(each.number for each in sessions)
    return {
        each.id: number
        for each, number in zip(by_time, numbers, strict=True)
        if each.number != number
    }


def confirm_at(starts_at: datetime, *, minutes: int, hours: Hours) -> datetime:
    """When the mentor is asked how a session went."""
    return next_allowed(starts_at + timedelta(minutes=minutes) + CONFIRM_AFTER, hours)


def confirm_hers_at(session: ComingSession, *, hours: Hours, part_of_day: str) -> datetime:
    """When the mentee is: in her part of that day or of the next, and not before her mentor."""
    mentors = confirm_at(session.starts_at, minutes=session.minutes, hours=hours)
    if not part_of_day:
        return mentors
    day = mentors.astimezone(hours.zone).date()
    due_at = at_her_time(day, hours, part_of_day)
    return due_at if due_at >= mentors else at_her_time(_after(day), hours, part_of_day)


def remind_at(starts_at: datetime, *, hours: Hours) -> datetime | None:
    """A day before, in allowed hours; None where nothing may be sent in time."""
    due_at = next_allowed(starts_at - REMIND_BEFORE, hours)
    if starts_at - due_at < REMIND_BEFORE / 2:
        due_at = min(due_at, next_allowed(starts_at - REMIND_EARLIER, hours))
    return due_at if starts_at - due_at >= LATEST_REMINDER else None


def _weekly(terms: Terms, hours: Hours) -> Iterator[datetime]:
    slots = weekly(
        terms.starts_on,
        weekday=terms.session_weekday,
        minute=terms.session_minute,
        weeks=terms.weeks + WEEKS_OF_GRACE,
        zone=hours.zone,
    )
    return (at for _, at in slots)


def _is_taken(day: date, taken: Sequence[date], hours: Hours) -> bool:
    return is_day_off(day, hours) or any(abs(day - other) <= SAME_WEEK for other in taken)


def _after(day: date) -> date:
    return day + timedelta(days=1)
