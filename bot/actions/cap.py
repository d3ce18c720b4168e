"""The most messages that leave in a day, to everybody: whatever goes wrong, it costs no more.

Beyond it only replies to harm and STOP go. Alerts are raised, and people are called, all the same.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, or_, select, update
from sqlmodel import Session

from bot.actions.alert import raise_alert
from bot.channels.policy import SAFE
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


def left_today(db: Session, *, most: int | None, now: datetime) -> int:
    """How many more may leave now, after those of the last 24 hours. None: by how many we are."""
    if most is None:
        people = db.execute(select(func.count()).select_from(_PERSON)).scalar_one()
        most = max(LEAST, FOR_EACH * people)
    tried = select(func.count()).select_from(_DELIVERY).where(_DELIVERY.c.attempted_at > now - DAY)
    return most - int(db.execute(tried).scalar_one())


def hold_to_cap(db: Session, *, now: datetime) -> None:
    """Tell staff, once an hour; a reply that waits now is dropped if it would come hours late."""
    told = select(_ALERT.c.id).where(
        _ALERT.c.subject == ABOUT,
        _ALERT.c.state != "closed",
        _ALERT.c.last_at > now - timedelta(hours=1),
    )
    if db.execute(told).first() is None:
        raise_alert(db, kind="capped", subject=ABOUT, now=now)
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
