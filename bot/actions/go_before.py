"""Queue a message of ours that goes before the one in hand: an opener for it, or its recording."""

import secrets
from dataclasses import replace
from datetime import datetime

from sqlalchemy import insert
from sqlmodel import Session

from bot.actions.case import Case
from bot.store.models import Delivery, Message
from bot.store.tables import table

_DELIVERY = table(Delivery)
_MESSAGE = table(Message)


def go_before(db: Session, case: Case, *, mode: str, not_before: datetime, **said: object) -> Case:
    """The case of that message, which is worth as much, and for as long, as the one in hand.

    `said`: what it says, as columns of `message`. `mode` is how it goes.
    """
    first = case.delivery
    message = db.execute(
        insert(_MESSAGE)
        .values(
            participant_id=first.participant_id,
            conversation_id=case.message.conversation_id,
            direction="out",
            channel="whatsapp",
            at=case.now,
            **said,
        )
        .returning(_MESSAGE)
    ).one()
    delivery = db.execute(
        insert(_DELIVERY)
        .values(
            message_id=message.id,
            participant_id=first.participant_id,
            token=secrets.token_hex(16),
            mode=mode,
            priority=first.priority,
            not_before=not_before,
            expires_at=first.expires_at,
            updated_at=case.now,
        )
        .returning(_DELIVERY)
    ).one()
    return replace(case, delivery=delivery, message=message)
