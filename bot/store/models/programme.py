"""What happens in the programme: check-ins, goals and their history, sessions, alerts."""

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field, Index, SQLModel, UniqueConstraint, text

from bot.store.types import Instant


class CheckIn(SQLModel, table=True):
    """One planned occasion in an enrolment. State: planned, asked, answered, missed or skipped.

    `slot` names the occasion (welcome, week-3, session-12) so that planning twice plans once.
    `reason` says why it was skipped.
    """

    __tablename__ = "check_in"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "flow", "slot"),
        Index("due_check_ins", "state", "due_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    enrolment_id: int = Field(foreign_key="enrolment.id", index=True)
    flow: str
    slot: str
    session_id: int | None = Field(default=None, foreign_key="session.id", index=True)
    goal_id: int | None = Field(default=None, foreign_key="goal.id")
    training_id: int | None = Field(default=None, foreign_key="training.id")
    due_at: datetime = Field(sa_type=Instant)
    state: str = "planned"
    reason: str = ""
    asked_at: datetime | None = Field(default=None, sa_type=Instant)
    answered_at: datetime | None = Field(default=None, sa_type=Instant)


class Goal(SQLModel, table=True):
    """What a mentee wants to achieve, in her words. State: active, finished or dropped."""

    id: int | None = Field(default=None, primary_key=True)
    enrolment_id: int = Field(foreign_key="enrolment.id", index=True)
    number: int  # 1 to 3
    focus: str = ""
    words: str
    language: str
    next_step: str = ""
    state: str = "active"
    created_at: datetime = Field(sa_type=Instant)


class GoalEntry(SQLModel, table=True):
    """One line of a goal's history: kind words, rating (0 to 10) or step."""

    __tablename__ = "goal_entry"

    id: int | None = Field(default=None, primary_key=True)
    goal_id: int = Field(foreign_key="goal.id", index=True)
    kind: str
    words: str = ""
    rating: int | None = None
    answer_id: int | None = Field(default=None, foreign_key="answer.id")
    at: datetime = Field(sa_type=Instant)


class Session(SQLModel, table=True):
    """A mentor and a mentee meeting.

    State: proposed (one side named a time), planned (both know it), held, missed, disputed (the
    two do not agree), rescheduled (`moved_to` is the new one), cancelled (in time) or unreported.
    `minutes` is what counts, once known; `proof` says by whose word: both, mentor, mentee, staff.
    `settled_at`: its time to be reported was over. What staff have said (`proof` staff) stays.
    """

    __table_args__ = (UniqueConstraint("pairing_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    pairing_id: int = Field(foreign_key="pairing.id", index=True)
    number: int
    starts_at: datetime = Field(sa_type=Instant, index=True)
    planned_minutes: int
    state: str = "planned"
    minutes: int | None = None
    proof: str = ""
    place: str = ""  # phone, video or in_person
    proposed_by: str = ""  # the role whose idea this time was; empty: the cohort's plan
    reason: str = ""
    moved_to: int | None = Field(default=None, foreign_key="session.id")
    settled_at: datetime | None = Field(default=None, sa_type=Instant)


class SessionChange(SQLModel, table=True):
    """One correction of a session by staff, kept for good: what it was, what it is, and why."""

    __tablename__ = "session_change"

    id: int | None = Field(default=None, primary_key=True)
    session_id: int = Field(foreign_key="session.id", index=True)
    staff_id: int = Field(foreign_key="staff.id")
    field: str
    old: str
    new: str
    why: str
    at: datetime = Field(sa_type=Instant)


class SessionReport(SQLModel, table=True):
    """What one side said of one session. Neither side learns what the other said."""

    __tablename__ = "session_report"
    __table_args__ = (UniqueConstraint("session_id", "role"),)

    id: int | None = Field(default=None, primary_key=True)
    session_id: int = Field(foreign_key="session.id")
    role: str  # mentor or mentee
    met: str  # yes, no, moved
    minutes: int | None = None
    feeling: str = ""
    reason: str = ""
    at: datetime = Field(sa_type=Instant)


class Training(SQLModel, table=True):
    """One training event of a cohort. Who sends its `word` that day was there for its minutes."""

    id: int | None = Field(default=None, primary_key=True)
    cohort_id: int = Field(foreign_key="cohort.id", index=True)
    title: str
    audience: str = "mentor"  # mentor, mentee or everyone
    starts_at: datetime = Field(sa_type=Instant, index=True)
    minutes: int
    word: str = ""
    created_at: datetime = Field(sa_type=Instant)


class Attendance(SQLModel, table=True):
    """What is known of one participant at one training: is she coming, was she there, was it good.

    `minutes` is empty until she was there; `source` is word (she sent it) or staff.
    """

    __table_args__ = (UniqueConstraint("training_id", "enrolment_id"),)

    id: int | None = Field(default=None, primary_key=True)
    training_id: int = Field(foreign_key="training.id")
    enrolment_id: int = Field(foreign_key="enrolment.id", index=True)
    coming: str = ""  # yes, no, part
    minutes: int | None = None
    source: str = ""
    useful: str = ""  # very, ok, not
    at: datetime = Field(sa_type=Instant)


class Report(SQLModel, table=True):
    """The figures of a cohort as they stood when staff froze them. Never changed."""

    id: int | None = Field(default=None, primary_key=True)
    cohort_id: int = Field(foreign_key="cohort.id", index=True)
    title: str
    figures: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    digest: str
    staff_id: int = Field(foreign_key="staff.id")
    frozen_at: datetime = Field(sa_type=Instant)


class Alert(SQLModel, table=True):
    """Something a staff member must look at. State: open, noted or closed.

    Level: red (harm, at once), amber (next working day), green (this week). `subject` keeps one
    alert from being raised twice while it is still open.
    """

    __table_args__ = (
        Index(
            "one_open_alert",
            "subject",
            unique=True,
            sqlite_where=text("state <> 'closed'"),
            postgresql_where=text("state <> 'closed'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    level: str
    subject: str
    state: str = Field(default="open", index=True)
    participant_id: int | None = Field(default=None, foreign_key="participant.id", index=True)
    message_id: int | None = Field(default=None, foreign_key="message.id")
    delivery_id: int | None = Field(default=None, foreign_key="delivery.id")
    detail: str = ""  # a code or a short fact, never her words
    times: int = 1
    opened_at: datetime = Field(sa_type=Instant)
    last_at: datetime = Field(sa_type=Instant)
    noted_at: datetime | None = Field(default=None, sa_type=Instant)
    noted_by: int | None = Field(default=None, foreign_key="staff.id")
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_by: int | None = Field(default=None, foreign_key="staff.id")
    note: str = ""
