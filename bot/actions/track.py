"""Take in one receipt: keep it, find its delivery, move that forward. Harmless in any order."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlmodel import Session

from bot.actions.call_lost import call_lost
from bot.actions.doubt import begin_doubt
from bot.actions.recognise import learn_from_receipt
from bot.actions.settle import adopt, delivery_row, settle
from bot.channels.base import Receipt
from bot.store.database import Database, once_more
from bot.store.models import Delivery
from bot.store.models import Receipt as ReceiptRow
from bot.store.prepared import Prepared, PreparedInsert
from bot.store.tables import table

_DELIVERY = table(Delivery)
_BY_SID = _DELIVERY.c.sid == bindparam("its_sid")
_BY_TOKEN = _DELIVERY.c.token == bindparam("its_token")
_MINE = Prepared(select(_DELIVERY).where(_BY_SID).with_for_update())
_MINE_BY_TOKEN = Prepared(select(_DELIVERY).where(or_(_BY_SID, _BY_TOKEN)).with_for_update())
_KEEP = PreparedInsert(
    table(ReceiptRow),
    "sid",
    "status",
    "delivery_id",
    "at",
    returning="id",
    conflict=lambda insert: insert.on_conflict_do_nothing(),
)


def track(database: Database, receipt: Receipt, *, now: datetime) -> None:
    """Keep the receipt and let it take effect; said twice, it changes nothing."""
    once_more(lambda: _take_in(database, receipt, now=now))  # Twilio says most of them once


def _take_in(database: Database, receipt: Receipt, *, now: datetime) -> None:
    with database.transaction() as db:
        row = _delivery(db, receipt)
        known = row.id if row is not None else None
        if not _keep(db, receipt, delivery_id=known, now=now):
            return
        if row is None:  # kept: whoever learns of this id later counts it in
            call_lost(db, receipt, now=now)
            return
        if row.sid != receipt.external_id:
            adopt(db, row, sid=receipt.external_id, now=now)
            row = delivery_row(db, row.id)
        if receipt.user_id and receipt.state == "delivered" and row.address_id is not None:
            _learn(db, receipt.user_id, address_id=row.address_id, now=now)
        if receipt.state is not None:
            settle(db, row, state=receipt.state, error_code=receipt.error_code, now=now)


def _learn(db: Session, user_id: str, *, address_id: int, now: datetime) -> None:
    """WhatsApp's name for who got it, which is hers, or a reason to doubt that she did."""
    doubted = learn_from_receipt(db, address_id=address_id, user_id=user_id, now=now)
    if doubted is not None:
        begin_doubt(db, participant_id=doubted, message_id=None, now=now)


def _delivery(db: Session, receipt: Receipt) -> Any | None:
    """By the channel's id, else by our own token: the receipt may come before the answer, and
    the answer may have been wrong."""
    sid, token = receipt.external_id, receipt.token
    if token is None:
        rows = _MINE.rows(db, {"its_sid": sid})
    else:
        rows = _MINE_BY_TOKEN.rows(db, {"its_sid": sid, "its_token": token})
    by_sid = (row for row in rows if row.sid == receipt.external_id)
    return next(by_sid, rows[0] if rows else None)


def _keep(db: Session, receipt: Receipt, *, delivery_id: int | None, now: datetime) -> bool:
    """False when this very receipt is known."""
    row = {
        "sid": receipt.external_id,
        "status": receipt.status,
        "error_code": receipt.error_code or "",
        "event": receipt.event or "",
        "delivery_id": delivery_id,
        "at": now,
    }
    return _KEEP.row(db, row) is not None
