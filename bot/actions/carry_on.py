"""After an interruption: take up what was left, and ask the open question again."""

from sqlalchemy import select, update
from sqlmodel import Session

from bot.actions.apply import Sending, apply
from bot.actions.converse import open_question
from bot.actions.incoming import Incoming
from bot.engine.events import Asked, Turn
from bot.store.models import Conversation
from bot.store.tables import table
from bot.store.talk import person

_TALK = table(Conversation)


def carry_on(db: Session, incoming: Incoming) -> None:
    """Where the conversation has just ended and an older one was held for it, offer that again."""
    who = incoming.who
    if who.talking is None or who.held_talk is None:
        return
    open_now = select(_TALK.c.id, _TALK.c.state).where(
        _TALK.c.participant_id == who.id, _TALK.c.state.in_(("open", "held"))
    )
    rows = {row.state: row.id for row in db.execute(open_now)}
    if "open" in rows or "held" not in rows:
        return
    db.execute(update(_TALK).where(_TALK.c.id == rows["held"]).values(state="open"))
    lead = incoming.house.catalogues.text("standing.carry_on", who.language)
    repeat_question(db, incoming, language=None, lead=lead)


def repeat_question(db: Session, incoming: Incoming, *, language: str | None, lead: str) -> bool:
    """Ask the open question once more, after `lead`. False where there is none to ask."""
    old = incoming.who
    fresh = person(db, participant_id=old.id, address_id=old.address_id, channel=old.channel)
    if fresh is None:
        return False
    again = Incoming(
        house=incoming.house,
        who=fresh,
        message_id=incoming.message_id,
        inbound=incoming.inbound,
        now=incoming.now,
    )
    waiting = open_question(db, again)
    if waiting is None or waiting.question is None:
        return False
    step = waiting.position.step
    asked = Asked(step=step, context=f"{waiting.flow.name}.{step}")
    apply(
        db,
        house=incoming.house,
        who=fresh,
        talk=waiting.talk,
        turn=Turn(events=(asked,), position=waiting.position),
        known=waiting.known,
        sending=Sending(lead=lead),
        now=incoming.now,
    )
    return True
