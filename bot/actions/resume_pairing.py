"""A pair that rested meets again: what is still ahead counts, what has passed meanwhile is off."""

from datetime import datetime

from sqlmodel import Session as Db

from bot.actions.audit import audit
from bot.actions.pause_pairing import RESTS
from bot.actions.plan import plan_session
from bot.errors import Refused
from bot.store.pairs import pair_by_id, set_pairing
from bot.store.sessions import ask_for_a_time_again, change_session, sessions_of_pair


def resume_pairing(db: Db, *, pairing_id: int, staff_id: int, now: datetime) -> None:
    """`Refused` when it has not paused."""
    pair = pair_by_id(db, pairing_id=pairing_id)
    if pair is None or pair.state != "paused":
        raise Refused("This pair has not paused.")
    set_pairing(db, pairing_id=pairing_id, state="active")
    for one in sessions_of_pair(db, pairing_id=pairing_id):
        if one.state == "planned" and one.starts_at > now:
            plan_session(db, session_id=one.id, now=now)
        elif one.state == "proposed":
            change_session(db, one.id, state="cancelled", reason="paused", settled_at=now)
    ask_for_a_time_again(db, pairing_id=pairing_id, reason=RESTS, now=now)
    audit(db, staff_id=staff_id, action="resumed", subjects=(f"pairing:{pairing_id}",), now=now)
