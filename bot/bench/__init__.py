"""`python3 -m bot bench`: speed, start-up and memory beside bare Flask on the same server.

It reports and never judges a speed; it fails only when a message was lost or had two effects. With
--kills only that is looked at: senders are killed in the middle of sending.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from bot.bench.figures import figures
from bot.bench.measuring import Found, Plan, measure
from bot.bench.posting import CONNECTIONS
from bot.bench.report import as_json, as_table

LOST = 1  # exit code


def main(arguments: Sequence[str] = ()) -> None:
    """Measure, print, and leave with 1 when something was lost or doubled."""
    options = _options(arguments)
    postgresql = options.postgres.replace("postgresql://", "postgresql+psycopg://", 1)
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        if options.kills:
            _kill(options, Path(scratch), postgresql=postgresql)
            return
        plan = Plan(
            seconds=options.seconds,
            rounds=options.rounds,
            people=options.people,
            scratch=Path(scratch),
            postgresql=postgresql,
        )
        found = measure(plan)
    show = as_json if options.json else as_table
    print(show(figures(found), about=_about(plan, found), problems=found.problems))
    if found.problems:
        sys.exit(LOST)


def _kill(options: argparse.Namespace, scratch: Path, *, postgresql: str) -> None:
    from bot.bench.kills import Killing, as_sentences, kill_senders

    plan = Killing(
        kills=options.kills,
        sends=options.sends,
        seed=options.seed,
        database_url=postgresql or f"sqlite:///{scratch / 'kills.sqlite3'}",
        log=scratch / "senders.log",
    )
    counted = kill_senders(plan)
    print(json.dumps(asdict(counted)) if options.json else as_sentences(plan, counted))
    if counted.problems:
        print(*counted.problems, sep="\n")
        sys.exit(LOST)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 -m bot bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each load (default: 2)")
    parser.add_argument("--rounds", type=int, default=3, help="medians are of these (default: 3)")
    parser.add_argument("--people", type=int, default=900, help="mentees (default: 900)")
    parser.add_argument("--kills", type=int, default=0, help="kill so many senders, and no more")
    parser.add_argument("--sends", type=int, default=600, help="while so many leave (default: 600)")
    parser.add_argument("--seed", type=int, default=1, help="of what happens by chance then")
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.add_argument(
        "--postgres", default="", metavar="URL", help="an empty database to use, not SQLite"
    )
    return parser.parse_args(list(arguments))


def _about(plan: Plan, found: Found) -> list[str]:
    """What the figures depend on."""
    return [
        f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}, "
        f"{'PostgreSQL' if plan.postgresql else 'SQLite'}; waitress for all.",
        f"{plan.people} mentees in four languages, {CONNECTIONS} connections, {plan.rounds} rounds "
        f"of {plan.seconds:g} s each, in turn: {found.turns} turns.",
        f"Killed with {found.before_kill} turns acknowledged; then {found.retried} came again.",
    ]
