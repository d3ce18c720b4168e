"""Hold everything: one switch after which the bot starts nothing with anybody, until released.

Replies, STOP and alerts go on. What becomes too late meanwhile is skipped afterwards, and counted.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, select
from sqlmodel import Session

from bot.actions.audit import audit
from bot.store.models import Mark
from bot.store.tables import changed, insert_into, table

NAME = "hold_everything"

_MARK = table(Mark)
HELD: ColumnElement[bool] = exists().where(_MARK.c.name == NAME)


def hold_everything(db: Session, *, staff_id: int, now: datetime) -> bool:
    """From now on nothing that the bot would start leaves. False: it was so already."""
    row = insert_into(db, _MARK).values(name=NAME, at=now, value=str(staff_id))
    ours = row.on_conflict_do_nothing().returning(_MARK.c.name)
    held = db.execute(ours).first() is not None
    if held:
        audit(db, staff_id=staff_id, action="held everything", subjects=(NAME,), now=now)
    return held


def release_everything(db: Session, *, staff_id: int, now: datetime) -> bool:
    """The bot may start things again. False: nothing was held."""
    released = changed(db.execute(delete(_MARK).where(_MARK.c.name == NAME))) == 1
    if released:
        audit(db, staff_id=staff_id, action="released everything", subjects=(NAME,), now=now)
    return released


def everything_held(db: Session) -> bool:
    """Whether staff hold everything now."""
    return held_since(db) is not None


def held_since(db: Session) -> datetime | None:
    """Since when everything is held; None while it is not."""
    row = select(_MARK.c.at).where(_MARK.c.name == NAME)
    found: datetime | None = db.execute(row).scalar_one_or_none()
    return found
