"""How many replies strangers get in an hour, all of them together."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import Session

from bot.actions.house import House
from bot.store.models import Message
from bot.store.tables import table

_MESSAGE = table(Message)

HOUR = timedelta(hours=1)
HARM_TIMES = 4  # strangers in danger: so many times what other strangers get


def strangers_had_enough(db: Session, house: House, *, harm: bool, now: datetime) -> bool:
    """Whether all strangers together have had what they get in an hour."""
    said = (
        select(func.count())
        .select_from(_MESSAGE)
        .where(
            _MESSAGE.c.at > now - HOUR,
            _MESSAGE.c.direction == "out",
            _MESSAGE.c.participant_id.is_(None),
        )
    )
    most = house.most_replies * (HARM_TIMES if harm else 1)
    return int(db.execute(said).scalar_one()) >= most
