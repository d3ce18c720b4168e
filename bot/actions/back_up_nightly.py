"""Once a night: a checked back-up where the operator has said where to, and old ones removed."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlmodel import Session

from bot.actions.alert import raise_alert
from bot.actions.house import House
from bot.actions.mark import mark
from bot.errors import Refused, Unreadable
from bot.store.backup import back_up, expire
from bot.store.models import Mark
from bot.store.tables import table

NAME, FROM_HOUR = "backup", 2  # after midnight, when nobody writes
_MARK = table(Mark)


def back_up_nightly(
    house: House, *, folder: Path | None, media: Path | None, keep_days: int, now: datetime
) -> bool:
    """Whether one was made now. One that fails is an alert, and is tried again tomorrow.

    On PostgreSQL, or without a folder, there is nothing to do here.
    """
    database, local = house.database, now.astimezone(house.zone)
    if folder is None or database.dialect != "sqlite" or local.hour < FROM_HOUR:
        return False
    with database.reading() as db:
        if _done_on(db) == local.date().isoformat():
            return False
    mark(database, name=NAME, now=now, value=local.date().isoformat())
    try:
        back_up(database, folder, media=media, now=now)
        expire(folder, days=keep_days, now=now)
    except (OSError, Refused, Unreadable) as error:
        with database.transaction() as db:
            raise_alert(
                db, kind="backup_failed", subject=NAME, detail=type(error).__name__, now=now
            )
        return False
    return True


def _done_on(db: Session) -> str:
    row = select(_MARK.c.value).where(_MARK.c.name == NAME)
    return str(db.execute(row).scalar_one_or_none() or "")
