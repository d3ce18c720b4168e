"""Leave a mark of when something of the house was last done."""

from datetime import datetime

from sqlalchemy import select

from bot.store.database import Database
from bot.store.models import Mark
from bot.store.tables import insert_into, table

_MARK = table(Mark)


def mark(database: Database, *, name: str, now: datetime, value: str = "") -> None:
    """Set the mark of that name."""
    again = {"at": now, "value": value}
    with database.transaction() as db:
        row = insert_into(db, _MARK).values(name=name, **again)
        db.execute(row.on_conflict_do_update(index_elements=["name"], set_=again))


def count_marked(database: Database, *, name: str, more: int, now: datetime) -> None:
    """Add to the number that stands in the mark of that name."""
    with database.transaction() as db:
        known = db.execute(select(_MARK.c.value).where(_MARK.c.name == name)).scalar_one_or_none()
        again = {"at": now, "value": str(int(known or 0) + more)}
        row = insert_into(db, _MARK).values(name=name, **again)
        db.execute(row.on_conflict_do_update(index_elements=["name"], set_=again))
