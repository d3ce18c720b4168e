"""Send what waits in the outbox: claim, call, record. No call is made inside a transaction.

A crash at any point leaves a lease that runs out; `reconcile` then finds out what happened.
"""

import logging
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from bot.actions.claim import Job, claim_next, due
from bot.actions.compose import Desk
from bot.actions.decide import Missing
from bot.actions.make_content import make_content
from bot.actions.recover import Chance, again, recover, tell
from bot.actions.settle import bind, delivery_row, settle
from bot.catalogues import Catalogues
from bot.channels.base import Channel, Later, Receipt, Unsure
from bot.channels.codes import remedy_for
from bot.errors import Unsent
from bot.store.database import Database
from bot.store.models import Delivery

log = logging.getLogger(__name__)

AT_ONCE = 4  # requests in flight; Twilio's own limit is higher and not published
LOOK_AFTER = timedelta(seconds=30)  # before asking what became of an unsure send
OUTAGE_REST = 60  # seconds, while nothing answers over there
_DELIVERY = Delivery.__table__  # type: ignore[attr-defined]


@dataclass(kw_only=True)
class _Round:
    """One run of the sender: its clock goes on from `now` by itself, a long run stays honest."""

    database: Database
    channel: Channel
    desk: Desk
    now: datetime
    left: int
    chance: Chance
    sent: int = 0
    began: float = field(default_factory=time.monotonic)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def moment(self) -> datetime:
        return self.now + timedelta(seconds=time.monotonic() - self.began)

    def take(self) -> bool:
        """Whether one more may be tried in this run."""
        with self.lock:
            self.left -= 1
            return self.left >= 0

    def count(self) -> None:
        with self.lock:
            self.sent += 1


def send_due(
    database: Database,
    channel: Channel,
    *,
    catalogues: Catalogues,
    now: datetime,
    owner: str,
    limit: int = 100,
    charity: str = "Routes",
    chance: Chance = random.random,
) -> int:
    """Try up to `limit` deliveries that may go now, replies first; returns how many were tried.

    `charity` is how an opener names it; `chance` spreads what is tried again.
    """
    cancel_expired(database, now=now)
    with database.reading() as db:
        waiting = db.execute(select(func.count()).select_from(_DELIVERY).where(due(now))).scalar()
    if not waiting:
        return 0
    desk = Desk(catalogues=catalogues, charity=charity, kinds=channel.kinds, owner=owner)
    round_ = _Round(
        database=database, channel=channel, desk=desk, now=now, left=limit, chance=chance
    )
    workers = min(AT_ONCE, waiting)
    if workers == 1:
        _work(round_)
        return round_.sent
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="sender") as pool:
        for done in [pool.submit(_work, round_) for _ in range(workers)]:
            done.result()
    return round_.sent


def cancel_expired(database: Database, *, now: datetime) -> int:
    """Too late to be useful: a check-in in the middle of the night helps nobody. Counted."""
    with database.transaction() as db:
        gone = db.execute(
            update(_DELIVERY)
            .where(_DELIVERY.c.state.in_(("queued", "waiting")), _DELIVERY.c.expires_at <= now)
            .values(state="cancelled", reason="expired", updated_at=now)
            .returning(_DELIVERY.c.id)
        ).all()
    if gone:
        log.info("deliveries expired: %d", len(gone))
    return len(gone)


def _work(round_: _Round) -> None:
    """One worker: one delivery after the other until nothing may go now."""
    while round_.take():
        with round_.database.transaction() as db:
            found = claim_next(db, round_.desk, now=round_.moment())
        if found is None:
            return
        if isinstance(found, Missing):
            make_content(
                round_.database, round_.channel, key=found.content_key, now=round_.moment()
            )
        elif isinstance(found, Job):
            _send(round_, found)
            round_.count()


def _send(round_: _Round, job: Job) -> None:
    try:
        receipt = round_.channel.send(job.outbound)
    except Unsure as error:
        _unsure(round_, job, why=str(error))
    except Unsent as error:
        _refused(round_, job, error)
    else:
        _taken(round_, job, receipt)


def _taken(round_: _Round, job: Job, receipt: Receipt) -> None:
    try:
        bound = _record(round_, job, receipt)
    except IntegrityError:  # another worker has just been told the same id
        bound = False
    if bound:
        log.info("delivery %d accepted as %s", job.delivery_id, receipt.external_id)
    else:
        _unsure(round_, job, why="an answer about another message")


def _record(round_: _Round, job: Job, receipt: Receipt) -> bool:
    now = round_.moment()
    with round_.database.transaction() as db:
        bound = bind(db, delivery_id=job.delivery_id, sid=receipt.external_id, now=now)
        if bound and receipt.state is not None:
            row = delivery_row(db, job.delivery_id)
            settle(db, row, state=receipt.state, error_code=receipt.error_code, now=now)
    return bound


def _unsure(round_: _Round, job: Job, *, why: str) -> None:
    """Nobody knows: never resend before looking."""
    log.warning("delivery %d: outcome unknown (%s)", job.delivery_id, why)
    now = round_.moment()
    with round_.database.transaction() as db:
        db.execute(
            update(_DELIVERY)
            .where(_DELIVERY.c.id == job.delivery_id, _DELIVERY.c.state == "sending")
            .values(
                state="unknown",
                not_before=now + LOOK_AFTER,
                lease_until=None,
                lease_owner=None,
                updated_at=now,
            )
        )


def _refused(round_: _Round, job: Job, error: Unsent) -> None:
    now, code = round_.moment(), error.code
    log.warning("delivery %d not taken: code %s", job.delivery_id, code)
    with round_.database.transaction() as db:
        row = delivery_row(db, job.delivery_id)
        if row.state != "sending" or row.sid is not None:
            return  # a receipt has told more than this answer
        if code is None and not error.permanent:
            tell(db, row, kind="channel_trouble", detail="no connection", now=now)
            rest = timedelta(seconds=OUTAGE_REST * (1 + round_.chance() / 4))
            again(db, row, not_before=now + rest, mode=_wish(row.mode), counted=False, now=now)
        elif isinstance(error, Later) and error.seconds is not None:
            longest = remedy_for(code).delays[:1] or (0,)
            rest = timedelta(seconds=max(error.seconds, longest[0]) * (1 + round_.chance() / 4))
            again(db, row, not_before=now + rest, mode=_wish(row.mode), now=now)
        else:
            recover(
                db,
                row,
                code=code,
                content_sid=job.outbound.content_sid,
                now=now,
                chance=round_.chance,
            )


def _wish(mode: str) -> str:
    return mode if mode == "sms" else ""
