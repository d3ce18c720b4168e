"""Leave a mark of when something of the house was last done."""

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite

from bot.store.database import Database
from bot.store.models import Mark
from bot.store.tables import table

_MARK = table(Mark)


def mark(database: Database, *, name: str, now: datetime, value: str = "") -> None:
    """Set the mark of that name."""
    insert = (postgresql if database.dialect == "postgresql" else sqlite).insert
    row = insert(_MARK).values(name=name, at=now, value=value)
    with database.transaction() as db:
        db.execute(
            row.on_conflict_do_update(index_elements=["name"], set_={"at": now, "value": value})
        )
