"""Alerts with the names of those they are about, and of the staff who noted or closed them.

A stranger has no name: her address stands for her.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import and_, false, func, or_, select
from sqlmodel import Session

from bot.programme.week import AlertRow, TogetherRow
from bot.store.models import (
    Address,
    Alert,
    Consent,
    Enrolment,
    Message,
    Pairing,
    Participant,
    Staff,
)
from bot.store.models import Session as Meeting
from bot.store.tables import table

ABOUT = ("session", "pairing")  # what the detail of an alert may name
ADDRESS = table(Address)
ALERT = table(Alert)
CONSENT = table(Consent)
ENROLMENT = table(Enrolment)
MEETING = table(Meeting)
MESSAGE = table(Message)
PAIRING = table(Pairing)
PERSON = table(Participant)
STAFF = table(Staff)
NOTER, CLOSER = STAFF.alias("noter"), STAFF.alias("closer")
RECENTLY_CLOSED = 30

_AGREED = (  # her newest answer counts
    select(CONSENT.c.given)
    .where(CONSENT.c.participant_id == ALERT.c.participant_id, CONSENT.c.kind == "messages")
    .order_by(CONSENT.c.id.desc())
    .limit(1)
    .correlate(ALERT)
    .scalar_subquery()
)
_ALERTS = (
    select(
        ALERT.c.id,
        ALERT.c.kind,
        ALERT.c.level,
        ALERT.c.state,
        ALERT.c.participant_id,
        func.coalesce(PERSON.c.name, "").label("name"),
        PERSON.c.held_at.is_not(None).label("held"),
        ALERT.c.detail,
        ALERT.c.times,
        ALERT.c.message_id,
        ALERT.c.opened_at,
        ALERT.c.noted_at,
        func.coalesce(NOTER.c.name, "").label("noted_by"),
        ALERT.c.closed_at,
        func.coalesce(CLOSER.c.name, "").label("closed_by"),
        ALERT.c.note,
        ADDRESS.c.id.label("address_id"),
        func.coalesce(ADDRESS.c.address, "").label("address"),
        func.coalesce(_AGREED, false()).label("agreed"),
    )
    .select_from(ALERT)
    .outerjoin(PERSON, PERSON.c.id == ALERT.c.participant_id)
    .outerjoin(
        MESSAGE, and_(MESSAGE.c.id == ALERT.c.message_id, MESSAGE.c.participant_id.is_(None))
    )
    .outerjoin(ADDRESS, ADDRESS.c.id == MESSAGE.c.address_id)
    .outerjoin(NOTER, NOTER.c.id == ALERT.c.noted_by)
    .outerjoin(CLOSER, CLOSER.c.id == ALERT.c.closed_by)
)


def alerts_alive(db: Session, *, start: datetime, end: datetime) -> tuple[AlertRow, ...]:
    """Those that were open or noted at any time between `start` and `end`."""
    statement = _ALERTS.where(
        ALERT.c.opened_at < end, or_(ALERT.c.closed_at.is_(None), ALERT.c.closed_at >= start)
    )
    return tuple(_alerts(db, statement.order_by(ALERT.c.opened_at, ALERT.c.id)))


def alerts_together(db: Session, alerts: Iterable[AlertRow]) -> tuple[TogetherRow, ...]:
    """The names of the two, for alerts about a pair or a session of theirs."""
    found = [re.fullmatch(r"(session|pairing):(\d+)", row.detail) for row in alerts]
    ids = {kind: {int(one[2]) for one in found if one and one[1] == kind} for kind in ABOUT}
    if not any(ids.values()):
        return ()
    mentee, mentor = PERSON.alias("mentee"), PERSON.alias("mentor")
    hers, theirs = ENROLMENT.alias("hers"), ENROLMENT.alias("theirs")
    rows = db.execute(
        select(
            PAIRING.c.id.label("pairing_id"),
            mentee.c.name.label("mentee"),
            mentor.c.name.label("mentor"),
            MEETING.c.id.label("session_id"),
            MEETING.c.starts_at,
        )
        .join(hers, hers.c.id == PAIRING.c.mentee_id)
        .join(mentee, mentee.c.id == hers.c.participant_id)
        .join(theirs, theirs.c.id == PAIRING.c.mentor_id)
        .join(mentor, mentor.c.id == theirs.c.participant_id)
        .outerjoin(
            MEETING, and_(MEETING.c.pairing_id == PAIRING.c.id, MEETING.c.id.in_(ids["session"]))
        )
        .where(or_(PAIRING.c.id.in_(ids["pairing"]), MEETING.c.id.is_not(None)))
    ).all()
    pairs = {row.pairing_id: (f"pairing:{row.pairing_id}", row, None) for row in rows}
    sessions = [(f"session:{row.session_id}", row, row.starts_at) for row in rows if row.session_id]
    return tuple(
        TogetherRow(
            detail=detail, pairing_id=row.pairing_id, mentee=row.mentee, mentor=row.mentor, at=at
        )
        for detail, row, at in (*pairs.values(), *sessions)
    )


def alerts_to_do(db: Session) -> tuple[AlertRow, ...]:
    """Every open or noted one, the oldest first."""
    statement = _ALERTS.where(ALERT.c.state != "closed")
    return tuple(_alerts(db, statement.order_by(ALERT.c.opened_at, ALERT.c.id)))


def alerts_closed(db: Session) -> tuple[AlertRow, ...]:
    """Those closed last."""
    statement = _ALERTS.where(ALERT.c.state == "closed")
    newest = statement.order_by(ALERT.c.closed_at.desc(), ALERT.c.id.desc())
    return tuple(_alerts(db, newest.limit(RECENTLY_CLOSED)))


def alerts_of(db: Session, *, participant_id: int) -> tuple[AlertRow, ...]:
    """One person's, the newest first."""
    statement = _ALERTS.where(ALERT.c.participant_id == participant_id)
    return tuple(_alerts(db, statement.order_by(ALERT.c.opened_at.desc(), ALERT.c.id.desc())))


def alerts_at(db: Session, *, address_id: int) -> tuple[AlertRow, ...]:
    """Those about a stranger at that address, the newest first."""
    statement = _ALERTS.where(ADDRESS.c.id == address_id)
    return tuple(_alerts(db, statement.order_by(ALERT.c.opened_at.desc(), ALERT.c.id.desc())))


def alert(db: Session, *, alert_id: int) -> AlertRow | None:
    return next(_alerts(db, _ALERTS.where(ALERT.c.id == alert_id)), None)


def open_alerts(db: Session) -> int:
    """How many nobody has yet, for the navigation."""
    statement = select(func.count()).select_from(ALERT).where(ALERT.c.state == "open")
    number: int = db.execute(statement).scalar_one()
    return number


def _alerts(db: Session, statement: Any) -> Iterator[AlertRow]:
    return (AlertRow(**row._mapping) for row in db.execute(statement))
