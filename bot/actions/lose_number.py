"""A number that nothing has reached for two months may be somebody else's by now.

From then on nothing is sent there, and whoever writes from it is a stranger until staff say so. A
number that has stopped is never tried, so nothing can be known of it: a STOP does not run out.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, case, func, or_, select, update
from sqlmodel import Session as Db

from bot.actions.alert import raise_alert
from bot.store.database import Database
from bot.store.models import Address, Delivery
from bot.store.tables import table

_ADDRESS, _DELIVERY = table(Address), table(Delivery)

NOT_REACHED_FOR = timedelta(days=60)
FEWEST = 3  # tries in that time: one bad day is no sign
LOST = "not_reached"


def lose_numbers(database: Database, *, now: datetime) -> int:
    """How many numbers were let go. Staff are asked to find out hers."""
    with database.transaction() as db:
        lost = _unreached(db, now=now)
        ids = [row.id for row in lost]
        gone = update(_ADDRESS).where(_ADDRESS.c.id.in_(ids), _ADDRESS.c.state == "usable")
        db.execute(gone.values(state="wrong", state_reason=LOST))
        for row in lost:
            raise_alert(
                db,
                kind="number_lost",
                subject=f"number_lost:participant:{row.participant_id}",
                participant_id=row.participant_id,
                now=now,
            )
    return len(ids)


def _unreached(db: Db, *, now: datetime) -> Sequence[Row[Any]]:
    """Usable numbers with nothing but failures since the last sign of her, the first long ago."""
    arrived = _DELIVERY.c.state.in_(("delivered", "read"))
    failed = or_(  # WhatsApp says "sent" where no phone has taken it
        _DELIVERY.c.state == "failed",
        and_(_DELIVERY.c.state == "sent", _ADDRESS.c.channel == "whatsapp"),
    )
    tried = _DELIVERY.c.attempted_at
    last_sign = func.max(case((arrived, tried)))
    rows = (
        select(
            _ADDRESS.c.id,
            _ADDRESS.c.participant_id,
            _ADDRESS.c.last_inbound_at,
            last_sign.label("arrived_at"),
            func.min(case((failed, tried))).label("first_failed_at"),
            func.max(case((failed, tried))).label("last_failed_at"),
            func.count(case((failed, 1))).label("failures"),
        )
        .join(_DELIVERY, _DELIVERY.c.address_id == _ADDRESS.c.id)
        .where(
            _ADDRESS.c.state == "usable",
            _ADDRESS.c.kind == "phone",
            _ADDRESS.c.participant_id.is_not(None),
            or_(
                _ADDRESS.c.last_inbound_at.is_(None),
                _ADDRESS.c.last_inbound_at < now - NOT_REACHED_FOR,
            ),
        )
        .group_by(_ADDRESS.c.id, _ADDRESS.c.participant_id, _ADDRESS.c.last_inbound_at)
        .having(
            func.count(case((failed, 1))) >= FEWEST,
            func.min(case((failed, tried))) <= now - NOT_REACHED_FOR,
            or_(last_sign.is_(None), last_sign < now - NOT_REACHED_FOR),
            or_(last_sign.is_(None), last_sign < func.max(case((failed, tried)))),
        )
    )
    return db.execute(rows).all()
