"""Close questions nobody answered: silently, and as `missed` only where nothing was answered."""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from bot.actions.house import House
from bot.store.models import CheckIn, Conversation
from bot.store.tables import changed, table

OPEN_FOR = timedelta(hours=72)
_TALK = table(Conversation)
_CHECK_IN = table(CheckIn)


def close_due(house: House, *, now: datetime) -> int:
    """Abandon conversations in which nothing happened for three days; returns how many.

    The first contact waits as long as it is useful: nobody is counted out for being slow to agree.
    """
    silent = (
        _TALK.c.state.in_(("open", "held")),
        _TALK.c.flow != "welcome",
        _TALK.c.updated_at <= now - OPEN_FOR,
    )
    with house.database.reading() as db:
        if db.execute(select(_TALK.c.id).where(*silent).limit(1)).first() is None:
            return 0
    with house.database.transaction() as db:
        check_ins = select(_TALK.c.check_in_id).where(*silent)
        db.execute(
            update(_CHECK_IN)
            .where(_CHECK_IN.c.id.in_(check_ins), _CHECK_IN.c.state == "asked")
            .values(state="missed")
        )
        closed = db.execute(
            update(_TALK).where(*silent).values(state="abandoned", ended_at=now, updated_at=now)
        )
        return changed(closed)
