"""What a cohort's figures are counted from, in a fixed number of SELECTs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import and_, case, func, or_, select
from sqlmodel import Session

from bot.programme.goal_change import NOW, THEN
from bot.programme.impact_rows import (
    AttendedRow,
    CohortRow,
    GoalRow,
    ImpactRows,
    MeetingRow,
    MemberRow,
    PairRow,
    RatedRow,
    SaidRow,
)
from bot.programme.impact_statements import BASELINE_FLOW, STATEMENTS
from bot.programme.quotes import SURVEYS
from bot.store.models import (
    Answer,
    Attendance,
    Cohort,
    Consent,
    Enrolment,
    Goal,
    GoalEntry,
    Organisation,
    Pairing,
    Participant,
)
from bot.store.models import Session as Meeting
from bot.store.sight import Sight
from bot.store.tables import table

ANSWER = table(Answer)
ATTENDANCE = table(Attendance)
COHORT = table(Cohort)
CONSENT = table(Consent)
ENROLMENT = table(Enrolment)
ENTRY = table(GoalEntry)
GOAL = table(Goal)
MEETING = table(Meeting)
ORGANISATION = table(Organisation)
PAIRING = table(Pairing)
PERSON = table(Participant)

T = TypeVar("T")
ASKED = sorted(
    {(one.flow, step) for one in STATEMENTS for step in one.steps}
    | {(flow, step) for flow in SURVEYS for step in ("different", "print")}
    | {(BASELINE_FLOW, "sure"), (BASELINE_FLOW, "listener"), ("goal_check_in", "barriers")}
    | {NOW, THEN}
)


@dataclass(frozen=True, kw_only=True)
class ListedCohort:
    """A cohort to choose a report of."""

    id: int
    name: str
    starts_on: date


def all_cohorts(db: Session, *, sight: Sight) -> tuple[ListedCohort, ...]:
    """Those that she sees, the newest first."""
    statement = select(COHORT.c.id, COHORT.c.name, COHORT.c.starts_on)
    statement = statement.where(sight.of_cohort(COHORT.c.id))
    return _rows(
        db, statement.order_by(COHORT.c.starts_on.desc(), COHORT.c.id.desc()), ListedCohort
    )


def cohort_before(db: Session, *, cohort_id: int) -> int | None:
    """The cohort that started last before this one."""
    this = select(COHORT.c.starts_on).where(COHORT.c.id == cohort_id).scalar_subquery()
    statement = (
        select(COHORT.c.id)
        .where(COHORT.c.starts_on < this)
        .order_by(COHORT.c.starts_on.desc(), COHORT.c.id.desc())
        .limit(1)
    )
    found: int | None = db.execute(statement).scalar_one_or_none()
    return found


def read_impact_rows(db: Session, *, cohort_id: int) -> ImpactRows | None:
    """Everything of one cohort; None when there is no such cohort."""
    cohort = _rows(db, _cohort(cohort_id), CohortRow)
    if not cohort:
        return None
    return ImpactRows(
        cohort=cohort[0],
        members=_members(db, cohort_id),
        pairs=_rows(db, _pairs(cohort_id), PairRow),
        meetings=_rows(db, _meetings(cohort_id), MeetingRow),
        said=_rows(db, _said(cohort_id), SaidRow),
        goals=_rows(db, _goals(cohort_id), GoalRow),
        ratings=_rows(db, _ratings(cohort_id), RatedRow),
        attended=_rows(db, _attended(cohort_id), AttendedRow),
    )


def participants_of(db: Session, *, enrolments: tuple[int, ...]) -> tuple[int, ...]:
    """Whose enrolments these are."""
    statement = select(ENROLMENT.c.participant_id).where(ENROLMENT.c.id.in_(enrolments))
    return tuple(db.execute(statement.order_by(ENROLMENT.c.participant_id)).scalars())


def _rows(db: Session, statement: Any, kind: Callable[..., T]) -> tuple[T, ...]:
    return tuple(kind(**row._mapping) for row in db.execute(statement))


def _cohort(cohort_id: int) -> Any:
    return select(
        COHORT.c.id,
        COHORT.c.name,
        COHORT.c.starts_on,
        COHORT.c.sessions,
        COHORT.c.session_minutes,
        COHORT.c.training_minutes,
    ).where(COHORT.c.id == cohort_id)


def _members(db: Session, cohort_id: int) -> tuple[MemberRow, ...]:
    newest = (
        select(func.max(CONSENT.c.id))
        .where(CONSENT.c.kind == "quote")
        .group_by(CONSENT.c.participant_id)
    )
    taken_back = and_(CONSENT.c.id.in_(newest), CONSENT.c.given.is_(False))
    statement = (
        select(
            ENROLMENT.c.id.label("enrolment_id"),
            PERSON.c.name,
            ENROLMENT.c.role,
            ENROLMENT.c.state,
            PERSON.c.language,
            func.coalesce(ORGANISATION.c.name, "").label("organisation"),
            ENROLMENT.c.end_reason,
            CONSENT.c.id.is_(None).label("may_print"),
        )
        .join(PERSON, PERSON.c.id == ENROLMENT.c.participant_id)
        .outerjoin(ORGANISATION, ORGANISATION.c.id == ENROLMENT.c.organisation_id)
        .outerjoin(CONSENT, and_(CONSENT.c.participant_id == PERSON.c.id, taken_back))
        .where(ENROLMENT.c.cohort_id == cohort_id)
        .order_by(ENROLMENT.c.id)
    )
    return _rows(db, statement, MemberRow)


def _pairs(cohort_id: int) -> Any:
    return (
        select(PAIRING.c.id.label("pairing_id"), PAIRING.c.mentor_id, PAIRING.c.mentee_id)
        .join(ENROLMENT, ENROLMENT.c.id == PAIRING.c.mentee_id)
        .where(ENROLMENT.c.cohort_id == cohort_id)
        .order_by(PAIRING.c.id)
    )


def _meetings(cohort_id: int) -> Any:
    return (
        select(MEETING.c.pairing_id, MEETING.c.state, MEETING.c.proof, MEETING.c.minutes)
        .join(PAIRING, PAIRING.c.id == MEETING.c.pairing_id)
        .join(ENROLMENT, ENROLMENT.c.id == PAIRING.c.mentee_id)
        .where(ENROLMENT.c.cohort_id == cohort_id)
        .order_by(MEETING.c.id)
    )


def _said(cohort_id: int) -> Any:
    """What somebody wrote of harm is no quote of hers, whatever she was asked."""
    harm = and_(ANSWER.c.step == "different", Sight(cohorts=None).keeps_from(ANSWER.c.message_id))
    asked = [and_(ANSWER.c.flow == flow, ANSWER.c.step == step) for flow, step in ASKED]
    return (
        select(
            ANSWER.c.id,
            ANSWER.c.enrolment_id,
            ANSWER.c.flow,
            ANSWER.c.step,
            case((harm, ""), else_=ANSWER.c.value).label("value"),
            ANSWER.c.number,
            ANSWER.c.language,
            ANSWER.c.skipped,
            ANSWER.c.replaced_at.is_not(None).label("replaced"),
            ANSWER.c.at,
        )
        .join(ENROLMENT, ENROLMENT.c.id == ANSWER.c.enrolment_id)
        .where(ENROLMENT.c.cohort_id == cohort_id, or_(*asked))
        .order_by(ANSWER.c.id)
    )


def _goals(cohort_id: int) -> Any:
    return (
        select(
            GOAL.c.id.label("goal_id"),
            GOAL.c.enrolment_id,
            GOAL.c.number,
            GOAL.c.focus,
            GOAL.c.state,
        )
        .join(ENROLMENT, ENROLMENT.c.id == GOAL.c.enrolment_id)
        .where(ENROLMENT.c.cohort_id == cohort_id)
        .order_by(GOAL.c.id)
    )


def _ratings(cohort_id: int) -> Any:
    """Without those whose answer she changed since."""
    return (
        select(ENTRY.c.goal_id, ENTRY.c.rating, ENTRY.c.answer_id, ENTRY.c.at)
        .join(GOAL, GOAL.c.id == ENTRY.c.goal_id)
        .join(ENROLMENT, ENROLMENT.c.id == GOAL.c.enrolment_id)
        .outerjoin(ANSWER, ANSWER.c.id == ENTRY.c.answer_id)
        .where(
            ENROLMENT.c.cohort_id == cohort_id,
            ENTRY.c.kind == "rating",
            ENTRY.c.rating.is_not(None),
            ANSWER.c.replaced_at.is_(None),
        )
        .order_by(ENTRY.c.id)
    )


def _attended(cohort_id: int) -> Any:
    return (
        select(ATTENDANCE.c.enrolment_id, ATTENDANCE.c.minutes)
        .join(ENROLMENT, ENROLMENT.c.id == ATTENDANCE.c.enrolment_id)
        .where(ENROLMENT.c.cohort_id == cohort_id, ATTENDANCE.c.minutes.is_not(None))
        .order_by(ATTENDANCE.c.id)
    )
