"""One pair's page: the two of it, their sessions by whose word, and what staff have corrected."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from bot.store.models import (
    Cohort,
    Enrolment,
    Pairing,
    Participant,
    SessionChange,
    SessionReport,
    Staff,
)
from bot.store.models import Session as Meeting
from bot.store.pages.person import ReportRow
from bot.store.sight import Sight
from bot.store.tables import table

COHORT, PAIRING, PERSON = table(Cohort), table(Pairing), table(Participant)
MEETING, REPORT = table(Meeting), table(SessionReport)
CHANGE, STAFF = table(SessionChange), table(Staff)
MENTOR, MENTEE = table(Enrolment).alias("mentor"), table(Enrolment).alias("mentee")
SHE, HER_MENTOR = table(Participant).alias("she"), table(Participant).alias("her_mentor")


@dataclass(frozen=True, kw_only=True)
class PairRow:
    """A pair with its two people and its cohort. `target` counts sessions."""

    id: int
    state: str
    created_at: datetime
    ended_at: datetime | None
    end_reason: str
    mentee_id: int
    mentee: str
    mentor_id: int
    mentor: str
    cohort: str
    starts_on: date
    weeks: int
    target: int
    session_minutes: int


@dataclass(frozen=True, kw_only=True)
class SessionRow:
    """One session of the pair. `moved_to` is the number of the one instead of it."""

    id: int
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
    settled_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ChangeRow:
    """One correction by staff."""

    session_id: int
    number: int
    field: str
    old: str
    new: str
    why: str
    at: datetime
    by: str


def pair(db: Session, *, pairing_id: int, sight: Sight) -> PairRow | None:
    """None where there is none of that id, or none that she may see."""
    found = db.execute(
        select(
            PAIRING.c.id,
            PAIRING.c.state,
            PAIRING.c.created_at,
            PAIRING.c.ended_at,
            PAIRING.c.end_reason,
            SHE.c.id.label("mentee_id"),
            SHE.c.name.label("mentee"),
            HER_MENTOR.c.id.label("mentor_id"),
            HER_MENTOR.c.name.label("mentor"),
            COHORT.c.name.label("cohort"),
            COHORT.c.starts_on,
            COHORT.c.weeks,
            COHORT.c.sessions.label("target"),
            COHORT.c.session_minutes,
        )
        .select_from(PAIRING)
        .join(MENTEE, MENTEE.c.id == PAIRING.c.mentee_id)
        .join(SHE, SHE.c.id == MENTEE.c.participant_id)
        .join(MENTOR, MENTOR.c.id == PAIRING.c.mentor_id)
        .join(HER_MENTOR, HER_MENTOR.c.id == MENTOR.c.participant_id)
        .join(COHORT, COHORT.c.id == MENTEE.c.cohort_id)
        .where(PAIRING.c.id == pairing_id, sight.of_cohort(MENTEE.c.cohort_id))
    ).one_or_none()
    return PairRow(**found._mapping) if found is not None else None


def sessions(db: Session, *, pairing_id: int) -> tuple[SessionRow, ...]:
    """By their time."""
    instead = table(Meeting).alias("instead")
    names = [name for name in SessionRow.__dataclass_fields__ if name != "moved_to"]
    rows = db.execute(
        select(*(MEETING.c[name] for name in names), instead.c.number.label("moved_to"))
        .outerjoin(instead, instead.c.id == MEETING.c.moved_to)
        .where(MEETING.c.pairing_id == pairing_id)
        .order_by(MEETING.c.starts_at, MEETING.c.number)
    )
    return tuple(SessionRow(**row._mapping) for row in rows)


def reports(db: Session, *, pairing_id: int) -> dict[tuple[int, str], ReportRow]:
    """What each side said, by session and role."""
    rows = db.execute(
        select(*(REPORT.c[name] for name in ReportRow.__dataclass_fields__))
        .join(MEETING, MEETING.c.id == REPORT.c.session_id)
        .where(MEETING.c.pairing_id == pairing_id)
    )
    return {(row.session_id, row.role): ReportRow(**row._mapping) for row in rows}


def changes(db: Session, *, pairing_id: int) -> tuple[ChangeRow, ...]:
    """What staff corrected, the newest first."""
    columns: list[Any] = [CHANGE.c[name] for name in ("session_id", "field", "old", "new", "why")]
    rows = db.execute(
        select(*columns, CHANGE.c.at, MEETING.c.number, STAFF.c.name.label("by"))
        .join(MEETING, MEETING.c.id == CHANGE.c.session_id)
        .join(STAFF, STAFF.c.id == CHANGE.c.staff_id)
        .where(MEETING.c.pairing_id == pairing_id)
        .order_by(CHANGE.c.at.desc(), CHANGE.c.id.desc())
    )
    return tuple(ChangeRow(**row._mapping) for row in rows)
