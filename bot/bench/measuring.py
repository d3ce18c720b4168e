"""What is measured, in which order: the bot and its references in turn, so that both see the same
machine. Medians of all rounds.
"""

import platform
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bot.bench.cast import is_empty, reopen, seed
from bot.bench.checks import kept
from bot.bench.posting import (
    CONNECTIONS,
    Done,
    Post,
    conversations,
    finish_load,
    load,
    receipts,
    start_load,
    unsigned,
)
from bot.bench.report import Figure
from bot.bench.serving import Server, bot_server, plain_server
from bot.store.database import Database
from bot.store.migrations import upgrade

STARTS = 3
UNTIL_KILLED = 0.5  # of the seconds of a round
Lanes = list[list[Post]]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How much is measured. `postgresql`: the URL of an empty database, else SQLite in a file."""

    seconds: float
    rounds: int
    people: int
    scratch: Path
    postgresql: str = ""

    @property
    def database_url(self) -> str:
        return self.postgresql or f"sqlite:///{self.scratch / 'bench.sqlite3'}"

    @property
    def plain_database(self) -> str:
        """What the references write to: a file, or the same PostgreSQL."""
        plain = self.postgresql.replace("postgresql+psycopg://", "postgresql://")
        return plain or str(self.scratch / "plain.sqlite3")

    @property
    def everybody(self) -> range:
        """The mentees' numbers; 1 is the mentor."""
        return range(2, self.people + 2)


@dataclass(kw_only=True)
class Found:
    """What was measured so far."""

    loads: dict[str, list[Done]] = field(default_factory=dict)
    starts: dict[str, list[float]] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)
    turns: int = 0
    retried: int = 0
    problems: list[str] = field(default_factory=list)

    def rate(self, name: str) -> float:
        return median(done.rate for done in self.loads[name])

    def quantile(self, name: str, share: float) -> float:
        return median(done.quantile(share) for done in self.loads[name])


def measure(plan: Plan) -> Found:
    """Everything, on a database that is made for it."""
    found = Found()
    upgrade(plan.database_url)
    database = Database(plan.database_url)
    try:
        if not is_empty(database):
            raise SystemExit("The benchmark needs an empty database: this one has people in it.")
        seed(database, people=plan.people, now=datetime.now(UTC))
        _starts(plan, found)
        _rounds(plan, found, database)
        _killed(plan, found, database)
        found.problems += kept(database, found.acknowledged, people=plan.people).problems
    finally:
        database.dispose()
    return found


def _starts(plan: Plan, found: Found) -> None:
    """From the start of the process to the first answer."""
    for _ in range(STARTS if plan.rounds > 1 else 1):
        with plain_server(plan.scratch, "bare") as server:
            found.starts.setdefault("bare", []).append(server.seconds)
        with bot_server(plan.scratch, database_url=plan.database_url) as server:
            found.starts.setdefault("bot", []).append(server.seconds)


def _rounds(plan: Plan, found: Found, database: Database) -> None:
    with ExitStack() as stack:
        enter = stack.enter_context
        durable = enter(plain_server(plan.scratch, "durable", database=plan.plain_database))
        bare = enter(plain_server(plan.scratch, "bare"))
        bot = enter(bot_server(plan.scratch, database_url=plan.database_url))
        told = receipts(plan.everybody)
        for number in range(1, plan.rounds + 1):
            turns = conversations(plan.everybody, round_number=number)
            reopen(database)
            done = _load(plan, found, "turn", bot, turns)
            found.acknowledged |= done.answered
            found.turns += len(done.milliseconds)
            _load(plan, found, "signed", durable, turns, repeat=True)
            _load(plan, found, "insert", durable, unsigned(turns), repeat=True)
            _load(plan, found, "receipt", bot, told)
            _load(plan, found, "signed receipt", durable, told, repeat=True)
        load(bare.port, turns, seconds=60, repeat=True, most=found.turns)
        found.memory = {"bot": bot.mebibytes, "bare": bare.mebibytes}


def _load(
    plan: Plan, found: Found, name: str, server: Server, lanes: Lanes, *, repeat: bool = False
) -> Done:
    done = load(server.port, lanes, seconds=plan.seconds, repeat=repeat)
    found.loads.setdefault(name, []).append(done)
    if done.refused:
        found.problems.append(f"{name}: {done.refused} answers were not 2xx ({done.statuses}).")
    return done


def _killed(plan: Plan, found: Found, database: Database) -> None:
    """kill -9 in mid-load; then what was not acknowledged comes again, as Twilio sends it."""
    reopen(database)
    lanes = conversations(plan.everybody, round_number=plan.rounds + 1)
    with bot_server(plan.scratch, database_url=plan.database_url) as server:
        with start_load(server.port, lanes, seconds=60, repeat=False) as process:
            try:
                process.wait(max(plan.seconds * UNTIL_KILLED, 0.2))
            except TimeoutExpired:
                server.kill()
            before = finish_load(process)
        server.kill()
