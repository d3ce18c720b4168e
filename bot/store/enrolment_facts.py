"""What planning needs to know of an enrolment and of a pair: rows as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Table, exists, func, or_, select
from sqlmodel import Session as Db

from bot.programme.hours import Hours
from bot.programme.planning import CheckInRow, EnrolmentFacts
from bot.programme.session_plan import ComingSession, PairSession
from bot.store.cohorts import Calendar, calendar_of, fresh
from bot.store.models import (
    CheckIn,
    Consent,
    Enrolment,
    Pairing,
    Participant,
    Session,
    SessionChange,
    SessionReport,
)
from bot.store.tables import table

_CHECK_IN: Table = table(CheckIn)
_CONSENT: Table = table(Consent)
_ENROLMENT: Table = table(Enrolment)
_PAIRING: Table = table(Pairing)
_SESSION: Table = table(Session)
_REPORT: Table = table(SessionReport)
_CHANGE: Table = table(SessionChange)


@dataclass(frozen=True, kw_only=True)
class PairRow:
    """An active pair by its two enrolments."""

    id: int
    mentor_id: int
    mentee_id: int
    made_at: datetime


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of a pair, and when she may be asked something."""

    enrolment_id: int
    role: str
    hours: Hours
    part_of_day: str


def facts_of(
    db: Db, *, enrolment: Enrolment, calendar: Calendar, sessions: tuple[ComingSession, ...] = ()
) -> EnrolmentFacts:
    """`sessions`: those whose questions are to be planned along with the rest."""
    person = fresh(db, Participant, enrolment.participant_id)
    agreed_at, declined = _agreement(db, participant_id=enrolment.participant_id)
    pairs = pairs_of(db, enrolment_ids=(enrolment.id or 0,))
    held = _held(db, enrolment=enrolment)
    by_pair = calendar.terms.session_plan == "pairs" and enrolment.role == "mentor"
    return EnrolmentFacts(
        role=enrolment.role,
        terms=calendar.terms,
        hours=calendar.hours(person.hold_backs),
        joined_at=enrolment.created_at,
        agreed_at=agreed_at,
        declined=declined,
        active=enrolment.state == "active",
        follow_up=_said_yes(db, participant_id=enrolment.participant_id, kind="follow_up"),
        part_of_day=person.part_of_day,
        weekday=person.weekday,
        halfway_at=_held_so_many(held, calendar.terms.mid_sessions),
        done_at=_held_so_many(held, calendar.terms.sessions),
        arrange_from=tuple((pair.id, pair.made_at) for pair in pairs) if by_pair else (),
        sessions=sessions,
    )


def check_in_rows(db: Db, *, enrolment_id: int) -> list[CheckInRow]:
    query = select(_CHECK_IN).where(_CHECK_IN.c.enrolment_id == enrolment_id)
    return [
        CheckInRow(
            id=row.id,
            flow=row.flow,
            slot=row.slot,
            due_at=row.due_at,
            state=row.state,
        )
        for row in db.execute(query.order_by(_CHECK_IN.c.due_at, _CHECK_IN.c.id))
    ]


def pairs_of(db: Db, *, enrolment_ids: Sequence[int]) -> list[PairRow]:
    """The active pairs in which one of these takes part."""
    query = select(_PAIRING).where(
        _PAIRING.c.state == "active",
        or_(_PAIRING.c.mentor_id.in_(enrolment_ids), _PAIRING.c.mentee_id.in_(enrolment_ids)),
    )
    return [
        PairRow(id=row.id, mentor_id=row.mentor_id, mentee_id=row.mentee_id, made_at=row.created_at)
        for row in db.execute(query.order_by(_PAIRING.c.id))
    ]


def pair_sessions(db: Db, *, pairing_id: int, now: datetime) -> list[PairSession]:
    """All sessions of a pair, and which of them nobody has said or been asked anything about, nor
    staff set for them."""
    reported = exists().where(_REPORT.c.session_id == _SESSION.c.id)
    asked = exists().where(
        _CHECK_IN.c.session_id == _SESSION.c.id, _CHECK_IN.c.asked_at.is_not(None)
    )
    set_by_staff = exists().where(_CHANGE.c.session_id == _SESSION.c.id)
    touched = or_(reported, asked, set_by_staff)
    query = select(_SESSION, touched.label("touched")).where(_SESSION.c.pairing_id == pairing_id)
    return [
        PairSession(
            id=row.id,
            number=row.number,
            starts_at=row.starts_at,
            minutes=row.planned_minutes,
            state=row.state,
            untouched=row.state == "planned"
            and row.proposed_by == ""
            and row.starts_at > now
            and not row.touched,
        )
        for row in db.execute(query.order_by(_SESSION.c.starts_at, _SESSION.c.id))
    ]


def coming_session(db: Db, *, session_id: int) -> tuple[ComingSession, int] | None:
    """A planned session, and its pairing; None when it is not planned."""
    session = fresh(db, Session, session_id)
    if session.state != "planned":
        return None
    coming = ComingSession(
        id=session_id, starts_at=session.starts_at, minutes=session.planned_minutes
    )
    return coming, session.pairing_id


def sides_of(db: Db, *, pairing_id: int) -> list[Side]:
    """Both of a pair, as far as they are still in the cohort."""
    pairing = db.get_one(Pairing, pairing_id)
    both = [fresh(db, Enrolment, key) for key in (pairing.mentor_id, pairing.mentee_id)]
    calendar = calendar_of(db, cohort_id=both[0].cohort_id)
    return [_side(db, enrolment, calendar) for enrolment in both if enrolment.state == "active"]


def _side(db: Db, enrolment: Enrolment, calendar: Calendar) -> Side:
    person = fresh(db, Participant, enrolment.participant_id)
    return Side(
        enrolment_id=enrolment.id or 0,
        role=enrolment.role,
        hours=calendar.hours(person.hold_backs),
        part_of_day=person.part_of_day,
    )


def cohort_enrolments(db: Db, *, cohort_id: int) -> Sequence[Enrolment]:
    """Those in which something is still to come."""
    query = select(Enrolment).where(
        _ENROLMENT.c.cohort_id == cohort_id, _ENROLMENT.c.state == "active"
    )
    return db.execute(query.order_by(_ENROLMENT.c.id)).scalars().all()


def _agreement(db: Db, *, participant_id: int) -> tuple[datetime | None, bool]:
    """Since when she has agreed to messages, and whether she said no. The newest word counts."""
    said = _CONSENT.c.participant_id == participant_id, _CONSENT.c.kind == "messages"
    query = select(_CONSENT.c.given, _CONSENT.c.at).where(*said).order_by(_CONSENT.c.id)
    answers = db.execute(query).all()
    if not answers:
        return None, False
    if not answers[-1].given:
        return None, True
    return next(row.at for row in answers if row.given), False


def _said_yes(db: Db, *, participant_id: int, kind: str) -> bool:
    query = select(_CONSENT.c.given).where(
        _CONSENT.c.participant_id == participant_id, _CONSENT.c.kind == kind
    )
    newest = db.execute(query.order_by(_CONSENT.c.id.desc()).limit(1)).scalar_one_or_none()
    return bool(newest)


def _held(db: Db, *, enrolment: Enrolment) -> list[list[datetime]]:
    """When sessions were held, in order: a mentee's all together, a mentor's by pair."""
    is_mentor = enrolment.role == "mentor"
    side = _PAIRING.c.mentor_id if is_mentor else _PAIRING.c.mentee_id
    query = (
        select(_PAIRING.c.id, func.coalesce(_SESSION.c.settled_at, _SESSION.c.starts_at))
        .join(_SESSION, _SESSION.c.pairing_id == _PAIRING.c.id)
        .where(side == enrolment.id, _SESSION.c.state == "held")
        .order_by(_SESSION.c.starts_at, _SESSION.c.id)
    )
    held: dict[int, list[datetime]] = {}
    for pairing_id, moment in db.execute(query):
        held.setdefault(pairing_id if is_mentor else 0, []).append(moment)
    return list(held.values())


def _held_so_many(held: Sequence[Sequence[datetime]], number: int) -> datetime | None:
    """When so many had been held, in the first pair that came so far."""
    if number < 1:
        return None
    return min((moments[number - 1] for moments in held if len(moments) >= number), default=None)
