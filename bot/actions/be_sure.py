"""It is she who reads her phone: she has answered right, or staff have spoken with her."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session as Db

from bot.actions.audit import audit
from bot.store.models import Alert, Participant
from bot.store.people import lock_participant, participant_by_id
from bot.store.tables import table

_PERSON, _ALERT = table(Participant), table(Alert)

ANSWERED_RIGHT = "She answered the question right."
STAFF_ARE_SURE = "A member of staff is sure that it is her."


def be_sure(db: Db, *, participant_id: int, now: datetime, staff_id: int | None = None) -> bool:
    """From now on she is written to as before. False: nobody had doubted it."""
    lock_participant(db, participant_id)
    if participant_by_id(db, participant_id).doubted_at is None:
        return False
    db.execute(update(_PERSON).where(_PERSON.c.id == participant_id).values(doubted_at=None))
    subject = f"doubted:participant:{participant_id}"
    alert = update(_ALERT).where(_ALERT.c.subject == subject, _ALERT.c.state != "closed")
    note = ANSWERED_RIGHT if staff_id is None else STAFF_ARE_SURE
    closed = {"state": "closed", "closed_at": now, "closed_by": staff_id, "note": note}
    db.execute(alert.values(**closed))
    if staff_id is not None:
        subjects = (f"participant:{participant_id}",)
        audit(db, staff_id=staff_id, action="is sure of her", subjects=subjects, now=now)
    return True
