"""What the pages of trainings show: a cohort's trainings and hours, and one training's list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlmodel import Session as Db

from bot.store.models import (
    Attendance,
    Cohort,
    Enrolment,
    Organisation,
    Participant,
    Training,
)
from bot.store.sight import Sight
from bot.store.tables import table

_TRAINING, _ATTENDANCE, _COHORT = table(Training), table(Attendance), table(Cohort)
_ENROLMENT, _PERSON, _ORGANISATION = table(Enrolment), table(Participant), table(Organisation)


@dataclass(frozen=True, kw_only=True)
class CohortRow:
    """A cohort as far as its trainings are concerned."""

    id: int
    name: str
    starts_on: date
    weeks: int
    training_minutes: int
    zone: str


@dataclass(frozen=True, kw_only=True)
class TrainingRow:
    """A training with how many said they come (wholly or in part), and how many were there."""

    id: int
    cohort_id: int
    title: str
    audience: str
    starts_at: datetime
    minutes: int
    word: str
    coming: int
    there: int


@dataclass(frozen=True, kw_only=True)
class Trained:
    """One enrolment with its minutes of training so far."""

    enrolment_id: int
    participant_id: int
    name: str
    reference: str
    role: str
    organisation: str
    state: str
    minutes: int


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One line of a training's list. `minutes` None: not there."""

    training_id: int
    enrolment_id: int
    participant_id: int
    name: str
    reference: str
    role: str
    state: str
    coming: str
    minutes: int | None
    source: str
    useful: str


def cohorts(db: Db, *, sight: Sight, cohort_id: int | None = None) -> tuple[CohortRow, ...]:
    """Every cohort that she sees, the newest first, or that one."""
    columns = (_COHORT.c[name] for name in CohortRow.__dataclass_fields__)
    query = select(*columns).where(sight.of_cohort(_COHORT.c.id))
    query = query.order_by(_COHORT.c.starts_on.desc(), _COHORT.c.id)
    if cohort_id is not None:
        query = query.where(_COHORT.c.id == cohort_id)
    return tuple(CohortRow(**row._mapping) for row in db.execute(query))


def trainings(
    db: Db, *, sight: Sight, cohort_id: int | None = None, training_id: int | None = None
) -> tuple[TrainingRow, ...]:
    """The trainings, by time: all, those of a cohort, or that one."""
    columns = [_TRAINING.c[name] for name in list(TrainingRow.__dataclass_fields__)[:7]]
    query = (
        select(
            *columns,
            _sum(_ATTENDANCE.c.coming.in_(("yes", "part"))).label("coming"),
            _sum(_ATTENDANCE.c.minutes.is_not(None)).label("there"),
        )
        .outerjoin(_ATTENDANCE, _ATTENDANCE.c.training_id == _TRAINING.c.id)
        .where(sight.of_cohort(_TRAINING.c.cohort_id))
        .group_by(_TRAINING.c.id)
        .order_by(_TRAINING.c.starts_at, _TRAINING.c.id)
    )
    if cohort_id is not None:
        query = query.where(_TRAINING.c.cohort_id == cohort_id)
    if training_id is not None:
        query = query.where(_TRAINING.c.id == training_id)
    return tuple(TrainingRow(**row._mapping) for row in db.execute(query))


def trained(db: Db, *, cohort_id: int) -> tuple[Trained, ...]:
    """Everybody of the cohort with her minutes, by name."""
    minutes = func.coalesce(func.sum(_ATTENDANCE.c.minutes), 0).label("minutes")
    query = (
        select(
            _ENROLMENT.c.id.label("enrolment_id"),
            _PERSON.c.id.label("participant_id"),
            _PERSON.c.name,
            _PERSON.c.reference,
            _ENROLMENT.c.role,
            func.coalesce(_ORGANISATION.c.name, "").label("organisation"),
            _ENROLMENT.c.state,
            minutes,
        )
        .join(_PERSON, _PERSON.c.id == _ENROLMENT.c.participant_id)
        .outerjoin(_ORGANISATION, _ORGANISATION.c.id == _ENROLMENT.c.organisation_id)
        .outerjoin(_ATTENDANCE, _ATTENDANCE.c.enrolment_id == _ENROLMENT.c.id)
        .where(_ENROLMENT.c.cohort_id == cohort_id)
        .group_by(_ENROLMENT.c.id, _PERSON.c.id, _ORGANISATION.c.id)
        .order_by(_PERSON.c.name, _PERSON.c.id)
    )
    return tuple(Trained(**row._mapping) for row in db.execute(query))


def listed(db: Db, *, cohort_id: int, training_id: int | None = None) -> Sequence[Listed]:
    """Everybody each training of the cohort (or that one) is for, and whoever was there though it
    was not; who has left stays while something is known of her.
    """
    for_her = or_(_TRAINING.c.audience == "everyone", _TRAINING.c.audience == _ENROLMENT.c.role)
    query = (
        select(
            _TRAINING.c.id.label("training_id"),
            _ENROLMENT.c.id.label("enrolment_id"),
            _PERSON.c.id.label("participant_id"),
            _PERSON.c.name,
            _PERSON.c.reference,
            _ENROLMENT.c.role,
            _ENROLMENT.c.state,
            func.coalesce(_ATTENDANCE.c.coming, "").label("coming"),
            _ATTENDANCE.c.minutes,
            func.coalesce(_ATTENDANCE.c.source, "").label("source"),
            func.coalesce(_ATTENDANCE.c.useful, "").label("useful"),
        )
        .select_from(_TRAINING)
        .join(_ENROLMENT, _ENROLMENT.c.cohort_id == _TRAINING.c.cohort_id)
        .join(_PERSON, _PERSON.c.id == _ENROLMENT.c.participant_id)
        .outerjoin(
            _ATTENDANCE,
            and_(
                _ATTENDANCE.c.training_id == _TRAINING.c.id,
                _ATTENDANCE.c.enrolment_id == _ENROLMENT.c.id,
            ),
        )
        .where(
            _TRAINING.c.cohort_id == cohort_id,
            or_(
                and_(for_her, _ENROLMENT.c.state == "active"),
                _ATTENDANCE.c.coming != "",
                _ATTENDANCE.c.minutes.is_not(None),
            ),
        )
        .order_by(_TRAINING.c.starts_at, _TRAINING.c.id, _PERSON.c.name, _PERSON.c.id)
    )
    if training_id is not None:
        query = query.where(_TRAINING.c.id == training_id)
    return [Listed(**row._mapping) for row in db.execute(query)]


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
