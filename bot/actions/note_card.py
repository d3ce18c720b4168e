"""What stands on a contact card that has been fetched: for staff to read beside the message."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import select, update
from sqlmodel import Session

from bot.actions.gave_number import gave_number
from bot.channels.contact_card import read_card
from bot.store.addresses import hides_number
from bot.store.models import Address, Media, Message
from bot.store.sealed import read_sealed
from bot.store.tables import table

_ADDRESS, _MEDIA, _MESSAGE = table(Address), table(Media), table(Message)


def note_card(db: Session, media_id: int, path: Path, *, key: str, now: datetime) -> None:
    """Where somebody unknown has sent it, whose number is hidden, staff have a task, too."""
    row = db.execute(
        select(
            _MESSAGE.c.id,
            _MESSAGE.c.details,
            _MESSAGE.c.participant_id,
            _MESSAGE.c.address_id,
            _ADDRESS.c.address,
        )
        .join(_MEDIA, _MEDIA.c.message_id == _MESSAGE.c.id)
        .outerjoin(_ADDRESS, _ADDRESS.c.id == _MESSAGE.c.address_id)
        .where(_MEDIA.c.id == media_id, _MESSAGE.c.blanked_at.is_(None))
    ).one_or_none()
    card = read_card(read_sealed(path, key=key)) if row is not None else {}
    if row is None or not card:
        return
    details = {**(row.details or {}), **card}
    db.execute(update(_MESSAGE).where(_MESSAGE.c.id == row.id).values(details=details))
    if row.participant_id is None and hides_number(row.address or ""):
        numbers = card.get("numbers", "")
        gave_number(db, address_id=row.address_id, message_id=row.id, text=numbers, now=now)
