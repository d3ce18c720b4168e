"""What one of a pair answers to a proposed or planned time: agreed, not now, or she cannot."""

from datetime import datetime, timedelta

from sqlmodel import Session as Db

from bot.actions.plan import plan_once, plan_session, unplan_session
from bot.actions.tell_other import tell_other
from bot.store.pairs import Pair, Side, pair_of_session
from bot.store.sessions import (
    TwoSided,
    change_session,
    close_talks_about,
    sessions_of_pair,
    two_sided,
)

IN_A_WEEK = timedelta(days=7)
AHEAD = ("proposed", "planned")
REMINDED_BEFORE = timedelta(hours=26)  # nearer than that, no reminder is planned


def agree(db: Db, *, session_id: int, role: str, now: datetime) -> None:
    """The other one's time is good: both know it from now on. Too late, it changes nothing."""
    pair, one = _locked(db, session_id=session_id)
    if pair is None or one is None or one.state != "proposed" or one.starts_at <= now:
        return
    if one.proposed_by != role:
        agreed_by_both(
            db,
            session_id=one.id,
            proposer=pair.side(one.proposed_by),
            starts_at=one.starts_at,
            now=now,
        )


def agreed_by_both(
    db: Db, *, session_id: int, proposer: Side, starts_at: datetime, now: datetime
) -> None:
    """It is planned. Soon, she who proposed it hears so at once; else from the reminder."""
    change_session(db, session_id, state="planned")
    plan_session(db, session_id=session_id, now=now)
    if starts_at - now <= REMINDED_BEFORE:
        plan_once(
            db,
            enrolment_id=proposer.enrolment_id,
            flow="session_remind",
            slot=f"session-{session_id}",
            due_at=now,
            session_id=session_id,
        )


def _locked(db: Db, *, session_id: int) -> tuple[Pair | None, TwoSided | None]:
    """The pair first, then its session: everywhere in this order, so that no two turns wait for
    each other."""
    return pair_of_session(db, session_id=session_id), two_sided(db, session_id=session_id)


def turn_down(
    db: Db, *, session_id: int, role: str, reason: str, talk_id: int, now: datetime
) -> None:
    """The other one's time is not good, and she names no other: who proposed it, and was promised
    to be told, hears that it has to move. Her own, or what both have agreed, stays."""
    _, one = _locked(db, session_id=session_id)
    if one is not None and one.state == "proposed" and one.proposed_by != role:
        cannot(db, session_id=session_id, role=role, reason=reason, talk_id=talk_id, now=now)


def cannot(
    db: Db, *, session_id: int, role: str, talk_id: int, now: datetime, reason: str = ""
) -> None:
    """Called off in time. The other one hears only that it has to move. `reason`: else by whom."""
    pair, one = _locked(db, session_id=session_id)
    if pair is None or one is None or one.starts_at <= now:
        return
    if one.state in AHEAD:
        _call_off(db, one, reason=reason or role, talk_id=talk_id, now=now)
        tell_other(db, pair=pair, role=role, flow="session_move", session_id=session_id, now=now)


def arrange_in_a_week(db: Db, *, session_id: int, now: datetime) -> None:
    """The mentor is asked when they meet next; once, whoever of the two wished so. Not where they
    have a time already: then the asking could only come from what the other one said."""
    one = two_sided(db, session_id=session_id)
    if one is not None and not _has_a_time(db, pairing_id=one.pairing_id, now=now):
        plan_once(
            db,
            enrolment_id=one.mentor_id,
            flow="session_arrange",
            slot=f"arrange-after-{session_id}",
            due_at=now + IN_A_WEEK,
            session_id=session_id,
        )


def _has_a_time(db: Db, *, pairing_id: int, now: datetime) -> bool:
    ahead = sessions_of_pair(db, pairing_id=pairing_id)
    return any(one.state in AHEAD and one.starts_at > now for one in ahead)


def _call_off(db: Db, one: TwoSided, *, reason: str, talk_id: int, now: datetime) -> None:
    change_session(db, one.id, state="cancelled", reason=reason, settled_at=now)
    unplan_session(db, session_id=one.id, reason="cancelled", now=now)
    close_talks_about(db, session_id=one.id, but=talk_id, reason="cancelled", now=now)
