"""How many messages went and came, by what their price depends on. Counted by the database."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlmodel import Session

from bot.countries import country_of
from bot.programme.costs import SMS, WHATSAPP, Count, added
from bot.store.models import Address, CallOut, Delivery, Message, Staff, Tally
from bot.store.tables import insert_into, table

_DELIVERY, _MESSAGE, _ADDRESS = table(Delivery), table(Message), table(Address)
_CALL, _STAFF, _TALLY = table(CallOut), table(Staff), table(Tally)
KINDS = {0: "reply", 1: "check_in"}  # by priority; what is above is a reminder
CALL = "call"  # of staff
UNDER_WAY = ("sending", "unknown")  # may have been taken
_HAS_SID = _DELIVERY.c.sid.is_not(None)
_WENT = select(
    *(_DELIVERY.c[name] for name in ("mode", "priority", "country", "category", "state")),
    _HAS_SID.label("has_sid"),
    func.count().label("messages"),
    func.sum(_DELIVERY.c.parts).label("parts"),
).group_by(
    *(_DELIVERY.c[name] for name in ("mode", "priority", "country", "category", "state")),
    _HAS_SID,
)
_CAME = (
    select(
        _MESSAGE.c.channel,
        _ADDRESS.c.address,
        func.count().label("messages"),
        func.sum(_MESSAGE.c.parts).label("parts"),
    )
    .join(_ADDRESS, _ADDRESS.c.id == _MESSAGE.c.address_id)
    .where(_MESSAGE.c.direction == "in")
    .group_by(_MESSAGE.c.channel, _ADDRESS.c.address)
)
_CALLED = (
    select(_STAFF.c.phone, func.count().label("messages"))
    .join(_STAFF, _STAFF.c.id == _CALL.c.staff_id)
    .where(_CALL.c.way == SMS, _CALL.c.sid != "")
    .group_by(_STAFF.c.phone)
)


def tried_since(db: Session, *, since: datetime) -> tuple[int, Sequence[Count]]:
    """How many messages were tried, and what of them the channel has taken. One statement."""
    rows = db.execute(_WENT.where(_DELIVERY.c.attempted_at > since)).all()
    return sum(row.messages for row in rows), _taken(rows)


def live_counts(db: Session, *, since: datetime, until: datetime) -> tuple[Count, ...]:
    """All that went and came in that time, while its rows are still there."""

    def within(column: Any) -> Any:
        return column >= since, column < until

    came = (
        Count(
            channel=row.channel,
            direction="in",
            country=country_of(row.address),
            messages=row.messages,
            parts=row.parts or 0,
        )
        for row in db.execute(_CAME.where(*within(_MESSAGE.c.at)))
    )
    called = (
        Count(
            channel=SMS,
            kind=CALL,
            country=country_of(row.phone),
            messages=row.messages,
            parts=row.messages,  # the same short words to everybody
        )
        for row in db.execute(_CALLED.where(*within(_CALL.c.sent_at)))
    )
    went = _taken(db.execute(_WENT.where(*within(_DELIVERY.c.attempted_at))).all())
    return added((*went, *came, *called))


def _taken(rows: Iterable[Row[Any]]) -> Sequence[Count]:
    """What was refused at once costs nothing."""
    return added(
        Count(
            channel=SMS if row.mode == "sms" else WHATSAPP,
            kind=KINDS.get(row.priority, "reminder"),
            country=row.country,
            category=row.category,
            failed=row.state == "failed",
            messages=row.messages,
            parts=row.parts if row.mode == "sms" else 0,
        )
        for row in rows
        if row.has_sid or row.state in UNDER_WAY
    )


def first_counted(db: Session) -> datetime | None:
    """When the first message of all went or came."""
    found: datetime | None = db.execute(select(func.min(_MESSAGE.c.at))).scalar()
    return found


def tallied(db: Session, *, since: date) -> Sequence[tuple[date, Count]]:
    """What was written down of the days since then."""
    names = ("channel", "direction", "kind", "country", "category", "failed", "messages", "parts")
    columns = (_TALLY.c[name] for name in names)
    rows = db.execute(
        select(_TALLY.c.day, *columns).where(_TALLY.c.day >= since).order_by(_TALLY.c.day)
    )
    return [
        (row.day, Count(**{name: value for name, value in row._mapping.items() if name != "day"}))
        for row in rows
    ]


def keep_tally(db: Session, *, day: date, counts: Iterable[Count]) -> None:
    """Write a day down, once: a second clock changes nothing."""
    rows = [
        {
            "day": day,
            "channel": one.channel,
            "direction": one.direction,
            "kind": one.kind,
            "country": one.country,
            "category": one.category,
            "failed": one.failed,
            "messages": one.messages,
            "parts": one.parts,
        }
        for one in counts
    ]
    if rows:
        db.execute(insert_into(db, _TALLY).on_conflict_do_nothing(), rows)
