"""Let the bot write again to somebody it has held back from after a concern."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session

from bot.actions.audit import audit
from bot.store.models import Participant
from bot.store.tables import table

_PERSON = table(Participant)


def release_hold(db: Session, *, participant_id: int, staff_id: int, now: datetime) -> bool:
    """Whether she was held until now. A staff member decides this, never a machine."""
    released = db.execute(
        update(_PERSON)
        .where(_PERSON.c.id == participant_id, _PERSON.c.held_at.is_not(None))
        .values(held_at=None)
        .returning(_PERSON.c.id)
    ).one_or_none()
    if released is not None:
        audit(
            db,
            staff_id=staff_id,
            action="released",
            subjects=(f"participant:{participant_id}",),
            now=now,
        )
    return released is not None
