"""A recording did not arrive, or nobody knows: it is never tried again, and its text goes anyway.

Staff hear of it only where the recording itself is at fault: about her, the text will tell.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlmodel import Session

from bot.actions.alert import raise_alert
from bot.channels.codes import AT_FAULT
from bot.store.models import Delivery, Message, Recording
from bot.store.tables import table

AUDIO = "audio"  # the kind of message, and the way of its delivery
UNKNOWN = "nobody knows whether it arrived"
_DELIVERY, _MESSAGE, _RECORDING = table(Delivery), table(Message), table(Recording)


def give_up_recording(db: Session, row: Row[Any], *, code: object, now: datetime) -> None:
    """`row` is its delivery; `code` the channel's, None where there was no answer."""
    given_up = {
        "state": "failed",
        "error_code": None if code is None else str(code),
        "lease_until": None,
        "lease_owner": None,
        "updated_at": now,
    }
    if code is None:
        given_up["reason"] = UNKNOWN
    db.execute(update(_DELIVERY).where(_DELIVERY.c.id == row.id).values(**given_up))
    if str(code) in AT_FAULT:
        _tell(db, row, code=code, now=now)


def _tell(db: Session, row: Row[Any], *, code: object, now: datetime) -> None:
    """One alert for each recording: whatever it is, it is the same for everybody."""
    found = db.execute(
        select(_RECORDING.c.id, _RECORDING.c.context, _RECORDING.c.language)
        .join(_MESSAGE, _MESSAGE.c.recording_id == _RECORDING.c.id)
        .where(_MESSAGE.c.id == row.message_id)
    ).first()
    if found is not None:
        raise_alert(
            db,
            kind="recording_trouble",
            subject=f"recording_trouble:{found.id}",
            delivery_id=row.id,
            detail=f"{found.context}@{found.language}: code {code}",
            now=now,
        )
