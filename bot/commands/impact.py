"""The command for whoever reports to funders: a cohort's figures, to read or as a table."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import click
from sqlmodel import Session

from bot.errors import Refused


@click.command()
@click.argument("cohort")
@click.option(
    "--csv",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write every figure to this file too.",
)
def impact(cohort: str, file: Path | None) -> None:
    """Print what has come of COHORT, named as staff named it.

    Each figure stands with how many answered, of how many who could have, and its 95% interval.
    Nobody's words and no name are printed; groups under five are not shown.
    """
    from bot.actions.freeze_report import figures_of
    from bot.commands.database import open_database
    from bot.programme.impact_words import COLUMNS, lines, table
    from bot.programme.thawed import thawed_pair

    with open_database() as database, database.reading() as db:
        told, before = thawed_pair(figures_of(db, cohort_id=_cohort_id(db, cohort)))
    started = date.fromisoformat(told.starts_on)
    click.echo(f"{told.cohort}, started on {started.day} {started:%B %Y}")
    for line in lines(told):
        click.echo(line)
    if file is not None:
        _write(file, (COLUMNS, *table(told, before)))
        click.echo(f"Every figure stands in {file.name}.")


def _cohort_id(db: Session, name: str) -> int:
    from bot.store.impact import all_cohorts
    from bot.store.sight import EVERYTHING

    cohorts = all_cohorts(db, sight=EVERYTHING)
    found = [one.id for one in cohorts if one.name.casefold() == name.strip().casefold()]
    if not found:
        known = ", ".join(one.name for one in cohorts) or "none yet"
        raise Refused(f"There is no cohort {name!r}. The cohorts are: {known}.")
    return found[0]


def _write(file: Path, rows: Iterable[Sequence[str]]) -> None:
    """With a byte order mark, by which Excel knows that it is UTF-8; no cell is a formula."""
    from bot.web.sheets import safe_cell

    try:
        with file.open("w", encoding="utf-8-sig", newline="") as out:
            writer = csv.writer(out, quoting=csv.QUOTE_ALL)
            writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    except OSError as error:
        raise Refused(f"{file.name} cannot be written: {error.strerror}.") from None
