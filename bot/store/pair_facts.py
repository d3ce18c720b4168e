"""Enrolments and the pairs of them, many at once, as planning needs them: rows as plain values."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Table, exists, or_, select
from sqlmodel import Session as Db

from bot.programme.hours import Hours
from bot.programme.session_plan import ComingSession, PairSession
from bot.store.cohorts import Calendar
from bot.store.models import (
    CheckIn,
    Enrolment,
    Pairing,
    Participant,
    Session,
    SessionChange,
    SessionReport,
)
from bot.store.tables import table

_CHECK_IN: Table = table(CheckIn)
_ENROLMENT: Table = table(Enrolment)
_PAIRING: Table = table(Pairing)
_PERSON: Table = table(Participant)
_SESSION: Table = table(Session)
_REPORT: Table = table(SessionReport)
_CHANGE: Table = table(SessionChange)


@dataclass(frozen=True, kw_only=True)
class EnrolmentRow:
    """An enrolment, and when its participant wishes to be written to."""

    id: int
    cohort_id: int
    participant_id: int
    name: str
    role: str
    active: bool
    joined_at: datetime
    part_of_day: str
    weekday: int | None
    hold_backs: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PairRow:
    """A pair by its two enrolments. Its sessions follow the calendar of the mentor's cohort."""

    id: int
    mentor_id: int
    mentee_id: int
    cohort_id: int
    made_at: datetime


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of a pair, and when she may be asked something."""

    enrolment_id: int
    role: str
    hours: Hours
    part_of_day: str


def enrolments_by_id(db: Db, *, enrolment_ids: Collection[int]) -> dict[int, EnrolmentRow]:
    return _enrolments(db, _ENROLMENT.c.id.in_(enrolment_ids)) if enrolment_ids else {}


def enrolments_in(db: Db, *, cohort_ids: Collection[int]) -> dict[int, EnrolmentRow]:
    """Those in these cohorts in which something is still to come."""
    return _enrolments(db, _ENROLMENT.c.cohort_id.in_(cohort_ids), _ENROLMENT.c.state == "active")


def _enrolments(db: Db, *which: ColumnElement[bool]) -> dict[int, EnrolmentRow]:
    db.flush()  # what is planned follows from what was changed just now
    hers = (_PERSON.c.name, _PERSON.c.part_of_day, _PERSON.c.weekday, _PERSON.c.hold_backs)
    query = (
        select(_ENROLMENT, *hers)
        .join(_PERSON, _PERSON.c.id == _ENROLMENT.c.participant_id)
        .where(*which)
        .order_by(_ENROLMENT.c.id)
    )
    return {
        row.id: EnrolmentRow(
            id=row.id,
            cohort_id=row.cohort_id,
            participant_id=row.participant_id,
            name=row.name,
            role=row.role,
            active=row.state == "active",
            joined_at=row.created_at,
            part_of_day=row.part_of_day,
            weekday=row.weekday,
            hold_backs=tuple(row.hold_backs),
        )
        for row in db.execute(query)
    }


def pairs_of(db: Db, *, enrolment_ids: Collection[int], lock: bool = False) -> list[PairRow]:
    """The active pairs in which one of these takes part. `lock`: nobody else plans for them."""
    hers = or_(_PAIRING.c.mentor_id.in_(enrolment_ids), _PAIRING.c.mentee_id.in_(enrolment_ids))
    return _pairs(db, _PAIRING.c.state == "active", hers, lock=lock)


def pair_with_id(db: Db, *, pairing_id: int, lock: bool = False) -> PairRow:
    """Whatever its state."""
    (found,) = _pairs(db, _PAIRING.c.id == pairing_id, lock=lock)
    return found


def _pairs(db: Db, *which: ColumnElement[bool], lock: bool) -> list[PairRow]:
    """Locked in the order of their ids, so that no two wait for each other."""
    db.flush()
    query = (
        select(_PAIRING, _ENROLMENT.c.cohort_id)
        .join(_ENROLMENT, _ENROLMENT.c.id == _PAIRING.c.mentor_id)
        .where(*which)
        .order_by(_PAIRING.c.id)
    )
    if lock:
        query = query.with_for_update(of=_PAIRING, key_share=True)
    return [
        PairRow(
            id=row.id,
            mentor_id=row.mentor_id,
            mentee_id=row.mentee_id,
            cohort_id=row.cohort_id,
            made_at=row.created_at,
        )
        for row in db.execute(query)
    ]


def sessions_of(
    db: Db, *, pairing_ids: Collection[int], now: datetime
) -> dict[int, list[PairSession]]:
    """All sessions of these pairs, and which of them nobody has said or been asked anything about,
    nor staff set for them."""
    found: dict[int, list[PairSession]] = {pairing_id: [] for pairing_id in pairing_ids}
    if not found:
        return found
    reported = exists().where(_REPORT.c.session_id == _SESSION.c.id)
    asked = exists().where(
        _CHECK_IN.c.session_id == _SESSION.c.id, _CHECK_IN.c.asked_at.is_not(None)
    )
    set_by_staff = exists().where(_CHANGE.c.session_id == _SESSION.c.id)
    touched = or_(reported, asked, set_by_staff)
    query = select(_SESSION, touched.label("touched")).where(_SESSION.c.pairing_id.in_(pairing_ids))
    for row in db.execute(query.order_by(_SESSION.c.starts_at, _SESSION.c.id)):
        found[row.pairing_id].append(
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
        )
    return found


def coming_session(db: Db, *, session_id: int) -> tuple[ComingSession, int] | None:
    """A planned session, and its pairing; None when it is not planned."""
    db.flush()
    row = db.execute(select(_SESSION).where(_SESSION.c.id == session_id)).one()
    if row.state != "planned":
        return None
    coming = ComingSession(id=row.id, starts_at=row.starts_at, minutes=row.planned_minutes)
    return coming, row.pairing_id


def sides_of(pair: PairRow, people: Mapping[int, EnrolmentRow], calendar: Calendar) -> list[Side]:
    """Both of a pair, as far as they are still in the cohort."""
    return [
        Side(
            enrolment_id=each.id,
            role=each.role,
            hours=calendar.hours(each.hold_backs),
            part_of_day=each.part_of_day,
        )
        for each in (people[pair.mentor_id], people[pair.mentee_id])
        if each.active
    ]
