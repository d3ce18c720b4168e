"""Make real what two reports of a session add up to: its state, what staff do, what follows.

No alert tells who said what: each is about the pair, and stands under the mentee's name.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlmodel import Session as Db

from bot.actions.alert import raise_alert
from bot.programme.sessions import (
    Outcome,
    missed_in_a_row,
    one_sided_share,
    unreported_in_a_row,
)
from bot.store.sessions import (
    TwoSided,
    bring_forward,
    change_session,
    held_of,
    held_with_all,
    sessions_of_pair,
)

# The flow flags it itself, under the name of her who said so
FLAGGED_BY_THE_FLOW = frozenset({"session_trouble"})
# One alert for all its sessions
OF_THE_PAIR = frozenset({"one_sided", "missed_twice", "unreported_twice"})
NEXT_DAY = timedelta(days=1)


def conclude(
    db: Db, one: TwoSided, result: Outcome, *, tasks: Collection[str], now: datetime
) -> None:
    """Write the result down; `tasks` are the kinds of alert that are new with it."""
    change_session(
        db,
        one.id,
        state=result.state,
        minutes=result.minutes,
        proof=result.proof,
        reason=result.missed_by,
        settled_at=one.settled_at or (now if result.final else None),
    )
    for kind in tasks:
        if kind not in FLAGGED_BY_THE_FLOW:
            raise_about(db, one, kind=kind, now=now)
    if result.state == "held" != one.state:
        hold(db, one, now=now)
    if result.final and (one.settled_at is None or result.state != one.state):
        _look_at_pair(db, one, result, now=now)


def _look_at_pair(db: Db, one: TwoSided, result: Outcome, *, now: datetime) -> None:
    """What only shows over several sessions."""
    past = [row for row in sessions_of_pair(db, pairing_id=one.pairing_id) if row.starts_at <= now]
    states = [row.state for row in past]
    if result.state == "missed" and missed_in_a_row(states):
        raise_about(db, one, kind="missed_twice", now=now)
    if result.state == "unreported" and unreported_in_a_row(states):
        raise_about(db, one, kind="unreported_twice", now=now)
    if result.proof in ("mentor", "mentee") and one_sided_share(past):
        raise_about(db, one, kind="one_sided", now=now)


def raise_about(db: Db, one: TwoSided, *, kind: str, now: datetime) -> None:
    """An alert about that session, or about its pair."""
    of_pair = kind in OF_THE_PAIR
    about = f"pairing:{one.pairing_id}" if of_pair else f"session:{one.id}"
    raise_alert(
        db,
        kind=kind,
        subject=f"{kind}:{about}",
        participant_id=one.mentee_person,
        detail=about,
        now=now,
    )


def hold(db: Db, one: TwoSided, *, now: datetime) -> None:
    """One more was held: half way, or at the end, each is asked the next day and not later. A
    mentee's sessions with an earlier mentor count for her."""
    steps = ((one.mid_sessions, "mid", "mid_point"), (one.target, "end", "end_survey"))
    sides = (
        (one.mentor_id, "_mentor", held_of(db, pairing_id=one.pairing_id)),
        (one.mentee_id, "", held_with_all(db, mentee_id=one.mentee_id)),
    )
    for enrolment_id, ending, held in sides:
        for number, slot, flow in steps:
            if 0 < number <= held:  # 0: by the week alone
                bring_forward(
                    db,
                    enrolment_id=enrolment_id,
                    slot=slot,
                    flow=f"{flow}{ending}",
                    due_at=now + NEXT_DAY,
                )
