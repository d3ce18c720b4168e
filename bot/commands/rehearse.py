"""The command that lets a cohort of invented people live through a whole programme."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.errors import Refused

if TYPE_CHECKING:
    from bot.simulator.happened import Happened

BROKEN = 1


@click.command()
@click.option("--pairs", type=click.IntRange(1, 120), default=20, show_default=True)
@click.option("--weeks", type=click.IntRange(6, 60), default=26, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Other people, other luck.")
@click.option(
    "--most",
    type=(click.IntRange(1, 50), click.IntRange(1, 50)),
    metavar="MENTEE MENTOR",
    help="Most messages a week to each; without it, as in a new cohort.",
)
@click.option(
    "--database",
    metavar="URL",
    help="An empty database to use; without it, one of its own that is thrown away.",
)
@click.option(
    "--keep",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep the SQLite database as this file.",
)
@click.option(
    "--json",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the figures to this file too.",
)
def rehearse(
    pairs: int,
    weeks: int,
    seed: int,
    most: tuple[int, int] | None,
    database: str | None,
    keep: Path | None,
    file: Path | None,
) -> None:
    """Let invented pairs live through a programme, and check every rule.

    Everything is the real thing but Twilio and time. Prints each week, then what happened, then
    what was broken: then it ends with 1. Nothing leaves this machine.
    """
    from bot.simulator.rehearse import run

    if database and keep:
        raise Refused("--keep is for a database of its own: leave out --database.")
    if keep is not None and keep.exists():
        raise Refused(f"{keep.name} is there already.")
    url = database or (f"sqlite:///{keep.absolute().as_posix()}" if keep else None)
    say: Callable[[str], None] = click.echo
    told = run(pairs=pairs, weeks=weeks, seed=seed, most=most, database_url=url, say=say)
    for line in told.lines():
        click.echo(line)
    if file is not None:
        _write(file, told)
    if told.broken:
        sys.exit(BROKEN)


def _write(file: Path, told: "Happened") -> None:
    plain = {
        **told.figures,
        "report": list(told.report),
        "what_was_broken": [str(one) for one in told.broken],
    }
    try:
        file.write_text(json.dumps(plain, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise Refused(f"{file.name} cannot be written: {error.strerror}.") from None
