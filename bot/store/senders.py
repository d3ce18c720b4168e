"""Our own senders that have trouble, and how many people were written to first in a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, or_, select
from sqlmodel import Session

from bot.store.models import Delivery, Sender
from bot.store.tables import table

_DELIVERY, _SENDER = table(Delivery), table(Sender)

EVERY = "*"  # stands for all our senders: the account itself has trouble
DAY = timedelta(days=1)
BEGINS = ("template", "opener")  # how a message goes outside WhatsApp's window


@dataclass(frozen=True, kw_only=True)
class Resting:
    """A sender that is not working. State: tripped, or limited (only to what she began)."""

    id: int
    address: str
    state: str
    until: datetime


def resting_senders(db: Session) -> Sequence[Resting]:
    """Usually none. Always in the same order: who locks two of them locks them in it."""
    rows = db.execute(
        select(_SENDER.c.id, _SENDER.c.address, _SENDER.c.state, _SENDER.c.until)
        .where(_SENDER.c.state != "working", _SENDER.c.until.is_not(None))
        .order_by(_SENDER.c.id)
    )
    return [Resting(**row._asdict()) for row in rows]


def begun_today(db: Session, *, but: int, now: datetime) -> int | None:
    """How many people besides her WhatsApp was asked to let us write to first, in the last 24
    hours. None: she is one of them, so that one more message to her counts for nothing."""
    hers = _DELIVERY.c.participant_id == but
    row = db.execute(
        select(
            func.count(_DELIVERY.c.participant_id.distinct()).label("people"),
            func.max(case((hers, 1), else_=0)).label("she_too"),
        ).where(
            _DELIVERY.c.attempted_at > now - DAY,
            _DELIVERY.c.mode.in_(BEGINS),
            or_(_DELIVERY.c.sid.is_not(None), _DELIVERY.c.state.in_(("sending", "unknown"))),
        )
    ).one()
    return None if row.she_too else int(row.people)
