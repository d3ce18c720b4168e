"""Who takes part: participants, addresses, organisations, cohorts, enrolments, pairings."""

from datetime import date, datetime

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel, UniqueConstraint

from bot.store.types import Instant


class Participant(SQLModel, table=True):
    """Someone the bot writes to. State: active, paused, stopped or left.

    `held_at` is set by a concern: nothing is sent until staff release her. `acknowledged_at`: when
    she was last told that what she wrote outside any question was passed on. She chose
    `part_of_day` (morning, afternoon, evening), `weekday` (Monday is 0), whether she `listens`
    (read, listen, both) and her `safe_word`; `hold_backs` names calendars on whose days nothing
    is started. `quiet_at`: since when the bot has fallen silent, for nobody answered. `doubted_at`:
    since when we are not sure that it is she who reads her phone; nothing personal is sent until
    she has shown it. `legal_hold`: why nothing of hers may be erased now; empty: it may.
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
    part_of_day: str = ""
    weekday: int | None = None
    listens: str = ""
    safe_word: str = ""
    hold_backs: list[str] = Field(default_factory=list, sa_type=JSON)
    quiet_at: datetime | None = Field(default=None, sa_type=Instant)
    doubted_at: datetime | None = Field(default=None, sa_type=Instant)
    legal_hold: str = ""
    created_at: datetime = Field(sa_type=Instant)


class Address(SQLModel, table=True):
    """One way to reach one participant. An opaque string that may hold no phone number.

    State: usable, stopped (she said STOP), unusable (the channel says so) or wrong (not her).
    `participant_id` is empty while nobody is known by it. `last_inbound_at` opens the window.
    `fallback`: whether she allows it to be used when her first channel fails; empty: not asked.
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
    fallback: bool | None = None
    created_at: datetime = Field(sa_type=Instant)


class Organisation(SQLModel, table=True):
    """The company a mentor comes from."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)


class Cohort(SQLModel, table=True):
    """A group starting together, with the settings of its programme. Times are local wall-clock.

    Weekdays count from 0 (Monday). Minutes of the day count from midnight. `every_weeks` is the
    rhythm of check-ins; `session_plan` is weekly (a series at the same hour) or pairs (each pair
    arranges its own). The ladder: a reminder after `reminder_hours`, closed after `close_hours`, a
    lighter question after `light_after` weekly ones without an answer, silence after
    `quiet_after`, then a hello every `hello_weeks`. `most_*` caps what the bot starts in a week.
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
    session_plan: str = "weekly"
    every_weeks: int = 1
    training_minutes: int = 840
    mid_week: int = 8
    mid_sessions: int = 5
    follow_up_weeks: int = 26
    reminder_hours: int = 24
    close_hours: int = 72
    light_after: int = 2
    quiet_after: int = 3
    hello_weeks: int = 4
    most_mentee: int = 3
    most_mentor: int = 2
    opens_minute: int = 540
    closes_minute: int = 1200
    zone: str = "Europe/London"
    bank_holidays: bool = True


class Holiday(SQLModel, table=True):
    """Days on which nothing is started: of one cohort, or of every cohort. Both days count."""

    id: int | None = Field(default=None, primary_key=True)
    cohort_id: int | None = Field(default=None, foreign_key="cohort.id", index=True)
    name: str
    starts_on: date
    ends_on: date


class Enrolment(SQLModel, table=True):
    """One participant in one cohort. Role: mentee or mentor. State: active, left or completed."""

    __table_args__ = (UniqueConstraint("participant_id", "cohort_id", "role"),)

    id: int | None = Field(default=None, primary_key=True)
    participant_id: int = Field(foreign_key="participant.id", index=True)
    cohort_id: int = Field(foreign_key="cohort.id", index=True)
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id")
    role: str
    state: str = "active"
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    end_reason: str = ""
    created_at: datetime = Field(sa_type=Instant)


class Pairing(SQLModel, table=True):
    """One mentor with one mentee, by their enrolments. State: active, paused or ended."""

    __table_args__ = (UniqueConstraint("mentor_id", "mentee_id"),)

    id: int | None = Field(default=None, primary_key=True)
    mentor_id: int = Field(foreign_key="enrolment.id", index=True)
    mentee_id: int = Field(foreign_key="enrolment.id", index=True)
    state: str = "active"
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    end_reason: str = ""
    created_at: datetime = Field(sa_type=Instant)


class Consent(SQLModel, table=True):
    """One answer about consent, kept for good. Kind: messages, sensitive, sharing, goal_only (her
    mentor may see her goal, not her number), quote or follow_up.

    The newest row of a kind counts; none is ever changed. `wording` is the flow, step and version
    she was asked with, `prompt_id` the message as she read it, `message_id` her reply and `reply`
    its words. `how`: asked, said (she took it back unasked) or staff (she told `staff_id`, who
    says `why`: only ever a no).
    """

    id: int | None = Field(default=None, primary_key=True)
    participant_id: int = Field(foreign_key="participant.id", index=True)
    kind: str
    given: bool
    wording: str
    language: str
    channel: str
    message_id: int | None = Field(default=None, foreign_key="message.id")
    prompt_id: int | None = Field(default=None, foreign_key="message.id")
    reply: str = ""
    how: str = "asked"
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
    why: str = ""
    at: datetime = Field(sa_type=Instant)
