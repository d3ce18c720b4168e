"""Let go what waits behind an opener: she answered it, or it cannot open anything any more."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session

from bot.store.models import Delivery
from bot.store.tables import table

_DELIVERY = table(Delivery)


def release_waiting(db: Session, *, participant_id: int, now: datetime) -> int:
    """She has just tapped or written: every delivery of hers that waits goes as a reply, also at
    night, since she is awake. Returns how many there were."""
    return _release(db, participant_id, mode="", reason="", priority=0, not_before=now, now=now)


def find_another_way(
    db: Session,
    *,
    participant_id: int,
    now: datetime,
    reason: str,
    wish: str = "",
    not_before: datetime | None = None,
) -> int:
    """No sign of her: what waits is decided about once more. `wish` may say "sms"."""
    when = not_before or now
    return _release(db, participant_id, mode=wish, reason=reason, not_before=when, now=now)


def _release(db: Session, participant_id: int, *, now: datetime, **values: object) -> int:
    rows = db.execute(
        update(_DELIVERY)
        .where(_DELIVERY.c.participant_id == participant_id, _DELIVERY.c.state == "waiting")
        .values(state="queued", updated_at=now, **values)
        .returning(_DELIVERY.c.id)
    )
    return len(rows.all())
