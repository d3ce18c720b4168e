"""Who signs in, how, and what they did: staff, sign-ins, the audit log, the house's marks."""

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel, UniqueConstraint

from bot.store.types import Instant


class Staff(SQLModel, table=True):
    """A staff member. `password`: an argon2 hash, or empty.

    Roles: coordinator, safeguarding, reader, administrator; she may hold several. She sees the
    cohorts that `staff_cohort` names, or all where she is at home `everywhere`. `phone` is where an
    urgent alert calls her. `totp_secret` is what her second step's secret is derived from (with
    SECRET_KEY), since `totp_at`; `totp_step` is the newest one used, so that none is used twice.
    """

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(unique=True)
    name: str
    roles: list[str] = Field(default_factory=list, sa_type=JSON)
    everywhere: bool = True
    phone: str = ""
    password: str = ""
    totp_secret: str = ""
    totp_at: datetime | None = Field(default=None, sa_type=Instant)
    totp_step: int | None = None
    active: bool = True
    created_at: datetime = Field(sa_type=Instant)


class StaffCohort(SQLModel, table=True):
    """A cohort that a staff member sees who is not at home everywhere."""

    __tablename__ = "staff_cohort"
    __table_args__ = (UniqueConstraint("staff_id", "cohort_id"),)

    id: int | None = Field(default=None, primary_key=True)
    staff_id: int = Field(foreign_key="staff.id")
    cohort_id: int = Field(foreign_key="cohort.id", index=True)


class RecoveryCode(SQLModel, table=True):
    """One way in for whoever has lost her second step. Only its hash is kept; it works once."""

    __tablename__ = "recovery_code"

    id: int | None = Field(default=None, primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    code_hash: str
    used_at: datetime | None = Field(default=None, sa_type=Instant)


class SignIn(SQLModel, table=True):
    """One signed-in browser. Only the hash of its token is kept. Before `passed_at` it opens
    nothing but the second step, or its set-up. `browser`: a few words, to tell hers apart.
    """

    __tablename__ = "sign_in"

    id: int | None = Field(default=None, primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    token_hash: str = Field(unique=True)
    browser: str = ""
    created_at: datetime = Field(sa_type=Instant)
    passed_at: datetime | None = Field(default=None, sa_type=Instant)
    seen_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class SignInLink(SQLModel, table=True):
    """A one-time link. Only the hash of its token is kept."""

    __tablename__ = "sign_in_link"

    id: int | None = Field(default=None, primary_key=True)
    staff_id: int = Field(foreign_key="staff.id")
    token_hash: str = Field(unique=True)
    expires_at: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)


class SignInAttempt(SQLModel, table=True):
    """A bucket of tries, per account or per network address (hashed): survives a restart."""

    __tablename__ = "sign_in_attempt"

    key: str = Field(primary_key=True)
    count: int
    since: datetime = Field(sa_type=Instant)


class AuditEntry(SQLModel, table=True):
    """What a staff member did or read: append only, also by the database's own rules.

    `detail` holds ids and states, never words. `digest` chains an entry to the one before it, so
    that one changed or removed behind our back is found.
    """

    __tablename__ = "audit_entry"

    id: int | None = Field(default=None, primary_key=True)
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
    action: str
    subject: str = Field(index=True)  # e.g. participant:12
    detail: str = ""
    at: datetime = Field(sa_type=Instant, index=True)
    digest: str = ""


class Mark(SQLModel, table=True):
    """A small fact the house keeps about itself, such as when the clock last ran."""

    name: str = Field(primary_key=True)
    at: datetime = Field(sa_type=Instant)
    value: str = ""
