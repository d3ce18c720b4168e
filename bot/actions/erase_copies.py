"""Have the channel erase its own copies: of what is final here, and of whom we have forgotten.

Only what nobody can need there any more: a send in doubt is looked for in the channel's list, so
that nothing is touched before it is final. What cannot be erased is tried again, and staff see it.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, and_, exists, func, or_, select, update
from sqlmodel import Session as Db

from bot.actions.alert import raise_alert
from bot.channels.base import Channel, Unsure
from bot.errors import Unsent
from bot.store.database import Database
from bot.store.models import Alert, Delivery, Leftover, Media, Message
from bot.store.tables import insert_into, table

log = logging.getLogger(__name__)

COPIES_LEFT = "copies_left"  # the kind of alert
AT_ONCE = 50  # of each kind in one round: other calls to the channel go first
FINAL = ("delivered", "read", "failed")
NO_RECEIPT = timedelta(days=14)  # after that none comes any more
PATIENCE, LONGEST_PATIENCE = 5, 30  # tries before staff hear of it; so many where it may yet move
FIRST_REST, LONGEST_REST = timedelta(minutes=1), timedelta(hours=12)
GONE, LEFT, WAITING = "gone", "left", "waiting"
NOT_FINAL, LATER, NO_ANSWER = "not final", "later", "no answer"  # why a copy is still there
PASSING = (LATER, NO_ANSWER)

_ALERT, _DELIVERY = table(Alert), table(Delivery)
_LEFTOVER, _MEDIA, _MESSAGE = table(Leftover), table(Media), table(Message)


def erase_copies(
    database: Database, channel: Channel, *, older_than: timedelta | None, now: datetime
) -> int:
    """One round; how many copies are gone. `older_than`: since they were final; None leaves alone
    what is still stored here."""
    gone = erase_leftovers(database, channel, now=now)
    if older_than is not None:
        gone += _erase_sent(database, channel, before=now - older_than, now=now)
        gone += _erase_received(database, channel, before=now - older_than, now=now)
    _tell(database, now=now)
    return gone


def erase_leftovers(database: Database, channel: Channel, *, now: datetime) -> int:
    """Copies of rows that are gone here: they are tried again until they are gone there too."""
    with database.reading() as db:
        due = db.execute(
            select(_LEFTOVER.c.id, _LEFTOVER.c.sid, _LEFTOVER.c.attempts)
            .where(_LEFTOVER.c.state != GONE, _LEFTOVER.c.not_before <= now)
            .order_by(_LEFTOVER.c.not_before, _LEFTOVER.c.id)
            .limit(AT_ONCE)
        ).all()
    if not due:
        return 0
    tried, reason = [], ""
    for row in due:
        if reason != NO_ANSWER:  # else the others would only wait as long for the same
            reason = _try(channel, row.sid)
        tried.append((row, reason))
    with database.transaction() as db:
        for row, reason in tried:
            db.execute(
                update(_LEFTOVER)
                .where(_LEFTOVER.c.id == row.id)
                .values(**_became(row.attempts + 1, reason, now=now))
            )
    return sum(reason == "" for _, reason in tried)


def _became(attempts: int, reason: str, *, now: datetime) -> dict[str, object]:
    rest = min(FIRST_REST * 2 ** min(attempts, 12), LONGEST_REST)
    patience = LONGEST_PATIENCE if reason == NOT_FINAL else PATIENCE
    state = GONE if reason == "" else LEFT if attempts >= patience else WAITING
    return {
        "state": state,
        "reason": reason,
        "attempts": attempts,
        "not_before": now + rest,
        "updated_at": now,
    }


def keep_leftovers(db: Db, sids: Iterable[str], *, erasure_id: int | None, now: datetime) -> None:
    """What the channel must still erase, by its ids."""
    rows = [
        {
            "sid": sid,
            "erasure_id": erasure_id,
            "state": WAITING,
            "reason": "",
            "attempts": 0,
            "not_before": now,
            "updated_at": now,
        }
        for sid in dict.fromkeys(sids)
    ]
    if rows:
        db.execute(insert_into(db, _LEFTOVER).on_conflict_do_nothing(), rows)


def try_left_again(database: Database) -> None:
    """What could not be erased gets another chance, once a day."""
    with database.transaction() as db:
        for of in (_DELIVERY, _MESSAGE):
            db.execute(update(of).where(of.c.channel_copy == LEFT).values(channel_copy=""))


def _erase_sent(database: Database, channel: Channel, *, before: datetime, now: datetime) -> int:
    settled = or_(
        and_(_DELIVERY.c.state.in_(FINAL), _DELIVERY.c.updated_at <= before),
        and_(
            _DELIVERY.c.state.in_(("accepted", "sent")),
            _DELIVERY.c.updated_at <= min(before, now - NO_RECEIPT),
        ),
    )
    where = _DELIVERY.c.sid.is_not(None), settled
    return _erase(database, channel, of=_DELIVERY, sid=_DELIVERY.c.sid, where=where)


def _erase_received(
    database: Database, channel: Channel, *, before: datetime, now: datetime
) -> int:
    """Once it was handled, and its media are fetched or given up."""
    hers = _MEDIA.c.message_id == _MESSAGE.c.id
    fetched = or_(
        _MESSAGE.c.kind.not_in(("media", "contact")),
        and_(exists().where(hers), ~exists().where(hers, _MEDIA.c.state == "waiting")),
        _MESSAGE.c.at <= now - NO_RECEIPT,
    )
    where = (
        _MESSAGE.c.direction == "in",
        _MESSAGE.c.external_id.is_not(None),
        _MESSAGE.c.at <= before,
        or_(_MESSAGE.c.state == "handled", _MESSAGE.c.at <= now - NO_RECEIPT),
        fetched,
    )
    return _erase(database, channel, of=_MESSAGE, sid=_MESSAGE.c.external_id, where=where)


def _erase(
    database: Database, channel: Channel, *, of: Table, sid: Any, where: Sequence[Any]
) -> int:
    query = select(of.c.id, sid).where(of.c.channel_copy == "", *where)
    with database.reading() as db:
        due = db.execute(query.order_by(of.c.id).limit(AT_ONCE)).all()
    if not due:
        return 0
    became: dict[str, list[int]] = {GONE: [], LEFT: []}
    for row_id, external_id in due:
        reason = _try(channel, external_id)
        if reason in PASSING:
            break  # the channel has trouble: the next round goes on
        became[LEFT if reason else GONE].append(row_id)
    with database.transaction() as db:
        for state, ids in became.items():
            db.execute(update(of).where(of.c.id.in_(ids)).values(channel_copy=state))
    return len(became[GONE])


def _try(channel: Channel, external_id: str) -> str:
    """ "" when the copy is gone, else why not."""
    try:
        return "" if channel.erase(external_id) else NOT_FINAL
    except Unsent as error:
        return f"code {error.code}" if error.permanent else LATER
    except Unsure:
        return NO_ANSWER


def copies_left(db: Db) -> int:
    """How many copies could not be erased so far."""
    counts = (
        select(func.count()).select_from(_LEFTOVER).where(_LEFTOVER.c.state == LEFT),
        select(func.count()).select_from(_DELIVERY).where(_DELIVERY.c.channel_copy == LEFT),
        select(func.count()).select_from(_MESSAGE).where(_MESSAGE.c.channel_copy == LEFT),
    )
    return sum(int(db.execute(query).scalar_one()) for query in counts)


def _tell(database: Database, *, now: datetime) -> None:
    """One alert while any is left; it closes by itself. Nearly always there is nothing to write."""
    with database.reading() as db:
        left = copies_left(db)
        known = db.execute(
            select(_ALERT.c.id).where(_ALERT.c.subject == COPIES_LEFT, _ALERT.c.state != "closed")
        ).first()
    if bool(left) == (known is not None):
        return
    with database.transaction() as db:
        if known is None:
            raise_alert(db, kind=COPIES_LEFT, subject=COPIES_LEFT, detail=f"{left} left", now=now)
        else:
            gone = {"state": "closed", "closed_at": now, "note": "They are gone now."}
            db.execute(update(_ALERT).where(_ALERT.c.id == known.id).values(**gone))
