"""Cohorts with their settings, breaks and hours."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Table, func, or_, select, update
from sqlmodel import Session as Db

from bot.programme.hours import Hours
from bot.programme.terms import TERM_KEYS, Terms
from bot.store.models import Cohort, Enrolment, Holiday
from bot.store.sight import Sight
from bot.store.tables import table

_COHORT: Table = table(Cohort)
_HOLIDAY: Table = table(Holiday)
_ENROLMENT: Table = table(Enrolment)


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


def hours_of(db: Db, *, cohort_id: int, hold_backs: Collection[str] = ()) -> Hours:
    """When somebody of that cohort, with these hold-backs, may be written to."""
    return calendar_of(db, cohort_id=cohort_id).hours(hold_backs)


def calendar_of(db: Db, *, cohort_id: int) -> Calendar:
    return calendars_of(db, cohort_ids=(cohort_id,))[cohort_id]


def calendars_of(db: Db, *, cohort_ids: Collection[int]) -> dict[int, Calendar]:
    """By cohort, as they stand: each with its own breaks and those of every cohort."""
    if not cohort_ids:
        return {}
    db.flush()
    cohorts = db.execute(select(_COHORT).where(_COHORT.c.id.in_(cohort_ids)))
    breaks = _breaks(db, cohort_ids=cohort_ids)
    return {
        row.id: Calendar(
            cohort_id=row.id,
            terms=terms_of(row),
            breaks=tuple(each for whose, each in breaks if whose in (row.id, None)),
        )
        for row in cohorts
    }


def _breaks(db: Db, *, cohort_ids: Collection[int]) -> list[tuple[int | None, HolidayRow]]:
    """Whose each is, None for every cohort's, and the break."""
    query = (
        select(_HOLIDAY)
        .where(or_(_HOLIDAY.c.cohort_id.in_(cohort_ids), _HOLIDAY.c.cohort_id.is_(None)))
        .order_by(_HOLIDAY.c.starts_on, _HOLIDAY.c.id)
    )
    return [
        (
            row.cohort_id,
            HolidayRow(
                id=row.id,
                name=row.name,
                starts_on=row.starts_on,
                ends_on=row.ends_on,
                everywhere=row.cohort_id is None,
            ),
        )
        for row in db.execute(query)
    ]


def terms_of(cohort: Cohort | Row[Any]) -> Terms:
    return Terms(**{key: getattr(cohort, key) for key in TERM_KEYS})


def set_terms(db: Db, *, cohort_id: int, terms: Terms) -> None:
    values = {key: getattr(terms, key) for key in TERM_KEYS}
    db.execute(update(_COHORT).where(_COHORT.c.id == cohort_id).values(**values))


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


def all_cohorts(db: Db, *, sight: Sight) -> list[CohortRow]:
    """Every cohort that she sees, the newest first."""
    seen = select(_COHORT).where(sight.of_cohort(_COHORT.c.id))
    query = seen.order_by(_COHORT.c.starts_on.desc(), _COHORT.c.id.desc())
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


def with_break(calendar: Calendar, row: HolidayRow) -> Calendar:
    return replace(calendar, breaks=(*calendar.breaks, row))


def without_break(calendar: Calendar, holiday_id: int) -> Calendar:
    kept = tuple(each for each in calendar.breaks if each.id != holiday_id)
    return replace(calendar, breaks=kept)
