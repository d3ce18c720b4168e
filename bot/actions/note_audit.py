"""Make a note of how far the audit log has come: whoever cuts off its end must find that, too."""

from datetime import datetime

from bot.actions.mark import mark
from bot.store.audit import NOTED, newest, noted_end
from bot.store.database import Database


def note_audit(database: Database, *, now: datetime) -> str:
    """The newest digest, when it is another one than was noted last; else nothing."""
    with database.reading() as db:
        digest, noted = newest(db)[1], noted_end(db)
    if digest == noted:
        return ""
    mark(database, name=NOTED, now=now, value=digest)
    return digest
