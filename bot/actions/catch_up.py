"""Pull what came in while nobody listened: the channel brings a message once, and no more."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.actions.mark import count_marked, mark
from bot.channels.base import Channel, Inbound, Unsure
from bot.errors import Unsent
from bot.store.database import Database
from bot.store.models import Leftover, Mark, Message
from bot.store.tables import table

log = logging.getLogger(__name__)

SWEPT = "inbound_swept"
CAUGHT_UP = "caught_up"  # the mark: how many there ever were, and when the last
FIRST_TIME = timedelta(days=1)  # how far back when nothing was ever swept
OVERLAP = timedelta(minutes=10)  # lists lag, clocks differ; what is known does no harm
# Its webhook may still be on the way, and knows what was tapped, which the list does not
SETTLES = timedelta(minutes=2)
_MARK = table(Mark)
_MESSAGE = table(Message)
_LEFTOVER = table(Leftover)


def catch_up(
    database: Database,
    channel: Channel,
    receive: Callable[[Inbound], object],
    *,
    now: datetime,
) -> int:
    """Hand over every message that is not stored yet, oldest first; returns how many there were.

    Where the channel does not answer nothing is marked: the next sweep goes as far back.
    """
    since = _swept_until(database, now=now) - OVERLAP
    try:
        received = channel.received(since=since)
    except (Unsent, Unsure) as error:
        log.warning("nothing could be caught up with: %s", error)
        return 0
    settled = [each for each in received if each.sent_at is None or each.sent_at < now - SETTLES]
    missed = _unseen(database, settled)
    for inbound in missed:
        receive(inbound)
    if missed:
        log.info("caught up with %d messages", len(missed))
        count_marked(database, name=CAUGHT_UP, more=len(missed), now=now)
    mark(database, name=SWEPT, now=now, value=str(len(missed)))
    return len(missed)


def _swept_until(database: Database, *, now: datetime) -> datetime:
    with database.reading() as db:
        at: datetime | None = db.execute(select(_MARK.c.at).where(_MARK.c.name == SWEPT)).scalar()
    return min(at, now) if at is not None else now - FIRST_TIME


def _unseen(database: Database, received: Sequence[Inbound]) -> list[Inbound]:
    """What was erased here and still waits to be erased there does not come back."""
    sids = [inbound.external_id for inbound in received]
    kept = select(_MESSAGE.c.external_id).where(_MESSAGE.c.external_id.in_(sids))
    erased = select(_LEFTOVER.c.sid).where(_LEFTOVER.c.sid.in_(sids))
    with database.reading() as db:
        known = set(db.execute(kept.union(erased)).scalars())
    return [inbound for inbound in received if inbound.external_id not in known]
