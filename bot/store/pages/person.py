"""One person's page: who she is, her goals, her sessions, what she agreed to, how to reach her."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, case, or_, select
from sqlmodel import Session

from bot.store.models import (
    Address,
    CheckIn,
    Cohort,
    Consent,
    Enrolment,
    Goal,
    GoalEntry,
    Message,
    Organisation,
    Pairing,
    Participant,
    SessionReport,
    Staff,
)
from bot.store.models import Session as Meeting
from bot.store.sight import Sight
from bot.store.tables import table

ADDRESS = table(Address)
CHECK_IN = table(CheckIn)
COHORT = table(Cohort)
CONSENT = table(Consent)
ENROLMENT = table(Enrolment)
ENTRY = table(GoalEntry)
GOAL = table(Goal)
MEETING = table(Meeting)
MESSAGE = table(Message)
ORGANISATION = table(Organisation)
PAIRING = table(Pairing)
PERSON = table(Participant)
REPORT = table(SessionReport)
STAFF = table(Staff)
T = TypeVar("T")
NEXT_CHECK_INS = 3
HERS = (
    *("id", "reference", "name", "language", "discreet", "state", "paused_until", "held_at"),
    *("quiet_at", "doubted_at", "part_of_day", "weekday", "listens", "safe_word", "hold_backs"),
)


@dataclass(frozen=True, kw_only=True)
class Who:
    """A participant with her newest enrolment that goes on, else her newest; its fields are empty
    while she has none.
    """

    id: int
    reference: str
    name: str
    language: str
    discreet: bool
    state: str
    paused_until: datetime | None
    held_at: datetime | None
    quiet_at: datetime | None
    doubted_at: datetime | None
    part_of_day: str
    weekday: int | None
    listens: str
    safe_word: str
    hold_backs: list[str] | None
    enrolment_id: int | None
    role: str | None
    enrolment_state: str | None
    cohort: str | None
    cohort_starts_on: date | None
    cohort_weeks: int | None
    target: int | None  # sessions
    organisation: str | None


@dataclass(frozen=True, kw_only=True)
class GoalRow:
    """One goal as it stands."""

    id: int
    number: int
    words: str
    language: str
    next_step: str
    state: str


@dataclass(frozen=True, kw_only=True)
class EntryRow:
    """One line of a goal's history."""

    goal_id: int
    kind: str
    words: str
    rating: int | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ReportRow:
    """What one side said of one session."""

    session_id: int
    role: str
    met: str
    minutes: int | None
    feeling: str
    reason: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ConsentRow:
    """One answer about consent: how she gave it, in her words; `read`: the question as it was."""

    kind: str
    given: bool
    wording: str
    language: str
    channel: str
    how: str
    reply: str
    why: str
    read: str | None
    staff: str | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class AddressRow:
    """One way to reach her."""

    channel: str
    address: str
    kind: str
    state: str
    state_reason: str
    last_inbound_at: datetime | None
    fallback: bool | None


@dataclass(frozen=True, kw_only=True)
class CheckInRow:
    """One occasion still to come."""

    flow: str
    slot: str
    due_at: datetime


def who(db: Session, *, participant_id: int, sight: Sight) -> Who | None:
    """None where there is nobody of that id, or nobody whom she may see."""
    rows = db.execute(
        select(
            *(PERSON.c[name] for name in HERS),
            ENROLMENT.c.id.label("enrolment_id"),
            ENROLMENT.c.role,
            ENROLMENT.c.state.label("enrolment_state"),
            COHORT.c.name.label("cohort"),
            COHORT.c.starts_on.label("cohort_starts_on"),
            COHORT.c.weeks.label("cohort_weeks"),
            COHORT.c.sessions.label("target"),
            ORGANISATION.c.name.label("organisation"),
        )
        .outerjoin(
            ENROLMENT,
            and_(ENROLMENT.c.participant_id == PERSON.c.id, sight.of_cohort(ENROLMENT.c.cohort_id)),
        )
        .outerjoin(COHORT, COHORT.c.id == ENROLMENT.c.cohort_id)
        .outerjoin(ORGANISATION, ORGANISATION.c.id == ENROLMENT.c.organisation_id)
        .where(PERSON.c.id == participant_id, sight.of_person(PERSON.c.id))
        .order_by(case((ENROLMENT.c.state == "active", 0), else_=1), ENROLMENT.c.id.desc())
        .limit(1)
    )
    return next((Who(**row._mapping) for row in rows), None)


def goals(db: Session, *, participant_id: int, sight: Sight) -> tuple[GoalRow, ...]:
    statement = (
        select(
            GOAL.c.id,
            GOAL.c.number,
            GOAL.c.words,
            GOAL.c.language,
            GOAL.c.next_step,
            GOAL.c.state,
        )
        .join(ENROLMENT, ENROLMENT.c.id == GOAL.c.enrolment_id)
        .where(_hers(participant_id, sight))
        .order_by(GOAL.c.created_at, GOAL.c.number)
    )
    return _rows(db, statement, GoalRow)


def entries(db: Session, *, participant_id: int, sight: Sight) -> tuple[EntryRow, ...]:
    statement = (
        select(ENTRY.c.goal_id, ENTRY.c.kind, ENTRY.c.words, ENTRY.c.rating, ENTRY.c.at)
        .join(GOAL, GOAL.c.id == ENTRY.c.goal_id)
        .join(ENROLMENT, ENROLMENT.c.id == GOAL.c.enrolment_id)
        .where(_hers(participant_id, sight))
        .order_by(ENTRY.c.at, ENTRY.c.id)
    )
    return _rows(db, statement, EntryRow)


def reports(db: Session, *, participant_id: int, sight: Sight) -> tuple[ReportRow, ...]:
    statement = (
        select(
            *(REPORT.c[name] for name in ("session_id", "role", "met", "minutes", "feeling")),
            REPORT.c.reason,
            REPORT.c.at,
        )
        .join(MEETING, MEETING.c.id == REPORT.c.session_id)
        .where(MEETING.c.pairing_id.in_(pairings_of(participant_id, sight)))
    )
    return _rows(db, statement, ReportRow)


def _hers(participant_id: int, sight: Sight) -> ColumnElement[bool]:
    """Her enrolments, as far as their cohorts are seen."""
    return and_(
        ENROLMENT.c.participant_id == participant_id, sight.of_cohort(ENROLMENT.c.cohort_id)
    )


def pairings_of(participant_id: int, sight: Sight) -> Any:
    """A query: the ids of her pairings, as far as they are seen."""
    return (
        select(PAIRING.c.id)
        .join(
            ENROLMENT,
            or_(ENROLMENT.c.id == PAIRING.c.mentee_id, ENROLMENT.c.id == PAIRING.c.mentor_id),
        )
        .where(ENROLMENT.c.participant_id == participant_id, sight.of_pairing(PAIRING.c.id))
    )


def consents(db: Session, *, participant_id: int) -> tuple[ConsentRow, ...]:
    """All that she ever answered, the newest first: the first of a kind is the one that counts."""
    statement = (
        select(
            CONSENT.c.kind,
            CONSENT.c.given,
            CONSENT.c.wording,
            CONSENT.c.language,
            CONSENT.c.channel,
            CONSENT.c.how,
            CONSENT.c.reply,
            CONSENT.c.why,
            MESSAGE.c.text.label("read"),
            STAFF.c.name.label("staff"),
            CONSENT.c.at,
        )
        .outerjoin(MESSAGE, MESSAGE.c.id == CONSENT.c.prompt_id)
        .outerjoin(STAFF, STAFF.c.id == CONSENT.c.staff_id)
        .where(CONSENT.c.participant_id == participant_id)
        .order_by(CONSENT.c.id.desc())
    )
    return _rows(db, statement, ConsentRow)


def addresses(db: Session, *, participant_id: int) -> tuple[AddressRow, ...]:
    statement = select(
        ADDRESS.c.channel,
        ADDRESS.c.address,
        ADDRESS.c.kind,
        ADDRESS.c.state,
        ADDRESS.c.state_reason,
        ADDRESS.c.last_inbound_at,
        ADDRESS.c.fallback,
    ).where(ADDRESS.c.participant_id == participant_id)
    return _rows(db, statement.order_by(ADDRESS.c.id), AddressRow)


def next_check_ins(db: Session, *, participant_id: int, sight: Sight) -> tuple[CheckInRow, ...]:
    statement = (
        select(CHECK_IN.c.flow, CHECK_IN.c.slot, CHECK_IN.c.due_at)
        .join(ENROLMENT, ENROLMENT.c.id == CHECK_IN.c.enrolment_id)
        .where(_hers(participant_id, sight), CHECK_IN.c.state == "planned")
        .order_by(CHECK_IN.c.due_at, CHECK_IN.c.id)
        .limit(NEXT_CHECK_INS)
    )
    return _rows(db, statement, CheckInRow)


def _rows(db: Session, statement: Any, kind: Callable[..., T]) -> tuple[T, ...]:
    return tuple(kind(**row._mapping) for row in db.execute(statement))
