"""Write one line into the life of an alert. Lines are only ever added, never changed."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import insert
from sqlmodel import Session

from bot.store.models import AlertStep
from bot.store.tables import table

_STEP = table(AlertStep)


def note_step(
    db: Session,
    alert_ids: Iterable[int],
    *,
    kind: str,
    now: datetime,
    staff_id: int | None = None,
    detail: str = "",
) -> None:
    """The same line for each of them, in one statement. `detail` holds no words of hers."""
    rows = [
        {"alert_id": alert_id, "kind": kind, "staff_id": staff_id, "detail": detail, "at": now}
        for alert_id in alert_ids
    ]
    if rows:
        db.execute(insert(_STEP), rows)
