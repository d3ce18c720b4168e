"""Send what waits in the outbox: claim, call, record. No call is made inside a transaction.

A crash at any point leaves a lease that runs out; `reconcile` then finds out what happened.
"""

import logging
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from bot.actions.cap import Budget, hold_to_cap, left_today
from bot.actions.claim import Job, claim_next, due
from bot.actions.compose import Desk, Voice, session_sid
from bot.actions.decide import Missing
from bot.actions.give_up_recording import give_up_recording
from bot.actions.last_look import may_still_go
from bot.actions.make_content import make_content
from bot.actions.pace import Pace
from bot.actions.recover import Chance, again, recover, tell, wish_of
from bot.actions.release import find_another_way
from bot.actions.settle import bind, delivery_row, settle
from bot.catalogues import Catalogues
from bot.channels.base import Channel, Later, Receipt, Unsure
from bot.channels.codes import Action, remedy_for
from bot.errors import Unsent
from bot.store.database import Database
from bot.store.models import Delivery
from bot.store.tables import table

log = logging.getLogger(__name__)

AT_ONCE = 4  # requests in flight; Twilio's own limit is higher and not published
LOOK_AFTER = timedelta(seconds=30)  # before asking what became of an unsure send
LOOK_SECONDS = 0.2  # between looks for new replies while a call is out
SPARE = 50  # messages of the day that are kept for texts
OUTAGE_REST = 60  # seconds, while nothing answers over there
LONDON = ZoneInfo("Europe/London")
_DELIVERY = table(Delivery)


@dataclass(kw_only=True)
class _Round:
    """One run of the sender: its clock goes on from `now` by itself, a long run stays honest."""

    database: Database
    channel: Channel
    desk: Desk
    now: datetime
    left: int
    left_today: int
    chance: Chance
    pace: Pace | None = None
    sent: int = 0
    busy: int = 0
    moves: int = 0  # of the queue: something was claimed, or found to be otherwise
    began: float = field(default_factory=time.monotonic)
    changed: threading.Condition = field(default_factory=threading.Condition)
    making: threading.Lock = field(default_factory=threading.Lock)

    def moment(self) -> datetime:
        return self.now + timedelta(seconds=time.monotonic() - self.began)

    def take(self) -> bool:
        """Whether one more may be tried in this run."""
        with self.changed:
            self.left -= 1
            return self.left >= 0

    def reserve(self) -> bool:
        """At its turn, one of the day's messages for what is claimed next; False: none is left."""
        if self.pace is not None:
            self.pace.take()
        with self.changed:
            self.left_today -= 1
            return self.left_today >= 0

    def desk_now(self) -> Desk:
        """Near the end of the day's messages none is spent on what is a text as well."""
        return self.desk if self.left_today >= SPARE else replace(self.desk, voice=None)

    def give_back(self) -> None:
        """Nothing was claimed."""
        if self.pace is not None:
            self.pace.give_back()
        with self.changed:
            self.left_today += 1

    def wait(self) -> bool:
        """Nothing may go now. While another worker is at work, and its call may hang, something
        new may come: look again. False: all is done. One that has found nothing either is no
        reason to look: else workers without work would keep each other awake."""
        with self.changed:
            self.left += 1
            moves = self.moves
            while self.busy:
                in_time = self.changed.wait(timeout=LOOK_SECONDS)
                if self.moves != moves or not in_time:
                    return True
            return False

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """From before a claim until its call is over: in between nobody may think all is done."""
        with self.changed:
            self.busy += 1
        try:
            yield
        finally:
            with self.changed:
                self.busy -= 1
                self.changed.notify_all()

    def moved(self) -> None:
        """The queue is no longer as it was."""
        with self.changed:
            self.moves += 1

    def tried(self) -> None:
        """One call was made."""
        with self.changed:
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
    zone: tzinfo = LONDON,
    chance: Chance = random.random,
    most_messages: int | None = None,
    budget: Budget | None = None,
    daily_people: int | None = None,
    voice: Voice | None = None,
    pace: Pace | None = None,
) -> int:
    """Try up to `limit` deliveries that may go now, replies first; returns how many were tried.

    `charity` is how an opener names it; `zone`: only replies go at night there; `chance` spreads
    what is tried again. `most_messages` may leave in 24 hours; None: by how many people there are.
    `budget`: and what they may cost. `voice`: what is spoken to those who like to listen.
    """
    cancel_expired(database, now=now)
    with database.reading() as db:
        waiting = db.execute(select(func.count()).select_from(_DELIVERY).where(due(now))).scalar()
        if not waiting:
            return 0
        left = left_today(db, most=most_messages, budget=budget, now=now)
    if left.messages <= 0:
        with database.transaction() as db:
            hold_to_cap(db, spent=left.spent, now=now)
    desk = Desk(
        catalogues=catalogues,
        charity=charity,
        senders=channel.senders,
        owner=owner,
        zone=zone,
        daily_people=daily_people,
        voice=voice,
    )
    round_ = _Round(
        database=database,
        channel=channel,
        desk=desk,
        now=now,
        left=limit,
        left_today=left.messages,
        chance=chance,
        pace=pace,
    )
    workers = min(AT_ONCE, waiting + 1)  # one to spare, should the only call hang
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
            .returning(_DELIVERY.c.mode, _DELIVERY.c.participant_id)
        ).all()
        for who in {row.participant_id for row in gone if row.mode == "opener"} - {None}:
            find_another_way(db, participant_id=who, now=now, reason="the opener expired")
    if gone:
        log.info("deliveries expired: %d", len(gone))
    return len(gone)


def _work(round_: _Round) -> None:
    """One worker: one delivery after the other until nothing may go now."""
    while round_.take():
        with round_.at_work():
            found_any = _one(round_)
            if found_any:
                round_.moved()
        if not found_any and not round_.wait():
            return


def _one(round_: _Round) -> bool:
    """Claim one and try it. False: nothing may go now."""
    reserved = round_.reserve()
    with round_.database.transaction() as db:
        found = claim_next(db, round_.desk_now(), now=round_.moment(), capped=not reserved)
    if not isinstance(found, Job):
        round_.give_back()
    if isinstance(found, Missing):
        _make(round_, found.content_key)
    elif isinstance(found, Job):
        now = round_.moment()
        if may_still_go(round_.database, delivery_id=found.delivery_id, now=now):
            _send(round_, found)
            round_.tried()
    return found is not None


def _make(round_: _Round, key: str) -> None:
    """One worker makes it, the others then find it made, or failed."""
    with round_.making:
        now = round_.moment()
        with round_.database.reading() as db:
            wanted = session_sid(db, key, now=now) is None
        if wanted:
            make_content(round_.database, round_.channel, key=key, now=now)


def _send(round_: _Round, job: Job) -> None:
    try:
        receipt = round_.channel.send(job.outbound)
    except Unsure as error:
        _unsure(round_, job, why=str(error))
    except Unsent as error:
        looks = remedy_for(error.code).action is Action.LOOK
        if looks and job.outbound.content_sid is None:  # else it is the content that has gone
            _unsure(round_, job, why=f"code {error.code}")
        else:
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
        if job.outbound.media_url is not None:  # silence does no harm, twice the same might
            row = delivery_row(db, job.delivery_id)
            if row.state == "sending":
                give_up_recording(db, row, code=None, now=now)
            return
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
        if job.outbound.media_url is not None:
            give_up_recording(db, row, code=code, now=now)
            return
        if code is None and not error.permanent:
            tell(db, row, kind="channel_trouble", detail="no connection", now=now)
            rest = timedelta(seconds=OUTAGE_REST * (1 + round_.chance() / 4))
            again(db, row, not_before=now + rest, mode=wish_of(row.mode), counted=False, now=now)
        else:
            recover(
                db,
                row,
                code=code,
                now=now,
                chance=round_.chance,
                asked=(error.seconds or 0.0) if isinstance(error, Later) else 0.0,
            )
