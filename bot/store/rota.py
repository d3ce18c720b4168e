"""The rota: hours of cover, and who is on call. Read as a whole, in two statements."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from sqlalchemy import select
from sqlmodel import Session

from bot.programme.oncall import USUAL_COVER, Duty, Rota
from bot.store.models import Cover, Staff
from bot.store.models import Duty as DutyRow
from bot.store.tables import table

COVER, DUTY, STAFF = table(Cover), table(DutyRow), table(Staff)
DAY = timedelta(days=1)
_COVER = select(COVER.c.weekday, COVER.c.from_minute, COVER.c.to_minute).order_by(COVER.c.weekday)
_DUTIES = (
    select(
        DUTY.c.id,
        DUTY.c.staff_id,
        DUTY.c.rank,
        DUTY.c.starts_on,
        DUTY.c.ends_on,
        DUTY.c.weekdays,
        STAFF.c.name,
        STAFF.c.phone,
        STAFF.c.email,
        STAFF.c.roles,
        STAFF.c.everywhere,
    )
    .join(STAFF, STAFF.c.id == DUTY.c.staff_id)
    .where(STAFF.c.active.is_(True))
    .order_by(DUTY.c.starts_on, DUTY.c.rank, DUTY.c.id)
)


def load_rota(db: Session, *, zone: tzinfo, ways: Container[str], now: datetime) -> Rota:
    """Cover, and every duty that is not over. `ways` are those by which we can call: sms, email."""
    cover = {row.weekday: (row.from_minute, row.to_minute) for row in db.execute(_COVER)}
    duties = db.execute(_DUTIES.where(DUTY.c.ends_on >= now.astimezone(zone).date() - DAY))
    return Rota(
        zone=zone,
        cover=cover or USUAL_COVER,
        duties=tuple(
            Duty(
                id=row.id,
                staff_id=row.staff_id,
                name=row.name,
                rank=row.rank,
                starts_on=row.starts_on,
                ends_on=row.ends_on,
                weekdays=frozenset(int(day) for day in row.weekdays.split(",") if day),
                ways=ways_of(phone=row.phone, email=row.email, ways=ways),
                reads="safeguarding" in row.roles and row.everywhere,
            )
            for row in duties
        ),
    )


def ways_of(*, phone: str, email: str, ways: Container[str]) -> tuple[str, ...]:
    """How somebody with that number and address can be called, the fastest first."""
    hers = (("sms", phone), ("email", email))
    return tuple(way for way, where in hers if where and way in ways)


@dataclass(frozen=True, kw_only=True)
class TeamRow:
    """Somebody who may be put on call, and how she can be called."""

    id: int
    name: str
    email: str
    phone: str


def team(db: Session) -> tuple[TeamRow, ...]:
    """Every staff member who may sign in, by name."""
    rows = (
        select(STAFF.c.id, STAFF.c.name, STAFF.c.email, STAFF.c.phone)
        .where(STAFF.c.active.is_(True))
        .order_by(STAFF.c.name, STAFF.c.id)
    )
    return tuple(TeamRow(**row._mapping) for row in db.execute(rows))
