"""Write what is to come as rows: everything that enrolments should be asked, sessions of pairs, and
the questions about each. The future stands in the database; planning twice plans once.

What is for many reads and writes as many statements as for one.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session as Db

from bot.actions.foresee import (
    Differences,
    Known,
    Shifts,
    check_in_changes,
    known_of,
    session_changes,
)
from bot.programme.planning import about_session
from bot.programme.session_plan import WORTH_REMINDING, ComingSession, renumbered
from bot.store.cohorts import calendars_of
from bot.store.pair_facts import (
    Side,
    coming_session,
    enrolments_by_id,
    pair_with_id,
    pairs_of,
    sessions_of,
    sides_of,
)
from bot.store.planned import (
    NewCheckIn,
    NewSession,
    active_enrolments,
    due_about_sessions,
    insert_check_ins,
    insert_sessions,
    move_check_ins,
    move_sessions,
    remove_check_ins,
    remove_sessions,
    renumber,
    skip_about_session,
    skip_reminders,
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
    new = NewCheckIn(
        enrolment_id=enrolment_id,
        flow=flow,
        slot=slot,
        due_at=due_at,
        session_id=session_id,
        goal_id=goal_id,
        training_id=training_id,
    )
    insert_check_ins(db, [new])


def plan_check_ins(db: Db, *, enrolment_id: int, now: datetime) -> None:
    """Everything that is to come in one enrolment, by its cohort's calendar and her own choices."""
    plan_enrolments(db, enrolment_ids=(enrolment_id,), now=now)


def plan_all(db: Db, *, participant_id: int, now: datetime) -> None:
    """Her consent counts in every cohort that she is in, not only where she was asked for it."""
    hers = active_enrolments(db, participant_id=participant_id)
    plan_enrolments(db, enrolment_ids=hers, now=now)


def plan_enrolments(
    db: Db, *, enrolment_ids: Collection[int], now: datetime
) -> tuple[Known, Differences]:
    """What is known of these enrolments, and what changed in each. Their sessions stay."""
    people = enrolments_by_id(db, enrolment_ids=enrolment_ids)
    pairs = pairs_of(db, enrolment_ids=enrolment_ids) if people else []
    known = known_of(db, people=people, pairs=pairs, now=now)
    changes = check_in_changes(db, known, whose=enrolment_ids, now=now)
    apply_check_ins(db, changes)
    return known, changes


def plan_sessions(db: Db, *, pairing_id: int, now: datetime) -> None:
    """A session a week by the cohort's settings, and what both sides are asked about each."""
    pair = pair_with_id(db, pairing_id=pairing_id, lock=True)
    people = enrolments_by_id(db, enrolment_ids=(pair.mentor_id, pair.mentee_id))
    known = known_of(db, people=people, pairs=[pair], now=now)
    apply_sessions(db, known, session_changes(known, now=now), now=now)


def plan_session(db: Db, *, session_id: int, now: datetime) -> None:
    """Both sides are reminded a day before, where that is still worth it, and asked afterwards."""
    found = coming_session(db, session_id=session_id)
    if found is not None:
        session, pairing_id = found
        pair = pair_with_id(db, pairing_id=pairing_id)
        people = enrolments_by_id(db, enrolment_ids=(pair.mentor_id, pair.mentee_id))
        (calendar,) = calendars_of(db, cohort_ids=(pair.cohort_id,)).values()
        sides = sides_of(pair, people, calendar)
        _plan_about(db, [(side, session) for side in sides], now=now)


def unplan_session(db: Db, *, session_id: int, reason: str, now: datetime) -> None:
    """Nothing that is still planned about it is asked; the rows stay, with the reason."""
    skip_about_session(db, session_id=session_id, reason=reason)


def apply_check_ins(db: Db, changes: Differences) -> None:
    """What was sent in the meantime stays as it is."""
    every = changes.values()
    remove_check_ins(db, check_in_ids=[row.id for each in every for row in each.removed])
    move_check_ins(db, {move.row.id: move.due_at for each in every for move in each.moved})
    new = (
        NewCheckIn(enrolment_id=key, flow=one.flow, slot=one.slot, due_at=one.due_at)
        for key, each in changes.items()
        for one in each.added
    )
    insert_check_ins(db, new)


def apply_sessions(db: Db, known: Known, shifts: Shifts, *, now: datetime) -> None:
    """For pairs that are locked: a message may be naming a time of theirs now. New ones are
    numbered on; then all that nobody has touched are, in the order of time."""
    every = [shift for some in shifts.values() for shift in some]
    gone = [each.id for each in every if each.id is not None and each.starts_at is None]
    remove_sessions(db, gone, reason="replanned")
    moved = {
        each.id: (each.starts_at, each.minutes)
        for each in every
        if each.id is not None and each.starts_at is not None
    }
    move_sessions(db, moved)
    changed = {*moved, *insert_sessions(db, list(_new_sessions(shifts)))}
    pairs = [pair for pair in known.pairs if any(one.starts_at for one in shifts[pair.id])]
    sessions = sessions_of(db, pairing_ids=[pair.id for pair in pairs], now=now)
    loose = {key: [each for each in some if each.untouched] for key, some in sessions.items()}
    renumber(db, {key: to for some in loose.values() for key, to in renumbered(some).items()})
    about = [
        (side, ComingSession(id=each.id, starts_at=each.starts_at, minutes=each.minutes))
        for pair in pairs
        for sides in [sides_of(pair, known.people, known.calendars[pair.cohort_id])]
        for each in loose[pair.id]
        if each.id in changed
        for side in sides
    ]
    _plan_about(db, about, now=now)


def _new_sessions(shifts: Shifts) -> Iterator[NewSession]:
    """Each pair's in the order of time."""
    for pairing_id, some in shifts.items():
        new = [(each.starts_at, each.minutes) for each in some if each.id is None]
        for starts_at, minutes in sorted((at, long) for at, long in new if at is not None):
            yield NewSession(pairing_id=pairing_id, starts_at=starts_at, minutes=minutes)


def _plan_about(db: Db, about: Sequence[tuple[Side, ComingSession]], *, now: datetime) -> None:
    """Each side is reminded of its session where that is still worth it, and asked afterwards."""
    due = [(side, session.id, _due(side, session, now=now)) for side, session in about]
    unminded = (
        (side.enrolment_id, session_id)
        for side, session_id, times in due
        if "session_remind" not in times
    )
    skip_reminders(db, unminded, reason="short_notice")
    new = (
        NewCheckIn(
            enrolment_id=side.enrolment_id,
            session_id=session_id,
            flow=flow,
            slot=f"session-{session_id}",
            due_at=due_at,
        )
        for side, session_id, times in due
        for flow, due_at in times.items()
    )
    due_about_sessions(db, new, now=now)


def _due(side: Side, session: ComingSession, *, now: datetime) -> dict[str, datetime]:
    """When she is asked what about it, by flow."""
    planned = about_session(session, role=side.role, hours=side.hours, part_of_day=side.part_of_day)
    due = {each.flow: each.due_at for each in planned}
    if session.starts_at - now <= WORTH_REMINDING:
        due.pop("session_remind", None)
    return due
