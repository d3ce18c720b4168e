"""The statements of a turn: who wrote, and what waits for her. Built once, at import."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlmodel import Session

from bot.store.models import Address, Conversation, Delivery, Enrolment, Message, Participant
from bot.store.prepared import Prepared, PreparedInsert
from bot.store.tables import table

_ADDRESS = table(Address)
_PERSON = table(Participant)
_TALK = table(Conversation)
_ENROLMENT = table(Enrolment)
_MESSAGE = table(Message)
_DELIVERY = table(Delivery)


@dataclass(frozen=True, kw_only=True)
class Wrote:
    """An address that somebody wrote from, and whose it is."""

    address_id: int
    address: str
    participant_id: int | None
    state: str
    acknowledged_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Talking:
    """The conversation that waits for her, as stored."""

    id: int
    enrolment_id: int | None
    check_in_id: int | None
    flow: str
    version: int
    step: str
    tries: int
    answers: Mapping[str, str]
    goal_id: int | None
    session_id: int | None
    prompt_id: int | None
    prompt_state: str  # of the delivery of its question; "" when there is none


@dataclass(frozen=True, kw_only=True)
class Person:
    """A participant as a turn needs her, with the address and channel she is talked to on."""

    id: int
    name: str
    language: str
    discreet: bool
    state: str
    held_at: datetime | None
    acknowledged_at: datetime | None
    safe_word: str
    quiet_at: datetime | None
    doubted_at: datetime | None
    role: str
    enrolment_id: int | None
    address_id: int | None
    channel: str
    talking: Talking | None
    held_talk: int | None  # the conversation that another one interrupted
    muted: bool = False  # she has had as many replies as anybody gets in an hour
    same: int = 0  # how many of her last messages, within a day, said just this


# What reaches us late does not close a window that a newer message has opened
_AT: ColumnElement[datetime] = bindparam("at", type_=_ADDRESS.c.last_inbound_at.type)
_LATER = case((_ADDRESS.c.last_inbound_at > _AT, _ADDRESS.c.last_inbound_at), else_=_AT)
_HEARD_FROM = Prepared(
    update(_ADDRESS)
    .where(
        _ADDRESS.c.channel == bindparam("on"),
        _ADDRESS.c.address.in_((bindparam("name"), bindparam("other_name"))),
    )
    .values(last_inbound_at=_LATER)
    .returning(
        _ADDRESS.c.id,
        _ADDRESS.c.address,
        _ADDRESS.c.participant_id,
        _ADDRESS.c.state,
        _ADDRESS.c.acknowledged_at,
    )
)


def heard_from(db: Session, *, channel: str, addresses: Sequence[str], at: datetime) -> list[Wrote]:
    """Open the window of the known ones of one or two addresses; locks them on PostgreSQL."""
    names = {"name": addresses[0], "other_name": addresses[-1]}
    rows = _HEARD_FROM.rows(db, {"on": channel, "at": at, **names})
    return [
        Wrote(
            address_id=row.id,
            address=row.address,
            participant_id=row.participant_id,
            state=row.state,
            acknowledged_at=row.acknowledged_at,
        )
        for row in rows
    ]


# Written out, not bound: else SQLite plans anew each time, to see whether a partial index will do
_OPEN: ColumnElement[str] = literal_column("'open'")
_HELD: ColumnElement[str] = literal_column("'held'")
_OLDER = _TALK.alias("older")
_HELD_TALK = (
    select(func.max(_OLDER.c.id))
    .where(_OLDER.c.participant_id == _PERSON.c.id, _OLDER.c.state == _HELD)
    .correlate(_PERSON)
    .scalar_subquery()
)
_NEWEST_ENROLMENT = (
    select(func.max(_ENROLMENT.c.id))
    .where(_ENROLMENT.c.participant_id == _PERSON.c.id, _ENROLMENT.c.state == "active")
    .correlate(_PERSON)
    .scalar_subquery()
)
_PROMPT_STATE = (
    select(_DELIVERY.c.state)
    .where(_DELIVERY.c.message_id == _TALK.c.prompt_id)
    .order_by(_DELIVERY.c.piece.desc(), _DELIVERY.c.id.desc())  # the choices go with the last
    .limit(1)
    .correlate(_TALK)
    .scalar_subquery()
)
_TALKING = (
    select(
        _PERSON.c.id,
        _PERSON.c.name,
        _PERSON.c.language,
        _PERSON.c.discreet,
        _PERSON.c.state,
        _PERSON.c.held_at,
        _PERSON.c.acknowledged_at,
        _PERSON.c.safe_word,
        _PERSON.c.quiet_at,
        _PERSON.c.doubted_at,
        _TALK.c.id.label("talk_id"),
        _TALK.c.enrolment_id.label("talk_enrolment"),
        _TALK.c.check_in_id,
        _TALK.c.flow,
        _TALK.c.version,
        _TALK.c.step,
        _TALK.c.tries,
        _TALK.c.answers,
        _TALK.c.goal_id,
        _TALK.c.session_id,
        _TALK.c.prompt_id,
        _PROMPT_STATE.label("prompt_state"),
        _ENROLMENT.c.id.label("enrolment"),
        _ENROLMENT.c.role,
        _HELD_TALK.label("held_talk"),
    )
    .select_from(_PERSON)
    .outerjoin(_TALK, and_(_TALK.c.participant_id == _PERSON.c.id, _TALK.c.state == _OPEN))
    .outerjoin(
        _ENROLMENT, _ENROLMENT.c.id == func.coalesce(_TALK.c.enrolment_id, _NEWEST_ENROLMENT)
    )
    .where(_PERSON.c.id == bindparam("who"))
    .with_for_update(of=_PERSON, key_share=True)
)
_PERSON_TALKING = Prepared(_TALKING)
IN_A_ROW = 5  # the same words so often: nobody reads our answers, or a machine does
_LATEST = (
    select(_MESSAGE.c.text, _MESSAGE.c.at)
    .where(_MESSAGE.c.participant_id == bindparam("who"), _MESSAGE.c.direction == "in")
    .order_by(_MESSAGE.c.id.desc())
    .limit(IN_A_ROW - 1)
    .subquery()
)
_SAME = (
    select(func.count())
    .select_from(_LATEST)
    .where(_LATEST.c.text == bindparam("words"), _LATEST.c.at > bindparam("a_day_ago"))
    .scalar_subquery()
)
# The oldest of the last so many messages of ours: younger than an hour, and no more may go
_OLDEST_REPLY = (
    select(_MESSAGE.c.at)
    .where(_MESSAGE.c.participant_id == bindparam("who"), _MESSAGE.c.direction == "out")
    .where(_MESSAGE.c.kind != "audio")  # it goes with one of them
    .order_by(_MESSAGE.c.id.desc())
    .offset(bindparam("before_it", type_=Integer))
    .limit(1)
    .scalar_subquery()
)
_PERSON_WRITING = Prepared(
    _TALKING.add_columns(_SAME.label("same"), _OLDEST_REPLY.label("oldest_reply"))
)


def person(
    db: Session, *, participant_id: int, address_id: int | None, channel: str
) -> Person | None:
    """She and the conversation that waits, her row locked on PostgreSQL: one message at a time."""
    row = _PERSON_TALKING.row(db, {"who": participant_id})
    return None if row is None else _person(row, address_id=address_id, channel=channel)


@dataclass(frozen=True, kw_only=True)
class Writing:
    """What she writes just now, and how many replies anybody gets in an hour."""

    words: str
    at: datetime
    most_replies: int


def person_writing(
    db: Session, writing: Writing, *, participant_id: int, address_id: int, channel: str
) -> Person | None:
    """The same, and whether it is time to answer her no more: in the one statement."""
    row = _PERSON_WRITING.row(
        db,
        {
            "who": participant_id,
            "words": writing.words,
            "a_day_ago": writing.at - timedelta(days=1),
            "before_it": writing.most_replies - 1,
        },
    )
    if row is None:
        return None
    muted = row.oldest_reply is not None and row.oldest_reply > writing.at - timedelta(hours=1)
    return replace(_person(row, address_id=address_id, channel=channel), muted=muted, same=row.same)


def _person(row: Any, *, address_id: int | None, channel: str) -> Person:
    return Person(
        id=row.id,
        name=row.name,
        language=row.language,
        discreet=row.discreet,
        state=row.state,
        held_at=row.held_at,
        acknowledged_at=row.acknowledged_at,
        safe_word=row.safe_word,
        quiet_at=row.quiet_at,
        doubted_at=row.doubted_at,
        role=row.role or "mentee",
        enrolment_id=row.enrolment,
        address_id=address_id,
        channel=channel,
        talking=_talking(row) if row.talk_id is not None else None,
        held_talk=row.held_talk,
    )


def _talking(row: Any) -> Talking:
    return Talking(
        id=row.talk_id,
        enrolment_id=row.talk_enrolment,
        check_in_id=row.check_in_id,
        flow=row.flow,
        version=row.version,
        step=row.step,
        tries=row.tries,
        answers=row.answers or {},
        goal_id=row.goal_id,
        session_id=row.session_id,
        prompt_id=row.prompt_id,
        prompt_state=row.prompt_state or "",
    )


_KEEP = PreparedInsert(
    _MESSAGE,
    "participant_id",
    "address_id",
    "conversation_id",
    "direction",
    "external_id",
    "text",
    "parts",
    "button",
    "replied_to",
    "media",
    "details",
    "at",
    returning="id",
    conflict=lambda insert: insert.on_conflict_do_nothing(
        index_elements=["channel", "external_id"]
    ),
)


def keep_inbound(db: Session, values: Mapping[str, object]) -> int | None:
    """Store one message that came in; None when its id is known: it has had its effect."""
    kept = _KEEP.row(db, values)
    return None if kept is None else int(kept.id)


_OPENED = insert(_TALK).returning(_TALK.c.id)


def open_conversation(db: Session, values: Mapping[str, object], *, now: datetime) -> int:
    """One more conversation, open from now on; its id. She has one open at a time."""
    fresh = {"state": "open", "tries": 0, "answers": {}, "started_at": now, "updated_at": now}
    opened: int = db.execute(_OPENED, {**values, **fresh}).scalar_one()
    return opened


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """A message of ours that asked something, and the state of its conversation."""

    message_id: int
    conversation_id: int
    step: str
    context: str
    talk_state: str
    flow: str
    version: int
    enrolment_id: int | None
    check_in_id: int | None
    goal_id: int | None
    session_id: int | None
    started_at: datetime


_PROMPTS = (
    select(
        _MESSAGE.c.id.label("message_id"),
        _MESSAGE.c.conversation_id,
        _MESSAGE.c.step,
        _MESSAGE.c.context,
        _TALK.c.state.label("talk_state"),
        _TALK.c.flow,
        _TALK.c.version,
        _TALK.c.enrolment_id,
        _TALK.c.check_in_id,
        _TALK.c.goal_id,
        _TALK.c.session_id,
        _TALK.c.started_at,
    )
    .join(_TALK, _TALK.c.id == _MESSAGE.c.conversation_id)
    .where(
        _MESSAGE.c.participant_id == bindparam("who"),
        _MESSAGE.c.direction == "out",
        _MESSAGE.c.step.is_not(None),
    )
    .order_by(_MESSAGE.c.id.desc())
    .limit(1)
)
_PROMPT_BY_ID = _PROMPTS.where(_MESSAGE.c.id == bindparam("message"))
_PROMPT_BY_CONTEXT = _PROMPTS.where(
    or_(_MESSAGE.c.context == bindparam("context"), _MESSAGE.c.context == bindparam("discreet"))
)


def prompt(
    db: Session, *, participant_id: int, message_id: int | None, context: str | None
) -> Prompt | None:
    """The prompt of hers that a tap belongs to: by its id, else the newest of that wording."""
    if message_id is not None:
        rows = db.execute(_PROMPT_BY_ID, {"who": participant_id, "message": message_id})
    elif context is not None:
        rows = db.execute(_PROMPT_BY_CONTEXT, _wording(participant_id, context))
    else:
        return None
    row = rows.one_or_none()
    return Prompt(**row._mapping) if row is not None else None


def _wording(participant_id: int, context: str) -> dict[str, object]:
    return {"who": participant_id, "context": context, "discreet": f"{context}.discreet"}
