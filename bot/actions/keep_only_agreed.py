"""Sensitive answers are kept only of a mentee who agreed to that; of all others nothing is.

Her answer serves its turn (the next question, a task for staff), and is written down as if she had
skipped the question. Her message itself stays for a week, so that a person has read it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select, update
from sqlmodel import Session as Db

from bot.engine.events import Answered
from bot.engine.flow import Ask
from bot.library import Library
from bot.store.consents import consented
from bot.store.database import Database
from bot.store.erasing import WORDS_OF_A_MESSAGE
from bot.store.models import Alert, Answer, Consent, Conversation, Enrolment, Message
from bot.store.tables import table
from bot.store.talk import Person

_ANSWER, _MESSAGE, _ALERT = table(Answer), table(Message), table(Alert)
_CONSENT, _ENROLMENT, _TALK = table(Consent), table(Enrolment), table(Conversation)

READ_WITHIN = timedelta(days=7)
NOT_KEPT = {"value": "", "words": "", "number": None, "skipped": True}


def may_keep(db: Db, who: Person, answered: Answered) -> bool:
    """Whether that answer may be kept. A mentor speaks of what staff must know: hers always is."""
    if not answered.sensitive or who.role != "mentee":
        return True
    return consented(db, participant_id=who.id, kind="sensitive")


def _not_agreed(participant: ColumnElement[int]) -> ColumnElement[bool]:
    """A mentee, or once one, whose newest word on it is not yes."""
    newest = (
        select(_CONSENT.c.given)
        .where(_CONSENT.c.participant_id == participant, _CONSENT.c.kind == "sensitive")
        .order_by(_CONSENT.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    mentee = exists().where(
        _ENROLMENT.c.participant_id == participant, _ENROLMENT.c.role == "mentee"
    )
    return mentee & ~func.coalesce(newest, False)


def drop_sensitive(db: Db, *, participant_id: int | None = None) -> None:
    """Empty what is kept without a yes: of one, who has just taken it back, or of everybody."""
    kept = [_ANSWER.c.sensitive, or_(_ANSWER.c.value != "", _ANSWER.c.words != "")]
    if participant_id is not None:
        kept.append(_ANSWER.c.participant_id == participant_id)
    db.execute(update(_ANSWER).where(*kept, _not_agreed(_ANSWER.c.participant_id)).values(NOT_KEPT))


def keep_only_agreed(database: Database, library: Library, *, now: datetime) -> int:
    """Every night: how many messages were emptied. None while staff have a task about her; never
    one that tells of harm."""
    with database.transaction() as db:
        drop_sensitive(db)
        _forget_choices(db, library, now=now)
        emptied = db.execute(
            update(_MESSAGE)
            .where(
                _MESSAGE.c.id.in_(_answered_without_yes()),
                _MESSAGE.c.at < now - READ_WITHIN,
                _MESSAGE.c.blanked_at.is_(None),
                _MESSAGE.c.safeguarding.is_(False),
                ~_still_needed(),
            )
            .values(**WORDS_OF_A_MESSAGE, blanked_at=now)
            .returning(_MESSAGE.c.id)
        )
        return len(emptied.all())


def _answered_without_yes() -> ColumnElement[int]:
    return (
        select(_ANSWER.c.message_id)
        .where(
            _ANSWER.c.sensitive,
            _ANSWER.c.message_id.is_not(None),
            _not_agreed(_ANSWER.c.participant_id),
        )
        .scalar_subquery()
    )


def _still_needed() -> ColumnElement[bool]:
    """While staff have any task about her; and for good what an alert of harm is about."""
    task = and_(_ALERT.c.participant_id == _MESSAGE.c.participant_id, _ALERT.c.state != "closed")
    harm = and_(_ALERT.c.message_id == _MESSAGE.c.id, _ALERT.c.level == "red")
    return exists().where(or_(task, harm)).correlate(_MESSAGE)


def sensitive_steps(library: Library) -> Mapping[str, frozenset[str]]:
    """Flow → the keys of its questions whose answers are sensitive."""
    found = {
        name: frozenset(s.key for s in flow.steps if isinstance(s, Ask) and s.sensitive)
        for name, flow in library.flows.items()
    }
    return {name: keys for name, keys in found.items() if keys}


def _forget_choices(db: Db, library: Library, *, now: datetime) -> None:
    """What an ended conversation remembers of her choices, to know where it went on."""
    steps = sensitive_steps(library)
    ended = select(_TALK.c.id, _TALK.c.flow, _TALK.c.answers).where(
        _TALK.c.flow.in_(steps),
        _TALK.c.ended_at < now - READ_WITHIN,
        _not_agreed(_TALK.c.participant_id),
    )
    changed = [
        {"talk": row.id, "left": {key: v for key, v in row.answers.items() if key not in drop}}
        for row in db.execute(ended)
        if (drop := steps[row.flow]) & (row.answers or {}).keys()
    ]
    if changed:
        one = update(_TALK).where(_TALK.c.id == bindparam("talk"))
        db.connection().execute(one.values(answers=bindparam("left")), changed)
