"""Leave a mark of when something of the house was last done."""

from datetime import datetime

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
