"""What `python3 -m bot doctor` asks the database: moments and counts, never a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select, text
from sqlmodel import Session

from bot.store.models import Delivery, Mark, Message, Participant, Receipt
from bot.store.tables import table

_DELIVERY, _MESSAGE, _RECEIPT = table(Delivery), table(Message), table(Receipt)
_MARK, _PERSON = table(Mark), table(Participant)
WEEK, HOUR = timedelta(days=7), timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """What came and went. `sent` and `without_receipt` are of a week, but for the last hour."""

    ever: int
    lately: int
    last_inbound: datetime | None
    sent: int
    without_receipt: int


def traffic(db: Session, *, now: datetime) -> Traffic:
    came = db.execute(
        select(func.count().label("ever"), func.max(_MESSAGE.c.at).label("last")).where(
            _MESSAGE.c.direction == "in"
        )
    ).one()
    lately = select(func.count()).select_from(_MESSAGE)
    lately = lately.where(_MESSAGE.c.direction == "in", _MESSAGE.c.at > now - WEEK)
    taken = (
        _DELIVERY.c.sid.is_not(None),
        _DELIVERY.c.attempted_at.between(now - WEEK, now - HOUR),
    )
    sent = select(func.count()).select_from(_DELIVERY).where(*taken)
    silent = sent.where(~exists().where(_RECEIPT.c.sid == _DELIVERY.c.sid))
    return Traffic(
        ever=came.ever,
        lately=int(db.execute(lately).scalar_one()),
        last_inbound=came.last,
        sent=int(db.execute(sent).scalar_one()),
        without_receipt=int(db.execute(silent).scalar_one()),
    )


def marks(db: Session) -> Mapping[str, tuple[datetime, str]]:
    """Every mark: when it was set, and its value."""
    return {row.name: (row.at, row.value) for row in db.execute(select(_MARK))}


def languages_in_use(db: Session) -> Mapping[str, int]:
    """How many people are written to in each."""
    rows = db.execute(
        select(_PERSON.c.language, func.count().label("people"))
        .where(_PERSON.c.state.in_(("active", "paused")))
        .group_by(_PERSON.c.language)
    )
    return {row.language: row.people for row in rows}


def damage(db: Session) -> int:
    """How many problems SQLite finds in its file. Quick: indexes are not compared."""
    found = [row[0] for row in db.execute(text("PRAGMA quick_check(20)"))]
    return 0 if found == ["ok"] else len(found)
