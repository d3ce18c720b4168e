"""Where WhatsApp stands with the texts it must approve, and which languages are spoken to."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session

from bot.store.models import Participant, Template
from bot.store.sight import Sight
from bot.store.tables import table

PERSON = table(Participant)
TEMPLATE = table(Template)


@dataclass(frozen=True, kw_only=True)
class TemplateRow:
    """The newest wording of one approved template."""

    key: str
    name: str
    language: str
    state: str
    reason: str
    updated_at: datetime


def templates(db: Session) -> tuple[TemplateRow, ...]:
    """Those that need an approval, by key."""
    newest = select(func.max(TEMPLATE.c.id)).group_by(TEMPLATE.c.key)
    statement = (
        select(
            TEMPLATE.c.key,
            TEMPLATE.c.name,
            TEMPLATE.c.language,
            TEMPLATE.c.state,
            TEMPLATE.c.reason,
            TEMPLATE.c.updated_at,
        )
        .where(TEMPLATE.c.id.in_(newest), TEMPLATE.c.state != "session")
        .order_by(TEMPLATE.c.key)
    )
    return tuple(TemplateRow(**row._mapping) for row in db.execute(statement))


def speakers(db: Session, *, sight: Sight) -> dict[str, int]:
    """Language → how many participants that she sees are written to in it."""
    statement = select(PERSON.c.language, func.count().label("people"))
    statement = statement.where(sight.of_person(PERSON.c.id)).group_by(PERSON.c.language)
    return {row.language: row.people for row in db.execute(statement)}
