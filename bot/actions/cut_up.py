"""Make several SMS of one that is too long: the first goes now, the others right behind it."""

import secrets

from sqlalchemy import insert
from sqlmodel import Session

from bot.actions.case import Case, change
from bot.store.models import Delivery
from bot.store.tables import table

_DELIVERY = table(Delivery)


def cut_up(db: Session, case: Case, *, pieces: int) -> None:
    """Each piece is a delivery of the same message, with its own receipts and tries."""
    delivery = case.delivery
    change(db, case, piece=1)
    rows = [
        {
            "message_id": delivery.message_id,
            "participant_id": delivery.participant_id,
            "address_id": delivery.address_id,
            "token": secrets.token_hex(16),
            "mode": "sms",
            "priority": delivery.priority,
            "not_before": case.now,
            "expires_at": delivery.expires_at,
            "updated_at": case.now,
            "piece": number,
        }
        for number in range(2, pieces + 1)
    ]
    db.execute(insert(_DELIVERY), rows)
