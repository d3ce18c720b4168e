"""Ask the other one of a pair about a session's time. It carries the time and nothing else.

Where nothing may be written to her, a person is asked to tell her.
"""

from datetime import datetime

from sqlmodel import Session as Db

from bot.actions.alert import raise_alert
from bot.actions.plan import plan_once
from bot.store.consents import consented
from bot.store.pairs import Pair, Side

UNTOLD = "not_told"


def tell_other(db: Db, *, pair: Pair, role: str, flow: str, session_id: int, now: datetime) -> None:
    """One check-in with whoever is not in that role, due at once; else one alert."""
    other = pair.other(role)
    if pair.state != "active" or not _can_be_told(db, other, now=now):
        raise_untold(db, session_id=session_id, participant_id=other.participant_id, now=now)
        return
    plan_once(
        db,
        enrolment_id=other.enrolment_id,
        flow=flow,
        slot=f"session-{session_id}",
        due_at=now,
        session_id=session_id,
    )


def raise_untold(db: Db, *, session_id: int, participant_id: int, now: datetime) -> None:
    """A person tells her of that session."""
    raise_alert(
        db,
        kind=UNTOLD,
        subject=f"untold:session:{session_id}",
        participant_id=participant_id,
        detail=f"session:{session_id}",
        now=now,
    )


def _can_be_told(db: Db, side: Side, *, now: datetime) -> bool:
    paused = side.state == "paused" and (side.paused_until is None or side.paused_until > now)
    if paused or side.state in ("stopped", "left") or side.held_at is not None:
        return False
    active = side.enrolment_state == "active"
    return active and consented(db, participant_id=side.participant_id)
