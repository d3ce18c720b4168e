"""The helplines as the charity has them. Those we ship come in once and are then the charity's."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from sqlalchemy import select, update
from sqlmodel import Session

from bot.programme.helplines import Helpline as Line
from bot.store.models import Helpline
from bot.store.tables import insert_into, table

SHIPPED = Path(__file__).with_name("helplines.toml")
_LINE = table(Helpline)
_SELECT = select(
    *(_LINE.c[name] for name in ("id", "key", "name", "number", "topic", "note", "source")),
    *(_LINE.c[name] for name in ("active", "checked_on", "checked_by")),
)


@dataclass(frozen=True, kw_only=True)
class HelplineRow(Line):
    """A number with what staff need to know of it."""

    id: int
    key: str
    note: str
    source: str
    checked_by: str


def helplines(db: Session) -> tuple[HelplineRow, ...]:
    """All of them, in the order in which they came."""
    return tuple(HelplineRow(**row._mapping) for row in db.execute(_SELECT.order_by(_LINE.c.id)))


def helplines_at_hand(db: Session, *, now: datetime) -> tuple[HelplineRow, ...]:
    """The same for an answer to somebody in danger, which must not wait until they are there."""
    found = helplines(db)
    if not found and bring_in(db, now=now):
        found = helplines(db)
    return found


def helpline(db: Session, *, helpline_id: int) -> HelplineRow | None:
    """One, locked until the transaction ends."""
    found = db.execute(_SELECT.where(_LINE.c.id == helpline_id).with_for_update()).one_or_none()
    return HelplineRow(**found._mapping) if found else None


def change_helpline(db: Session, *, helpline_id: int, values: Mapping[str, object]) -> None:
    """Write what changed of one."""
    db.execute(update(_LINE).where(_LINE.c.id == helpline_id).values(**values))


def bring_in(db: Session, *, now: datetime) -> int:
    """Add the shipped ones whose key is not known. What staff changed is never touched."""
    added = insert_into(db, _LINE).on_conflict_do_nothing(index_elements=["key"])
    rows = [{**values, "updated_at": now} for values in shipped()]
    return len(db.execute(added.values(rows).returning(_LINE.c.id)).all())


@cache
def shipped() -> tuple[Mapping[str, object], ...]:
    """The rows of the file that comes with us. Nobody has checked them for this charity."""
    read = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    return tuple(
        {
            "key": key,
            "active": one["on"],
            **{name: one[name] for name in ("name", "number", "topic", "note", "source")},
        }
        for key, one in read.items()
    )
