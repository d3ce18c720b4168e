"""Ask the channel what became of messages that it took and no receipt has told of for hours."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, or_, select, update

from bot.actions.settle import delivery_row, settle
from bot.channels.base import Channel, Receipt, Unsure
from bot.channels.codes import NOT_THERE
from bot.errors import Unsent
from bot.store.database import Database
from bot.store.models import Delivery
from bot.store.tables import table

_DELIVERY = table(Delivery)
SILENT_FOR = timedelta(hours=4)
TOO_LATE = timedelta(days=3)  # by then nothing more is heard of a message
AT_ONCE = 20


def ask_after(database: Database, channel: Channel, *, now: datetime) -> int:
    """How many were asked after, each once: a phone that is off may stay so for days. What still
    waits in a queue over there is asked after again."""
    asked = 0
    for row in _silent(database, now=now):
        try:
            answer: Receipt | None = channel.state_of(row.sid)
        except Unsent as error:
            if error.code != NOT_THERE:
                break  # it is down: at another time
            answer = None  # erased there
        except Unsure:
            break
        _note(database, row, answer, now=now)
        asked += 1
    return asked


def _silent(database: Database, *, now: datetime) -> list[Row[Any]]:
    asked = _DELIVERY.c.fetched_at
    waits = and_(_DELIVERY.c.state == "accepted", asked <= now - SILENT_FOR)
    with database.reading() as db:
        return list(
            db.execute(
                select(_DELIVERY.c.id, _DELIVERY.c.sid)
                .where(
                    _DELIVERY.c.attempted_at > now - TOO_LATE,
                    _DELIVERY.c.attempted_at <= now - SILENT_FOR,
                    _DELIVERY.c.updated_at <= now - SILENT_FOR,
                    _DELIVERY.c.state.in_(("accepted", "sent")),
                    _DELIVERY.c.sid.is_not(None),
                    or_(asked.is_(None), waits),
                )
                .order_by(_DELIVERY.c.id)
                .limit(AT_ONCE)
            )
        )


def _note(database: Database, row: Row[Any], answer: Receipt | None, *, now: datetime) -> None:
    with database.transaction() as db:
        db.execute(update(_DELIVERY).where(_DELIVERY.c.id == row.id).values(fetched_at=now))
        if answer is not None and answer.state is not None:
            code = answer.error_code
            settle(db, delivery_row(db, row.id), state=answer.state, error_code=code, now=now)
