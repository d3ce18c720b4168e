"""What is known of a participant when her turn comes: one read for a mentee, one for a mentor."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, bindparam, func, select
from sqlmodel import Session as Db

from bot.store.models import (
    CheckIn,
    Cohort,
    Enrolment,
    Goal,
    GoalEntry,
    Pairing,
    Participant,
    Session,
)
from bot.store.prepared import Prepared
from bot.store.tables import table

_CHECK_IN, _COHORT, _GOAL = table(CheckIn), table(Cohort), table(Goal)
_ENTRY, _PAIRING, _SESSION = table(GoalEntry), table(Pairing), table(Session)
_MINE = table(Enrolment).alias("mine")
_THEIRS = table(Enrolment).alias("theirs")
_HELD = table(Session).alias("held")
_OTHER = table(Participant).alias("other")


@dataclass(frozen=True, kw_only=True)
class KnownMentee:
    """Her goals, the one in turn, and who her mentor is. Ratings are 0 to 10."""

    other: str | None
    goals: int
    goal: str | None
    next_step: str | None
    first: int | None
    last: int | None
    answered: int
    next_due: datetime | None


@dataclass(frozen=True, kw_only=True)
class KnownMentor:
    """The session that is asked about, and the time the pair has spent together (minutes)."""

    other: str | None
    number: int | None
    target: int
    starts_at: datetime | None
    minutes: int


def _rating(*, newest: bool) -> ScalarSelect[Any]:
    order = _ENTRY.c.id.desc() if newest else _ENTRY.c.id.asc()
    return (
        select(_ENTRY.c.rating)
        .where(_ENTRY.c.goal_id == bindparam("goal"), _ENTRY.c.kind == "rating")
        .order_by(order)
        .limit(1)
        .scalar_subquery()
    )


def _check_ins(what: ColumnElement[Any], *which: ColumnElement[bool]) -> ScalarSelect[Any]:
    hers = select(what).where(_CHECK_IN.c.enrolment_id == _MINE.c.id, *which)
    return hers.correlate(_MINE).scalar_subquery()


_WEEKS_BEFORE = _check_ins(  # without the one she is answering now
    func.count(_CHECK_IN.c.id),
    _CHECK_IN.c.flow == "goal_check_in",
    _CHECK_IN.c.state == "answered",
    _CHECK_IN.c.id != bindparam("check_in"),
)
_NEXT_DUE = _check_ins(
    func.min(_CHECK_IN.c.due_at), _CHECK_IN.c.flow != "welcome", _CHECK_IN.c.state == "planned"
)
_GOALS = (
    select(func.count())
    .select_from(_GOAL)
    .where(_GOAL.c.enrolment_id == _MINE.c.id, _GOAL.c.state == "active")
    .correlate(_MINE)
    .scalar_subquery()
)
_MENTEE = Prepared(
    select(
        _OTHER.c.name.label("other"),
        _GOALS.label("goals"),
        _GOAL.c.words.label("goal"),
        _GOAL.c.next_step,
        _rating(newest=False).label("first"),
        _rating(newest=True).label("last"),
        _WEEKS_BEFORE.label("answered"),
        _NEXT_DUE.label("next_due"),
    )
    .select_from(_MINE)
    .outerjoin(_PAIRING, and_(_PAIRING.c.mentee_id == _MINE.c.id, _PAIRING.c.state == "active"))
    .outerjoin(_THEIRS, _THEIRS.c.id == _PAIRING.c.mentor_id)
    .outerjoin(_OTHER, _OTHER.c.id == _THEIRS.c.participant_id)
    .outerjoin(_GOAL, _GOAL.c.id == bindparam("goal"))
    .where(_MINE.c.id == bindparam("enrolment"))
    .order_by(_PAIRING.c.id.desc())
    .limit(1)
)


def known_mentee(
    db: Db, *, enrolment_id: int, check_in_id: int | None, goal_id: int | None
) -> KnownMentee | None:
    """What is known of a mentee; `goal_id` is the goal in turn. None: no such enrolment."""
    asked = {"enrolment": enrolment_id, "check_in": check_in_id or 0, "goal": goal_id}
    row = _MENTEE.row(db, asked)
    return KnownMentee(**row._asdict()) if row is not None else None


_TOGETHER = (
    select(func.coalesce(func.sum(_SESSION.c.minutes), 0))
    .where(_SESSION.c.pairing_id == _PAIRING.c.id, _SESSION.c.state == "held")
    .correlate(_PAIRING)
    .scalar_subquery()
)
_HELD_BEFORE = (  # she is told how many they have had, not which slot this was
    select(func.count())
    .select_from(_HELD)
    .where(
        _HELD.c.pairing_id == _PAIRING.c.id, _HELD.c.state == "held", _HELD.c.id != _SESSION.c.id
    )
    .correlate(_PAIRING, _SESSION)
    .scalar_subquery()
)
_MENTOR = Prepared(
    select(
        _OTHER.c.name.label("other"),
        (_HELD_BEFORE + 1).label("number"),
        _COHORT.c.sessions.label("target"),
        _SESSION.c.starts_at,
        _TOGETHER.label("minutes"),
    )
    .select_from(_MINE)
    .join(_COHORT, _COHORT.c.id == _MINE.c.cohort_id)
    .outerjoin(_CHECK_IN, _CHECK_IN.c.id == bindparam("check_in"))
    .outerjoin(_SESSION, _SESSION.c.id == _CHECK_IN.c.session_id)
    .outerjoin(
        _PAIRING,
        and_(
            _PAIRING.c.mentor_id == _MINE.c.id,
            _PAIRING.c.state == "active",
            func.coalesce(_SESSION.c.pairing_id, _PAIRING.c.id) == _PAIRING.c.id,
        ),
    )
    .outerjoin(_THEIRS, _THEIRS.c.id == _PAIRING.c.mentee_id)
    .outerjoin(_OTHER, _OTHER.c.id == _THEIRS.c.participant_id)
    .where(_MINE.c.id == bindparam("enrolment"))
    .order_by(_PAIRING.c.id.desc())
    .limit(1)
)


def known_mentor(db: Db, *, enrolment_id: int, check_in_id: int | None) -> KnownMentor | None:
    """What is known of a mentor; `check_in_id` leads to the session she is asked about."""
    row = _MENTOR.row(db, {"enrolment": enrolment_id, "check_in": check_in_id})
    return KnownMentor(**row._asdict()) if row is not None else None
