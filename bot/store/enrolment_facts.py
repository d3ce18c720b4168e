"""What decides when enrolments are asked what, and what they are to be asked: for many at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Table, func, or_, select
from sqlmodel import Session as Db

from bot.programme.planning import CheckInRow, EnrolmentFacts
from bot.programme.session_plan import ComingSession
from bot.store.cohorts import Calendar
from bot.store.models import CheckIn, Consent, Pairing, Session
from bot.store.pair_facts import EnrolmentRow, PairRow
from bot.store.tables import table

_CHECK_IN: Table = table(CheckIn)
_CONSENT: Table = table(Consent)
_PAIRING: Table = table(Pairing)
_SESSION: Table = table(Session)

Said = Sequence[tuple[bool, datetime]]  # given, and when; the newest word is the last
Held = Mapping[int, Sequence[datetime]]  # when sessions were, in order, by what is counted together


def facts_of(
    db: Db,
    enrolments: Sequence[EnrolmentRow],
    *,
    calendars: Mapping[int, Calendar],
    pairs: Iterable[PairRow],
    sessions: Mapping[int, Sequence[ComingSession]],
) -> dict[int, EnrolmentFacts]:
    """`calendars` by cohort; `sessions` by enrolment: those whose questions are to be planned along
    with the rest."""
    said = _said(db, participant_ids={each.participant_id for each in enrolments})
    held = _held(db, enrolment_ids=[each.id for each in enrolments])
    mentored: dict[int, list[tuple[int, datetime]]] = defaultdict(list)
    for pair in pairs:
        mentored[pair.mentor_id].append((pair.id, pair.made_at))
    return {
        each.id: _facts(
            each,
            calendar=calendars[each.cohort_id],
            messages=said[each.participant_id, "messages"],
            follow_up=said[each.participant_id, "follow_up"],
            held=held[each.id, each.role],
            mentored=mentored[each.id],
            sessions=sessions.get(each.id, ()),
        )
        for each in enrolments
    }


def _facts(
    row: EnrolmentRow,
    *,
    calendar: Calendar,
    messages: Said,
    follow_up: Said,
    held: Held,
    mentored: Sequence[tuple[int, datetime]],
    sessions: Sequence[ComingSession],
) -> EnrolmentFacts:
    agreed_at, declined = _agreement(messages)
    by_pair = calendar.terms.session_plan == "pairs" and row.role == "mentor"
    return EnrolmentFacts(
        role=row.role,
        terms=calendar.terms,
        hours=calendar.hours(row.hold_backs),
        joined_at=row.joined_at,
        agreed_at=agreed_at,
        declined=declined,
        active=row.active,
        follow_up=bool(follow_up) and follow_up[-1][0],
        part_of_day=row.part_of_day,
        weekday=row.weekday,
        halfway_at=_held_so_many(held, calendar.terms.mid_sessions),
        done_at=_held_so_many(held, calendar.terms.sessions),
        arrange_from=tuple(mentored) if by_pair else (),
        sessions=tuple(sessions),
    )


def check_in_rows(db: Db, *, enrolment_ids: Collection[int]) -> dict[int, list[CheckInRow]]:
    """All of theirs, by enrolment, in the order in which they are due."""
    names = ("id", "enrolment_id", "flow", "slot", "due_at", "state")
    query = select(*(_CHECK_IN.c[name] for name in names))
    query = query.where(_CHECK_IN.c.enrolment_id.in_(enrolment_ids))
    found: dict[int, list[CheckInRow]] = {enrolment_id: [] for enrolment_id in enrolment_ids}
    for row in db.execute(query.order_by(_CHECK_IN.c.due_at, _CHECK_IN.c.id)):
        found[row.enrolment_id].append(
            CheckInRow(id=row.id, flow=row.flow, slot=row.slot, due_at=row.due_at, state=row.state)
        )
    return found


def _said(db: Db, *, participant_ids: Collection[int]) -> Mapping[tuple[int, str], Said]:
    """What each has said about messages and about the follow-up."""
    query = select(_CONSENT.c.participant_id, _CONSENT.c.kind, _CONSENT.c.given, _CONSENT.c.at)
    query = query.where(
        _CONSENT.c.participant_id.in_(participant_ids),
        _CONSENT.c.kind.in_(("messages", "follow_up")),
    )
    said: dict[tuple[int, str], list[tuple[bool, datetime]]] = defaultdict(list)
    for row in db.execute(query.order_by(_CONSENT.c.id)):
        said[row.participant_id, row.kind].append((row.given, row.at))
    return said


def _agreement(answers: Said) -> tuple[datetime | None, bool]:
    """Since when she has agreed to messages, and whether she said no. The newest word counts."""
    if not answers:
        return None, False
    if not answers[-1][0]:
        return None, True
    return next(at for given, at in answers if given), False


def _held(db: Db, *, enrolment_ids: Collection[int]) -> Mapping[tuple[int, str], Held]:
    """When sessions were held, by enrolment and role: a mentee's all together, a mentor's by
    pair."""
    query = (
        select(
            _PAIRING.c.id,
            _PAIRING.c.mentor_id,
            _PAIRING.c.mentee_id,
            func.coalesce(_SESSION.c.settled_at, _SESSION.c.starts_at).label("at"),
        )
        .join(_SESSION, _SESSION.c.pairing_id == _PAIRING.c.id)
        .where(
            or_(_PAIRING.c.mentor_id.in_(enrolment_ids), _PAIRING.c.mentee_id.in_(enrolment_ids)),
            _SESSION.c.state == "held",
        )
        .order_by(_SESSION.c.starts_at, _SESSION.c.id)
    )
    held: dict[tuple[int, str], dict[int, list[datetime]]] = defaultdict(lambda: defaultdict(list))
    for row in db.execute(query):
        held[row.mentor_id, "mentor"][row.id].append(row.at)
        held[row.mentee_id, "mentee"][0].append(row.at)
    return held


def _held_so_many(held: Held, number: int) -> datetime | None:
    """When so many had been held, in the first pair that came so far."""
    if number < 1:
        return None
    return min(
        (moments[number - 1] for moments in held.values() if len(moments) >= number), default=None
    )
