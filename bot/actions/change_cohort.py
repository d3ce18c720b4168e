"""Staff change a cohort's settings or breaks, or begin a new cohort. Nothing that was sent changes.

Without `apply` nothing is written: the changes of plan are only told. `shown` is the digest of
what staff have confirmed: raises `Otherwise` where that is not what would happen now.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session as Db

from bot.actions.audit import audit
from bot.actions.replan import replan
from bot.errors import Refused
from bot.programme.plan_words import Changes
from bot.programme.term_words import BY_KEY
from bot.programme.terms import TERM_KEYS, Terms, problems
from bot.store.cohorts import (
    Calendar,
    HolidayRow,
    a_break,
    add_break,
    calendar_of,
    calendars_of,
    cohort_ids,
    new_cohort,
    remove_break,
    set_terms,
    with_break,
    without_break,
)
from bot.store.people import cohort_by_name

LONGEST_BREAK = 60  # days: after that a question belongs to no week any more
LONGEST_NAME = 80


def term_problems(db: Db, *, terms: Terms, cohort_id: int | None = None) -> Mapping[str, str]:
    """What cannot be, by setting, in sentences for staff. `cohort_id`: it exists already."""
    found = problems(terms)
    try:
        ZoneInfo(terms.zone)
    except (OSError, ValueError, LookupError):
        found.setdefault("zone", "Please give a time zone such as Europe/London.")
    namesake = cohort_by_name(db, terms.name.strip())
    if namesake is not None and namesake.id != cohort_id:
        found.setdefault("name", "Another cohort has this name.")
    return found


def create_cohort(db: Db, *, terms: Terms, staff_id: int | None, now: datetime) -> int:
    """The id of the new cohort. Raises `Refused` where its settings cannot be."""
    terms = _possible(db, terms, cohort_id=None)
    cohort_id = new_cohort(db, terms=terms)
    _note(db, cohort_id, action="cohort_created", staff_id=staff_id, now=now)
    return cohort_id


def change_cohort(
    db: Db,
    *,
    cohort_id: int,
    terms: Terms,
    staff_id: int | None,
    now: datetime,
    apply: bool,
    shown: str | None = None,
) -> Changes:
    """Raises `Refused` where these settings cannot be."""
    terms = _possible(db, terms, cohort_id=cohort_id)
    calendar = calendar_of(db, cohort_id=cohort_id)
    if apply:
        set_terms(db, cohort_id=cohort_id, terms=terms)
        changed = [key for key in TERM_KEYS if getattr(terms, key) != getattr(calendar.terms, key)]
        _note(
            db,
            cohort_id,
            action="cohort_changed",
            detail=" ".join(changed),
            staff_id=staff_id,
            now=now,
        )
    as_if = replace(calendar, terms=terms)
    return replan(db, calendars=[as_if], now=now, apply=apply, shown=shown)


def add_holiday(
    db: Db,
    *,
    cohort_id: int | None,
    name: str,
    starts_on: date,
    ends_on: date,
    staff_id: int | None,
    now: datetime,
    apply: bool,
    shown: str | None = None,
) -> Changes:
    """A break of one cohort, or of every cohort (None). Raises `Refused` when it is none."""
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise Refused(f"Please give a name of up to {LONGEST_NAME} letters.")
    if ends_on < starts_on:
        raise Refused("The last day must not be before the first.")
    if (ends_on - starts_on).days >= LONGEST_BREAK:
        raise Refused(f"A break can be {LONGEST_BREAK} days at most.")
    row = HolidayRow(
        id=0, name=name, starts_on=starts_on, ends_on=ends_on, everywhere=cohort_id is None
    )
    calendars = [with_break(each, row) for each in _calendars(db, cohort_id)]
    if apply:
        add_break(db, cohort_id=cohort_id, row=row)
        _note(db, cohort_id, action="holiday_added", staff_id=staff_id, now=now)
    return replan(db, calendars=calendars, now=now, apply=apply, shown=shown)


def remove_holiday(
    db: Db,
    *,
    holiday_id: int,
    staff_id: int | None,
    now: datetime,
    apply: bool,
    shown: str | None = None,
) -> Changes:
    """Raises `Refused` when somebody removed it before."""
    holiday = a_break(db, holiday_id=holiday_id)
    if holiday is None:
        raise Refused("This break is gone already.")
    cohort_id = holiday.cohort_id
    calendars = [without_break(each, holiday_id) for each in _calendars(db, cohort_id)]
    if apply:
        remove_break(db, holiday_id=holiday_id)
        _note(db, cohort_id, action="holiday_removed", staff_id=staff_id, now=now)
    return replan(db, calendars=calendars, now=now, apply=apply, shown=shown)


def _possible(db: Db, terms: Terms, *, cohort_id: int | None) -> Terms:
    terms = replace(terms, name=terms.name.strip())
    found = term_problems(db, terms=terms, cohort_id=cohort_id)
    if found:
        raise Refused(" ".join(f"{BY_KEY[key].label}: {why}" for key, why in found.items()))
    return terms


def _calendars(db: Db, cohort_id: int | None) -> list[Calendar]:
    which = cohort_ids(db) if cohort_id is None else (cohort_id,)
    return list(calendars_of(db, cohort_ids=which).values())


def _note(
    db: Db,
    cohort_id: int | None,
    *,
    action: str,
    staff_id: int | None,
    now: datetime,
    detail: str = "",
) -> None:
    subject = f"cohort:{cohort_id or 'all'}"
    audit(db, staff_id=staff_id, action=action, subjects=(subject,), detail=detail, now=now)
