"""A late answer counts: a question that silence has closed opens again when its answer comes.

For a week, and while nothing newer has been asked. Free words do not: they go to a person.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, Select, select, update
from sqlmodel import Session

from bot.actions.carry_on import carry_on
from bot.actions.converse import Open, answer_open, open_question
from bot.actions.incoming import Incoming
from bot.channels.rendering import Tap
from bot.engine import advance
from bot.engine.understand import Heard, Reading
from bot.programme.sessions import OPEN_STATES
from bot.store.models import CheckIn, Conversation, Enrolment, Message
from bot.store.sessions import ABOUT_ITS_TIME, SESSION
from bot.store.tables import table
from bot.store.talk import Talking, prompt

REOPENS_FOR = timedelta(days=7)  # till the next check-in
NO_ANSWER = frozenset(  # what is no answer to a question that she may have forgotten
    {Heard.UNCLEAR, Heard.TEXT, Heard.LATER, Heard.LANGUAGE, Heard.HELP, Heard.DONE}
)

_TALK, _CHECK_IN = table(Conversation), table(CheckIn)
_ENROLMENT, _MESSAGE = table(Enrolment), table(Message)


def answer_late(db: Session, incoming: Incoming) -> bool:
    """Whether what she typed answers the last question she was asked, though silence closed it."""
    found = _closed(db, incoming, prompt_id=None)
    if found is None or not incoming.inbound.text.strip():
        return False
    again = _as_if_open(incoming, found)
    waiting = open_question(db, again)
    if waiting is None or waiting.question is None or waiting.asks_consent:
        return False
    reading = incoming.house.vocabulary.hear(
        incoming.inbound.text,
        language=incoming.who.language,
        question=waiting.question,
        now=incoming.now,
        zone=incoming.house.zone,
    )
    if reading.heard in NO_ANSWER:
        return False
    _open_again(db, again)
    answer_open(db, again, waiting, reading)
    carry_on(db, again)
    return True


def tap_late(db: Session, incoming: Incoming, tap: Tap, *, message_id: int | None) -> bool:
    """Whether she tapped a question that silence closed and that nothing newer has followed."""
    asked = prompt(db, participant_id=incoming.who.id, message_id=message_id, context=tap.context)
    found = _closed(db, incoming, prompt_id=asked.message_id) if asked is not None else None
    if found is None:
        return False
    again = _as_if_open(incoming, found)
    waiting = open_question(db, again)
    if waiting is None or waiting.question is None:
        return False
    _open_again(db, again)
    reading: Reading = advance.tap(waiting.flow, waiting.position, tap.key, waiting.known)
    answer_open(db, again, waiting, reading)
    carry_on(db, again)
    return True


def open_last(db: Session, incoming: Incoming) -> bool:
    """Whether the last question is open again: she tapped "continue" after silence closed it."""
    found = _closed(db, incoming, prompt_id=None)
    if found is None:
        return False
    _open_again(db, _as_if_open(incoming, found))
    return True


def same_question(db: Session, waiting: Open, *, message_id: int) -> bool:
    """Whether that message asked the very question that is open now, before it was repeated."""
    return _asked(db, talk_id=waiting.talk.id, step=waiting.position.step, message_id=message_id)


def _closed(db: Session, incoming: Incoming, *, prompt_id: int | None) -> Row[Any] | None:
    """Her newest conversation, if silence ended it lately; with `prompt_id`, if that asked it."""
    if incoming.who.talking is not None:
        return None
    row = db.execute(_newest(incoming.who.id)).one_or_none()
    if row is None or row.state != "abandoned" or row.ended_at is None:
        return None
    if row.check_in_id is None:
        return None  # she began it herself
    by_silence = row.ended_at > row.updated_at  # anything else that ends it touches both
    if not by_silence or incoming.now - row.ended_at > REOPENS_FOR:
        return None
    if _is_gone(db, incoming, row):
        return None
    if prompt_id is None or prompt_id == row.prompt_id:
        return row
    same = _asked(db, talk_id=row.id, step=row.step, message_id=prompt_id)
    return row if same else None


def _is_gone(db: Session, incoming: Incoming, row: Row[Any]) -> bool:
    """Whether it asked about the time of a session that is off, or has begun, since: no "yes" of
    hers may then be answered as if they were to meet."""
    if row.session_id is None or row.flow not in ABOUT_ITS_TIME:
        return False
    ahead = select(SESSION.c.id).where(
        SESSION.c.id == row.session_id,
        SESSION.c.state.in_(OPEN_STATES),
        SESSION.c.starts_at > incoming.now,
    )
    return db.execute(ahead).first() is None


def _newest(participant_id: int) -> Select[Any]:
    return (
        select(_TALK, _ENROLMENT.c.role)
        .outerjoin(_ENROLMENT, _ENROLMENT.c.id == _TALK.c.enrolment_id)
        .where(_TALK.c.participant_id == participant_id)
        .order_by(_TALK.c.id.desc())
        .limit(1)
    )


def _asked(db: Session, *, talk_id: int, step: str, message_id: int) -> bool:
    row = select(_MESSAGE.c.id).where(
        _MESSAGE.c.id == message_id,
        _MESSAGE.c.conversation_id == talk_id,
        _MESSAGE.c.step == step,
    )
    return db.execute(row).first() is not None


def _as_if_open(incoming: Incoming, row: Row[Any]) -> Incoming:
    """The same message of hers, with that conversation as the one that waits."""
    talking = Talking(
        id=row.id,
        enrolment_id=row.enrolment_id,
        check_in_id=row.check_in_id,
        flow=row.flow,
        version=row.version,
        step=row.step,
        tries=row.tries,
        answers=row.answers or {},
        goal_id=row.goal_id,
        session_id=row.session_id,
        prompt_id=row.prompt_id,
        prompt_state="",
    )
    who = incoming.who
    hers = replace(
        who,
        talking=talking,
        role=row.role or who.role,
        enrolment_id=row.enrolment_id or who.enrolment_id,
    )
    return replace(incoming, who=hers)


def _open_again(db: Session, again: Incoming) -> None:
    talking = again.who.talking
    if talking is None:
        return
    talk = update(_TALK).where(_TALK.c.id == talking.id, _TALK.c.state == "abandoned")
    db.execute(talk.values(state="open", ended_at=None, updated_at=again.now))
    missed = update(_CHECK_IN).where(
        _CHECK_IN.c.id == talking.check_in_id, _CHECK_IN.c.state == "missed"
    )
    db.execute(missed.values(state="asked"))
