"""Find out what became of sends whose outcome nobody knows, before anything is sent again.

The provider has no key against doubles: its own list of what it took is the only witness.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select, update
from sqlmodel import Session

from bot.actions.give_up_recording import AUDIO, give_up_recording
from bot.actions.recover import again, tell, wish_of
from bot.actions.settle import bind, delivery_row, settle
from bot.channels.base import Channel, Taken, Unsure
from bot.channels.twilio_inbound import STATES
from bot.errors import Unsent
from bot.store.database import Database
from bot.store.models import Address, Delivery
from bot.store.tables import table

log = logging.getLogger(__name__)

FIRST_LOOK = timedelta(seconds=30)  # after the attempt: a list can lag behind
BETWEEN_LOOKS = timedelta(minutes=1)
UNASKED_BETWEEN_LOOKS = timedelta(minutes=5)  # a late check-in beats a doubled one
LOOKS = 2  # not found that often: it was not taken
BEFORE = timedelta(minutes=1)  # the two clocks may differ
AT_ONCE = 100
_DELIVERY = table(Delivery)
_ADDRESS = table(Address)


def reconcile(database: Database, channel: Channel, *, now: datetime) -> int:
    """Look for every delivery in doubt whose time has come; returns how many were settled."""
    _end_leases(database, now=now)
    settled = 0
    for row in _in_doubt(database, now=now):
        try:
            taken = channel.taken(address=row.address, since=row.attempted_at - BEFORE)
        except (Unsent, Unsure):
            _cannot_look(database, row, now=now)
            continue
        with database.transaction() as db:
            settled += _compare(db, row, taken, now=now)
    return settled


def _end_leases(database: Database, *, now: datetime) -> None:
    """Whoever held these has died or hangs: what they were sending is in doubt."""
    over = (_DELIVERY.c.state == "sending", _DELIVERY.c.lease_until < now)
    with database.transaction() as db:
        for row in db.execute(select(_DELIVERY).where(*over, _DELIVERY.c.mode == AUDIO)).all():
            give_up_recording(db, row, code=None, now=now)
        db.execute(
            update(_DELIVERY)
            .where(*over)
            .values(
                state="unknown", not_before=now, lease_until=None, lease_owner=None, updated_at=now
            )
        )


def _in_doubt(database: Database, *, now: datetime) -> list[Row[Any]]:
    with database.reading() as db:
        return list(
            db.execute(
                select(_DELIVERY, _ADDRESS.c.address)
                .join(_ADDRESS, _ADDRESS.c.id == _DELIVERY.c.address_id)
                .where(
                    _DELIVERY.c.state == "unknown",
                    _DELIVERY.c.not_before <= now,
                    _DELIVERY.c.attempted_at <= now - FIRST_LOOK,
                )
                .order_by(_DELIVERY.c.priority, _DELIVERY.c.id)
                .limit(AT_ONCE)
            )
        )


def _cannot_look(database: Database, row: Row[Any], *, now: datetime) -> None:
    """The provider is down: the message waits, in doubt, and staff see that nothing leaves."""
    with database.transaction() as db:
        tell(db, row, kind="channel_trouble", detail="its list does not answer", now=now)
        db.execute(
            update(_DELIVERY)
            .where(_DELIVERY.c.id == row.id, _DELIVERY.c.state == "unknown")
            .values(not_before=now + BETWEEN_LOOKS, updated_at=now)
        )


def _compare(db: Session, seen: Row[Any], taken: Sequence[Taken], *, now: datetime) -> bool:
    """Adopt what was found, or look once more, or send again."""
    row = delivery_row(db, seen.id)
    if row.state != "unknown" or row.looked != seen.looked:
        return False  # a receipt or another process was quicker
    found = _same(row.sent_text, _unbound(db, taken), others=_in_flight(db, row))
    if found is not None:
        log.info("delivery %d found as %s", row.id, found.external_id)
        bind(db, delivery_id=row.id, sid=found.external_id, now=now)
        state = STATES.get(found.status, "accepted")
        row = delivery_row(db, row.id)
        settle(db, row, state=state, error_code=found.error_code, now=now)
        return True
    if row.looked + 1 < LOOKS:
        rest = UNASKED_BETWEEN_LOOKS if row.priority > 0 else BETWEEN_LOOKS
        db.execute(
            update(_DELIVERY)
            .where(_DELIVERY.c.id == row.id)
            .values(looked=row.looked + 1, not_before=now + rest, updated_at=now)
        )
        return False
    log.info("delivery %d was not taken", row.id)
    again(db, row, not_before=now, mode=wish_of(row.mode), now=now)
    return True


def _unbound(db: Session, taken: Sequence[Taken]) -> list[Taken]:
    """Those that no delivery of ours is known by yet, oldest first."""
    sids = [each.external_id for each in taken]
    known = set(db.execute(select(_DELIVERY.c.sid).where(_DELIVERY.c.sid.in_(sids))).scalars())
    return sorted(
        (each for each in taken if each.external_id not in known), key=lambda each: each.created_at
    )


def _in_flight(db: Session, row: Row[Any]) -> frozenset[str]:
    """What else went there and is not known by its id yet: a reply may pass what is in doubt."""
    found = db.execute(
        select(_DELIVERY.c.sent_text).where(
            _DELIVERY.c.address_id == row.address_id,
            _DELIVERY.c.id != row.id,
            _DELIVERY.c.state.in_(("sending", "unknown")),
        )
    )
    return frozenset(_plain(sent_text) for sent_text in found.scalars())


def _same(sent_text: str, taken: Sequence[Taken], *, others: frozenset[str]) -> Taken | None:
    """By its text; where that is not known (an older template's), the first one will be ours
    that is nothing else of hers."""
    wanted = _plain(sent_text)
    if wanted:
        return next((each for each in taken if _plain(each.body) == wanted), None)
    return next(  # what has no words is a recording
        (each for each in taken if _plain(each.body) and _plain(each.body) not in others), None
    )


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
