"""Bring what is planned in line with what should be: cohorts after a change of their settings, or
enrolments after her own choice. Only what has not been sent, and nothing that a pair agreed.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlmodel import Session as Db

from bot.actions.foresee import (
    Differences,
    Known,
    Shifts,
    check_in_changes,
    known_of,
    session_changes,
)
from bot.actions.plan import apply_check_ins, apply_sessions, plan_enrolments
from bot.programme.plan_words import SESSION, Changes, Line, together
from bot.store.cohorts import Calendar
from bot.store.pair_facts import EnrolmentRow, enrolments_by_id, enrolments_in, pairs_of


class Otherwise(Exception):
    """What staff confirmed is not what would happen now: the whole transaction must not count."""

    def __init__(self, changes: Changes) -> None:
        super().__init__()
        self.changes = changes


def replan(
    db: Db,
    *,
    calendars: Sequence[Calendar],
    now: datetime,
    apply: bool,
    shown: str | None = None,
) -> Changes:
    """What changes in these cohorts with the settings and breaks that they have here.

    It is done only with `apply`. `shown`: the digest of what staff confirmed; raises `Otherwise`.
    """
    as_if = {calendar.cohort_id: calendar for calendar in calendars}
    active = enrolments_in(db, cohort_ids=as_if)
    # First, since a pair is locked before its questions are, and read as it stands from then on
    pairs = pairs_of(db, enrolment_ids=active, lock=apply)
    both = {key for pair in pairs for key in (pair.mentor_id, pair.mentee_id)}
    people = active | enrolments_by_id(db, enrolment_ids=both - active.keys())
    known = known_of(db, people=people, pairs=pairs, as_if=as_if, now=now)
    shifts = session_changes(known, now=now)
    apart = {each.id for some in shifts.values() for each in some if each.id is not None}
    differences = check_in_changes(db, known, whose=active, apart=apart, now=now)
    changes = _changes(known, shifts=shifts, differences=differences)
    if apply and shown not in (None, changes.digest):
        raise Otherwise(changes)
    if apply:
        apply_sessions(db, known, shifts, now=now)
        apply_check_ins(db, differences)
    return changes


def replan_enrolments(db: Db, *, enrolment_ids: Collection[int], now: datetime) -> Changes:
    """What changed in them by her own choice; their sessions stay when they are."""
    known, differences = plan_enrolments(db, enrolment_ids=enrolment_ids, now=now)
    return _changes(known, shifts={}, differences=differences)


def _changes(known: Known, *, shifts: Shifts, differences: Differences) -> Changes:
    lines = (*_check_in_lines(known, differences), *_session_lines(known, shifts))
    return together([Changes(lines=lines)])


def _check_in_lines(known: Known, differences: Differences) -> Iterator[Line]:
    for key, difference in differences.items():
        who = known.people[key]
        for each in difference.added:
            yield _line(who, flow=each.flow, slot=each.slot, becomes=each.due_at)
        for move in difference.moved:
            row = move.row
            yield _line(who, flow=row.flow, slot=row.slot, was=row.due_at, becomes=move.due_at)
        for row in difference.removed:
            yield _line(who, flow=row.flow, slot=row.slot, was=row.due_at)


def _line(
    who: EnrolmentRow,
    *,
    flow: str,
    slot: str,
    was: datetime | None = None,
    becomes: datetime | None = None,
) -> Line:
    return Line(
        participant_id=who.participant_id,
        name=who.name,
        flow=flow,
        slot=slot,
        was=was,
        becomes=becomes,
    )


def _session_lines(known: Known, shifts: Shifts) -> Iterator[Line]:
    """A session stands once, with the mentee."""
    pairs = {pair.id: pair for pair in known.pairs}
    for pairing_id, some in shifts.items():
        pair = pairs[pairing_id]
        mentee, mentor = known.people[pair.mentee_id], known.people[pair.mentor_id]
        for each in some:
            yield Line(
                participant_id=mentee.participant_id,
                name=mentee.name,
                flow=SESSION,
                slot=f"session-{each.id}" if each.id is not None else "",
                was=each.was,
                becomes=each.starts_at,
                other=mentor.name,
                minutes=each.minutes,
            )
