"""Stop writing to one participant for a while. She keeps her place, and may write at any time."""

from datetime import datetime

from sqlalchemy import update

from bot.errors import Refused
from bot.store.database import Database
from bot.store.models import Participant
from bot.store.tables import changed, table

_PERSON = table(Participant)


def pause(database: Database, *, reference: str, until: datetime | None = None) -> None:
    """Pause her, by the charity's reference; `until` None: till somebody starts her again."""
    with database.transaction() as db:
        row = update(_PERSON).where(
            _PERSON.c.reference == reference, _PERSON.c.state.in_(("active", "paused"))
        )
        paused = db.execute(row.values(state="paused", paused_until=until))
        if changed(paused) != 1:
            raise Refused(f"nobody active has the id {reference}")
