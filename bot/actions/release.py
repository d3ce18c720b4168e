"""Let go what waited for her: she answered the opener, so the window is open."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session

from bot.store.models import Delivery
from bot.store.tables import table

_DELIVERY = table(Delivery)


def release_waiting(
    db: Session, *, participant_id: int, now: datetime, wish: str = "", reason: str = ""
) -> int:
    """Queue again every delivery of hers that waits; returns how many. `wish` may say "sms"."""
    rows = db.execute(
        update(_DELIVERY)
        .where(_DELIVERY.c.participant_id == participant_id, _DELIVERY.c.state == "waiting")
        .values(state="queued", mode=wish, reason=reason, not_before=now, updated_at=now)
        .returning(_DELIVERY.c.id)
    )
    return len(rows.all())
