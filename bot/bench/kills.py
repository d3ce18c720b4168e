"""kill -9 of senders, at random moments, while Twilio misbehaves: is anything lost or sent twice?

What counts is what the simulated Twilio took, message by message. Between two lives some seconds
go by that nobody waits for: leases end, and what is in doubt is looked for.
"""

import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import exists, func, select

from bot.bench.scene import Scene, open_scene
from bot.bench.serving import ROOT
from bot.clock import Clock
from bot.store.migrations import upgrade
from bot.store.models import Alert, Delivery
from bot.store.tables import table

EACH = 6  # messages for one person
OURS = re.compile(r"Message ([0-9]+)\.")
OPEN = ("queued", "waiting", "sending", "unknown")
MOST_ROUNDS, ROUND = 80, timedelta(minutes=3)  # of peace, in the end

_ALERT, _DELIVERY = table(Alert), table(Delivery)


@dataclass(frozen=True, kw_only=True)
class Killing:
    """How much, and the seed of all that happens by chance."""

    kills: int
    sends: int
    seed: int
    database_url: str
    log: Path  # what the senders say


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What Twilio has taken in the end. `given_up`: after six tries, handed to staff; not lost.
    `disordered` people got theirs in another order: one that waits long is passed by the next."""

    kills: int
    in_calls: int
    sends: int
    lost: int
    doubled: int
    disordered: int
    given_up: int
    seconds: float

    @property
    def problems(self) -> list[str]:
        sentences = {
            "messages never left, or are still in the outbox": self.lost,
            "messages left more than once": self.doubled,
        }
        return [f"{count} {what}." for what, count in sentences.items() if count]


def kill_senders(plan: Killing) -> Counted:
    """All of it, on a database that is made for it."""
    began = time.monotonic()
    upgrade(plan.database_url)
    people = max(plan.sends // EACH, 1)
    url = plan.database_url
    with (
        open_scene(database_url=url, seed=plan.seed, people=people) as (there, clock),
        _nursery(there, log=plan.log) as born,
    ):
        for kill in range(plan.kills):
            there.queue_until(plan.sends * (kill + 1) // plan.kills)
            there.misbehave()
            there.reaper.kill(born(there.later))
            there.later += timedelta(seconds=there.chance.uniform(5, 40))
        there.twilio.behave()
        _let_it_end(there, clock)
        return _count(there, plan, seconds=time.monotonic() - began)


@contextmanager
def _nursery(there: Scene, *, log: Path) -> Iterator[Callable[[timedelta], int]]:
    """Yields what makes a sender that lives so much later; returns its pid."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    with log.open("ab") as said:
        mother = subprocess.Popen(
            [sys.executable, "-m", "bot.bench.nursery"],
            cwd=ROOT,
            env=kept | dict(there.environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        )
    line_in, line_out = mother.stdin, mother.stdout
    if line_in is None or line_out is None or not line_out.readline():
        raise SystemExit(f"No sender could be started:\n{log.read_text()[-2000:]}")

    def born(later: timedelta) -> int:
        print(later.total_seconds(), file=line_in, flush=True)
        return int(line_out.readline())

    try:
        yield born
    finally:
        mother.kill()
        mother.communicate()


def _let_it_end(there: Scene, clock: Clock) -> None:
    """Nobody is killed any more: time goes by until nothing is open."""
    for _ in range(MOST_ROUNDS):
        clock.reconcile()
        clock.send()
        if not _count_in(there, *OPEN):
            break
        there.later += ROUND
    there.twilio.settle()


def _count(there: Scene, plan: Killing, *, seconds: float) -> Counted:
    times: Counter[int] = Counter()
    orders: dict[str, list[int]] = {}
    for message in there.twilio.messages:
        found = None if message.inbound else OURS.match(message.body)
        if found is not None:
            times[int(found[1])] += 1
            orders.setdefault(message.to, []).append(int(found[1]))
    given_up = _given_up(there)
    return Counted(
        kills=plan.kills,
        in_calls=there.reaper.in_calls,
        sends=plan.sends,
        lost=plan.sends - len(times) - given_up,
        doubled=sum(count - 1 for count in times.values()),
        disordered=sum(order != sorted(order) for order in orders.values()),
        given_up=given_up,
        seconds=seconds,
    )


def _count_in(there: Scene, *states: str) -> int:
    """How many deliveries are in one of these states."""
    with there.database.reading() as db:
        query = select(func.count()).select_from(_DELIVERY).where(_DELIVERY.c.state.in_(states))
        return int(db.execute(query).scalar_one())


def _given_up(there: Scene) -> int:
    """Messages that staff have been told of."""
    with there.database.reading() as db:
        told = select(func.count(_DELIVERY.c.message_id.distinct())).where(
            _DELIVERY.c.state == "failed",
            exists().where(
                _ALERT.c.participant_id == _DELIVERY.c.participant_id,
                _ALERT.c.kind == "undelivered",
            ),
        )
        return int(db.execute(told).scalar_one())


def as_sentences(plan: Killing, counted: Counted) -> str:
    """What was done and what came of it."""
    killed = f"{counted.kills} senders killed (seed {plan.seed}), {counted.in_calls} in mid-call."
    what = f"{counted.sends} sends: {counted.lost} lost, {counted.doubled} doubled"
    more = f"{counted.disordered} people with another order, {counted.given_up} given up to staff"
    return f"{killed}\n{what}, {more}. {counted.seconds:.0f} s."
