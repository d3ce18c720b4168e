"""A call by SMS that Twilio took and could not deliver: it is made again, and a step says so."""

from datetime import datetime, timedelta

from sqlalchemy import case, update
from sqlmodel import Session

from bot.actions.note_step import note_step
from bot.channels.base import Receipt
from bot.store.models import CallOut
from bot.store.tables import table

_CALL = table(CallOut)
MOST_TRIES = 4  # of one call; the next one comes in half an hour at the latest
TRIED_AGAIN = timedelta(seconds=60)


def call_lost(db: Session, receipt: Receipt, *, now: datetime) -> None:
    """Only a failure counts; said twice, it finds the call queued again and changes nothing."""
    if receipt.state != "failed":
        return
    code = receipt.error_code or receipt.status
    lost = db.execute(
        update(_CALL)
        .where(_CALL.c.sid == receipt.external_id, _CALL.c.state == "sent")
        .values(
            state=case((_CALL.c.attempts >= MOST_TRIES, "failed"), else_="queued"),
            not_before=now + TRIED_AGAIN,
            error=code,
        )
        .returning(_CALL.c.alert_id, _CALL.c.staff_id)
    ).all()
    if lost:
        alerts = sorted({row.alert_id for row in lost})
        note_step(
            db,
            alerts,
            kind="not_called",
            staff_id=lost[0].staff_id,
            detail=f"sms:{code}",
            now=now,
        )
