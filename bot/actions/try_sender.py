"""A sender has rested: one message tries it. When it gets through, everything goes again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, literal, or_, select, update
from sqlmodel import Session

from bot.actions.rest_sender import subject
from bot.channels.policy import RESTS
from bot.store.models import Alert, Delivery, Sender
from bot.store.senders import EVERY, Resting
from bot.store.tables import changed, table

_SENDER, _ALERT, _DELIVERY = table(Sender), table(Alert), table(Delivery)
TRY = timedelta(minutes=2)  # so long the others wait for what becomes of it
ANSWERED_AT_ONCE = 30_000  # codes below come with Twilio's own answer, others from the network
WORKS_AGAIN = "works again: "


def try_senders(db: Session, senders: Sequence[Resting], *, now: datetime) -> bool:
    """Whether this delivery may be the one that tries them: of two at once only one gets it."""
    for sender in senders:
        ours = update(_SENDER).where(
            _SENDER.c.id == sender.id, _SENDER.c.state != "working", _SENDER.c.until <= now
        )
        if not changed(db.execute(ours.values(until=now + TRY, updated_at=now))):
            return False
    return True


def works_again(db: Session, row: Row[Any], *, state: str, now: datetime) -> None:
    """The message that tried it has been taken (`accepted`), or has gone further: what waited for
    its sender goes. Staff close the alert themselves; it says that it works again."""
    mine = or_(_SENDER.c.address == row.sender, _SENDER.c.address == EVERY)
    resting = select(_SENDER).where(mine, _SENDER.c.state != "working").order_by(_SENDER.c.id)
    for sender in db.execute(resting.with_for_update()).all():
        if state == "accepted" and not _answered_at_once(sender.code):
            continue
        db.execute(
            update(_SENDER)
            .where(_SENDER.c.id == sender.id)
            .values(state="working", failures=0, since=now, until=None, updated_at=now)
        )
        db.execute(
            update(_ALERT)
            .where(
                _ALERT.c.subject == subject(sender.id),
                _ALERT.c.state != "closed",
                ~_ALERT.c.detail.startswith(WORKS_AGAIN),
            )
            .values(detail=literal(WORKS_AGAIN).concat(_ALERT.c.detail))
        )
        db.execute(
            update(_DELIVERY)
            .where(_DELIVERY.c.state == "queued", _DELIVERY.c.reason == RESTS)
            .values(not_before=now, updated_at=now)
        )


def _answered_at_once(code: str) -> bool:
    return code.isdecimal() and int(code) < ANSWERED_AT_ONCE
