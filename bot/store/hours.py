"""Whose hours are which: what a cohort's settings, holidays and her own wishes come to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, func, or_, select
from sqlmodel import Session

from bot.programme.hours import Hours, within
from bot.store.models import Cohort, Conversation, Enrolment, Holiday
from bot.store.tables import table

Days = tuple[tuple[date, date], ...]  # (first, last) of each holiday, both included

_COHORT, _HOLIDAY = table(Cohort), table(Holiday)
_ENROLMENT, _TALK = table(Enrolment), table(Conversation)


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A cohort's own settings of its hours."""

    cohort_id: int
    zone: str
    opens: int
    closes: int
    bank_holidays: bool


@dataclass(frozen=True)
class Calendars:
    """Every holiday, by cohort; under None those of all. Read once for a whole tick."""

    days: Mapping[int | None, Days]

    def hours(self, opening: Opening, hold_backs: Iterable[str] = (), *, only: str = "") -> Hours:
        """The hours of one who is in that cohort and keeps those calendars. `only`: the part of
        the day outside which nothing may come, for others read her phone."""
        opens, closes = within(only, opens=opening.opens, closes=opening.closes)
        return Hours(
            zone=ZoneInfo(opening.zone),
            opens=opens,
            closes=closes,
            holidays=self.days.get(None, ()) + self.days.get(opening.cohort_id, ()),
            bank_holidays=opening.bank_holidays,
            hold_backs=frozenset(hold_backs),
        )


def calendars(db: Session) -> Calendars:
    """All holidays there are."""
    days: dict[int | None, Days] = {}
    rows = select(_HOLIDAY.c.cohort_id, _HOLIDAY.c.starts_on, _HOLIDAY.c.ends_on)
    for row in db.execute(rows.order_by(_HOLIDAY.c.id)):
        days[row.cohort_id] = (*days.get(row.cohort_id, ()), (row.starts_on, row.ends_on))
    return Calendars(days)


OPENING = (
    _COHORT.c.id.label("cohort_id"),
    _COHORT.c.zone,
    _COHORT.c.opens_minute,
    _COHORT.c.closes_minute,
    _COHORT.c.bank_holidays,
)


def opening_of(row: Row[Any]) -> Opening:
    """What a row with the columns OPENING says."""
    return Opening(
        cohort_id=row.cohort_id,
        zone=row.zone,
        opens=row.opens_minute,
        closes=row.closes_minute,
        bank_holidays=row.bank_holidays,
    )


def hours_of_message(
    db: Session,
    *,
    participant_id: int | None,
    conversation_id: int | None,
    hold_backs: Iterable[str],
    otherwise: tzinfo,
    only: str = "",
) -> Hours:
    """The hours in which that message may go: of the cohort it is about, else of her newest one.
    `otherwise` is the zone where she is in none; `only` as in `Calendars.hours`."""
    about = select(_TALK.c.enrolment_id).where(_TALK.c.id == conversation_id).scalar_subquery()
    newest = (
        select(func.max(_ENROLMENT.c.id))
        .where(_ENROLMENT.c.participant_id == participant_id, _ENROLMENT.c.state == "active")
        .scalar_subquery()
    )
    rows = db.execute(
        select(*OPENING, _HOLIDAY.c.starts_on, _HOLIDAY.c.ends_on)
        .select_from(_ENROLMENT)
        .join(_COHORT, _COHORT.c.id == _ENROLMENT.c.cohort_id)
        .outerjoin(
            _HOLIDAY, or_(_HOLIDAY.c.cohort_id == _COHORT.c.id, _HOLIDAY.c.cohort_id.is_(None))
        )
        .where(_ENROLMENT.c.id == func.coalesce(about, newest))
        .order_by(_HOLIDAY.c.id)
    ).all()
    if not rows:
        opens, closes = within(only)
        return Hours(otherwise, opens, closes, hold_backs=frozenset(hold_backs))
    days = tuple((row.starts_on, row.ends_on) for row in rows if row.starts_on is not None)
    return Calendars({None: days}).hours(opening_of(rows[0]), hold_backs, only=only)


def waking_hours(db: Session) -> tuple[int, int] | None:
    """The earliest opening and the latest closing of all cohorts, in minutes of their days."""
    row = db.execute(
        select(func.min(_COHORT.c.opens_minute), func.max(_COHORT.c.closes_minute))
    ).one()
    return (row[0], row[1]) if row[0] is not None else None
