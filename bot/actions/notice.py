"""A quiet sign of danger in what she wrote: staff read it today, and she hears nothing of it."""

from datetime import datetime

from sqlmodel import Session

from bot.actions.alert import raise_alert
from bot.actions.incoming import Incoming
from bot.actions.note_step import note_step

QUIET = "harm_quiet"
SAID = "said"  # a step of an alert: `detail` is the id of a message that belongs to it


def notice(db: Session, incoming: Incoming) -> None:
    """One alert for each person while it is open, with every message that belongs to it."""
    who = incoming.who
    raise_quietly(
        db,
        whose=f"participant:{who.id}",
        participant_id=who.id,
        message_id=incoming.message_id,
        now=incoming.now,
    )


def raise_quietly(
    db: Session, *, whose: str, participant_id: int | None, message_id: int, now: datetime
) -> None:
    """The same for anybody: `whose` tells people apart."""
    alert_id = raise_alert(
        db,
        kind=QUIET,
        subject=f"{QUIET}:{whose}",
        participant_id=participant_id,
        message_id=message_id,
        now=now,
    )
    note_step(db, [alert_id], kind=SAID, now=now, detail=str(message_id))
