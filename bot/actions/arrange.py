"""A time that one of a pair named and read back is put to the other, and nothing else is said.

Everything goes by the session and its pair: a mentor with two mentees is never asked to guess.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session as Db

from bot.actions.agree import AHEAD, agreed_by_both
from bot.actions.alert import raise_alert
from bot.actions.plan import unplan_session
from bot.actions.tell_other import tell_other
from bot.store.models import Session
from bot.store.pairs import Pair, pair_meant, pair_of_session
from bot.store.sessions import (
    Planned,
    change_session,
    close_talks_about,
    sessions_of_pair,
    skip_about,
)

FURTHEST = timedelta(days=60)
MORNING, NIGHT = 7, 22  # o'clock, local: nobody meets a stranger at four in the morning
MOST_PROPOSALS = 3  # back and forth without agreement; then a person helps
NOT_AGREED = ("other_time", "not_this_week")


def arrange(
    db: Db,
    *,
    enrolment_id: int,
    role: str,
    about: int | None,
    starts_at: datetime,
    talk_id: int | None,
    now: datetime,
    agreed: bool = False,
) -> int | None:
    """Propose that time to the other one; the new session's id, or None where none was made.

    `about` is the session that it is instead of, or the last one before it. A time that can hardly
    be meant (past, at night, months ahead) is put to a person, not to the other one. `agreed`: the
    two have settled it between them, unless the other one has named another time since.
    """
    pair = (
        pair_of_session(db, session_id=about)
        if about is not None
        else pair_meant(db, enrolment_id=enrolment_id)
    )
    if pair is None or pair.state != "active":
        _person_helps(db, subject=f"enrolment:{enrolment_id}", pair=pair, now=now)
        return None
    sessions = sessions_of_pair(db, pairing_id=pair.id)
    old = next((one for one in sessions if one.id == about), None)
    since = _moved_to(sessions, old) if agreed else None
    if since is not None:
        old, agreed = since, since.starts_at == starts_at
    same = next((one for one in sessions if _is_at(one, starts_at)), None)
    if same is not None:
        if same.state == "proposed" and (agreed or same.proposed_by not in ("", role)):
            _settled(db, pair=pair, role=role, session_id=same.id, starts_at=starts_at, now=now)
        if old is not None and old.id != same.id:
            _instead(db, old, new=same.id, talk_id=talk_id, now=now)
        return same.id  # nothing is made twice
    far_fetched = _far_fetched(starts_at, now=now, zone=ZoneInfo(pair.zone))
    exhausted = _proposals(sessions, old) >= MOST_PROPOSALS
    if far_fetched or exhausted:
        _person_helps(db, subject=f"pairing:{pair.id}", pair=pair, now=now)
    if far_fetched == "past" or exhausted:
        if old is not None:
            _instead(db, old, new=None, talk_id=talk_id, now=now)
        return None
    new = _propose(db, pair=pair, sessions=sessions, starts_at=starts_at, role=role)
    if old is not None:
        _instead(db, old, new=new, talk_id=talk_id, now=now)
    ids = [one.id for one in sessions]
    skip_about(db, session_ids=ids, flows=("session_arrange",), reason="arranged")
    if agreed and not far_fetched:
        _settled(db, pair=pair, role=role, session_id=new, starts_at=starts_at, now=now)
    elif not far_fetched:
        tell_other(db, pair=pair, role=role, flow="session_propose", session_id=new, now=now)
    return new


def _moved_to(sessions: Sequence[Planned], old: Planned | None) -> Planned | None:
    """The session ahead that stands instead of `old` by now."""
    if old is None:
        return None
    return next((one for one in sessions if one.id == old.moved_to and one.state in AHEAD), None)


def _settled(
    db: Db, *, pair: Pair, role: str, session_id: int, starts_at: datetime, now: datetime
) -> None:
    """Planned at once; the other one hears of it from the reminder, and can still move it."""
    agreed_by_both(
        db, session_id=session_id, proposer=pair.other(role), starts_at=starts_at, now=now
    )


def _is_at(one: Planned, starts_at: datetime) -> bool:
    return one.state in AHEAD and one.starts_at == starts_at


def _far_fetched(starts_at: datetime, *, now: datetime, zone: ZoneInfo) -> str:
    """Why that time can hardly be meant: past, far or night. Empty: it can."""
    if starts_at <= now:
        return "past"
    if starts_at > now + FURTHEST:
        return "far"
    return "" if MORNING <= starts_at.astimezone(zone).hour < NIGHT else "night"


def _proposals(sessions: Sequence[Planned], old: Planned | None) -> int:
    """How many times were proposed in a row without agreement, `old` the newest of them."""
    before = {one.moved_to: one for one in sessions if one.moved_to is not None}
    number = 0
    while old is not None and old.proposed_by and _never_agreed(old):
        number, old = number + 1, before.get(old.id)
    return number


def _never_agreed(one: Planned) -> bool:
    return one.state == "proposed" or (one.state == "cancelled" and one.reason in NOT_AGREED)


def _propose(
    db: Db, *, pair: Pair, sessions: Sequence[Planned], starts_at: datetime, role: str
) -> int:
    new = Session(
        pairing_id=pair.id,
        number=1 + max((one.number for one in sessions), default=0),
        starts_at=starts_at,
        planned_minutes=pair.session_minutes,
        state="proposed",
        proposed_by=role,
    )
    db.add(new)
    db.flush()
    if new.id is None:
        raise TypeError("a stored session has an id")
    return new.id


def _instead(db: Db, old: Planned, *, new: int | None, talk_id: int | None, now: datetime) -> None:
    """What was to be is not; what was reported, or has passed, only gets the link."""
    values: dict[str, object] = {} if new is None else {"moved_to": new}
    ahead = old.state in AHEAD and old.starts_at > now
    if ahead and old.state == "proposed":
        values |= {"state": "cancelled", "reason": "other_time", "settled_at": now}
    elif ahead and new is not None:
        values |= {"state": "rescheduled", "settled_at": now}
    if ahead and "state" in values:
        unplan_session(db, session_id=old.id, reason="moved", now=now)
        close_talks_about(db, session_id=old.id, but=talk_id, reason="moved", now=now)
    elif old.state not in ("rescheduled", "cancelled"):
        return
    if values:
        change_session(db, old.id, **values)


def _person_helps(db: Db, *, subject: str, pair: Pair | None, now: datetime) -> None:
    raise_alert(
        db,
        kind="no_time_found",
        subject=f"no_time_found:{subject}",
        participant_id=pair.mentee.participant_id if pair else None,
        detail=subject,
        now=now,
    )
