"""What is measured, in which order: the bot and its references in turn, so that both see the same
machine. Medians of all rounds.
"""

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import sleep

from bot.bench.cast import is_empty, reopen, seed
from bot.bench.checks import Kept, kept
from bot.bench.posting import (
    Done,
    Post,
    conversations,
    finish_load,
    load,
    receipts,
    start_load,
    unsigned,
)
from bot.bench.serving import Server, bot_server, plain_server
from bot.store.database import Database
from bot.store.migrations import upgrade

STARTS = 3
KILLED_AFTER, SHORTEST = 0.5, 0.3  # of the seconds of a round; seconds
WARM_UP, WARM = 1.0, 300  # seconds and requests, whichever comes first
DOUBLES = 20  # of each connection
Lanes = list[list[Post]]
NOTHING = Kept(lost=0, idle=0, doubled=0)


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
    before_kill: int = 0
    retried: int = 0
    refused: int = 0
    kept: Kept = NOTHING
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
        found.kept = kept(database, found.acknowledged, people=plan.people)
        found.problems += found.kept.problems
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
        _warm_up(bot, durable, told)
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


def _warm_up(bot: Server, durable: Server, told: Lanes) -> None:
    """The first requests of a process compile statements and open connections."""
    for server in (bot, durable):
        load(server.port, told, seconds=WARM_UP, repeat=True, most=WARM)


def _load(
    plan: Plan, found: Found, name: str, server: Server, lanes: Lanes, *, repeat: bool = False
) -> Done:
    done = load(server.port, lanes, seconds=plan.seconds, repeat=repeat)
    found.loads.setdefault(name, []).append(done)
    found.refused += done.refused
    if done.refused:
        found.problems.append(f"{name}: {done.refused} answers were not 2xx ({done.statuses}).")
    return done


def _killed(plan: Plan, found: Found, database: Database) -> None:
    """kill -9 in mid-load; then all that was not acknowledged comes again, and some that was."""
    reopen(database)
    lanes = conversations(plan.everybody, round_number=plan.rounds + 1)
    with bot_server(plan.scratch, database_url=plan.database_url) as server:
        process = start_load(server.port, lanes, seconds=60, repeat=False)
        sleep(max(plan.seconds * KILLED_AFTER, SHORTEST))
        server.kill()
        before = finish_load(process)
    again = [_again(lane, before.answered) for lane in lanes]
    with bot_server(plan.scratch, database_url=plan.database_url) as server:
        after = load(server.port, again, seconds=60, repeat=False)
    found.acknowledged |= before.answered | after.answered
    found.before_kill, found.retried = len(before.answered), len(after.milliseconds)
    missing = {sid for lane in lanes for sid, _ in lane} - before.answered - after.answered
    if missing or after.refused:
        found.problems.append(f"{len(missing)} retried messages were not acknowledged.")


def _again(lane: list[Post], answered: frozenset[str]) -> list[Post]:
    """What Twilio sends again: doubles of the newest acknowledged ones, then all the others."""
    known = [post for post in lane if post[0] in answered]
    return known[-DOUBLES:] + [post for post in lane if post[0] not in answered]
