"""Whether what WhatsApp did not take may go by SMS: the policy says, this reads for it."""

from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session

from bot.channels.policy import Way, may_use_sms
from bot.store.models import Address
from bot.store.tables import table

_ADDRESS = table(Address)


def has_sms(db: Session, row: Row[Any]) -> bool:
    """Whether she has a usable number for it, allowed or not."""
    return any(way.channel == "sms" and way.state == "usable" for way in _ways(db, row))


def sms_allowed(db: Session, row: Row[Any]) -> bool:
    """Whether this may go by SMS in place of WhatsApp: she has a number, and allows it."""
    ways = _ways(db, row)
    sms = [way for way in ways if way.channel == "sms" and way.state == "usable"]
    return any(may_use_sms(way, ways) for way in sms)


def _ways(db: Session, row: Row[Any]) -> list[Way]:
    if row.participant_id is None:
        return []
    hers = select(
        _ADDRESS.c.id,
        _ADDRESS.c.channel,
        _ADDRESS.c.state,
        _ADDRESS.c.last_inbound_at,
        _ADDRESS.c.fallback,
    ).where(_ADDRESS.c.participant_id == row.participant_id)
    return [Way(**found._asdict()) for found in db.execute(hers)]
