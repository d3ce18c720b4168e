"""Raise an alert: once while it is not closed; raised again, it counts up and opens again."""

from datetime import datetime

from sqlalchemy import case, func, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from bot.programme.concerns import LEVELS
from bot.store.models import Alert
from bot.store.tables import table

_TABLE = table(Alert)


def raise_alert(
    db: Session,
    *,
    kind: str,
    subject: str,
    now: datetime,
    participant_id: int | None = None,
    message_id: int | None = None,
    delivery_id: int | None = None,
    detail: str = "",
) -> None:
    """Write the alert, or count it up where the same subject has one that is not closed."""
    insert = (postgresql if db.get_bind().dialect.name == "postgresql" else sqlite).insert
    added = insert(_TABLE).values(
        kind=kind,
        level=LEVELS[kind].value,
        subject=subject,
        state="open",
        participant_id=participant_id,
        message_id=message_id,
        delivery_id=delivery_id,
        detail=detail,
        times=1,
        opened_at=now,
        last_at=now,
        note="",
    )
    db.execute(
        added.on_conflict_do_update(
            index_elements=[_TABLE.c.subject],
            index_where=text("state <> 'closed'"),  # a literal: PostgreSQL may plan it once for all
            set_={
                "times": _TABLE.c.times + 1,
                "last_at": now,
                "message_id": func.coalesce(added.excluded.message_id, _TABLE.c.message_id),
                "state": case((_TABLE.c.state == "noted", "open"), else_=_TABLE.c.state),
            },
        )
    )
