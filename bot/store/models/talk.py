"""What is said: conversations, messages, deliveries and their receipts, answers, templates."""

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field, Index, SQLModel, UniqueConstraint, text

from bot.store.types import Instant


class Conversation(SQLModel, table=True):
    """One run of a flow with one participant.

    State: open, held (interrupted by another, to be carried on), completed, abandoned, outdated.
    `step`, `tries` and `answers` are the engine's position; `prompt_id` is the message that asked.
    """

    __table_args__ = (
        Index(
            "one_open_conversation",
            "participant_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    participant_id: int = Field(foreign_key="participant.id", index=True)
    enrolment_id: int | None = Field(default=None, foreign_key="enrolment.id")
    check_in_id: int | None = Field(default=None, foreign_key="check_in.id", index=True)
    flow: str
    version: int
    step: str
    tries: int = 0
    answers: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    goal_id: int | None = Field(default=None, foreign_key="goal.id")  # the goal in turn
    session_id: int | None = Field(default=None, foreign_key="session.id", index=True)
    prompt_id: int | None = None
    state: str = Field(default="open", index=True)
    reminded_at: datetime | None = Field(default=None, sa_type=Instant)
    started_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class Message(SQLModel, table=True):
    """One text in or out. Only `state` and `error` of one that came in ever change, until it is
    blanked: its words are gone for good, since `blanked_at`.

    `external_id` is the channel's id of a message that came in. `choices` are the options as she
    saw them, [key, label] in order (a key of ZERO_KEYS has the number 0, the others count from 1);
    `button` is the payload she tapped, `replied_to` the message of ours that she answered to.
    State of one that came in: handled, or parked (understanding it failed; staff are told).
    `safeguarding`: only for staff who hold that role. `channel_copy`: what became of the channel's
    own copy of one that came in: "" (still there), gone, or left (it could not be erased).
    `details`: what came in beside words (a place, a form's answers, that it was forwarded).
    `recording_id`: of a message of kind audio, which recording it is; of a text, which one went
    before it. `parts`: of an SMS that came in, each of which costs.
    """

    __table_args__ = (UniqueConstraint("channel", "external_id"),)

    id: int | None = Field(default=None, primary_key=True)
    participant_id: int | None = Field(default=None, foreign_key="participant.id", index=True)
    address_id: int | None = Field(default=None, foreign_key="address.id")
    conversation_id: int | None = Field(default=None, foreign_key="conversation.id", index=True)
    direction: str  # in or out
    channel: str = ""
    external_id: str | None = None
    # text, media, location, contact, form, call, unsupported; audio: a recording of ours
    kind: str = "text"
    text: str
    language: str = ""
    context: str = ""  # of a text of ours: the identity of its last part in the catalogues
    step: str | None = None
    choices: list[list[str]] | None = Field(default=None, sa_type=JSON)
    layout: str = ""  # numbered: never as buttons (several answers, or the second asking)
    button: str | None = None
    replied_to: str | None = None
    media: list[list[str]] | None = Field(default=None, sa_type=JSON)  # [url, content type]
    details: dict[str, str] | None = Field(default=None, sa_type=JSON)
    recording_id: int | None = Field(default=None, foreign_key="recording.id")
    parts: int = 0
    state: str = "handled"
    attempts: int = 0
    error: str = ""
    safeguarding: bool = False
    channel_copy: str = ""
    blanked_at: datetime | None = Field(default=None, sa_type=Instant)
    at: datetime = Field(sa_type=Instant, index=True)


class Media(SQLModel, table=True):
    """One picture, voice note or document that came with a message, fetched into a file of ours.

    State: waiting, kept (`file` is its name in the folder of media), refused (`reason`) or gone.
    """

    __table_args__ = (UniqueConstraint("message_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id")
    number: int  # its place in the message, from 0
    content_type: str = ""  # by its content, not by what the channel says
    state: str = "waiting"
    reason: str = ""
    file: str = ""
    size: int = 0  # bytes
    attempts: int = 0
    not_before: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)


class Delivery(SQLModel, table=True):
    """The attempt to get one outbound message to one address.

    State: queued, waiting (for her to answer an opener), sending, unknown, accepted, sent,
    delivered, read, failed or cancelled. `address_id` is empty until the policy has chosen. `mode`
    is how it goes (session, text, template, opener, sms) and `reason` why, as the policy decided.
    `token` is ours and rides in the status callback; `sid` is the channel's. `channel_copy`: what
    became of the channel's own copy: "" (still there), gone, or left (it could not be erased).
    `sender` is the one of ours that it left by. What it costs follows from `parts` (of an SMS; 1 by
    WhatsApp), `country` (of her number, "GB") and `category` (of an approved wording: utility …).
    `fetched_at`: when the channel was asked what became of it, since no receipt came. `piece`:
    which of the SMS that one long text became, from 1; 0 is the whole of it. `content_sid`: what
    was filled in to make it.
    """

    __table_args__ = (Index("due_deliveries", "state", "not_before"),)

    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id", index=True)
    participant_id: int | None = Field(default=None, foreign_key="participant.id", index=True)
    address_id: int | None = Field(default=None, foreign_key="address.id")
    token: str = Field(unique=True)
    sid: str | None = Field(default=None, unique=True)
    state: str = "queued"
    mode: str = ""
    reason: str = ""
    priority: int = 0  # 0 a reply, 1 started by the bot, 2 a reminder: replies go first
    attempts: int = 0
    looked: int = 0  # how often the provider's list was searched for it
    not_before: datetime = Field(sa_type=Instant)
    expires_at: datetime | None = Field(default=None, sa_type=Instant)
    lease_until: datetime | None = Field(default=None, sa_type=Instant)
    lease_owner: str | None = None
    sent_text: str = ""  # what the provider's list will show
    attempted_at: datetime | None = Field(default=None, sa_type=Instant, index=True)
    updated_at: datetime = Field(sa_type=Instant)
    error_code: str | None = None
    channel_copy: str = ""
    sender: str = ""
    parts: int = 0
    country: str = ""
    category: str = ""
    fetched_at: datetime | None = Field(default=None, sa_type=Instant)
    piece: int = 0
    content_sid: str = ""


class Sender(SQLModel, table=True):
    """One of our own senders that has had trouble; `address` "*" stands for all of them. State:
    working, tripped (nothing leaves by it before `until`, then one message tries) or limited (so
    for what we start outside WhatsApp's window). `code` is why, `failures` how often in a row,
    `since` when it began, or when it worked again."""

    id: int | None = Field(default=None, primary_key=True)
    address: str = Field(unique=True)
    state: str = "working"
    code: str = ""
    failures: int = 0
    since: datetime | None = Field(default=None, sa_type=Instant)
    until: datetime | None = Field(default=None, sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)


class Recording(SQLModel, table=True):
    """A text of ours as somebody has spoken it, for those who like to listen: a file of ours.

    `digest` is that of the wording that was spoken: when the wording changes it is not sent.
    """

    __table_args__ = (UniqueConstraint("context", "language"),)

    id: int | None = Field(default=None, primary_key=True)
    context: str
    language: str
    digest: str
    file: str
    content_type: str
    size: int  # bytes
    seconds: int = 0
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
    at: datetime = Field(sa_type=Instant)


class Receipt(SQLModel, table=True):
    """One status callback, kept as it came; doubles are dropped by its unique constraint."""

    __table_args__ = (UniqueConstraint("sid", "status", "error_code", "event"),)

    id: int | None = Field(default=None, primary_key=True)
    sid: str = Field(index=True)
    status: str
    error_code: str = ""
    event: str = ""
    delivery_id: int | None = Field(default=None, foreign_key="delivery.id")
    at: datetime = Field(sa_type=Instant)


class Answer(SQLModel, table=True):
    """What a reply was understood to mean, with her own words and their language.

    `value` is an option's key, or the words; `number` a rating (0 to 10) or minutes. A changed
    answer is a new row; the old one gets `replaced_at`.
    """

    __table_args__ = (Index("answers_by_step", "flow", "step", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    conversation_id: int = Field(foreign_key="conversation.id", index=True)
    participant_id: int = Field(foreign_key="participant.id", index=True)
    enrolment_id: int | None = Field(default=None, foreign_key="enrolment.id", index=True)
    message_id: int | None = Field(default=None, foreign_key="message.id")
    flow: str
    step: str
    value: str
    number: int | None = None
    skipped: bool = False
    sensitive: bool = False
    words: str
    language: str
    replaced_at: datetime | None = Field(default=None, sa_type=Instant)
    at: datetime = Field(sa_type=Instant, index=True)


class Template(SQLModel, table=True):
    """A content stored at the provider: an approved template, or a set of generic buttons.

    `key` is ours (what it is for, and its language); `digest` that of its wording, so that a
    reworded one is a new row. State: unsubmitted, received, pending, approved, rejected, paused,
    disabled; "session" for contents that need no approval; "failed" when it cannot be created.
    """

    __table_args__ = (UniqueConstraint("key", "digest"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(index=True)
    digest: str
    name: str = ""
    language: str  # the channel's code
    content_sid: str | None = None
    state: str = "unsubmitted"
    reason: str = ""
    category: str = ""
    attempts: int = 0
    not_before: datetime | None = Field(default=None, sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)
