"""Who takes part: participants, addresses, organisations, cohorts, enrolments, pairings."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel, UniqueConstraint

from bot.store.types import Instant


class Participant(SQLModel, table=True):
    """Someone the bot writes to. State: active, paused, stopped or left.

    `held_at` is set by a concern: nothing is sent until staff release her. `acknowledged_at`: when
    she was last told that what she wrote outside any question was passed on.
    """

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(unique=True)  # the charity's own
    name: str  # first or safe name
    language: str  # a tag of locales/languages.toml
    discreet: bool = False  # others read her phone
    state: str = Field(default="active", index=True)
    paused_until: datetime | None = Field(default=None, sa_type=Instant)
    held_at: datetime | None = Field(default=None, sa_type=Instant)
    acknowledged_at: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = Field(sa_type=Instant)


class Address(SQLModel, table=True):
    """One way to reach one participant. An opaque string that may hold no phone number.

    State: usable, stopped (she said STOP), unusable (the channel says so) or wrong (not her).
    `participant_id` is empty while nobody is known by it. `last_inbound_at` opens the window.
    """

    __table_args__ = (UniqueConstraint("channel", "address"),)

    id: int | None = Field(default=None, primary_key=True)
    participant_id: int | None = Field(default=None, foreign_key="participant.id", index=True)
    channel: str
    address: str
    kind: str = "phone"  # phone, or user_id: WhatsApp's own name for her
    state: str = "usable"
    state_reason: str = ""
    last_inbound_at: datetime | None = Field(default=None, sa_type=Instant)
    acknowledged_at: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = Field(sa_type=Instant)


class Organisation(SQLModel, table=True):
    """The company a mentor comes from."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)


class Cohort(SQLModel, table=True):
    """A group starting together, with the settings of its programme. Times are local wall-clock.

    Weekdays count from 0 (Monday). Minutes of the day count from midnight.
    """

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    starts_on: date
    weeks: int = 16
    check_in_weekday: int = 3
    check_in_minute: int = 600
    session_weekday: int = 1
    session_minute: int = 1050
    session_minutes: int = 60
    sessions: int = 10


class Enrolment(SQLModel, table=True):
    """One participant in one cohort. Role: mentee or mentor. State: active, left or completed."""

    __table_args__ = (UniqueConstraint("participant_id", "cohort_id", "role"),)

    id: int | None = Field(default=None, primary_key=True)
    participant_id: int = Field(foreign_key="participant.id", index=True)
    cohort_id: int = Field(foreign_key="cohort.id", index=True)
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id")
    role: str
    state: str = "active"
    created_at: datetime = Field(sa_type=Instant)


class Pairing(SQLModel, table=True):
    """One mentor with one mentee, by their enrolments. State: active or ended."""

    __table_args__ = (UniqueConstraint("mentor_id", "mentee_id"),)

    id: int | None = Field(default=None, primary_key=True)
    mentor_id: int = Field(foreign_key="enrolment.id", index=True)
    mentee_id: int = Field(foreign_key="enrolment.id", index=True)
    state: str = "active"
    created_at: datetime = Field(sa_type=Instant)


class Consent(SQLModel, table=True):
    """One answer about consent, kept for good: kind messages, sensitive or sharing.

    The newest row of a kind counts. `wording` is the flow, step and version she was asked with.
    """

    id: int | None = Field(default=None, primary_key=True)
    participant_id: int = Field(foreign_key="participant.id", index=True)
    kind: str
    given: bool
    wording: str
    language: str
    channel: str
    message_id: int | None = Field(default=None, foreign_key="message.id")
    at: datetime = Field(sa_type=Instant)
