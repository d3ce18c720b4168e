"""Who is on call, when the charity promises that somebody is, and where nobody would be. Pure.

A red alert calls the lead of that day, then her deputy, then the director (`bot.programme.calling`
says when). Without a lead who can be reached the bot starts nothing with anybody: `ready`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from types import MappingProxyType

from bot.programme.calendar import local_moment
from bot.programme.holidays import MIDNIGHT, days_off

LEAD, DEPUTY, DIRECTOR = 1, 2, 3
RANKS = {LEAD: "lead", DEPUTY: "deputy", DIRECTOR: "director"}
WEEKDAYS = range(7)  # Monday is 0
USUAL_COVER: Mapping[int, tuple[int, int]] = MappingProxyType(
    dict.fromkeys(range(5), (9 * 60, 18 * 60))  # Monday to Friday, 09:00 to 18:00
)
WARNED_DAYS = 7  # how many days ahead staff hear that nobody will be on call
SEARCHED_DAYS = 60


@dataclass(frozen=True, kw_only=True)
class Duty:
    """One staff member on call from one day to another, both included; no `weekdays`: on all.

    `ways` are those by which a call can reach her now: sms, email. Without one she is on call on
    paper only, and so is a lead who may not read records of harm.
    """

    id: int
    staff_id: int
    name: str
    rank: int
    starts_on: date
    ends_on: date
    weekdays: frozenset[int] = frozenset()
    ways: tuple[str, ...] = ()
    reads: bool = True

    def on(self, day: date) -> bool:
        """Whether she is on call that day."""
        return self.starts_on <= day <= self.ends_on and (
            not self.weekdays or day.weekday() in self.weekdays
        )


@dataclass(frozen=True, kw_only=True)
class Rota:
    """The hours of cover, in minutes of the charity's own day by weekday, and all duties."""

    zone: tzinfo
    cover: Mapping[int, tuple[int, int]] = field(default_factory=lambda: USUAL_COVER)
    duties: tuple[Duty, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A covered day without a lead who would hear: there is none (no name), no call reaches her,
    or she may not read what it is about (`called`)."""

    day: date
    lead: str = ""
    called: bool = False


def covered(rota: Rota, day: date) -> tuple[datetime, datetime] | None:
    """The cover of that day, from and to; None on a day without. Bank holidays have none."""
    hours = rota.cover.get(day.weekday())
    if hours is None or hours[0] >= hours[1] or day in days_off(day.year):
        return None
    first, last = hours
    days, minute = divmod(last, MIDNIGHT)  # an end at midnight is the next day's beginning
    ends = local_moment(day + timedelta(days=days), minute, rota.zone)
    return local_moment(day, first, rota.zone), ends


def is_open(rota: Rota, at: datetime) -> bool:
    """Whether the charity promises that somebody is on call at that moment."""
    hours = covered(rota, local_day(rota, at))
    return hours is not None and hours[0] <= at < hours[1]


def next_opening(rota: Rota, at: datetime) -> datetime | None:
    """The moment itself while we are open, else when cover begins again; None: not in 60 days."""
    for first, last in _ahead(rota, at, days=SEARCHED_DAYS):
        if at < last:
            return max(first, at.astimezone(UTC))
    return None


def on_call(rota: Rota, day: date) -> tuple[Duty, ...]:
    """Whoever is on call that day, the lead first."""
    found = (duty for duty in rota.duties if duty.on(day))
    return tuple(sorted(found, key=lambda duty: (duty.rank, duty.id)))


def reached(rota: Rota, day: date) -> bool:
    """Whether anybody who is on call that day can be called."""
    return any(duty.ways for duty in on_call(rota, day))


def gaps(rota: Rota, at: datetime, *, days: int = WARNED_DAYS) -> tuple[Gap, ...]:
    """The covered days from now on, as far as so many days ahead, without a lead to be reached."""
    return tuple(_missing(rota, _ahead(rota, at, days=days)))


def ready(rota: Rota, at: datetime) -> bool:
    """Whether somebody would hear a cry for help: through the cover that is on now, if it is, and
    through the next that begins, a lead can be reached. Only then may the bot start anything."""
    coming: list[tuple[datetime, datetime]] = []
    for hours in _ahead(rota, at, days=SEARCHED_DAYS):
        coming.append(hours)
        if hours[0] > at:
            return not list(_missing(rota, coming))
    return False


def local_day(rota: Rota, at: datetime) -> date:
    """The day by the charity's own clock."""
    return at.astimezone(rota.zone).date()


def _ahead(rota: Rota, at: datetime, *, days: int) -> Iterator[tuple[datetime, datetime]]:
    """The hours of cover that are not over yet: today's and those of so many days after it."""
    today = local_day(rota, at)
    for number in range(days + 1):
        hours = covered(rota, today + timedelta(days=number))
        if hours is not None and at < hours[1]:
            yield hours


def _missing(rota: Rota, hours: Iterable[tuple[datetime, datetime]]) -> Iterator[Gap]:
    for first, _ in hours:
        day = local_day(rota, first)
        leads = [duty for duty in on_call(rota, day) if duty.rank == LEAD]
        if not any(duty.ways and duty.reads for duty in leads):
            called = bool(leads) and bool(leads[0].ways)
            yield Gap(day=day, lead=leads[0].name if leads else "", called=called)
