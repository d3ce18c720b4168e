"""Who is called when somebody is in danger, what she is told, and who has approved the words."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel, UniqueConstraint

from bot.store.types import Instant


class Cover(SQLModel, table=True):
    """Hours of one weekday (Monday is 0) in which the charity promises that somebody is on call.

    Minutes of the day count from midnight, in the charity's own zone.
    """

    id: int | None = Field(default=None, primary_key=True)
    weekday: int = Field(unique=True)
    from_minute: int
    to_minute: int


class Duty(SQLModel, table=True):
    """A staff member on call from one day to another, in the hours of cover. Both days count.

    Rank: 1 the safeguarding lead, 2 her deputy, 3 the director. `weekdays` names some of the days
    ("0,2,4"); empty: all.
    """

    id: int | None = Field(default=None, primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    rank: int
    starts_on: date
    ends_on: date
    weekdays: str = ""
    created_at: datetime = Field(sa_type=Instant)


class CallOut(SQLModel, table=True):
    """One call of one staff member about one alert, by SMS or e-mail. It says no more than that
    something urgent waits.

    State: queued, sent, failed (`error` is a code) or needless (somebody has it already).
    `not_before`: when it is tried next; `due_at` stays, and is the moment of its round.
    """

    __tablename__ = "call_out"
    __table_args__ = (UniqueConstraint("alert_id", "staff_id", "rank", "round", "way"),)

    id: int | None = Field(default=None, primary_key=True)
    alert_id: int = Field(foreign_key="alert.id", index=True)
    staff_id: int = Field(foreign_key="staff.id")
    rank: int
    round: int = 1  # whoever is the only one is called again
    way: str  # sms or email
    state: str = Field(default="queued", index=True)
    attempts: int = 0
    error: str = ""
    sid: str = ""
    due_at: datetime = Field(sa_type=Instant)
    not_before: datetime = Field(sa_type=Instant)
    sent_at: datetime | None = Field(default=None, sa_type=Instant)


class AlertStep(SQLModel, table=True):
    """One line in the life of an alert, kept as it was written. `detail` holds no words of hers."""

    __tablename__ = "alert_step"

    id: int | None = Field(default=None, primary_key=True)
    alert_id: int = Field(foreign_key="alert.id", index=True)
    kind: (
        str  # raised, called, not_called, nobody, noted, closed, conflict, released, safe_to_write
    )
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
    detail: str = ""
    at: datetime = Field(sa_type=Instant)


class AlertConflict(SQLModel, table=True):
    """A staff member whom an alert is about: she is not called, and does not see it."""

    __tablename__ = "alert_conflict"
    __table_args__ = (UniqueConstraint("alert_id", "staff_id"),)

    id: int | None = Field(default=None, primary_key=True)
    alert_id: int = Field(foreign_key="alert.id")
    staff_id: int = Field(foreign_key="staff.id", index=True)


class Helpline(SQLModel, table=True):
    """A number that somebody in danger may be given. Only an `active` one is ever sent."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    name: str
    number: str
    topic: str = ""  # what it is for, as a concern names it: harm, abuse, exploitation
    note: str = ""
    source: str = ""
    active: bool = False
    checked_on: date | None = None
    checked_by: str = ""
    updated_at: datetime = Field(sa_type=Instant)


class Approval(SQLModel, table=True):
    """One named person's approval of one text in one language, as it was worded then."""

    __table_args__ = (UniqueConstraint("language", "context", "digest", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    language: str
    context: str
    digest: str  # of the wording and of the English that it says
    name: str
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
    at: datetime = Field(sa_type=Instant)
