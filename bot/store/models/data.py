"""What stays after somebody is forgotten: a fingerprint, a receipt, and what Twilio still holds."""

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from bot.store.types import Instant


class DoNotContact(SQLModel, table=True):
    """A keyed fingerprint of an address that must not be written to again. Nothing leads back."""

    __tablename__ = "do_not_contact"

    fingerprint: str = Field(primary_key=True)
    at: datetime = Field(sa_type=Instant)


class Erasure(SQLModel, table=True):
    """The receipt of one erasure: when, by whom, and how many rows of each table. No name."""

    id: int | None = Field(default=None, primary_key=True)
    receipt: str = Field(unique=True)
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
    counts: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    at: datetime = Field(sa_type=Instant)


class Leftover(SQLModel, table=True):
    """A copy at Twilio whose row is gone here and which must still be erased there.

    State: waiting, gone, or left (`reason` is a code): then a person has to look.
    """

    id: int | None = Field(default=None, primary_key=True)
    sid: str = Field(unique=True)
    erasure_id: int | None = Field(default=None, foreign_key="erasure.id", index=True)
    state: str = Field(default="waiting", index=True)
    reason: str = ""
    attempts: int = 0
    not_before: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)
