"""Staff, and what each may do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, select, update
from sqlmodel import Session

from bot.store.models import Staff, StaffCohort
from bot.store.tables import insert_into, table

STAFF = table(Staff)
STAFF_COHORT = table(StaffCohort)


# What a role may do. Safeguarding records are for those who hold that role, and for nobody else
PERMISSIONS: dict[str, frozenset[str]] = {
    "coordinator": frozenset({"read", "write"}),
    "safeguarding": frozenset({"read", "write", "safeguard"}),
    "administrator": frozenset({"administer"}),
    "reader": frozenset({"read"}),
}
EVERY_ROLE = ("coordinator", "safeguarding", "administrator")


@dataclass(frozen=True, kw_only=True)
class StaffRow:
    """A staff member. `password` is a hash, empty while she has chosen none. `totp_at`: since when
    she has a second step.
    """

    id: int
    email: str
    name: str
    roles: tuple[str, ...]
    everywhere: bool  # sees every cohort; else those that `staff_cohort` names
    password: str
    totp_at: datetime | None = None

    @property
    def permissions(self) -> frozenset[str]:
        """What her roles let her do, together."""
        none: frozenset[str] = frozenset()
        return none.union(*(PERMISSIONS.get(role, none) for role in self.roles))

    def may(self, permission: str) -> bool:
        """Whether one of her roles has that permission."""
        return permission in self.permissions


STAFF_ROWS = select(
    STAFF.c.id,
    STAFF.c.email,
    STAFF.c.name,
    STAFF.c.roles,
    STAFF.c.everywhere,
    STAFF.c.password,
    STAFF.c.totp_at,
).where(STAFF.c.active.is_(True))


def staff_row(values: Mapping[str, Any]) -> StaffRow:
    return StaffRow(**{**values, "roles": tuple(values["roles"])})


def staff_by_email(db: Session, *, email: str) -> StaffRow | None:
    row = db.execute(STAFF_ROWS.where(STAFF.c.email == email)).one_or_none()
    return staff_row(row._asdict()) if row else None


def all_staff(db: Session) -> tuple[StaffRow, ...]:
    """Everybody who may sign in, by address."""
    return tuple(staff_row(row._asdict()) for row in db.execute(STAFF_ROWS.order_by(STAFF.c.email)))


def keep_staff(db: Session, *, email: str, name: str, roles: Iterable[str], now: datetime) -> int:
    """The id of the staff member of that address: a new one, or the known one. One who may not sign
    in any more comes in again with these roles."""
    values = {
        "email": email,
        "name": name,
        "roles": list(roles),
        "password": "",
        "active": True,
        "everywhere": True,
        "phone": "",
        "totp_secret": "",
        "created_at": now,
    }
    added = insert_into(db, STAFF).values(values)
    again = case((STAFF.c.active.is_(True), STAFF.c.roles), else_=added.excluded.roles)
    statement = added.on_conflict_do_update(
        index_elements=[STAFF.c.email], set_={"active": True, "roles": again}
    )
    staff_id: int = db.execute(statement.returning(STAFF.c.id)).scalar_one()
    return staff_id


def cohorts_of(db: Session, *, staff_id: int) -> frozenset[int]:
    """The cohorts that are named for her."""
    hers = select(STAFF_COHORT.c.cohort_id).where(STAFF_COHORT.c.staff_id == staff_id)
    return frozenset(db.execute(hers).scalars())


def keep_password(db: Session, *, staff_id: int, password: str) -> None:
    db.execute(update(STAFF).where(STAFF.c.id == staff_id).values(password=password))
