"""Staff end a pair. What was held and said stays; nothing more is planned for the two together."""

from datetime import datetime

from sqlmodel import Session as Db

from bot.actions.audit import audit
from bot.actions.correct_session import checked_reason
from bot.actions.plan import unplan_session
from bot.errors import Refused
from bot.store.models import Pairing
from bot.store.planned import end_pairing
from bot.store.sessions import change_session, close_talks_about, sessions_of_pair


def end_pair(db: Db, *, pairing_id: int, staff_id: int, why: str, now: datetime) -> None:
    """`why` is for staff only. `Refused`: no reason, or it has ended already."""
    why = checked_reason(why)
    pairing = db.get(Pairing, pairing_id)
    if pairing is None or pairing.state == "ended":
        raise Refused("This pair has ended already.")
    pairing.ended_at, pairing.end_reason = now, why
    for one in sessions_of_pair(db, pairing_id=pairing_id):
        if one.state == "proposed" or (one.state == "planned" and one.starts_at > now):
            unplan_session(db, session_id=one.id, reason="ended", now=now)
            close_talks_about(db, session_id=one.id, reason="ended", now=now)
            change_session(db, one.id, state="cancelled", reason="ended", settled_at=now)
    end_pairing(db, pairing, now=now)
    audit(db, staff_id=staff_id, action="ended", subjects=(f"pairing:{pairing_id}",), now=now)
