"""Somebody unknown whose number WhatsApp hides has given one: a task for staff.

Nothing is linked by it. Staff see whose the number is, and decide.
"""

from datetime import datetime

from sqlmodel import Session

from bot.actions.alert import raise_alert
from bot.phone_numbers import numbers_in

GAVE_NUMBER = "gave_number"


def gave_number(
    db: Session, *, address_id: int | None, message_id: int, text: str, now: datetime
) -> bool:
    """Whether there is one in `text`, and staff have been told."""
    if sum(sign.isdecimal() for sign in text) < 7 or not numbers_in(text):
        return False
    subject = f"{GAVE_NUMBER}:address:{address_id}"
    raise_alert(db, kind=GAVE_NUMBER, subject=subject, message_id=message_id, now=now)
    return True
