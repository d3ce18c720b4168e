"""A code says that an address of hers cannot be used: give it up, at once or after a few."""

from typing import Any

from sqlalchemy import Row, func, select, update
from sqlmodel import Session

from bot.channels.codes import Remedy
from bot.store.models import Address, Delivery
from bot.store.tables import changed, table

_ADDRESS, _DELIVERY = table(Address), table(Delivery)


def give_up_address(db: Session, row: Row[Any], remedy: Remedy, *, code: object) -> bool:
    """Whether it was given up just now: after so many failures of the kind, and none that came."""
    if remedy.after > 1 and _failed_alike(db, row, code=code) < remedy.after:
        return False
    marked = db.execute(
        update(_ADDRESS)
        .where(_ADDRESS.c.id == row.address_id, _ADDRESS.c.state == "usable")
        .values(state=remedy.address, state_reason=f"code {code}")
    )
    return changed(marked) > 0


def _failed_alike(db: Session, row: Row[Any], *, code: object) -> int:
    """With this one: how many messages in a row this address has not got for this reason."""
    there = _DELIVERY.c.address_id == row.address_id
    arrived = select(func.max(_DELIVERY.c.id)).where(
        there, _DELIVERY.c.state.in_(("delivered", "read"))
    )
    before = select(func.count(_DELIVERY.c.message_id.distinct())).where(
        there,
        _DELIVERY.c.error_code == str(code),
        _DELIVERY.c.message_id != row.message_id,
        _DELIVERY.c.id > func.coalesce(arrived.scalar_subquery(), 0),
    )
    return 1 + int(db.execute(before).scalar_one())
