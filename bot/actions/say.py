"""Put one outbound message and its first delivery into the outbox. Nothing is sent here."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import insert
from sqlmodel import Session

from bot.store.models import Delivery, Message
from bot.store.tables import table

_MESSAGE = insert(table(Message)).returning(table(Message).c.id)
_DELIVERY = insert(table(Delivery))

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
    message_id: int = db.execute(
        _MESSAGE,
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
            "state": "handled",
            "attempts": 0,
            "error": "",
            "at": now,
        },
    ).scalar_one()
    db.execute(
        _DELIVERY,
        {
            "message_id": message_id,
            "participant_id": participant_id,
            "address_id": address_id,
            "token": secrets.token_hex(16),
            "state": "queued",
            "mode": "",
            "reason": "",
            "priority": priority,
            "attempts": 0,
            "looked": 0,
            "not_before": now if priority else AT_ONCE,
            "expires_at": expires_at,
            "sent_text": "",
            "updated_at": now,
        },
    )
    return message_id
