"""Have the clock ask WhatsApp about every template again, soon: a page itself asks nobody."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session

from bot.actions.audit import audit
from bot.store.models import Template
from bot.store.tables import changed, table

_TEMPLATE = table(Template)


def look_again(db: Session, *, staff_id: int, now: datetime) -> int:
    """Mark them due; returns how many. What is waiting for us, and not for WhatsApp, stays."""
    rows = (
        update(_TEMPLATE)
        .where(
            _TEMPLATE.c.state != "session",
            _TEMPLATE.c.content_sid.is_not(None),
            _TEMPLATE.c.not_before > now,
        )
        .values(not_before=now)
    )
    number = changed(db.execute(rows))
    audit(
        db,
        staff_id=staff_id,
        action="had WhatsApp's templates looked at",
        subjects=("templates",),
        now=now,
    )
    return number
