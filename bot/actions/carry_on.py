"""After an interruption: take up what was left, and ask the open question again."""

from dataclasses import replace

from sqlalchemy import select, update
from sqlmodel import Session

from bot.actions.apply import Sending, apply
from bot.actions.converse import Open, open_question
from bot.actions.incoming import Incoming
from bot.engine import advance
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


def take_up_held(db: Session, incoming: Incoming, *, message_id: int) -> Open | None:
    """Where a tap was on the question of the held conversation: that one is open now, and the
    other is held. None: it was on something else."""
    who = incoming.who
    if who.held_talk is None:
        return None
    asked = select(_TALK.c.prompt_id).where(_TALK.c.id == who.held_talk)
    if db.execute(asked).scalar_one_or_none() != message_id:
        return None
    if who.talking is not None:
        db.execute(update(_TALK).where(_TALK.c.id == who.talking.id).values(state="held"))
    db.execute(update(_TALK).where(_TALK.c.id == who.held_talk).values(state="open"))
    fresh = _fresh(db, incoming)
    return open_question(db, fresh) if fresh is not None else None


def repeat_question(db: Session, incoming: Incoming, *, language: str | None, lead: str) -> bool:
    """Ask the open question once more, after `lead`. False where there is none to ask.

    Consent is asked together with what she agrees to: a yes in a new language must have read it.
    """
    again = _fresh(db, incoming)
    waiting = open_question(db, again) if again is not None else None
    if again is None or waiting is None or waiting.question is None:
        return False
    step = waiting.position.step
    before = (
        advance.lead(waiting.flow, waiting.position, waiting.known) if waiting.asks_consent else ()
    )
    asked = Asked(step=step, context=f"{waiting.flow.name}.{step}")
    apply(
        db,
        house=incoming.house,
        who=again.who,
        talk=waiting.talk,
        turn=Turn(events=(*before, asked), position=waiting.position),
        known=waiting.known,
        sending=Sending(lead=lead),
        now=incoming.now,
    )
    return True


def _fresh(db: Session, incoming: Incoming) -> Incoming | None:
    """The same message with her as she is now, after what this turn has changed."""
    old = incoming.who
    who = person(db, participant_id=old.id, address_id=old.address_id, channel=old.channel)
    return replace(incoming, who=who) if who is not None else None
