"""Write again to somebody who has paused. What fell into the pause is not asked afterwards."""

from datetime import datetime

from sqlmodel import Session as Db

from bot.actions.audit import audit
from bot.errors import Refused
from bot.store.people import keep, lock_participant, participant_by_id


def resume(db: Db, *, participant_id: int, staff_id: int, now: datetime) -> None:
    """`Refused` unless she has paused: a STOP is taken back by nobody but herself."""
    lock_participant(db, participant_id)
    person = participant_by_id(db, participant_id)
    if person.state == "stopped":
        raise Refused("She stopped messages. Only she can start them again, by sending START.")
    if person.state != "paused":
        raise Refused("She has not paused.")
    person.state, person.paused_until = "active", None
    person.quiet_at = None  # somebody has spoken with her: the ladder starts anew
    keep(db, person)
    subjects = (f"participant:{participant_id}",)
    audit(db, staff_id=staff_id, action="resumed", subjects=subjects, now=now)
