"""Words of harm: an alert, one fixed safe reply, and nothing else until staff release her."""

from sqlalchemy import update
from sqlmodel import Session

from bot.actions.alert import raise_alert
from bot.actions.answer_cry import answer_cry
from bot.actions.incoming import Incoming
from bot.actions.safe_reply import Cry
from bot.actions.silence import close_conversations, withdraw_queued
from bot.engine.understand import Reading
from bot.store.concerns import mark_safeguarding
from bot.store.models import Participant
from bot.store.tables import table

_PERSON = table(Participant)


def answer_concern(db: Session, incoming: Incoming, *, heard: Reading) -> None:
    """Alert staff at once (it was heard red or amber), stop what was going on, reply safely.

    Each message of harm is an alert of its own: a second cry is never folded into a first.
    """
    level = str(heard.value)
    _fall_silent(db, incoming, kind=f"harm_{level}")
    answer_cry(db, incoming, Cry(level=level, topics=heard.topics))


def answer_not_safe(db: Session, incoming: Incoming) -> None:
    """She chose that she needs help now: as words of the worst harm."""
    _fall_silent(db, incoming, kind="not_safe")
    answer_cry(db, incoming, Cry(level="red"))


def answer_safe_word(db: Session, incoming: Incoming) -> None:
    """Staff hear at once; whoever reads her phone sees only that a message was read."""
    _fall_silent(db, incoming, kind="safe_word")
    answer_cry(db, incoming, Cry(level="red"), watched=True)


def _fall_silent(db: Session, incoming: Incoming, *, kind: str) -> None:
    who, now = incoming.who, incoming.now
    raise_alert(
        db,
        kind=kind,
        subject=f"harm:message:{incoming.message_id}",
        participant_id=who.id,
        message_id=incoming.message_id,
        now=now,
    )
    mark_safeguarding(db, message_id=incoming.message_id)
    withdraw_queued(db, participant_id=who.id, reason="concern", now=now)
    close_conversations(db, participant_id=who.id, reason="concern", now=now)
    if who.held_at is None:
        row = update(_PERSON).where(_PERSON.c.id == who.id)
        db.execute(row.values(held_at=now))
