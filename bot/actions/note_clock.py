"""Which clocks run: each says so at its tick, so that a second one can be noticed."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.store.database import Database
from bot.store.models import Mark
from bot.store.tables import insert_into, table

CLOCKS = "clocks"  # the mark: owner and moment of each, with a blank between them
FORGOTTEN = timedelta(minutes=10)
_MARK = table(Mark)


def note_clock(database: Database, *, owner: str, now: datetime) -> None:
    """This one ran just now; those that have not for a while are left out."""
    with database.transaction() as db:
        known = db.execute(select(_MARK.c.value).where(_MARK.c.name == CLOCKS)).scalar_one_or_none()
        seen = {name: at for name, at in read_clocks(known or "").items() if now - at < FORGOTTEN}
        value = " ".join(f"{name}={at.isoformat()}" for name, at in {**seen, owner: now}.items())
        row = insert_into(db, _MARK).values(name=CLOCKS, at=now, value=value)
        again = {"at": now, "value": value}
        db.execute(row.on_conflict_do_update(index_elements=["name"], set_=again))


def read_clocks(value: str) -> Mapping[str, datetime]:
    """Each clock that ran lately, and when."""
    pairs = (one.partition("=") for one in value.split())
    return {name: datetime.fromisoformat(at) for name, _, at in pairs}
