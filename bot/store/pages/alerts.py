"""Alerts with the names of those they are about, and of the staff who noted or closed them.

A stranger has no name: her address stands for her. Each read takes whose sight it is for.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlmodel import Session

from bot.programme.concerns import SAFEGUARDING
from bot.programme.week import AlertRow, TogetherRow
from bot.store.concerns import SAFE_TO_WRITE
from bot.store.models import (
    Address,
    Alert,
    AlertStep,
    Consent,
    Conversation,
    Enrolment,
    Message,
    Pairing,
    Participant,
    Staff,
)
from bot.store.models import Session as Meeting
from bot.store.sight import Sight
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
SAID, TALK = MESSAGE.alias("said"), table(Conversation)
STEP, CONCERN = table(AlertStep), ALERT.alias("concern")
NOTER, CLOSER = STAFF.alias("noter"), STAFF.alias("closer")
RECENTLY_CLOSED = 30

_STRANGERS = ALERT.outerjoin(
    MESSAGE, and_(MESSAGE.c.id == ALERT.c.message_id, MESSAGE.c.participant_id.is_(None))
).outerjoin(ADDRESS, ADDRESS.c.id == MESSAGE.c.address_id)
_AGREED = (  # her newest answer counts
    select(CONSENT.c.given)
    .where(CONSENT.c.participant_id == ALERT.c.participant_id, CONSENT.c.kind == "messages")
    .order_by(CONSENT.c.id.desc())
    .limit(1)
    .correlate(ALERT)
    .scalar_subquery()
)
_WRITING = (  # while she is held; "call me" stays, whatever came after it
    select(STEP.c.detail)
    .join(CONCERN, CONCERN.c.id == STEP.c.alert_id)
    .where(
        CONCERN.c.participant_id == PERSON.c.id,
        CONCERN.c.opened_at >= PERSON.c.held_at,
        STEP.c.kind == SAFE_TO_WRITE,
    )
    .order_by((STEP.c.detail == "call").desc(), STEP.c.id.desc())
    .limit(1)
    .correlate(PERSON)
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
        func.coalesce(_WRITING, "").label("writing"),
    )
    .select_from(_STRANGERS)
    .outerjoin(PERSON, PERSON.c.id == ALERT.c.participant_id)
    .outerjoin(NOTER, NOTER.c.id == ALERT.c.noted_by)
    .outerjoin(CLOSER, CLOSER.c.id == ALERT.c.closed_by)
)


def alerts_alive(
    db: Session, *, start: datetime, end: datetime, sight: Sight
) -> tuple[AlertRow, ...]:
    """Those that were open or noted at any time between `start` and `end`."""
    statement = _ALERTS.where(
        _seen(sight),
        ALERT.c.opened_at < end,
        or_(ALERT.c.closed_at.is_(None), ALERT.c.closed_at >= start),
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


def alerts_to_do(db: Session, *, sight: Sight) -> tuple[AlertRow, ...]:
    """Every open or noted one, the oldest first."""
    statement = _ALERTS.where(ALERT.c.state != "closed", _seen(sight))
    return tuple(_alerts(db, statement.order_by(ALERT.c.opened_at, ALERT.c.id)))


def alerts_closed(db: Session, *, sight: Sight) -> tuple[AlertRow, ...]:
    """Those closed last."""
    statement = _ALERTS.where(ALERT.c.state == "closed", _seen(sight))
    newest = statement.order_by(ALERT.c.closed_at.desc(), ALERT.c.id.desc())
    return tuple(_alerts(db, newest.limit(RECENTLY_CLOSED)))


def alerts_of(db: Session, *, participant_id: int, sight: Sight) -> tuple[AlertRow, ...]:
    """One person's, the newest first."""
    statement = _ALERTS.where(ALERT.c.participant_id == participant_id, _seen(sight))
    return tuple(_alerts(db, statement.order_by(ALERT.c.opened_at.desc(), ALERT.c.id.desc())))


def alerts_at(db: Session, *, address_id: int, sight: Sight) -> tuple[AlertRow, ...]:
    """Those about a stranger at that address, the newest first."""
    statement = _ALERTS.where(ADDRESS.c.id == address_id, _seen(sight))
    return tuple(_alerts(db, statement.order_by(ALERT.c.opened_at.desc(), ALERT.c.id.desc())))


def alert(db: Session, *, alert_id: int, sight: Sight) -> AlertRow | None:
    return next(_alerts(db, _ALERTS.where(ALERT.c.id == alert_id, _seen(sight))), None)


def open_alerts(db: Session, *, sight: Sight) -> int:
    """How many nobody has yet, for the navigation."""
    statement = select(func.count()).select_from(_STRANGERS)
    waiting = statement.where(ALERT.c.state == "open", _seen(sight))
    number: int = db.execute(waiting).scalar_one()
    return number


def alerts_waiting(sight: Sight) -> Select[tuple[int, int]]:
    """A query: how many alerts about each participant nobody has closed."""
    return (
        select(ALERT.c.participant_id, func.count().label("alerts"))
        .select_from(_STRANGERS)
        .where(ALERT.c.state != "closed", _seen(sight))
        .group_by(ALERT.c.participant_id)
    )


def concern_kept(db: Session, *, participant_id: int) -> bool:
    """Whether a concern about her is with the safeguarding lead: that much everybody may know."""
    statement = select(ALERT.c.id).where(
        ALERT.c.participant_id == participant_id,
        ALERT.c.state != "closed",
        ALERT.c.kind.in_(sorted(SAFEGUARDING)),
    )
    return db.execute(statement.limit(1)).first() is not None


def _seen(sight: Sight) -> ColumnElement[bool]:
    """Alerts about people whom she sees, about strangers, and about nobody.

    Of a person in two cohorts, one about a session or a pair belongs to the cohort of that pair.
    """
    nobody = ALERT.c.participant_id.is_(None)
    stranger = and_(nobody, ALERT.c.message_id.is_not(None))
    unknown = or_(ADDRESS.c.participant_id.is_(None), sight.of_person(ADDRESS.c.participant_id))
    shown = [and_(~nobody, sight.of_person(ALERT.c.participant_id), ~_elsewhere(sight))]
    if sight.strangers:
        shown.append(and_(stranger, unknown))
    if sight.house:
        shown.append(and_(nobody, ALERT.c.message_id.is_(None)))
    allowed = true() if sight.safeguarding else ALERT.c.kind.not_in(sorted(SAFEGUARDING))
    return and_(or_(*shown), allowed, sight.not_about_her())


def _elsewhere(sight: Sight) -> ColumnElement[bool]:
    """Whether an alert is about a session or a pair of a cohort that she does not see, or was
    raised by what was said there. Harm is seen through either cohort."""
    if sight.cohorts is None:
        return false()
    pairs = select(literal("pairing:") + cast(PAIRING.c.id, String)).where(
        ~sight.of_pairing(PAIRING.c.id)
    )
    sessions = select(literal("session:") + cast(MEETING.c.id, String)).where(
        ~sight.of_pairing(MEETING.c.pairing_id)
    )
    said = (
        select(SAID.c.id)
        .join(TALK, TALK.c.id == SAID.c.conversation_id)
        .where(TALK.c.enrolment_id.is_not(None), ~sight.of_enrolment(TALK.c.enrolment_id))
    )
    there = or_(
        ALERT.c.detail.in_(pairs),
        ALERT.c.detail.in_(sessions),
        func.coalesce(ALERT.c.message_id, 0).in_(said),
    )
    return and_(there, ALERT.c.kind.not_in(sorted(SAFEGUARDING)))


def _alerts(db: Session, statement: Any) -> Iterator[AlertRow]:
    return (AlertRow(**row._mapping) for row in db.execute(statement))
