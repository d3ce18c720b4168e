"""A person's page: whom she meets with, her sessions, her cohorts old and new, her training."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, exists, func, or_, select
from sqlmodel import Session

from bot.store.models import (
    Attendance,
    AuditEntry,
    Cohort,
    Enrolment,
    Organisation,
    Pairing,
    Participant,
    SessionChange,
    Staff,
    Training,
)
from bot.store.models import Session as Meeting
from bot.store.pages.person import pairings_of
from bot.store.sight import Sight
from bot.store.tables import table

ATTENDANCE, TRAINING = table(Attendance), table(Training)
AUDIT, STAFF = table(AuditEntry), table(Staff)
CHANGE, COHORT, MEETING = table(SessionChange), table(Cohort), table(Meeting)
ENROLMENT, ORGANISATION = table(Enrolment), table(Organisation)
PAIRING, PERSON = table(Pairing), table(Participant)


@dataclass(frozen=True, kw_only=True)
class PairRow:
    """One of her pairings, ended ones too. `role` is hers in it."""

    id: int
    state: str
    role: str
    enrolment_id: int
    other_id: int
    other: str
    target: int  # sessions
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class SessionRow:
    """One session of one of her pairings. `moved_to` is the number of the one instead of it."""

    id: int
    pairing_id: int
    number: int
    starts_at: datetime
    planned_minutes: int
    state: str
    minutes: int | None
    proof: str
    place: str
    proposed_by: str
    reason: str
    moved_to: int | None
    corrected: bool


@dataclass(frozen=True, kw_only=True)
class EnrolmentRow:
    """One of her enrolments. `trained` are her minutes of training, of `training_minutes`."""

    id: int
    role: str
    state: str
    cohort_id: int
    cohort: str
    starts_on: date
    weeks: int
    training_minutes: int
    trained: int
    organisation: str
    created_at: datetime
    ended_at: datetime | None
    end_reason: str


@dataclass(frozen=True, kw_only=True)
class TrainingRow:
    """One training that she was at. `source`: word (she sent it) or staff."""

    id: int
    title: str
    starts_at: datetime
    minutes: int
    source: str


@dataclass(frozen=True, kw_only=True)
class PausedBy:
    """The last time that staff paused her."""

    by: str
    reason: str
    at: datetime


def pairs(db: Session, *, participant_id: int, sight: Sight) -> tuple[PairRow, ...]:
    """Those that go on first, then the newest."""
    mine, others = ENROLMENT.alias("mine"), ENROLMENT.alias("others")
    rows = db.execute(
        select(
            PAIRING.c.id,
            PAIRING.c.state,
            mine.c.role,
            mine.c.id.label("enrolment_id"),
            PERSON.c.id.label("other_id"),
            PERSON.c.name.label("other"),
            COHORT.c.sessions.label("target"),
            PAIRING.c.created_at,
            PAIRING.c.ended_at,
        )
        .select_from(PAIRING)
        .join(mine, or_(mine.c.id == PAIRING.c.mentee_id, mine.c.id == PAIRING.c.mentor_id))
        .join(others, or_(others.c.id == PAIRING.c.mentee_id, others.c.id == PAIRING.c.mentor_id))
        .join(COHORT, COHORT.c.id == mine.c.cohort_id)
        .join(PERSON, PERSON.c.id == others.c.participant_id)
        .where(
            mine.c.id != others.c.id,
            mine.c.participant_id == participant_id,
            sight.of_enrolment(PAIRING.c.mentee_id),
        )
        .order_by((PAIRING.c.state == "ended"), PAIRING.c.id.desc())
    )
    return tuple(PairRow(**row._mapping) for row in rows)


def sessions(db: Session, *, participant_id: int, sight: Sight) -> tuple[SessionRow, ...]:
    """Of all her pairings, by their time."""
    instead = MEETING.alias("instead")
    corrected = exists().where(CHANGE.c.session_id == MEETING.c.id).correlate(MEETING)
    apart = ("moved_to", "corrected")
    names = [name for name in SessionRow.__dataclass_fields__ if name not in apart]
    rows = db.execute(
        select(
            *(MEETING.c[name] for name in names),
            instead.c.number.label("moved_to"),
            corrected.label("corrected"),
        )
        .outerjoin(instead, instead.c.id == MEETING.c.moved_to)
        .where(MEETING.c.pairing_id.in_(pairings_of(participant_id, sight)))
        .order_by(MEETING.c.starts_at, MEETING.c.number)
    )
    return tuple(SessionRow(**row._mapping) for row in rows)


def enrolments(db: Session, *, participant_id: int, sight: Sight) -> tuple[EnrolmentRow, ...]:
    """Those that go on first, then the newest."""
    trained = (
        select(func.coalesce(func.sum(ATTENDANCE.c.minutes), 0))
        .where(ATTENDANCE.c.enrolment_id == ENROLMENT.c.id)
        .correlate(ENROLMENT)
        .scalar_subquery()
    )
    rows = db.execute(
        select(
            *(ENROLMENT.c[name] for name in ("id", "role", "state", "cohort_id", "created_at")),
            ENROLMENT.c.ended_at,
            ENROLMENT.c.end_reason,
            COHORT.c.name.label("cohort"),
            COHORT.c.starts_on,
            COHORT.c.weeks,
            COHORT.c.training_minutes,
            trained.label("trained"),
            func.coalesce(ORGANISATION.c.name, "").label("organisation"),
        )
        .join(COHORT, COHORT.c.id == ENROLMENT.c.cohort_id)
        .outerjoin(ORGANISATION, ORGANISATION.c.id == ENROLMENT.c.organisation_id)
        .where(ENROLMENT.c.participant_id == participant_id, sight.of_cohort(ENROLMENT.c.cohort_id))
        .order_by((ENROLMENT.c.state != "active"), ENROLMENT.c.id.desc())
    )
    return tuple(EnrolmentRow(**row._mapping) for row in rows)


def trainings(db: Session, *, participant_id: int, sight: Sight) -> tuple[TrainingRow, ...]:
    """Those she was at, the newest first."""
    hers = and_(
        ENROLMENT.c.id == ATTENDANCE.c.enrolment_id, ENROLMENT.c.participant_id == participant_id
    )
    rows = db.execute(
        select(
            TRAINING.c.id,
            TRAINING.c.title,
            TRAINING.c.starts_at,
            ATTENDANCE.c.minutes,
            ATTENDANCE.c.source,
        )
        .join(ATTENDANCE, ATTENDANCE.c.training_id == TRAINING.c.id)
        .join(ENROLMENT, hers)
        .where(ATTENDANCE.c.minutes.is_not(None), sight.of_cohort(TRAINING.c.cohort_id))
        .order_by(TRAINING.c.starts_at.desc(), TRAINING.c.id.desc())
    )
    return tuple(TrainingRow(**row._mapping) for row in rows)


def paused_by(db: Session, *, participant_id: int) -> PausedBy | None:
    """Who of the staff paused her last, and for what; None: nobody ever did."""
    row = db.execute(
        select(STAFF.c.name.label("by"), AUDIT.c.detail.label("reason"), AUDIT.c.at)
        .join(STAFF, STAFF.c.id == AUDIT.c.staff_id)
        .where(AUDIT.c.action == "paused", AUDIT.c.subject == f"participant:{participant_id}")
        .order_by(AUDIT.c.id.desc())
        .limit(1)
    ).one_or_none()
    return PausedBy(**row._mapping) if row is not None else None
