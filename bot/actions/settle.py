"""What became of one delivery: states only move forward, whatever comes first, twice or late."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, Update, bindparam, func, or_, select, text, update
from sqlmodel import Session

from bot.actions.case import subject_of
from bot.actions.recover import recover
from bot.actions.rest_sender import tries
from bot.actions.try_sender import works_again
from bot.channels.base import RANK
from bot.channels.twilio_inbound import STATES
from bot.store.models import Alert, Delivery, Receipt
from bot.store.prepared import Prepared
from bot.store.tables import table

_DELIVERY = table(Delivery)
_RECEIPT = table(Receipt)
_ALERT = table(Alert)
_CODE = _DELIVERY.c.error_code
_MOVE = Prepared(
    update(_DELIVERY)
    .where(_DELIVERY.c.id == bindparam("which"))
    .values(
        state=bindparam("forward_to"),
        error_code=func.coalesce(bindparam("code", type_=_CODE.type), _CODE),
        updated_at=bindparam("now"),
        lease_until=None,
        lease_owner=None,
    )
)
_CANCEL_OTHERS = Prepared(
    update(_DELIVERY)
    .where(
        _DELIVERY.c.message_id == bindparam("of_message"),
        _DELIVERY.c.id != bindparam("but"),
        or_(bindparam("piece") == 0, _DELIVERY.c.piece == bindparam("piece")),
        or_(_DELIVERY.c.state == "queued", _DELIVERY.c.state == "waiting"),
    )
    .values(state="cancelled", reason="it arrived after all", updated_at=bindparam("now"))
)
SENT_AFTER_ALL = "It could be sent after all."
ARRIVED_AFTER_ALL = "It arrived after all."


def _closing(note: str) -> Update:
    """Closes the alert about her whose last message this is."""
    return (
        update(_ALERT)
        .where(
            _ALERT.c.subject == bindparam("about"),
            text("alert.state <> 'closed'"),  # a literal, for the partial index
            _ALERT.c.message_id == bindparam("of_message"),
        )
        .values(
            state="closed",
            closed_at=bindparam("now"),
            note=func.trim(_ALERT.c.note + f" {note}"),  # after what staff wrote
        )
    )


_CLOSE_NO_ROUTE = Prepared(_closing(SENT_AFTER_ALL))
# Where it was about this message alone
_CLOSE_UNDELIVERED = Prepared(_closing(ARRIVED_AFTER_ALL).where(_ALERT.c.times == 1))
ARRIVED = ("delivered", "read")


def delivery_row(db: Session, delivery_id: int) -> Row[Any]:
    """The delivery as it is now, locked where the database locks rows."""
    return db.execute(
        select(_DELIVERY).where(_DELIVERY.c.id == delivery_id).with_for_update()
    ).one()


def bind(db: Session, *, delivery_id: int, sid: str, now: datetime) -> bool:
    """Write down the provider's id, once; then count in the receipts that came before it.

    False when that id belongs to another delivery: then the answer was about something else.
    """
    owner = db.execute(select(_DELIVERY.c.id).where(_DELIVERY.c.sid == sid)).scalar()
    if owner is not None:
        return bool(owner == delivery_id)
    row = delivery_row(db, delivery_id)
    if row.sid is None:
        adopt(db, row, sid=sid, now=now)
    return True


def adopt(db: Session, row: Row[Any], *, sid: str, now: datetime) -> None:
    """This id is the delivery's, whatever was thought before."""
    db.execute(
        update(_DELIVERY)
        .where(_DELIVERY.c.id == row.id)
        .values(sid=sid, lease_until=None, lease_owner=None, updated_at=now)
    )
    about = subject_of("no_route", row)
    _CLOSE_NO_ROUTE.run(db, {"about": about, "of_message": row.message_id, "now": now})
    settle(db, delivery_row(db, row.id), state="accepted", now=now)
    _count_in(db, delivery_id=row.id, sid=sid, now=now)


def settle(
    db: Session, row: Row[Any], *, state: str, now: datetime, error_code: str | None = None
) -> None:
    """Move forward to `state`; nothing happens when the delivery is there or further already."""
    if RANK[state] <= RANK.get(row.state, 0):
        return
    code = error_code if state == "failed" else None
    _MOVE.run(db, {"which": row.id, "forward_to": state, "code": code, "now": now})
    if state != "failed" and tries(row):
        works_again(db, row, state=state, now=now)
    if state == "failed":
        recover(db, delivery_row(db, row.id), code=error_code, now=now)
    elif state in ARRIVED and row.state not in ARRIVED:
        _take_back_fallbacks(db, row, now=now)
        if row.state == "failed":  # staff have been told so, and need not look any more
            about = subject_of("undelivered", row)
            _CLOSE_UNDELIVERED.run(db, {"about": about, "of_message": row.message_id, "now": now})


def _take_back_fallbacks(db: Session, row: Row[Any], *, now: datetime) -> None:
    """It arrived after all: no other delivery of the same message, or piece of it, need go."""
    others = {"of_message": row.message_id, "but": row.id, "piece": row.piece, "now": now}
    _CANCEL_OTHERS.run(db, others)


def _count_in(db: Session, *, delivery_id: int, sid: str, now: datetime) -> None:
    kept = db.execute(
        select(_RECEIPT).where(_RECEIPT.c.sid == sid, _RECEIPT.c.delivery_id.is_(None))
    ).all()
    for receipt in kept:
        state = state_of(receipt.status, receipt.event)
        if state is not None:
            row, code = delivery_row(db, delivery_id), receipt.error_code or None
            settle(db, row, state=state, error_code=code, now=now)
    if kept:
        db.execute(update(_RECEIPT).where(_RECEIPT.c.sid == sid).values(delivery_id=delivery_id))


def state_of(status: str, event: str) -> str | None:
    """Our state for a kept receipt; None for a word nobody knew."""
    return "read" if event == "READ" else STATES.get(status)
