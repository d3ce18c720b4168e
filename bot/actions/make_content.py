"""Make a generic content of buttons or list rows at the provider, once, for all questions."""

from datetime import datetime, timedelta

from bot.channels.base import Channel, Unsure
from bot.channels.rendering import SESSION_SHAPE, session_content
from bot.errors import Unsent
from bot.store.database import Database
from bot.store.models import Template
from bot.store.tables import insert_into, table

REST = timedelta(minutes=10)  # after a failure; until then, numbers to send take its place
_TEMPLATE = table(Template)


def make_content(database: Database, channel: Channel, *, key: str, now: datetime) -> bool:
    """Create it and write down its id, or when to try again. The call is outside a transaction."""
    draft = session_content(key)
    try:
        sid, reason = channel.create_content(draft), ""
    except Unsent as error:
        sid, reason = "", f"code {error.code}"
    except Unsure as error:  # a second one of the same kind does no harm
        sid, reason = "", str(error)
    values = {
        "content_sid": sid or None,
        "state": "session" if sid else "failed",
        "reason": reason,
        "not_before": None if sid else now + REST,
        "updated_at": now,
    }
    with database.transaction() as db:
        row = insert_into(db, _TEMPLATE).values(
            key=key,
            digest=SESSION_SHAPE,
            name=draft.name,
            language=draft.language,
            category="",
            attempts=1,
            **values,
        )
        db.execute(
            row.on_conflict_do_update(
                index_elements=["key", "digest"],
                set_={**values, "attempts": _TEMPLATE.c.attempts + 1},
                where=_TEMPLATE.c.state != "session",
            )
        )
    return bool(sid)
