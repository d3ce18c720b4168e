"""A code says that one of our senders cannot send: let it rest, longer each time, and tell staff.

The circuit breaker. What rests is a row, so it holds across processes and restarts.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select, update
from sqlmodel import Session

from bot.actions.alert import raise_alert
from bot.channels.codes import Holds, Remedy
from bot.store.models import Alert, Sender
from bot.store.senders import EVERY
from bot.store.tables import insert_into, table

_SENDER, _ALERT = table(Sender), table(Alert)
STATES = {Holds.SENDER: "tripped", Holds.ACCOUNT: "tripped", Holds.STARTED: "limited"}
TRIES = "the one message by which a sender that rested is tried"
TOMORROW = timedelta(days=1, minutes=5)


def rest_sender(
    db: Session, row: Row[Any], remedy: Remedy, *, code: object, now: datetime
) -> datetime | None:
    """`row`: the delivery that was refused. Until when its sender rests; None: it does not.

    Of several that were on their way at once only the first counts, and one that left before the
    sender worked again says nothing new.
    """
    address = EVERY if remedy.holds is Holds.ACCOUNT else row.sender
    if remedy.holds is None or not address:
        return None
    sender = _known(db, address, now=now)
    worked = sender.state == "working"
    if worked and sender.since and row.attempted_at and row.attempted_at < sender.since:
        return None
    state = STATES[remedy.holds]
    stronger = state == "tripped" and sender.state == "limited"
    if not worked and sender.until > now and not stronger and not tries(row):
        until: datetime = sender.until
        return until
    failures = 1 if worked else sender.failures + 1
    until = _until(remedy, failures=failures, now=now)
    db.execute(
        update(_SENDER)
        .where(_SENDER.c.id == sender.id)
        .values(
            state=state,
            code=str(code),
            failures=failures,
            since=now if worked else sender.since,
            until=until,
            updated_at=now,
        )
    )
    if failures >= remedy.told_from:
        _tell(db, sender_id=sender.id, delivery_id=row.id, code=code, now=now)
    return until


def tries(row: Row[Any]) -> bool:
    """Whether this delivery is the one by which its sender is tried again."""
    return bool(row.reason.endswith(TRIES))


def subject(sender_id: int) -> str:
    """What an alert about that sender is about."""
    return f"channel_trouble:sender:{sender_id}"


def _known(db: Session, address: str, *, now: datetime) -> Row[Any]:
    new = insert_into(db, _SENDER).values(
        address=address, state="working", code="", failures=0, updated_at=now
    )
    db.execute(new.on_conflict_do_nothing(index_elements=["address"]))
    found = select(_SENDER).where(_SENDER.c.address == address).with_for_update()
    return db.execute(found).one()


def _until(remedy: Remedy, *, failures: int, now: datetime) -> datetime:
    seconds = remedy.rests[min(failures, len(remedy.rests)) - 1]
    if seconds == 0:  # by the day of Twilio, which is UTC
        return now.replace(hour=0, minute=0, second=0, microsecond=0) + TOMORROW
    return now + timedelta(seconds=seconds)


def _tell(db: Session, *, sender_id: int, delivery_id: int, code: object, now: datetime) -> None:
    detail = f"code {code}"
    alert_id = raise_alert(
        db,
        kind="channel_trouble",
        subject=subject(sender_id),
        delivery_id=delivery_id,
        detail=detail,
        now=now,
    )
    db.execute(update(_ALERT).where(_ALERT.c.id == alert_id).values(detail=detail))
