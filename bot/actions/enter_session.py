"""Staff write down a session that took place and that nobody had planned."""

from datetime import datetime

from sqlmodel import Session as Db

from bot.actions.audit import audit
from bot.actions.conclude import hold
from bot.actions.correct_session import PLACES, checked_minutes, checked_reason, keep_change
from bot.errors import Refused
from bot.store.models import Session
from bot.store.pairs import pair_by_id
from bot.store.sessions import sessions_of_pair, two_sided


def enter_session(
    db: Db,
    *,
    pairing_id: int,
    staff_id: int,
    starts_at: datetime,
    minutes: int,
    place: str,
    why: str,
    now: datetime,
) -> int:
    """Its id. `why` says how staff know. `Refused`: no reason, still to come, or known already."""
    pair = pair_by_id(db, pairing_id=pairing_id)
    if pair is None:
        raise Refused("This pair does not exist.")
    why, minutes = checked_reason(why), checked_minutes(minutes)
    if starts_at > now:
        raise Refused("A session that is still to come cannot be over.")
    if place not in PLACES:
        raise Refused("They meet by phone, by video or in person.")
    sessions = sessions_of_pair(db, pairing_id=pairing_id)
    if any(one.starts_at == starts_at for one in sessions):
        raise Refused("There is a session at that time already: please correct that one.")
    new = Session(
        pairing_id=pairing_id,
        number=1 + max((one.number for one in sessions), default=0),
        starts_at=starts_at,
        planned_minutes=pair.session_minutes,
        state="held",
        minutes=minutes,
        proof="staff",
        place=place,
        settled_at=now,
    )
    db.add(new)
    db.flush()
    if new.id is None:
        raise TypeError("a stored session has an id")
    keep_change(
        db,
        session_id=new.id,
        staff_id=staff_id,
        field="state",
        old="",
        new="held",
        why=why,
        now=now,
    )
    audit(db, staff_id=staff_id, action="entered", subjects=(f"session:{new.id}",), now=now)
    entered = two_sided(db, session_id=new.id)
    if entered is not None:
        hold(db, entered, now=now)
    return new.id
