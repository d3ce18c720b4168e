"""Staff accounts for administrators: what each may do, whose people she sees, when last in."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session

from bot.store.models import Cohort, SignIn, Staff, StaffCohort
from bot.store.tables import table

COHORT, SIGN_IN, STAFF = table(Cohort), table(SignIn), table(Staff)
STAFF_COHORT = table(StaffCohort)


@dataclass(frozen=True, kw_only=True)
class AccountRow:
    """One account. `cohorts`: id and name of those she sees, where she does not see all."""

    id: int
    email: str
    name: str
    roles: tuple[str, ...]
    everywhere: bool
    cohorts: tuple[tuple[int, str], ...]
    totp_at: datetime | None
    last_sign_in: datetime | None
    active: bool


def accounts(db: Session, *, staff_id: int | None = None) -> tuple[AccountRow, ...]:
    """Everybody's, or that one's: those who may sign in first, by name."""
    last = (
        select(func.max(SIGN_IN.c.created_at))
        .where(SIGN_IN.c.staff_id == STAFF.c.id)
        .correlate(STAFF)
        .scalar_subquery()
    )
    names = ("id", "email", "name", "roles", "everywhere", "totp_at", "active")
    statement = select(*(STAFF.c[name] for name in names), last.label("last_sign_in"))
    if staff_id is not None:
        statement = statement.where(STAFF.c.id == staff_id)
    hers = _cohorts(db)
    found = db.execute(statement.order_by(STAFF.c.active.desc(), STAFF.c.name, STAFF.c.id))
    return tuple(
        AccountRow(**{**row._mapping, "roles": tuple(row.roles)}, cohorts=tuple(hers[row.id]))
        for row in found
    )


def _cohorts(db: Session) -> dict[int, list[tuple[int, str]]]:
    by_staff: dict[int, list[tuple[int, str]]] = defaultdict(list)
    rows = db.execute(
        select(STAFF_COHORT.c.staff_id, COHORT.c.id, COHORT.c.name)
        .join(COHORT, COHORT.c.id == STAFF_COHORT.c.cohort_id)
        .order_by(COHORT.c.starts_on.desc(), COHORT.c.id)
    )
    for row in rows:
        by_staff[row.staff_id].append((row.id, row.name))
    return by_staff
