"""What people wrote to us outside any question, for the weekly summary."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, false, func, or_, select, true
from sqlmodel import Session

from bot.programme.week import WroteRow
from bot.store.models import Address, Message, Participant
from bot.store.sight import KEPT, Sight, is_safeguarding
from bot.store.tables import table

ADDRESS, MESSAGE, PERSON = table(Address), table(Message), table(Participant)


def letters(db: Session, *, start: datetime, end: datetime, sight: Sight) -> tuple[WroteRow, ...]:
    """What came in while no question was open. A tap on a button is no letter to us.

    Words of harm stand above and on her page; a stranger's stand here too, she has no such page.
    """
    statement = (
        select(
            MESSAGE.c.id.label("message_id"),
            MESSAGE.c.participant_id,
            PERSON.c.name,
            MESSAGE.c.text,
            MESSAGE.c.language,
            MESSAGE.c.kind,
            MESSAGE.c.at,
            sight.keeps().label("kept"),
            ADDRESS.c.id.label("address_id"),
            func.coalesce(ADDRESS.c.address, "").label("address"),
        )
        .outerjoin(PERSON, PERSON.c.id == MESSAGE.c.participant_id)
        .outerjoin(
            ADDRESS,
            and_(ADDRESS.c.id == MESSAGE.c.address_id, MESSAGE.c.participant_id.is_(None)),
        )
        .where(
            MESSAGE.c.at >= start,
            MESSAGE.c.at < end,
            MESSAGE.c.direction == "in",
            MESSAGE.c.conversation_id.is_(None),
            MESSAGE.c.button.is_(None),
            or_(MESSAGE.c.participant_id.is_(None), ~is_safeguarding()),
            hers_or_a_strangers(sight),
        )
        .order_by(MESSAGE.c.at.desc(), MESSAGE.c.id.desc())
    )
    return tuple(_readable(row) for row in db.execute(statement))


def _readable(row: Row[Any]) -> WroteRow:
    read = WroteRow(**row._mapping)
    named = replace(read, name=read.name or "", language=read.language or "")
    return replace(named, text=KEPT, language="en", kind="text") if named.kept else named


def hers_or_a_strangers(sight: Sight) -> ColumnElement[bool]:
    """Messages of people whom she sees; those of strangers where they are hers to see."""
    nobodys = MESSAGE.c.participant_id.is_(None)
    return or_(
        and_(~nobodys, sight.of_person(MESSAGE.c.participant_id)),
        and_(nobodys, true() if sight.strangers else false()),
    )
