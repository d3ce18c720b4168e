"""Cohorts with their settings, breaks and hours."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Table, func, or_, select
from sqlmodel import Session as Db
from sqlmodel import SQLModel

from bot.programme.hours import Hours
from bot.programme.terms import TERM_KEYS, Terms
from bot.store.models import Cohort, Enrolment, Holiday, Participant
from bot.store.tables import table

_COHORT: Table = table(Cohort)
_HOLIDAY: Table = table(Holiday)
_ENROLMENT: Table = table(Enrolment)
_PERSON: Table = table(Participant)


Row = TypeVar("Row", bound=SQLModel)


@dataclass(frozen=True, kw_only=True)
class CohortRow:
    """A cohort in the list of all. People are those whose enrolment is active."""

    id: int
    name: str
    starts_on: date
    weeks: int
    mentees: int
    mentors: int


@dataclass(frozen=True, kw_only=True)
class HolidayRow:
    """A break; `everywhere`: of every cohort. `id` is 0 before it is stored."""

    id: int
    name: str
    starts_on: date
    ends_on: date
    everywhere: bool


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """What a cohort's plan is made from: its settings and its breaks."""

    cohort_id: int
    terms: Terms
    breaks: tuple[HolidayRow, ...]

    def hours(self, hold_backs: Collection[str] = ()) -> Hours:
        """When somebody of this cohort, with these hold-backs, may be written to."""
        return Hours(
            zone=ZoneInfo(self.terms.zone),
            opens=self.terms.opens_minute,
            closes=self.terms.closes_minute,
            holidays=tuple((each.starts_on, each.ends_on) for each in self.breaks),
            bank_holidays=self.terms.bank_holidays,
            hold_backs=frozenset(hold_backs),
        )


def fresh(db: Db, model: type[Row], key: int) -> Row:
    """The row as it stands in the database: much is written there past the objects in memory."""
    db.flush()
    return db.get_one(model, key, populate_existing=True)


def hours_of(db: Db, *, cohort_id: int, hold_backs: Collection[str] = ()) -> Hours:
    """When somebody of that cohort, with these hold-backs, may be written to."""
    return calendar_of(db, cohort_id=cohort_id).hours(hold_backs)


def calendar_of(db: Db, *, cohort_id: int) -> Calendar:
    cohort = fresh(db, Cohort, cohort_id)
    return Calendar(
        cohort_id=cohort_id, terms=terms_of(cohort), breaks=breaks_of(db, cohort_id=cohort_id)
    )


def breaks_of(db: Db, *, cohort_id: int | None) -> tuple[HolidayRow, ...]:
    """A cohort's own breaks and those of every cohort; of None only the latter."""
    query = (
        select(_HOLIDAY)
        .where(or_(_HOLIDAY.c.cohort_id == cohort_id, _HOLIDAY.c.cohort_id.is_(None)))
        .order_by(_HOLIDAY.c.starts_on, _HOLIDAY.c.id)
    )
    return tuple(
        HolidayRow(
            id=row.id,
            name=row.name,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            everywhere=row.cohort_id is None,
        )
        for row in db.execute(query)
    )


def terms_of(cohort: Cohort) -> Terms:
    return Terms(**{key: getattr(cohort, key) for key in TERM_KEYS})


def set_terms(db: Db, *, cohort_id: int, terms: Terms) -> None:
    cohort = db.get_one(Cohort, cohort_id)
    for key in TERM_KEYS:
        setattr(cohort, key, getattr(terms, key))
    db.add(cohort)
    db.flush()


def new_cohort(db: Db, *, terms: Terms) -> int:
    """The id of a new cohort with these settings."""
    cohort = Cohort(**{key: getattr(terms, key) for key in TERM_KEYS})
    db.add(cohort)
    db.flush()
    if cohort.id is None:
        raise LookupError("a stored cohort has an id")
    return cohort.id


def add_break(db: Db, *, cohort_id: int | None, row: HolidayRow) -> None:
    holiday = Holiday(
        cohort_id=cohort_id, name=row.name, starts_on=row.starts_on, ends_on=row.ends_on
    )
    db.add(holiday)
    db.flush()


def remove_break(db: Db, *, holiday_id: int) -> None:
    db.delete(db.get_one(Holiday, holiday_id))
    db.flush()


def a_break(db: Db, *, holiday_id: int) -> Holiday | None:
    return db.get(Holiday, holiday_id)


def cohort_with_id(db: Db, *, cohort_id: int) -> Cohort | None:
    return db.get(Cohort, cohort_id)


def cohort_ids(db: Db) -> Sequence[int]:
    return (
        db.execute(select(_COHORT.c.id).order_by(_COHORT.c.starts_on, _COHORT.c.id)).scalars().all()
    )


def all_cohorts(db: Db) -> list[CohortRow]:
    """Every cohort, the newest first."""
    query = select(_COHORT).order_by(_COHORT.c.starts_on.desc(), _COHORT.c.id.desc())
    numbers = _numbers(db)
    return [
        CohortRow(
            id=row.id,
            name=row.name,
            starts_on=row.starts_on,
            weeks=row.weeks,
            mentees=numbers.get((row.id, "mentee"), 0),
            mentors=numbers.get((row.id, "mentor"), 0),
        )
        for row in db.execute(query)
    ]


def _numbers(db: Db) -> dict[tuple[int, str], int]:
    query = (
        select(_ENROLMENT.c.cohort_id, _ENROLMENT.c.role, func.count())
        .where(_ENROLMENT.c.state == "active")
        .group_by(_ENROLMENT.c.cohort_id, _ENROLMENT.c.role)
    )
    return {(cohort_id, role): number for cohort_id, role, number in db.execute(query)}


def names_of(db: Db, *, enrolment_ids: Collection[int]) -> dict[int, tuple[int, str]]:
    """Enrolment → the participant's id and name."""
    query = (
        select(_ENROLMENT.c.id, _PERSON.c.id.label("who"), _PERSON.c.name)
        .join(_PERSON, _PERSON.c.id == _ENROLMENT.c.participant_id)
        .where(_ENROLMENT.c.id.in_(enrolment_ids))
    )
    return {row.id: (row.who, row.name) for row in db.execute(query)}


def with_break(calendar: Calendar, row: HolidayRow) -> Calendar:
    return replace(calendar, breaks=(*calendar.breaks, row))


def without_break(calendar: Calendar, holiday_id: int) -> Calendar:
    kept = tuple(each for each in calendar.breaks if each.id != holiday_id)
    return replace(calendar, breaks=kept)
