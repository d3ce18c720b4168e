"""Take in one receipt: keep it, find its delivery, move that forward. Harmless in any order."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from bot.actions.settle import bind, settle
from bot.channels.base import Receipt
from bot.store.database import Database
from bot.store.models import Delivery
from bot.store.models import Receipt as ReceiptRow

_DELIVERY = Delivery.__table__  # type: ignore[attr-defined]
_RECEIPT = ReceiptRow.__table__  # type: ignore[attr-defined]


def track(database: Database, receipt: Receipt, *, now: datetime) -> None:
    """Keep the receipt and let it take effect; said twice, it changes nothing."""
    with database.transaction() as db:
        if not _keep(db, receipt, dialect=database.dialect, now=now):
            return
        delivery_id = _delivery(db, receipt)
        if delivery_id is None or not bind(
            db, delivery_id=delivery_id, sid=receipt.external_id, certain=True, now=now
        ):
            return  # kept: whoever learns of this id later counts it in
        db.execute(
            update(_RECEIPT)
            .where(_RECEIPT.c.sid == receipt.external_id)
            .values(delivery_id=delivery_id)
        )
        if receipt.state is not None:
            settle(
                db,
                delivery_id=delivery_id,
                state=receipt.state,
                error_code=receipt.error_code,
                now=now,
            )


def _keep(db: Session, receipt: Receipt, *, dialect: str, now: datetime) -> bool:
    """False when this very receipt is known."""
    insert = (postgresql if dialect == "postgresql" else sqlite).insert
    row = insert(_RECEIPT).values(
        sid=receipt.external_id,
        status=receipt.status,
        error_code=receipt.error_code or "",
        event=receipt.event or "",
        at=now,
    )
    kept = db.execute(row.on_conflict_do_nothing().returning(_RECEIPT.c.id))
    return kept.first() is not None


def _delivery(db: Session, receipt: Receipt) -> int | None:
    """By the channel's id, else by our own token: the receipt may come before the answer."""
    by_sid = db.execute(
        select(_DELIVERY.c.id).where(_DELIVERY.c.sid == receipt.external_id)
    ).scalar()
    if by_sid is not None or receipt.token is None:
        return by_sid
    return db.execute(select(_DELIVERY.c.id).where(_DELIVERY.c.token == receipt.token)).scalar()
