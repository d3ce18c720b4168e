"""Tell staff of signs that no word says. Each is told once, and once while its alert is open."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, exists, func, select
from sqlmodel import Session

from bot.actions.alert import raise_alert
from bot.actions.house import House
from bot.programme.signals import (
    AT_NIGHT,
    FELL,
    HARD_TWICE,
    SIGNALS,
    SILENT_AFTER_HARD,
    WEEK,
    wrote_at_night,
)
from bot.store.ladder import WEEKLY, fell_far
from bot.store.models import (
    Address,
    Alert,
    Answer,
    CheckIn,
    Cohort,
    Enrolment,
    Goal,
    GoalEntry,
    Message,
)
from bot.store.tables import table

FRESH = timedelta(days=14)  # older than this nobody is told of

_ALERT, _ADDRESS, _ANSWER = table(Alert), table(Address), table(Answer)
_CHECK_IN, _ENROLMENT, _COHORT = table(CheckIn), table(Enrolment), table(Cohort)
_GOAL, _ENTRY, _MESSAGE = table(Goal), table(GoalEntry), table(Message)
_EARLIER = _ANSWER.alias("earlier")

Sign = tuple[int, str]  # whose, and what alone makes it this one and no other


def watch_signs(house: House, *, now: datetime) -> int:
    """Raise what is new; returns how many."""
    with house.database.reading() as db:
        found = {(kind, *sign) for kind in SIGNALS for sign in _READ[kind](db, now)}
        new = sorted(found - _told(db)) if found else []
    if not new:
        return 0
    told: set[tuple[str, int]] = set()
    with house.database.transaction() as db:
        waiting = _open(db)
        for kind, participant_id, about in new:
            if (kind, participant_id) in waiting | told:
                continue
            told.add((kind, participant_id))
            subject = f"{kind}:{about}"
            raise_alert(db, kind=kind, subject=subject, participant_id=participant_id, now=now)
    return len(told)


def _told(db: Session) -> set[tuple[str, int, str]]:
    known = select(_ALERT.c.kind, _ALERT.c.participant_id, _ALERT.c.subject)
    rows = db.execute(known.where(_ALERT.c.kind.in_(SIGNALS)))
    return {(kind, whose, subject.removeprefix(f"{kind}:")) for kind, whose, subject in rows}


def _open(db: Session) -> set[tuple[str, int]]:
    waits = (_ALERT.c.kind.in_(SIGNALS), _ALERT.c.state != "closed")
    rows = db.execute(select(_ALERT.c.kind, _ALERT.c.participant_id).where(*waits))
    return {(kind, whose) for kind, whose in rows}


def _fell(db: Session, now: datetime) -> Iterator[Sign]:
    """A rating that is three or more below the one before it, of the same goal."""
    rows = (
        select(_ENROLMENT.c.participant_id, _ENTRY.c.id)
        .select_from(
            _ENTRY.join(_GOAL, _GOAL.c.id == _ENTRY.c.goal_id).join(
                _ENROLMENT, _ENROLMENT.c.id == _GOAL.c.enrolment_id
            )
        )
        .where(
            _ENTRY.c.kind == "rating",
            _ENTRY.c.at > now - FRESH,
            fell_far(_ENTRY),
        )
    )
    yield from _signs(db, rows, "entry")


def _weeks(answers: Any) -> tuple[Any, ...]:
    """Her answers to how her week was."""
    return (
        answers.c.flow == "goal_check_in",
        answers.c.step == "week",
        answers.c.replaced_at.is_(None),
    )


def _hard_twice(db: Session, now: datetime) -> Iterator[Sign]:
    """A hard week after a hard week."""
    before = (
        select(_EARLIER.c.value)
        .where(
            *_weeks(_EARLIER),
            _EARLIER.c.enrolment_id == _ANSWER.c.enrolment_id,
            _EARLIER.c.id < _ANSWER.c.id,
        )
        .order_by(_EARLIER.c.id.desc())
        .limit(1)
        .correlate(_ANSWER)
        .scalar_subquery()
    )
    rows = select(_ANSWER.c.participant_id, _ANSWER.c.id).where(
        *_weeks(_ANSWER), _ANSWER.c.value == "hard", _ANSWER.c.at > now - FRESH, before == "hard"
    )
    yield from _signs(db, rows, "answer")


def _silent_after_hard(db: Session, now: datetime) -> Iterator[Sign]:
    """The week was hard, and the next question had no answer, nor did she write since."""
    last = (
        select(func.max(_EARLIER.c.id))
        .where(*_weeks(_EARLIER), _EARLIER.c.enrolment_id == _CHECK_IN.c.enrolment_id)
        .correlate(_CHECK_IN)
        .scalar_subquery()
    )
    wrote = exists().where(
        _ADDRESS.c.participant_id == _ANSWER.c.participant_id,
        _ADDRESS.c.last_inbound_at > _CHECK_IN.c.asked_at,
    )
    rows = (
        select(_ANSWER.c.participant_id, _ANSWER.c.id)
        .select_from(_CHECK_IN.join(_ANSWER, _ANSWER.c.id == last))
        .where(
            _CHECK_IN.c.flow.in_(WEEKLY),
            _CHECK_IN.c.state == "missed",
            _CHECK_IN.c.asked_at > now - FRESH,
            _CHECK_IN.c.asked_at > _ANSWER.c.at,
            _ANSWER.c.value == "hard",
            ~wrote.correlate(_ANSWER, _CHECK_IN),
        )
    )
    yield from _signs(db, rows, "answer")


def _at_night(db: Session, now: datetime) -> Iterator[Sign]:
    """She wrote in two nights of a week, by the clock of her newest cohort."""
    newest = select(func.max(_ENROLMENT.c.id)).group_by(_ENROLMENT.c.participant_id)
    theirs = _MESSAGE.join(
        _ENROLMENT, _ENROLMENT.c.participant_id == _MESSAGE.c.participant_id
    ).join(_COHORT, _COHORT.c.id == _ENROLMENT.c.cohort_id)
    rows = (
        select(_MESSAGE.c.participant_id, _COHORT.c.zone, _MESSAGE.c.at)
        .select_from(theirs)
        .where(
            _MESSAGE.c.direction == "in",
            _MESSAGE.c.at > now - WEEK,
            _ENROLMENT.c.id.in_(newest),
        )
    )
    written: defaultdict[tuple[int, str], list[datetime]] = defaultdict(list)
    for participant_id, zone, at in db.execute(rows):
        written[participant_id, zone].append(at)
    year, week, _ = now.isocalendar()
    for (participant_id, zone), moments in written.items():
        if wrote_at_night(moments, zone=ZoneInfo(zone), now=now):
            yield participant_id, f"participant:{participant_id}:{year}-{week}"


def _signs(db: Session, rows: Select[Any], name: str) -> Iterator[Sign]:
    for participant_id, number in db.execute(rows):
        yield participant_id, f"{name}:{number}"


_READ = {
    FELL: _fell,
    HARD_TWICE: _hard_twice,
    SILENT_AFTER_HARD: _silent_after_hard,
    AT_NIGHT: _at_night,
}
