"""Close questions nobody answered: silently, and as `missed` only where nothing was answered.

The first contact stays open until she has agreed or not; after two weeks staff are asked to call.
What silence closed is told by its end being later than what last happened in it (`updated_at`).
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlmodel import Session

from bot.actions.alert import raise_alert
from bot.actions.house import House
from bot.programme.calendar import UNANSWERED_FOR
from bot.programme.ladder import Ladder, closes_at
from bot.store.ladder import HARD, moments
from bot.store.models import Alert, CheckIn, Cohort, Consent, Conversation, Enrolment, Participant
from bot.store.people import lock_participant
from bot.store.tables import changed, table

_TALK, _CHECK_IN = table(Conversation), table(CheckIn)
_CONSENT, _PERSON, _ALERT = table(Consent), table(Participant), table(Alert)
_ENROLMENT, _COHORT = table(Enrolment), table(Cohort)
_ANSWERED = (  # in this very conversation: an earlier No was to an earlier question
    exists()
    .where(
        _CONSENT.c.participant_id == _TALK.c.participant_id,
        _CONSENT.c.kind == "messages",
        _CONSENT.c.at >= _TALK.c.started_at,
    )
    .correlate(_TALK)
)
_WAITS = _TALK.c.state.in_(("open", "held"))
_CLOSES = or_(_TALK.c.flow != "welcome", _ANSWERED)


def close_due(house: House, *, now: datetime) -> int:
    """Abandon conversations that waited for as long as her cohort waits; returns how many."""
    with house.database.reading() as db:
        silent = [row for row in _waiting(db, now=now) if _closes_at(row) <= now]
    closed = 0
    for talk in silent:
        still = and_(_TALK.c.id == talk.id, _TALK.c.updated_at == talk.updated_at, _WAITS, _CLOSES)
        with house.database.transaction() as db:
            lock_participant(db, talk.participant_id)
            closed += _close(db, still, now=now)
    _tell_of_unanswered(house, now=now)
    return closed


def _waiting(db: Session, *, now: datetime) -> list[Row[Any]]:
    """All in which nothing has happened for half of the shortest time that any cohort waits."""
    shortest = func.coalesce(func.min(_COHORT.c.close_hours), Ladder().close_hours)
    hours = int(db.execute(select(shortest)).scalar_one())
    enrolled: FromClause = _TALK.join(_PERSON, _PERSON.c.id == _TALK.c.participant_id)
    enrolled = enrolled.outerjoin(_ENROLMENT, _ENROLMENT.c.id == _TALK.c.enrolment_id)
    enrolled = enrolled.outerjoin(_COHORT, _COHORT.c.id == _ENROLMENT.c.cohort_id)
    rows = (
        select(
            _TALK.c.id,
            _TALK.c.participant_id,
            _TALK.c.updated_at,
            _COHORT.c.close_hours,
            HARD.label("hard"),
        )
        .select_from(enrolled)
        .where(_WAITS, _CLOSES, _TALK.c.updated_at <= now - timedelta(hours=hours / 2))
    )
    return list(db.execute(rows, moments(now)))


def _closes_at(row: Row[Any]) -> datetime:
    hours = row.close_hours if row.close_hours is not None else Ladder().close_hours
    return closes_at(row.updated_at, Ladder(close_hours=hours), bool(row.hard))


def _close(db: Session, which: ColumnElement[bool], *, now: datetime) -> int:
    db.execute(
        update(_CHECK_IN)
        .where(
            _CHECK_IN.c.id.in_(select(_TALK.c.check_in_id).where(which)),
            _CHECK_IN.c.state == "asked",
        )
        .values(state="missed")
    )
    talk = update(_TALK).where(which)
    return changed(db.execute(talk.values(state="abandoned", ended_at=now)))


def _tell_of_unanswered(house: House, *, now: datetime) -> None:
    """One alert for each first contact that nobody answers; it stays open, she may still."""
    subject = literal("no_answer:conversation:") + _TALK.c.id.cast(_ALERT.c.subject.type)
    unanswered = (
        select(_TALK.c.participant_id, subject.label("subject"))
        .join(_PERSON, _PERSON.c.id == _TALK.c.participant_id)
        .where(
            _WAITS,
            _TALK.c.flow == "welcome",
            ~_ANSWERED,
            _TALK.c.updated_at <= now - UNANSWERED_FOR,
            _PERSON.c.state == "active",
            ~exists().where(_ALERT.c.subject == subject).correlate(_TALK),
        )
    )
    with house.database.reading() as db:
        if not (told := db.execute(unanswered).all()):
            return
    with house.database.transaction() as db:
        for participant_id, about in told:
            raise_alert(db, kind="no_answer", subject=about, participant_id=participant_id, now=now)
