"""A quiet sign of danger in what she wrote: staff read it today, and she hears nothing of it."""

from datetime import datetime

from sqlalchemy import insert, select
from sqlmodel import Session

from bot.actions.alert import raise_alert
from bot.actions.incoming import Incoming
from bot.store.models import Alert, AlertStep
from bot.store.tables import table

_ALERT, _STEP = table(Alert), table(AlertStep)

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
    subject = f"{QUIET}:{whose}"
    raise_alert(
        db,
        kind=QUIET,
        subject=subject,
        participant_id=participant_id,
        message_id=message_id,
        now=now,
    )
    found = select(_ALERT.c.id).where(_ALERT.c.subject == subject, _ALERT.c.state != "closed")
    step = {"alert_id": db.execute(found).scalar_one(), "kind": SAID, "detail": str(message_id)}
    db.execute(insert(_STEP).values(step | {"at": now}))
