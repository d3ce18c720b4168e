"""Who signs in, how, and what they did: staff, sign-ins, the audit log, the house's marks."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.store.types import Instant


class Staff(SQLModel, table=True):
    """A staff member. `password`: an argon2 hash, or empty. Role: staff, or reader."""

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(unique=True)
    name: str
    role: str = "staff"
    password: str = ""
    active: bool = True
    created_at: datetime = Field(sa_type=Instant)


class SignIn(SQLModel, table=True):
    """One signed-in browser. Only the hash of its token is kept."""

    __tablename__ = "sign_in"

    id: int | None = Field(default=None, primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    token_hash: str = Field(unique=True)
    created_at: datetime = Field(sa_type=Instant)
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
    """What a staff member did or read: append only. `detail` holds ids and states, never words."""

    __tablename__ = "audit_entry"

    id: int | None = Field(default=None, primary_key=True)
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
    action: str
    subject: str  # e.g. participant:12
    detail: str = ""
    at: datetime = Field(sa_type=Instant, index=True)


class Mark(SQLModel, table=True):
    """A small fact the house keeps about itself, such as when the clock last ran."""

    name: str = Field(primary_key=True)
    at: datetime = Field(sa_type=Instant)
    value: str = ""
