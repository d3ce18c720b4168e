"""Bring what is planned in line with what should be: a cohort after a change of its settings, or
one enrolment after her own choice. Only what has not been sent, and nothing that a pair agreed.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session as Db

from bot.actions.plan import apply_check_ins, apply_sessions, check_in_changes
from bot.programme.plan_words import SESSION, Changes, Line, together
from bot.programme.planning import Difference
from bot.programme.session_plan import SessionShift, session_shifts
from bot.store.cohorts import Calendar, calendar_of, fresh, names_of
from bot.store.enrolment_facts import PairRow, cohort_enrolments, pair_sessions, pairs_of
from bot.store.models import Enrolment

Names = Mapping[int, tuple[int, str]]


def replan(
    db: Db,
    *,
    now: datetime,
    apply: bool,
    cohort_id: int | None = None,
    enrolment_id: int | None = None,
    as_if: Calendar | None = None,
) -> Changes:
    """What changes, for a cohort or for one enrolment; it is done only with `apply`.

    `as_if`: the settings and breaks that a cohort would have.
    """
    if cohort_id is not None:
        calendar = as_if or calendar_of(db, cohort_id=cohort_id)
        everyone = cohort_enrolments(db, cohort_id=cohort_id)
        return _replan(db, everyone, calendar=calendar, with_sessions=True, now=now, apply=apply)
    if enrolment_id is None:
        raise ValueError("a re-planning is of a cohort or of an enrolment")
    enrolment = fresh(db, Enrolment, enrolment_id)
    calendar = calendar_of(db, cohort_id=enrolment.cohort_id)
    return _replan(db, [enrolment], calendar=calendar, with_sessions=False, now=now, apply=apply)


def _replan(
    db: Db,
    enrolments: Sequence[Enrolment],
    *,
    calendar: Calendar,
    with_sessions: bool,
    now: datetime,
    apply: bool,
) -> Changes:
    ids = [enrolment.id or 0 for enrolment in enrolments]
    pairs = pairs_of(db, enrolment_ids=ids) if with_sessions else []
    shifts = {pair: _shifts(db, pair, calendar=calendar, now=now) for pair in pairs}
    apart = frozenset(each.id for some in shifts.values() for each in some if each.id is not None)
    differences = {
        enrolment.id or 0: check_in_changes(
            db, enrolment=enrolment, calendar=calendar, apart=apart, now=now
        )
        for enrolment in enrolments
    }
    both = {key for pair in pairs for key in (pair.mentor_id, pair.mentee_id)}
    names = names_of(db, enrolment_ids={*ids, *both})
    if apply:
        for pair, some in shifts.items():  # first, since a pair is locked before its questions are
            apply_sessions(db, pairing_id=pair.id, shifts=some, now=now)
        for key, difference in differences.items():
            apply_check_ins(db, enrolment_id=key, changes=difference)
    return together(
        [
            Changes(lines=tuple(_check_in_lines(differences, names))),
            Changes(lines=tuple(_session_lines(shifts, names))),
        ]
    )


def _shifts(
    db: Db, pair: PairRow, *, calendar: Calendar, now: datetime
) -> tuple[SessionShift, ...]:
    sessions = pair_sessions(db, pairing_id=pair.id, now=now)
    return session_shifts(calendar.terms, calendar.hours(), sessions=sessions, now=now)


def _check_in_lines(differences: Mapping[int, Difference], names: Names) -> Iterator[Line]:
    for key, difference in differences.items():
        who, name = names[key]
        for each in difference.added:
            yield _line(who, name, flow=each.flow, slot=each.slot, becomes=each.due_at)
        for move in difference.moved:
            row = move.row
            yield _line(
                who, name, flow=row.flow, slot=row.slot, was=row.due_at, becomes=move.due_at
            )
        for row in difference.removed:
            yield _line(who, name, flow=row.flow, slot=row.slot, was=row.due_at)


def _line(
    who: int,
    name: str,
    *,
    flow: str,
    slot: str,
    was: datetime | None = None,
    becomes: datetime | None = None,
) -> Line:
    return Line(participant_id=who, name=name, flow=flow, slot=slot, was=was, becomes=becomes)


def _session_lines(
    shifts: Mapping[PairRow, tuple[SessionShift, ...]], names: Names
) -> Iterator[Line]:
    """A session stands once, with the mentee."""
    for pair, some in shifts.items():
        who, name = names[pair.mentee_id]
        for each in some:
            yield Line(
                participant_id=who,
                name=name,
                flow=SESSION,
                slot=f"session-{each.id}" if each.id is not None else "",
                was=each.was,
                becomes=each.starts_at,
                other=names[pair.mentor_id][1],
                minutes=each.minutes,
            )
