"""Bring every session that is over to one final state, and see that the next one is arranged.

Whoever was silent has had her time; what is final is what was said, and staff hear of the rest.
"""

from datetime import datetime, timedelta

from sqlmodel import Session as Db

from bot.actions.alert import raise_alert
from bot.actions.arrange_idle import arrange_idle
from bot.actions.close_begun import close_begun
from bot.actions.conclude import conclude
from bot.actions.due_today import due_today
from bot.actions.house import House
from bot.actions.mark import mark
from bot.actions.plan import plan_once, unplan_session
from bot.actions.tell_other import raise_untold
from bot.programme.sessions import outcome
from bot.store.database import unavailable
from bot.store.sessions import TwoSided, change_session, two_sided
from bot.store.unsettled import Unsettled, unsettled, untold, was_raised

AT_THE_LATEST = timedelta(days=14)  # after a session it is settled, whatever is still open
NOTICED_WITHIN = timedelta(days=14)
ONCE_A_DAY = "idle_pairs"


def settle_due(house: House, *, now: datetime) -> int:
    """How many sessions were settled. Once a day, pairs with nothing ahead are looked after."""
    close_begun(house, now=now)
    with house.database.reading() as db:
        over = [one for one in unsettled(db, now=now) if _is_over(one, now=now)]
        unheard = untold(db, now=now, since=now - NOTICED_WITHIN)
    settled = sum(_settle_alone(house, one, now=now) for one in over)
    if unheard:
        with house.database.transaction() as db:
            for missed in unheard:
                raise_untold(
                    db,
                    session_id=missed.session_id,
                    participant_id=missed.participant_id,
                    now=now,
                )
    if due_today(house, name=ONCE_A_DAY, now=now):
        arrange_idle(house, now=now)
        mark(house.database, name=ONCE_A_DAY, now=now)
    return settled


def _settle_alone(house: House, one: Unsettled, *, now: datetime) -> int:
    try:
        with house.database.transaction() as db:
            return _settle(db, one, now=now)
    except Exception as error:  # one that cannot be settled must not stop all the others
        if unavailable(error):
            raise
        _tell_once(house, one, error=type(error).__name__, now=now)
        return 0


def _tell_once(house: House, one: Unsettled, *, error: str, now: datetime) -> None:
    """It is tried again at every tick; staff hear of it the first time."""
    subject = f"parked:session:{one.id}"
    with house.database.transaction() as db:
        if not was_raised(db, subject=subject):
            raise_alert(
                db,
                kind="parked",
                subject=subject,
                participant_id=one.mentee_person,
                detail=error,
                now=now,
            )


def _is_over(one: Unsettled, *, now: datetime) -> bool:
    """Never agreed, of a pair that pauses, called off before; else when all had their time."""
    if one.state in ("proposed", "cancelled") or _never_to_be(one):
        return True
    return _is_heard(one, now=now)


def _is_heard(one: Unsettled, *, now: datetime) -> bool:
    """Nobody can be waited for any longer."""
    if now >= one.starts_at + AT_THE_LATEST:
        return True
    if one.pending or one.asked_at is None:
        return False
    return now >= one.asked_at + timedelta(hours=one.close_hours)


def _settle(db: Db, due: Unsettled, *, now: datetime) -> int:
    """Looked at again, under its lock: since it was read, somebody may have said something."""
    one = two_sided(db, session_id=due.id)
    if one is None or one.settled_at is not None or one.starts_at > now:
        return 0
    if one.by_staff or one.called_off:
        change_session(db, one.id, settled_at=now)
        return 1
    silent = one.mentor is None and one.mentee is None
    if one.state == "proposed" or (_never_to_be(due) and silent):
        reason = "no_answer" if one.state == "proposed" else due.pairing_state
        change_session(db, one.id, state="cancelled", reason=reason, settled_at=now)
        unplan_session(db, session_id=one.id, reason=reason, now=now)
        return 1
    return _conclude(db, one, due, now=now) if _is_heard(due, now=now) else 0


def _never_to_be(one: Unsettled) -> bool:
    """The pair had paused or ended before: unless somebody says otherwise, they did not meet. Of a
    session that had begun when they paused, both are asked as of any other."""
    ended = one.pairing_state == "ended" and (one.ended_at is None or one.ended_at < one.starts_at)
    return ended or (one.pairing_state == "paused" and not one.spoken_of)


def _conclude(db: Db, one: TwoSided, due: Unsettled, *, now: datetime) -> int:
    late = now >= one.starts_at + AT_THE_LATEST
    result = outcome(
        one.mentor,
        one.mentee,
        over=True,
        planned_minutes=one.planned_minutes,
        asked_again=due.asked_again or late,
    )
    if result.ask_mentor_again:
        _ask_again(db, one, now=now)
        return 0
    was = outcome(one.mentor, one.mentee, over=False, planned_minutes=one.planned_minutes)
    new = [kind for kind in result.tasks if kind not in was.tasks]
    conclude(db, one, result, tasks=new, now=now)
    return 1


def _ask_again(db: Db, one: TwoSided, *, now: datetime) -> None:
    """The same question once more, so that the asking tells nothing."""
    plan_once(
        db,
        enrolment_id=one.mentor_id,
        flow="session_confirm",
        slot=f"session-{one.id}-again",
        due_at=now,
        session_id=one.id,
    )
