"""Queue an opener: an approved template that asks her to tap, while what it is for waits."""

import secrets
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import insert, select
from sqlmodel import Session

from bot.actions.case import Case, change
from bot.actions.compose import Opener
from bot.store.models import Delivery, Message
from bot.store.tables import table

COUNTS = timedelta(hours=24)  # how long an opener stands for the next message, too
MOST_FAILURES = 3  # in that time; then another way is looked for

_DELIVERY = table(Delivery)
_MESSAGE = table(Message)


def openers(db: Session, case: Case) -> tuple[int, int]:
    """How many openers she was sent lately and has not answered, and how many failed."""
    states = (
        db.execute(
            select(_DELIVERY.c.state).where(
                _DELIVERY.c.participant_id == case.delivery.participant_id,
                _DELIVERY.c.mode == "opener",
                _DELIVERY.c.state != "cancelled",
                _DELIVERY.c.updated_at >= case.now - COUNTS,
            )
        )
        .scalars()
        .all()
    )
    failed = sum(state == "failed" for state in states)
    return len(states) - failed, failed


def open_window(db: Session, case: Case, opener: Opener, *, reason: str) -> Case:
    """The case of the opener, a message of its own. The first one waits for her answer to it."""
    change(db, case, state="waiting", reason=reason, mode="")
    message = db.execute(
        insert(_MESSAGE)
        .values(
            participant_id=case.delivery.participant_id,
            conversation_id=case.message.conversation_id,
            direction="out",
            channel="whatsapp",
            kind="text",
            text=opener.text,
            language=opener.language,
            context=opener.context,
            choices=[list(choice) for choice in opener.choices],
            layout="",
            state="handled",
            attempts=0,
            error="",
            at=case.now,
        )
        .returning(_MESSAGE)
    ).one()
    delivery = db.execute(
        insert(_DELIVERY)
        .values(
            message_id=message.id,
            participant_id=case.delivery.participant_id,
            token=secrets.token_hex(16),
            state="queued",
            mode="opener",
            reason="",
            priority=case.delivery.priority,
            attempts=0,
            looked=0,
            not_before=case.now,
            expires_at=case.delivery.expires_at,
            sent_text="",
            updated_at=case.now,
        )
        .returning(_DELIVERY)
    ).one()
    return replace(case, delivery=delivery, message=message)
