"""Once a night: a checked back-up where the operator has said where to, and old ones removed."""

from datetime import datetime
from pathlib import Path

from bot.actions.alert import raise_alert
from bot.actions.due_today import AT_NIGHT, due_today
from bot.actions.house import House
from bot.actions.mark import mark
from bot.errors import Refused, Unreadable

NAME = "backup"


def back_up_nightly(
    house: House, *, folder: Path | None, media: Path | None, keep_days: int, now: datetime
) -> bool:
    """Whether one was made now. One that fails is an alert, and is tried again tomorrow.

    On PostgreSQL, or without a folder, there is nothing to do here.
    """
    database = house.database
    if folder is None or database.dialect != "sqlite":
        return False
    if not due_today(house, name=NAME, from_hour=AT_NIGHT, now=now):
        return False
    from bot.store.backup import back_up, expire  # archives are needed once a night, by this alone

    try:
        back_up(database, folder, media=media, now=now)
        expire(folder, days=keep_days, now=now)
    except (OSError, Refused, Unreadable) as error:
        with database.transaction() as db:
            raise_alert(
                db, kind="backup_failed", subject=NAME, detail=type(error).__name__, now=now
            )
        made = False
    else:
        made = True
    mark(database, name=NAME, now=now)
    return made
