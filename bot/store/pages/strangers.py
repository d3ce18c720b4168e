"""An address from which somebody wrote whom we do not know."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlmodel import Session

from bot.store.models import Address, Participant
from bot.store.sight import Sight
from bot.store.tables import table

ADDRESS = table(Address)
PERSON = table(Participant)


@dataclass(frozen=True, kw_only=True)
class StrangerRow:
    """The address. Participant and name are those of whoever it stands with, rightly or wrongly."""

    address_id: int
    channel: str
    address: str
    state: str
    last_inbound_at: datetime | None
    participant_id: int | None
    name: str | None


def stranger_at(db: Session, *, address_id: int, sight: Sight) -> StrangerRow | None:
    """None, too, where it has become known since whose it is, and she is not hers to see."""
    if not sight.strangers:
        return None
    seen = or_(ADDRESS.c.participant_id.is_(None), sight.of_person(ADDRESS.c.participant_id))
    statement = (
        select(
            ADDRESS.c.id.label("address_id"),
            ADDRESS.c.channel,
            ADDRESS.c.address,
            ADDRESS.c.state,
            ADDRESS.c.last_inbound_at,
            ADDRESS.c.participant_id,
            PERSON.c.name,
        )
        .outerjoin(PERSON, PERSON.c.id == ADDRESS.c.participant_id)
        .where(ADDRESS.c.id == address_id, seen)
    )
    row = db.execute(statement).one_or_none()
    return StrangerRow(**row._mapping) if row else None
