"""MENU, PAUSE, LEAVE, DELETE, MY DATA: short conversations that she begins herself, at any time."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from sqlalchemy import update
from sqlmodel import Session

from bot.actions.apply import apply
from bot.actions.incoming import Incoming
from bot.actions.opening import About, opening
from bot.actions.silence import close_conversations, take_break
from bot.engine.understand import Heard
from bot.store.models import Conversation
from bot.store.tables import table

_TALK = table(Conversation)

AT_LEAST = timedelta(weeks=1)
DOORS: Mapping[Heard, str] = MappingProxyType(
    {
        Heard.MENU: "menu",
        Heard.PAUSE: "pause",
        Heard.LEAVE: "leave",
        Heard.DELETE: "delete_data",
        Heard.DATA: "my_data",
    }
)
HERS = frozenset({*DOORS.values(), "session_time"})  # begun by her: nothing is lost when they end


def open_door(db: Session, incoming: Incoming, flow: str, *, about: About | None = None) -> None:
    """Begin that conversation now. One that waited is held, and offered again after it."""
    who, now = incoming.who, incoming.now
    if flow == "pause":  # at once: "stop for a week" must hold even if she answers no more
        close_conversations(db, participant_id=who.id, reason="paused", now=now)
        take_break(db, participant_id=who.id, until=now + AT_LEAST, now=now)
    elif who.talking is not None:
        over = who.talking.flow in HERS
        talk = update(_TALK).where(_TALK.c.id == who.talking.id)
        ended = {"state": "abandoned", "ended_at": now, "updated_at": now}
        db.execute(talk.values(**(ended if over else {"state": "held"})))
    begun = opening(
        db,
        house=incoming.house,
        who=who,
        flow=flow,
        about=about or About(enrolment_id=who.enrolment_id),
        now=now,
    )
    apply(
        db,
        house=incoming.house,
        who=who,
        talk=begun.talk,
        turn=begun.turn,
        known=begun.known,
        now=now,
    )
