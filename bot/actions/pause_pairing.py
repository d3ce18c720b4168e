"""Let one pair rest, or meet again. Each of the two keeps all else; no session is asked about."""

from datetime import datetime

from sqlmodel import Session as Db

from bot.actions.audit import audit
from bot.actions.plan import unplan_session
from bot.errors import Refused
from bot.store.pairs import pair_by_id, set_pairing
from bot.store.sessions import sessions_of_pair


def pause_pairing(db: Db, *, pairing_id: int, staff_id: int, now: datetime) -> None:
    """`Refused` when it is not active."""
    pair = pair_by_id(db, pairing_id=pairing_id)
    if pair is None or pair.state != "active":
        raise Refused("This pair is not active.")
    set_pairing(db, pairing_id=pairing_id, state="paused")
    for one in sessions_of_pair(db, pairing_id=pairing_id):
        if one.state in ("planned", "proposed"):
            unplan_session(db, session_id=one.id, reason="paused", now=now)
    audit(db, staff_id=staff_id, action="paused", subjects=(f"pairing:{pairing_id}",), now=now)
