"""What must change in what is planned, for many at once, in as many statements as for one. Nothing
is written here.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session as Db

from bot.programme.planning import Difference, difference, wanted
from bot.programme.session_plan import ComingSession, PairSession, SessionShift, session_shifts
from bot.store.cohorts import Calendar, calendars_of
from bot.store.enrolment_facts import check_in_rows, facts_of
from bot.store.pair_facts import EnrolmentRow, PairRow, sessions_of

Shifts = Mapping[int, Sequence[SessionShift]]  # by pair
Differences = Mapping[int, Difference]  # by enrolment


@dataclass(frozen=True, kw_only=True)
class Known:
    """Enrolments and pairs, with what both are planned from: `people` by enrolment, `calendars` by
    cohort, `sessions` by pair."""

    people: Mapping[int, EnrolmentRow]
    pairs: Sequence[PairRow]
    calendars: Mapping[int, Calendar]
    sessions: Mapping[int, Sequence[PairSession]]


def known_of(
    db: Db,
    *,
    people: Mapping[int, EnrolmentRow],
    pairs: Sequence[PairRow],
    now: datetime,
    as_if: Mapping[int, Calendar] | None = None,
) -> Known:
    """With their sessions and calendars. `as_if`: those that cohorts would have."""
    given = as_if or {}
    cohorts = {her.cohort_id for her in people.values()} | {pair.cohort_id for pair in pairs}
    return Known(
        people=people,
        pairs=pairs,
        calendars={**calendars_of(db, cohort_ids=cohorts - given.keys()), **given},
        sessions=sessions_of(db, pairing_ids=[pair.id for pair in pairs], now=now),
    )


def session_changes(known: Known, *, now: datetime) -> Shifts:
    """What must change among the sessions of each pair."""
    calendars = {pair.id: known.calendars[pair.cohort_id] for pair in known.pairs}
    return {
        pairing_id: session_shifts(
            calendar.terms, calendar.hours(), sessions=known.sessions[pairing_id], now=now
        )
        for pairing_id, calendar in calendars.items()
    }


def check_in_changes(
    db: Db,
    known: Known,
    *,
    whose: Collection[int],
    now: datetime,
    apart: Collection[int] = (),
) -> Differences:
    """What must change in each of these enrolments. `apart`: sessions that are planned anew
    anyway."""
    if not whose:
        return {}
    coming: dict[int, list[ComingSession]] = defaultdict(list)
    for pair in known.pairs:
        ahead = [
            ComingSession(id=each.id, starts_at=each.starts_at, minutes=each.minutes)
            for each in known.sessions[pair.id]
            if each.state == "planned" and each.starts_at > now and each.id not in apart
        ]
        coming[pair.mentor_id] += ahead
        coming[pair.mentee_id] += ahead
    facts = facts_of(
        db,
        [known.people[enrolment_id] for enrolment_id in whose],
        calendars=known.calendars,
        pairs=known.pairs,
        sessions=coming,
    )
    rows = check_in_rows(db, enrolment_ids=whose)
    return {key: difference(rows[key], wanted(each), now=now) for key, each in facts.items()}
