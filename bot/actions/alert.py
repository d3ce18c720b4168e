"""Raise an alert: once while it is not closed; raised again, it counts up and opens again."""

from datetime import datetime

from sqlalchemy import case, func, text
from sqlmodel import Session

from bot.actions.exclude import exclude_named
from bot.programme.concerns import LEVELS, Level
from bot.store.models import Alert, AlertStep
from bot.store.prepared import PreparedInsert
from bot.store.tables import AnyInsert, table

_TABLE = table(Alert)


def _count_up(added: AnyInsert) -> AnyInsert:
    return added.on_conflict_do_update(
        index_elements=[_TABLE.c.subject],
        index_where=text("state <> 'closed'"),  # a literal: PostgreSQL may plan it once for all
        set_={
            "times": _TABLE.c.times + 1,
            "level": case(  # only ever worse
                (added.excluded.level == "red", "red"),
                (_TABLE.c.level == "green", added.excluded.level),
                else_=_TABLE.c.level,
            ),
            "last_at": added.excluded.last_at,
            "message_id": func.coalesce(added.excluded.message_id, _TABLE.c.message_id),
            "state": case((_TABLE.c.state == "noted", "open"), else_=_TABLE.c.state),
        },
    )


_RAISE = PreparedInsert(
    _TABLE,
    "kind",
    "level",
    "subject",
    "participant_id",
    "message_id",
    "delivery_id",
    "opened_at",
    "last_at",
    conflict=_count_up,
    returning="id",
)
_STEP = PreparedInsert(table(AlertStep), "alert_id", "kind", "staff_id", "at")


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
    level: Level | None = None,
) -> int:
    """Write the alert, or count it up where the same subject has one that is not closed; its id.

    An urgent one calls staff: the sender sees it as soon as this is committed (`call_out`).
    `level`: worse than usual for its kind, as it stands with her.
    """
    row = {
        "kind": kind,
        "level": (level or LEVELS[kind]).value,
        "subject": subject,
        "participant_id": participant_id,
        "message_id": message_id,
        "delivery_id": delivery_id,
        "detail": detail,
        "opened_at": now,
        "last_at": now,
    }
    alert_id: int = _RAISE.rows(db, row)[0].id
    if row["level"] == Level.RED:
        _STEP.run(db, {"alert_id": alert_id, "kind": "raised", "staff_id": None, "at": now})
    if message_id is not None:
        exclude_named(db, alert_id=alert_id, message_id=message_id, now=now)
    return alert_id
