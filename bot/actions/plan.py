"""Write what is to come as rows: everything one enrolment should be asked, a pair's sessions, and
the questions about each. The future stands in the database; planning twice plans once.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session as Db

from bot.programme.planning import Difference, about_session, difference, wanted
from bot.programme.session_plan import (
    WORTH_REMINDING,
    ComingSession,
    SessionShift,
    session_shifts,
)
from bot.store.cohorts import Calendar, calendar_of, fresh
from bot.store.enrolment_facts import (
    Side,
    check_in_rows,
    coming_session,
    facts_of,
    pair_sessions,
    pairs_of,
    sides_of,
)
from bot.store.models import Enrolment, Pairing
from bot.store.pairs import pair_by_id
from bot.store.planned import (
    active_enrolments,
    due_about_session,
    insert_check_in,
    insert_sessions,
    last_number,
    move_check_in,
    move_session,
    remove_check_in,
    remove_session,
    renumber,
    skip_about_session,
)

LONDON = ZoneInfo("Europe/London")


def plan_once(
    db: Db,
    *,
    enrolment_id: int,
    flow: str,
    slot: str,
    due_at: datetime,
    session_id: int | None = None,
    goal_id: int | None = None,
    training_id: int | None = None,
) -> None:
    """One planned check-in, if its slot is free."""
    insert_check_in(
        db,
        enrolment_id=enrolment_id,
        flow=flow,
        slot=slot,
        due_at=due_at,
        session_id=session_id,
        goal_id=goal_id,
        training_id=training_id,
    )


def plan_check_ins(db: Db, *, enrolment_id: int, now: datetime) -> Difference:
    """Everything that is to come in one enrolment, by its cohort's calendar and her own choices."""
    enrolment = fresh(db, Enrolment, enrolment_id)
    calendar = calendar_of(db, cohort_id=enrolment.cohort_id)
    changes = check_in_changes(db, enrolment=enrolment, calendar=calendar, now=now)
    apply_check_ins(db, enrolment_id=enrolment_id, changes=changes)
    return changes


def plan_all(db: Db, *, participant_id: int, now: datetime) -> None:
    """Her consent counts in every cohort that she is in, not only where she was asked for it."""
    for enrolment_id in active_enrolments(db, participant_id=participant_id):
        plan_check_ins(db, enrolment_id=enrolment_id, now=now)


def plan_sessions(db: Db, *, pairing_id: int, now: datetime) -> None:
    """A session a week by the cohort's settings, and what both sides are asked about each."""
    pairing = db.get_one(Pairing, pairing_id)
    mentor = db.get_one(Enrolment, pairing.mentor_id)
    calendar = calendar_of(db, cohort_id=mentor.cohort_id)
    sessions = pair_sessions(db, pairing_id=pairing_id, now=now)
    shifts = session_shifts(calendar.terms, calendar.hours(), sessions=sessions, now=now)
    apply_sessions(db, pairing_id=pairing_id, shifts=shifts, now=now)


def plan_session(db: Db, *, session_id: int, now: datetime) -> None:
    """Both sides are reminded a day before, where that is still worth it, and asked afterwards."""
    found = coming_session(db, session_id=session_id)
    if found is not None:
        session, pairing_id = found
        for side in sides_of(db, pairing_id=pairing_id):
            _plan_side(db, side=side, session=session, now=now)


def unplan_session(db: Db, *, session_id: int, reason: str, now: datetime) -> None:
    """Nothing that is still planned about it is asked; the rows stay, with the reason."""
    skip_about_session(db, session_id=session_id, reason=reason)


def check_in_changes(
    db: Db,
    *,
    enrolment: Enrolment,
    calendar: Calendar,
    now: datetime,
    apart: frozenset[int] = frozenset(),
) -> Difference:
    """What must change in one enrolment. `apart`: sessions that are planned anew anyway."""
    enrolment_id = enrolment.id or 0
    coming = [
        ComingSession(id=each.id, starts_at=each.starts_at, minutes=each.minutes)
        for pair in pairs_of(db, enrolment_ids=(enrolment_id,))
        for each in pair_sessions(db, pairing_id=pair.id, now=now)
        if each.state == "planned" and each.starts_at > now and each.id not in apart
    ]
    facts = facts_of(db, enrolment=enrolment, calendar=calendar, sessions=tuple(coming))
    rows = check_in_rows(db, enrolment_id=enrolment_id)
    return difference(rows, wanted(facts), now=now)


def apply_check_ins(db: Db, *, enrolment_id: int, changes: Difference) -> None:
    """What was sent in the meantime stays as it is."""
    for row in changes.removed:
        remove_check_in(db, check_in_id=row.id)
    for move in changes.moved:
        move_check_in(db, check_in_id=move.row.id, due_at=move.due_at)
    for each in changes.added:
        insert_check_in(
            db, enrolment_id=enrolment_id, flow=each.flow, slot=each.slot, due_at=each.due_at
        )


def apply_sessions(
    db: Db, *, pairing_id: int, shifts: tuple[SessionShift, ...], now: datetime
) -> None:
    """New ones are numbered on; then all that nobody has touched are, in the order of time."""
    pair_by_id(db, pairing_id=pairing_id)  # locked: a message may be naming a time of theirs now
    for shift in shifts:
        if shift.id is not None and shift.starts_at is None:
            remove_session(db, session_id=shift.id)
        elif shift.id is not None and shift.starts_at is not None:
            move_session(db, session_id=shift.id, starts_at=shift.starts_at, minutes=shift.minutes)
    news = sorted(shift.starts_at for shift in shifts if shift.id is None and shift.starts_at)
    minutes = next((shift.minutes for shift in shifts if shift.id is None), 0)
    first = last_number(db, pairing_id=pairing_id) + 1
    made = insert_sessions(db, pairing_id=pairing_id, first=first, starts=news, minutes=minutes)
    moved = [shift.id for shift in shifts if shift.id is not None and shift.starts_at is not None]
    if not moved and not made:
        return
    loose = [each for each in pair_sessions(db, pairing_id=pairing_id, now=now) if each.untouched]
    renumber(db, session_ids=[each.id for each in loose])
    sides = sides_of(db, pairing_id=pairing_id)
    for each in loose:
        if each.id in moved or each.id in made:
            session = ComingSession(id=each.id, starts_at=each.starts_at, minutes=each.minutes)
            for side in sides:
                _plan_side(db, side=side, session=session, now=now)


def _plan_side(db: Db, *, side: Side, session: ComingSession, now: datetime) -> None:
    planned = about_session(session, role=side.role, hours=side.hours, part_of_day=side.part_of_day)
    due = {each.flow: each.due_at for each in planned}
    if session.starts_at - now <= WORTH_REMINDING:
        due.pop("session_remind", None)
    if "session_remind" not in due:
        skip_about_session(
            db,
            session_id=session.id,
            reason="short_notice",
            flow="session_remind",
            enrolment_id=side.enrolment_id,
        )
    for flow, due_at in due.items():
        due_about_session(
            db,
            enrolment_id=side.enrolment_id,
            session_id=session.id,
            flow=flow,
            due_at=due_at,
            now=now,
        )
