"""Close questions nobody answered: silently, and as `missed` only where nothing was answered.

The first contact stays open until she has agreed or not; after two weeks staff are asked to call.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, literal, or_, select, update
from sqlmodel import Session

from bot.actions.alert import raise_alert
from bot.actions.house import House
from bot.programme.calendar import OPEN_FOR, UNANSWERED_FOR
from bot.store.models import Alert, CheckIn, Consent, Conversation, Participant
from bot.store.people import lock_participant
from bot.store.tables import changed, table

_TALK, _CHECK_IN = table(Conversation), table(CheckIn)
_CONSENT, _PERSON, _ALERT = table(Consent), table(Participant), table(Alert)
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


def close_due(house: House, *, now: datetime) -> int:
    """Abandon conversations in which nothing happened for three days; returns how many."""
    silent = _silent(now)
    with house.database.reading() as db:
        talks = db.execute(select(_TALK.c.id, _TALK.c.participant_id).where(silent)).all()
    closed = 0
    for talk_id, participant_id in talks:
        with house.database.transaction() as db:
            lock_participant(db, participant_id)
            closed += _close(db, and_(_TALK.c.id == talk_id, silent), now=now)
    _tell_of_unanswered(house, now=now)
    return closed


def _silent(now: datetime) -> ColumnElement[bool]:
    closes = or_(_TALK.c.flow != "welcome", _ANSWERED)
    return and_(_WAITS, closes, _TALK.c.updated_at <= now - OPEN_FOR)


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
    return changed(db.execute(talk.values(state="abandoned", ended_at=now, updated_at=now)))


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
