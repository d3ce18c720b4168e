"""The most that leaves in a day, to everybody, in messages and in money: whatever goes wrong, it
costs no more.

Beyond it only replies to harm and STOP go. Alerts are raised, and people are called, all the same.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, exists, func, or_, select, update
from sqlmodel import Session

from bot.actions.alert import raise_alert
from bot.channels.policy import SAFE
from bot.channels.segments import MOST_PARTS
from bot.programme.costs import Prices, total
from bot.store.counts import tried_since
from bot.store.models import Alert, Delivery, Message, Participant
from bot.store.tables import table

DAY = timedelta(days=1)
STALE = timedelta(hours=3)  # a reply that comes later than this only confuses
LEAST, FOR_EACH = 1000, 20  # messages: for a small house, and for each participant
ABOUT = "house:capped"

_ALERT, _DELIVERY = table(Alert), table(Delivery)
_MESSAGE, _PERSON = table(Message), table(Participant)

SAFE_REPLY: ColumnElement[bool] = exists().where(
    _MESSAGE.c.id == _DELIVERY.c.message_id,
    or_(*(_MESSAGE.c.context.startswith(context, autoescape=True) for context in SAFE)),
)


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What may be spent in a day, at which prices."""

    most: Decimal
    prices: Prices


@dataclass(frozen=True, kw_only=True)
class Left:
    """How many more messages may leave now; with none, what there was too much of."""

    messages: int
    spent: str = "messages"  # or money


def left_today(
    db: Session, *, most: int | None, budget: Budget | None = None, now: datetime
) -> Left:
    """After those of the last 24 hours. `most` None: by how many people we are.

    Money is told in messages, each as dear as the dearest: near its end rounds become smaller, and
    the last message of all may go beyond it.
    """
    if most is None:
        people = db.execute(select(func.count()).select_from(_PERSON)).scalar_one()
        most = max(LEAST, FOR_EACH * people)
    since = now - DAY
    if budget is None:  # the index alone tells: a fraction of a millisecond
        tried = select(func.count()).select_from(_DELIVERY).where(_DELIVERY.c.attempted_at > since)
        return Left(messages=most - int(db.execute(tried).scalar_one()))
    number, counts = tried_since(db, since=since)
    left = Left(messages=most - number)
    money = budget.most - total(counts, budget.prices)
    dearest = budget.prices.dearest(parts=MOST_PARTS)
    affordable = max(1, int(money / dearest)) if money > 0 and dearest else int(money > 0) * most
    return Left(messages=affordable, spent="money") if affordable < left.messages else left


def hold_to_cap(db: Session, *, spent: str = "messages", now: datetime) -> None:
    """Tell staff, once an hour, what there was too much of; a reply that waits now is dropped if
    it would come hours late."""
    told = select(_ALERT.c.id).where(
        _ALERT.c.subject == ABOUT,
        _ALERT.c.state != "closed",
        _ALERT.c.last_at > now - timedelta(hours=1),
    )
    if db.execute(told).first() is None:
        raise_alert(db, kind="capped", subject=ABOUT, detail=spent, now=now)
    waits = (
        update(_DELIVERY)
        .where(
            _DELIVERY.c.state == "queued",
            _DELIVERY.c.priority == 0,
            _DELIVERY.c.expires_at.is_(None),
            ~SAFE_REPLY.correlate(_DELIVERY),
        )
        .values(expires_at=now + STALE)
    )
    db.execute(waits)
