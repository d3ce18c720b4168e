"""MENU, PAUSE, LEAVE, DELETE, MY DATA: short conversations that she begins herself, at any time."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from sqlalchemy import select, update
from sqlmodel import Session

from bot.actions.apply import begin
from bot.actions.incoming import Incoming, alert_about, say_standing
from bot.actions.opening import About
from bot.actions.silence import close_conversations, take_break
from bot.engine.understand import Heard
from bot.store.models import Conversation, Participant
from bot.store.tables import table

_TALK, _PERSON = table(Conversation), table(Participant)

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
    if _is_open_unread(incoming, flow):
        return
    if flow == "pause":  # at once: "stop for a week" must hold even if she answers no more
        close_conversations(db, participant_id=who.id, reason="paused", now=now)
        if not _at_least_a_week(db, incoming):
            alert_about(db, incoming, "wrote_to_us")
            say_standing(db, incoming, "noted")
            return
    elif who.talking is not None:
        over = who.talking.flow in HERS
        talk = update(_TALK).where(_TALK.c.id == who.talking.id)
        ended = {"state": "abandoned", "ended_at": now, "updated_at": now}
        db.execute(talk.values(**(ended if over else {"state": "held"})))
    about = about or About(enrolment_id=who.enrolment_id)
    begin(db, house=incoming.house, who=who, flow=flow, about=about, now=now)


def _is_open_unread(incoming: Incoming, flow: str) -> bool:
    """Whether she knocks again before its first question has left us."""
    talking = incoming.who.talking
    if talking is None or talking.flow != flow or talking.prompt_state != "queued":
        return False
    return not talking.answers and talking.tries == 0


def _at_least_a_week(db: Session, incoming: Incoming) -> bool:
    """Whether she has a break of a week or more from now on. Not where she has one without an end,
    since she is leaving or staff wished so: no break with an end may take its place."""
    who, now = incoming.who, incoming.now
    found = select(_PERSON.c.paused_until).where(_PERSON.c.id == who.id)
    before = db.execute(found).scalar_one() if who.state == "paused" else now
    if before is None:
        return False
    take_break(db, participant_id=who.id, until=max(before, now + AT_LEAST), now=now)
    return True
