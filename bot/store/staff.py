"""Staff, their sign-ins and one-time links, tries to sign in, and the audit log."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, delete, insert, select, update
from sqlmodel import Session

from bot.store.models import AuditEntry, SignIn, SignInAttempt, SignInLink, Staff, StaffCohort
from bot.store.tables import insert_into, table

ATTEMPT = table(SignInAttempt)
AUDIT = table(AuditEntry)
LINK = table(SignInLink)
SIGN_IN = table(SignIn)
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
    """A staff member. `password` is a hash, empty while she has chosen none."""

    id: int
    email: str
    name: str
    roles: tuple[str, ...]
    everywhere: bool  # sees every cohort; else those that `staff_cohort` names
    password: str

    @property
    def permissions(self) -> frozenset[str]:
        """What her roles let her do, together."""
        none: frozenset[str] = frozenset()
        return none.union(*(PERMISSIONS.get(role, none) for role in self.roles))

    def may(self, permission: str) -> bool:
        """Whether one of her roles has that permission."""
        return permission in self.permissions


_STAFF = select(
    STAFF.c.id,
    STAFF.c.email,
    STAFF.c.name,
    STAFF.c.roles,
    STAFF.c.everywhere,
    STAFF.c.password,
).where(STAFF.c.active.is_(True))


def _row(values: Mapping[str, Any]) -> StaffRow:
    return StaffRow(**{**values, "roles": tuple(values["roles"])})


def staff_by_email(db: Session, *, email: str) -> StaffRow | None:
    row = db.execute(_STAFF.where(STAFF.c.email == email)).one_or_none()
    return _row(row._asdict()) if row else None


def all_staff(db: Session) -> tuple[StaffRow, ...]:
    """Everybody who may sign in, by address."""
    return tuple(_row(row._asdict()) for row in db.execute(_STAFF.order_by(STAFF.c.email)))


def keep_staff(db: Session, *, email: str, name: str, roles: Iterable[str], now: datetime) -> int:
    """The id of the staff member of that address: a new one, or the known one, active again."""
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
    statement = (
        insert_into(db, STAFF)
        .values(values)
        .on_conflict_do_update(index_elements=[STAFF.c.email], set_={"active": True})
    )
    staff_id: int = db.execute(statement.returning(STAFF.c.id)).scalar_one()
    return staff_id


def cohorts_of(db: Session, *, staff_id: int) -> frozenset[int]:
    """The cohorts that are named for her."""
    hers = select(STAFF_COHORT.c.cohort_id).where(STAFF_COHORT.c.staff_id == staff_id)
    return frozenset(db.execute(hers).scalars())


def keep_password(db: Session, *, staff_id: int, password: str) -> None:
    db.execute(update(STAFF).where(STAFF.c.id == staff_id).values(password=password))


def open_sign_in(db: Session, *, staff_id: int, token_hash: str, now: datetime) -> None:
    db.execute(
        insert(SIGN_IN).values(
            staff_id=staff_id, token_hash=token_hash, browser="", created_at=now, seen_at=now
        )
    )


def signed_in(
    db: Session, *, token_hash: str, seen_since: datetime, created_since: datetime
) -> tuple[StaffRow, datetime] | None:
    """Who is signed in by that token, and when she was last seen; None when it is over."""
    row = db.execute(
        _STAFF.add_columns(SIGN_IN.c.seen_at)
        .join(SIGN_IN, SIGN_IN.c.staff_id == STAFF.c.id)
        .where(
            SIGN_IN.c.token_hash == token_hash,
            SIGN_IN.c.ended_at.is_(None),
            SIGN_IN.c.seen_at > seen_since,
            SIGN_IN.c.created_at > created_since,
        )
    ).one_or_none()
    if row is None:
        return None
    values = dict(row._mapping)
    seen_at = values.pop("seen_at")
    return _row(values), seen_at


def seen(db: Session, *, token_hash: str, now: datetime) -> None:
    db.execute(
        update(SIGN_IN)
        .where(SIGN_IN.c.token_hash == token_hash, SIGN_IN.c.ended_at.is_(None))
        .values(seen_at=now)
    )


def end_sign_in(db: Session, *, token_hash: str, now: datetime) -> None:
    db.execute(
        update(SIGN_IN)
        .where(SIGN_IN.c.token_hash == token_hash, SIGN_IN.c.ended_at.is_(None))
        .values(ended_at=now)
    )


def end_other_sign_ins(db: Session, *, staff_id: int, token_hash: str, now: datetime) -> None:
    db.execute(
        update(SIGN_IN)
        .where(
            SIGN_IN.c.staff_id == staff_id,
            SIGN_IN.c.token_hash != token_hash,
            SIGN_IN.c.ended_at.is_(None),
        )
        .values(ended_at=now)
    )


def keep_link(db: Session, *, staff_id: int, token_hash: str, expires_at: datetime) -> None:
    db.execute(insert(LINK).values(staff_id=staff_id, token_hash=token_hash, expires_at=expires_at))


def link_is_good(db: Session, *, token_hash: str, now: datetime) -> bool:
    """Whether a link could be used now. Looking at it does not use it."""
    statement = select(LINK.c.id).where(
        LINK.c.token_hash == token_hash, LINK.c.used_at.is_(None), LINK.c.expires_at > now
    )
    return db.execute(statement).first() is not None


def take_link(db: Session, *, token_hash: str, now: datetime) -> StaffRow | None:
    """Use a link up, once for ever; whose it was."""
    taken = db.execute(
        update(LINK)
        .where(LINK.c.token_hash == token_hash, LINK.c.used_at.is_(None), LINK.c.expires_at > now)
        .values(used_at=now)
        .returning(LINK.c.staff_id)
    ).scalar_one_or_none()
    row = db.execute(_STAFF.where(STAFF.c.id == taken)).one_or_none() if taken else None
    return _row(row._asdict()) if row else None


def count_try(db: Session, *, key: str, within: timedelta, now: datetime) -> int:
    """Count one try in a bucket, in one statement; how many there are, old ones forgotten."""
    old = ATTEMPT.c.since <= now - within
    statement = (
        insert_into(db, ATTEMPT)
        .values(key=key, count=1, since=now)
        .on_conflict_do_update(
            index_elements=[ATTEMPT.c.key],
            set_={
                "count": case((old, 1), else_=ATTEMPT.c.count + 1),
                "since": case((old, now), else_=ATTEMPT.c.since),
            },
        )
    )
    tries: int = db.execute(statement.returning(ATTEMPT.c.count)).scalar_one()
    return tries


def forget_tries(db: Session, *, keys: Iterable[str]) -> None:
    db.execute(delete(ATTEMPT).where(ATTEMPT.c.key.in_(tuple(keys))))


def keep_audit(
    db: Session,
    *,
    staff_id: int | None,
    action: str,
    subjects: Iterable[str],
    detail: str,
    now: datetime,
) -> None:
    """Append one entry for each subject, in one statement."""
    rows = [
        {
            "staff_id": staff_id,
            "action": action,
            "subject": subject,
            "detail": detail,
            "at": now,
            "digest": "",
        }
        for subject in subjects
    ]
    if rows:
        db.execute(insert(AUDIT), rows)
