"""Let one pair rest. Each of the two keeps all else; no session ahead is asked about."""

from datetime import datetime

from sqlmodel import Session as Db

from bot.actions.audit import audit
from bot.actions.plan import unplan_session
from bot.errors import Refused
from bot.store.pairs import pair_by_id, set_pairing
from bot.store.sessions import ask_for_no_time, close_talks_about, sessions_of_pair

RESTS = "pair_paused"  # the reason on what is not asked because of it


def pause_pairing(db: Db, *, pairing_id: int, staff_id: int, now: datetime) -> None:
    """`Refused` when it is not active."""
    if not let_rest(db, pairing_id=pairing_id, now=now):
        raise Refused("This pair is not active.")
    audit(db, staff_id=staff_id, action="paused", subjects=(f"pairing:{pairing_id}",), now=now)


def let_rest(db: Db, *, pairing_id: int, now: datetime) -> bool:
    """Whether it was active until now. Of a session that has begun both are still asked."""
    pair = pair_by_id(db, pairing_id=pairing_id)
    if pair is None or pair.state != "active":
        return False
    set_pairing(db, pairing_id=pairing_id, state="paused")
    for one in sessions_of_pair(db, pairing_id=pairing_id):
        if one.state in ("planned", "proposed") and one.starts_at > now:
            unplan_session(db, session_id=one.id, reason=RESTS, now=now)
            close_talks_about(db, session_id=one.id, reason=RESTS, now=now)
    ask_for_no_time(db, pairing_id=pairing_id, reason=RESTS, now=now)
    return True
