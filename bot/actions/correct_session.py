"""Staff say what became of a session, or when and where it is. It is kept who, why and what it was.

From then on no message changes what staff have said; what comes in is kept, and they hear of it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlmodel import Session as Db

from bot.actions.audit import audit
from bot.actions.conclude import hold
from bot.actions.plan import plan_session, unplan_session
from bot.errors import Refused
from bot.programme.sessions import FINAL_STATES, OPEN_STATES
from bot.store.models import SessionChange
from bot.store.pairs import pair_of_session
from bot.store.planned import NewSession, insert_sessions
from bot.store.sessions import TwoSided, change_session, close_talks_about, two_sided
from bot.store.tables import table

_CHANGE = table(SessionChange)
STATES = ("planned", "held", "missed", "rescheduled", "cancelled", "unreported")
PLACES = ("", "phone", "video", "in_person")
LONGEST = 24 * 60  # minutes
LONGEST_WHY = 500


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What staff say; None leaves a thing as it is. `minutes` count where it was held."""

    state: str | None = None
    minutes: int | None = None
    starts_at: datetime | None = None
    place: str | None = None


def correct_session(
    db: Db, *, session_id: int, staff_id: int, correction: Correction, why: str, now: datetime
) -> tuple[str, ...]:
    """The fields that changed. `Refused`: no reason, or it cannot be so.

    One that has begun and is still to come is a new session: what was asked and said of the old
    time is not about the new one. The old one was moved, and is linked to it.
    """
    pair_of_session(db, session_id=session_id)  # locked first, as everywhere
    one = two_sided(db, session_id=session_id)
    if one is None:
        raise Refused("This session does not exist.")
    why = checked_reason(why)
    new = _checked(one, correction, now=now)
    changed = _differs(one, new)
    if not changed:
        raise Refused("Nothing was changed: that is how it stands already.")
    starts_at, written = correction.starts_at or one.starts_at, changed
    if new["state"] == "planned" and one.starts_at <= now < starts_at:
        anew = _plan_anew(
            db,
            one,
            starts_at=starts_at,
            place=correction.place,
            staff_id=staff_id,
            why=why,
            now=now,
        )
        change_session(db, one.id, moved_to=anew)
        written = _differs(one, {"state": "rescheduled", "minutes": None})
    _keep_changes(db, one, written, staff_id=staff_id, why=why, now=now)
    audit(db, staff_id=staff_id, action="corrected", subjects=(f"session:{one.id}",), now=now)
    if written:
        _write(db, one, written, now=now)
    return tuple(changed)


def _differs(one: TwoSided, new: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in new.items() if value != getattr(one, name)}


def _plan_anew(
    db: Db,
    one: TwoSided,
    *,
    starts_at: datetime,
    place: str | None,
    staff_id: int,
    why: str,
    now: datetime,
) -> int:
    """The id of the session that is instead of that one; both are asked about it."""
    new = NewSession(pairing_id=one.pairing_id, starts_at=starts_at, minutes=one.planned_minutes)
    (anew,) = insert_sessions(db, [new])
    change_session(db, anew, place=one.place if place is None else place)
    keep_change(
        db,
        session_id=anew,
        staff_id=staff_id,
        field="state",
        old="",
        new="planned",
        why=why,
        now=now,
    )
    plan_session(db, session_id=anew, now=now)
    return anew


def checked_reason(why: str) -> str:
    """`Refused` without one, or with a novel."""
    why = why.strip()
    if not why:
        raise Refused("Please write in a few words why.")
    if len(why) > LONGEST_WHY:
        raise Refused(f"Please keep the reason under {LONGEST_WHY} characters.")
    return why


def checked_minutes(minutes: int) -> int:
    """`Refused` for a length no session has."""
    if not 0 < minutes <= LONGEST:
        raise Refused("A session lasts between one minute and a day.")
    return minutes


def _checked(one: TwoSided, correction: Correction, *, now: datetime) -> dict[str, object]:
    state = correction.state or one.state
    starts_at = correction.starts_at or one.starts_at
    if state not in STATES and state != one.state:
        raise Refused("Staff can say that a session was held, missed, moved or called off.")
    if correction.place is not None and correction.place not in PLACES:
        raise Refused("They meet by phone, by video or in person.")
    if state in ("held", "missed", "unreported") and starts_at > now:
        raise Refused("A session that is still to come cannot be over.")
    if state == "planned" and starts_at <= now and one.state != "planned":
        raise Refused("A session is planned for a time that is still to come.")
    minutes = correction.minutes if correction.minutes is not None else one.minutes
    if state == "held" and minutes is None:
        raise Refused("Please say how many minutes they met.")
    new: dict[str, object] = {
        "state": state,
        "minutes": checked_minutes(minutes) if state == "held" and minutes is not None else None,
        "starts_at": starts_at,
    }
    return new if correction.place is None else new | {"place": correction.place}


def _keep_changes(
    db: Db, one: TwoSided, changed: dict[str, object], *, staff_id: int, why: str, now: datetime
) -> None:
    for name, value in changed.items():
        keep_change(
            db,
            session_id=one.id,
            staff_id=staff_id,
            field=name,
            old=getattr(one, name),
            new=value,
            why=why,
            now=now,
        )


def keep_change(
    db: Db,
    *,
    session_id: int,
    staff_id: int,
    field: str,
    old: object,
    new: object,
    why: str,
    now: datetime,
) -> None:
    """One line of the session's history."""
    row = {
        "session_id": session_id,
        "staff_id": staff_id,
        "field": field,
        "old": _words(old),
        "new": _words(new),
        "why": why,
        "at": now,
    }
    db.execute(insert(_CHANGE).values(**row))


def _words(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else str(value)


def _write(db: Db, one: TwoSided, changed: dict[str, object], *, now: datetime) -> None:
    state = str(changed.get("state", one.state))
    values = dict(changed)
    if state in OPEN_STATES:
        values |= {"proof": "", "settled_at": None}
    elif {"state", "minutes"} & set(changed):
        values |= {"proof": "staff", "settled_at": now}
    change_session(db, one.id, **values)
    if {"state", "starts_at"} & set(changed):
        unplan_session(db, session_id=one.id, reason="staff", now=now)
        close_talks_about(db, session_id=one.id, reason="staff", now=now)
        if state == "planned":
            plan_session(db, session_id=one.id, now=now)
    if state == "held" != one.state and state in FINAL_STATES:
        hold(db, one, now=now)
