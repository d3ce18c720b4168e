"""Put one outbound message and its first delivery into the outbox. Nothing is sent here."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, select
from sqlmodel import Session

from bot.store.models import Delivery, Message
from bot.store.prepared import Prepared, PreparedInsert
from bot.store.tables import table

_MESSAGE = PreparedInsert(
    table(Message),
    "participant_id",
    "address_id",
    "conversation_id",
    "direction",
    "text",
    "step",
    "choices",
    "at",
    returning="id",
)
_DELIVERY = PreparedInsert(
    table(Delivery),
    "message_id",
    "participant_id",
    "address_id",
    "token",
    "not_before",
    "expires_at",
    "updated_at",
)

_MESSAGES, _DELIVERIES = table(Message), table(Delivery)
_NEWEST = Prepared(
    select(_MESSAGES.c.text, _MESSAGES.c.address_id, _MESSAGES.c.at, _DELIVERIES.c.state)
    .join(_DELIVERIES, _DELIVERIES.c.message_id == _MESSAGES.c.id)
    .where(_MESSAGES.c.participant_id == bindparam("who"), _MESSAGES.c.direction == "out")
    .where(_MESSAGES.c.kind == "text")  # a recording goes before its text, and after it was queued
    .order_by(_MESSAGES.c.id.desc(), _DELIVERIES.c.id.desc())
    .limit(1)
)

JUST_NOW = timedelta(minutes=1)

# A reply may go at once, by whatever clock its sender has: two machines never quite agree
AT_ONCE = datetime(2000, 1, 1, tzinfo=UTC)


def queue(
    db: Session,
    *,
    participant_id: int | None,
    address_id: int | None,
    text: str,
    language: str,
    now: datetime,
    channel: str = "",
    conversation_id: int | None = None,
    step: str | None = None,
    context: str = "",
    choices: Sequence[tuple[str, str]] | None = None,
    layout: str = "",
    priority: int = 0,
    expires_at: datetime | None = None,
) -> int:
    """Queue `text`; returns the message's id, which its buttons will carry.

    `address_id` None leaves the choice of the way to the channel policy. `expires_at`: later than
    this it is not worth sending any more.
    """
    kept = _MESSAGE.rows(
        db,
        {
            "participant_id": participant_id,
            "address_id": address_id,
            "conversation_id": conversation_id,
            "direction": "out",
            "channel": channel,
            "kind": "text",
            "text": text,
            "language": language,
            "context": context,
            "step": step,
            "choices": [list(choice) for choice in choices] if choices else None,
            "layout": layout,
            "at": now,
        },
    )
    message_id: int = kept[0].id
    _DELIVERY.run(
        db,
        {
            "message_id": message_id,
            "participant_id": participant_id,
            "address_id": address_id,
            "token": secrets.token_hex(16),
            "priority": priority,
            "not_before": now if priority else AT_ONCE,
            "expires_at": expires_at,
            "updated_at": now,
        },
    )
    return message_id


def is_on_its_way(
    db: Session, *, participant_id: int, address_id: int | None, text: str, now: datetime
) -> bool:
    """Whether the last thing we said to her there is this, just now, and has not left yet: ten
    messages of hers in one second are answered once."""
    last = _NEWEST.row(db, {"who": participant_id})
    if last is None or last.state != "queued" or now - last.at > JUST_NOW:
        return False
    return bool(last.text == text and last.address_id == address_id)
