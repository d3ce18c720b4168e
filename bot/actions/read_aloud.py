"""Where nothing is sent, the outbox is read to her: then she has seen the question."""

from datetime import datetime

from sqlalchemy import update

from bot.store.database import Database
from bot.store.models import Delivery
from bot.store.tables import table

_DELIVERY = table(Delivery)


def read_aloud(database: Database, *, now: datetime) -> None:
    """Mark everything queued as read: for a conversation in a terminal or in a transcript."""
    with database.transaction() as db:
        queued = update(_DELIVERY).where(_DELIVERY.c.state == "queued")
        db.execute(queued.values(state="read", mode="terminal", updated_at=now))
