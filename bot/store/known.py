"""What is known of a participant when her turn comes: one read for a mentee, one for a mentor."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import aliased
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

_MINE = aliased(Enrolment)
_THEIRS = aliased(Enrolment)
_OTHER = aliased(Participant)


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


def _rating(*, newest: bool):  # type: ignore[no-untyped-def]
    order = GoalEntry.id.desc() if newest else GoalEntry.id.asc()  # type: ignore[union-attr]
    return (
        select(GoalEntry.rating)
        .where(GoalEntry.goal_id == bindparam("goal"), GoalEntry.kind == "rating")
        .order_by(order)
        .limit(1)
        .scalar_subquery()
    )


def _check_ins(what, state: str):  # type: ignore[no-untyped-def]
    return (
        select(what)
        .where(
            CheckIn.enrolment_id == _MINE.id,
            CheckIn.state == state,
            CheckIn.flow != "welcome",
        )
        .correlate(_MINE)
        .scalar_subquery()
    )


_GOALS = (
    select(func.count())
    .select_from(Goal)
    .where(Goal.enrolment_id == _MINE.id, Goal.state == "active")
    .correlate(_MINE)
    .scalar_subquery()
)
_MENTEE = (
    select(
        _OTHER.name.label("other"),  # type: ignore[attr-defined]
        _GOALS.label("goals"),
        Goal.words.label("goal"),  # type: ignore[attr-defined]
        Goal.next_step,
        _rating(newest=False).label("first"),
        _rating(newest=True).label("last"),
        _check_ins(func.count(CheckIn.id), "answered").label("answered"),
        _check_ins(func.min(CheckIn.due_at), "planned").label("next_due"),
    )
    .select_from(_MINE)
    .outerjoin(Pairing, and_(Pairing.mentee_id == _MINE.id, Pairing.state == "active"))
    .outerjoin(_THEIRS, _THEIRS.id == Pairing.mentor_id)
    .outerjoin(_OTHER, _OTHER.id == _THEIRS.participant_id)
    .outerjoin(Goal, Goal.id == bindparam("goal"))
    .where(_MINE.id == bindparam("enrolment"))
    .order_by(Pairing.id.desc())  # type: ignore[union-attr]
    .limit(1)
)


def known_mentee(db: Db, *, enrolment_id: int, goal_id: int | None) -> KnownMentee | None:
    """What is known of a mentee; `goal_id` is the goal in turn. None: no such enrolment."""
    row = db.execute(_MENTEE, {"enrolment": enrolment_id, "goal": goal_id}).one_or_none()
    return KnownMentee(**row._mapping) if row is not None else None


_TOGETHER = (
    select(func.coalesce(func.sum(Session.minutes), 0))
    .where(Session.pairing_id == Pairing.id, Session.state == "held")
    .correlate(Pairing)
    .scalar_subquery()
)
_MENTOR = (
    select(
        _OTHER.name.label("other"),  # type: ignore[attr-defined]
        Session.number,
        Cohort.sessions.label("target"),  # type: ignore[attr-defined]
        Session.starts_at,
        _TOGETHER.label("minutes"),
    )
    .select_from(_MINE)
    .join(Cohort, Cohort.id == _MINE.cohort_id)
    .outerjoin(CheckIn, CheckIn.id == bindparam("check_in"))
    .outerjoin(Session, Session.id == CheckIn.session_id)
    .outerjoin(
        Pairing,
        and_(
            Pairing.mentor_id == _MINE.id,
            Pairing.state == "active",
            func.coalesce(Session.pairing_id, Pairing.id) == Pairing.id,
        ),
    )
    .outerjoin(_THEIRS, _THEIRS.id == Pairing.mentee_id)
    .outerjoin(_OTHER, _OTHER.id == _THEIRS.participant_id)
    .where(_MINE.id == bindparam("enrolment"))
    .order_by(Pairing.id.desc())  # type: ignore[union-attr]
    .limit(1)
)


def known_mentor(db: Db, *, enrolment_id: int, check_in_id: int | None) -> KnownMentor | None:
    """What is known of a mentor; `check_in_id` leads to the session she is asked about."""
    row = db.execute(_MENTOR, {"enrolment": enrolment_id, "check_in": check_in_id}).one_or_none()
    return KnownMentor(**row._mapping) if row is not None else None
