"""Write down, for each day that is over, how many messages went and came: their rows go in time."""

from datetime import date, datetime, time, timedelta

from sqlmodel import Session

from bot.actions.house import House
from bot.actions.mark import mark
from bot.programme.costs import added
from bot.programme.spending import Month, next_month
from bot.store.counts import first_counted, keep_tally, live_counts, tallied
from bot.store.unsettled import marked_at

TALLIED = "tallied"  # the mark: the moment up to which all is written down
SETTLES = timedelta(days=1)  # by then most receipts have come
DAY = timedelta(days=1)


def tally(house: House, *, now: datetime) -> int:
    """Every day that ended a day ago and is not written down yet; how many there were.

    Once a day is written, nothing that goes (by retention, or with somebody who is forgotten)
    changes what is said of it.
    """
    with house.database.reading() as db:
        begins = marked_at(db, name=TALLIED) or first_counted(db)
    last = (now - SETTLES).astimezone(house.zone).date()
    first = begins.astimezone(house.zone).date() if begins else last
    days = [first + n * DAY for n in range(max((last - first).days, 0))]
    for day in days:
        with house.database.transaction() as db:
            counts = live_counts(db, since=starts(house, day), until=starts(house, day + DAY))
            keep_tally(db, day=day, counts=counts)
    if days:
        mark(house.database, name=TALLIED, now=starts(house, last))
    return len(days)


def counted_months(db: Session, house: House, *, since: date, now: datetime) -> list[Month]:
    """Month by month from that first day of one: what is written down, and what is too young."""
    days = tallied(db, since=since)
    written = marked_at(db, name=TALLIED) or first_counted(db) or now
    begins = max(written, starts(house, since))
    found = []
    while since <= now.astimezone(house.zone).date():
        ends = starts(house, next_month(since))
        old = [count for day, count in days if day.replace(day=1) == since]
        # What is too young lies in this month and, on its first days, in the one before
        young = live_counts(db, since=begins, until=min(ends, now)) if begins < ends else ()
        found.append(Month(first=since, counts=added((*old, *young))))
        since, begins = next_month(since), max(begins, ends)
    return found


def starts(house: House, day: date) -> datetime:
    """When that day begins, by the charity's own clock."""
    return datetime.combine(day, time(), tzinfo=house.zone)
