"""Change the rota: put a staff member on call, take her off, set the hours of cover, her number."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session

from bot.actions.audit import audit
from bot.errors import Refused
from bot.programme.holidays import MIDNIGHT
from bot.programme.oncall import LEAD, RANKS, WEEKDAYS
from bot.store.models import Cover, Duty, Staff
from bot.store.tables import changed, table

_COVER, _DUTY, _STAFF = table(Cover), table(Duty), table(Staff)


def put_on_call(
    db: Session,
    *,
    staff_id: int,
    rank: int,
    starts_on: date,
    ends_on: date,
    weekdays: Iterable[int] = (),
    by: int | None,
    now: datetime,
) -> int:
    """Her duty from one day to another, both included; no `weekdays`: on all. `Refused` if not."""
    days = sorted(set(weekdays))
    if rank not in RANKS or not set(days) <= set(WEEKDAYS):
        raise Refused("A rank is lead, deputy or director, and a weekday one of the seven.")
    if ends_on < starts_on:
        raise Refused("The last day is before the first: please check both.")
    her = select(_STAFF.c.roles, _STAFF.c.everywhere)
    known = db.execute(her.where(_STAFF.c.id == staff_id, _STAFF.c.active.is_(True))).first()
    if known is None:
        raise Refused("There is no such staff member: choose one who may sign in.")
    if rank == LEAD and not ("safeguarding" in known.roles and known.everywhere):
        raise Refused(
            "A lead must be able to read every cry for help: give her the role safeguarding, for "
            "all cohorts, first."
        )
    row = insert(_DUTY).values(
        staff_id=staff_id,
        rank=rank,
        starts_on=starts_on,
        ends_on=ends_on,
        weekdays=",".join(map(str, days)),
        created_at=now,
    )
    duty_id: int = db.execute(row.returning(_DUTY.c.id)).scalar_one()
    audit(db, staff_id=by, action="put on call", subjects=(f"staff:{staff_id}",), now=now)
    return duty_id


def take_off_call(db: Session, *, duty_id: int, by: int | None, now: datetime) -> None:
    """That duty is over at once. `Refused` when it is gone already."""
    gone = db.execute(delete(_DUTY).where(_DUTY.c.id == duty_id).returning(_DUTY.c.staff_id))
    staff_id = gone.scalar_one_or_none()
    if staff_id is None:
        raise Refused("That duty is not on the rota any more.")
    audit(db, staff_id=by, action="taken off call", subjects=(f"staff:{staff_id}",), now=now)


def change_cover(
    db: Session, hours: Mapping[int, tuple[int, int]], *, by: int | None, now: datetime
) -> None:
    """From now on these hours of these weekdays are covered, in minutes of the day, and no others.

    `Refused` for hours that end before they begin, and for none at all: somebody must be there.
    """
    if not hours:
        raise Refused("Please leave at least one day with hours: somebody must be on call.")
    if not all(0 <= first < last <= MIDNIGHT for first, last in hours.values()):
        raise Refused("The hours of a day must end after they begin: please check them.")
    db.execute(delete(_COVER))
    db.execute(
        insert(_COVER),
        [
            {"weekday": weekday, "from_minute": first, "to_minute": last}
            for weekday, (first, last) in sorted(hours.items())
        ],
    )
    audit(db, staff_id=by, action="changed the cover", subjects=("rota",), now=now)


def change_phone(db: Session, *, staff_id: int, phone: str, by: int | None, now: datetime) -> None:
    """Where an urgent alert calls her by SMS: a number as phones are dialled abroad, or none."""
    row = update(_STAFF).where(_STAFF.c.id == staff_id, _STAFF.c.active.is_(True))
    if changed(db.execute(row.values(phone=phone))) != 1:
        raise Refused("There is no such staff member: choose one who may sign in.")
    audit(db, staff_id=by, action="changed a phone", subjects=(f"staff:{staff_id}",), now=now)
