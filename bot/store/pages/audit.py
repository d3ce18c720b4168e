"""The audit log as staff read it: who read or did what, the newest first."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, and_, cast, func, literal, select, true
from sqlmodel import Session

from bot.store.models import AuditEntry, Participant, Staff
from bot.store.sight import Sight
from bot.store.tables import table

AUDIT, PERSON, STAFF = table(AuditEntry), table(Participant), table(Staff)
PAGE = 100
READERS = 20


@dataclass(frozen=True, kw_only=True)
class LoggedRow:
    """One entry. The name is there where she whom it is about may be seen."""

    id: int
    at: datetime
    staff_id: int | None
    by: str
    action: str
    subject: str
    detail: str
    participant_id: int | None
    name: str


@dataclass(frozen=True, kw_only=True)
class ReaderRow:
    """A staff member who opened somebody's words: how often, and when last."""

    by: str
    times: int
    last: datetime


def logged(
    db: Session,
    *,
    sight: Sight,
    everything: bool,
    participant_id: int | None = None,
    staff_id: int | None = None,
    before: int | None = None,
) -> tuple[LoggedRow, ...]:
    """A page of entries: `everything`, or what is about people whom she sees."""
    about = literal("participant:") + cast(PERSON.c.id, String)
    columns = [AUDIT.c[name] for name in ("id", "at", "staff_id", "action", "subject", "detail")]
    whole = everything or sight.cohorts is None
    statement = (
        select(
            *columns,
            func.coalesce(STAFF.c.name, "").label("by"),
            PERSON.c.id.label("participant_id"),
            func.coalesce(PERSON.c.name, "").label("name"),
        )
        .select_from(AUDIT)
        .outerjoin(STAFF, STAFF.c.id == AUDIT.c.staff_id)
        .outerjoin(PERSON, and_(AUDIT.c.subject == about, sight.of_person(PERSON.c.id)))
        .where(true() if whole else PERSON.c.id.is_not(None))
        .order_by(AUDIT.c.id.desc())
        .limit(PAGE)
    )
    if participant_id is not None:
        statement = statement.where(AUDIT.c.subject == f"participant:{participant_id}")
    if staff_id is not None:
        statement = statement.where(AUDIT.c.staff_id == staff_id)
    if before is not None:
        statement = statement.where(AUDIT.c.id < before)
    return tuple(LoggedRow(**row._mapping) for row in db.execute(statement))


def readers(db: Session, *, participant_id: int) -> tuple[ReaderRow, ...]:
    """Who opened her words, whoever did so last first."""
    last = func.max(AUDIT.c.at).label("last")
    statement = (
        select(STAFF.c.name.label("by"), func.count().label("times"), last)
        .select_from(AUDIT)
        .join(STAFF, STAFF.c.id == AUDIT.c.staff_id)
        .where(AUDIT.c.action == "read", AUDIT.c.subject == f"participant:{participant_id}")
        .group_by(STAFF.c.id)
        .order_by(last.desc())
        .limit(READERS)
    )
    return tuple(ReaderRow(**row._mapping) for row in db.execute(statement))
