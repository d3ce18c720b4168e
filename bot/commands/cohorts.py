"""Commands about cohorts: list them, and change the settings of one, shown before it is done."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from bot.errors import Refused
from bot.programme.plan_words import Changes, Line
from bot.programme.term_words import BY_KEY, SETTINGS, read, shown
from bot.programme.terms import Terms, with_values

if TYPE_CHECKING:
    from sqlmodel import Session


@click.group(invoke_without_command=True)
@click.pass_context
def cohorts(context: click.Context) -> None:
    """List cohorts, or change the settings of one."""
    if context.invoked_subcommand is None:
        _list()


@cohorts.command("show")
@click.argument("name")
def show(name: str) -> None:
    """Every setting of the cohort NAME, as `set` takes it."""
    from bot.commands.database import open_database
    from bot.store.cohorts import calendar_of

    with open_database() as database, database.reading() as db:
        terms = calendar_of(db, cohort_id=_id_of(db, name)).terms
    for setting in SETTINGS:
        click.echo(f"{setting.key}={shown(getattr(terms, setting.key), setting.kind)}")


@cohorts.command("set")
@click.argument("name")
@click.argument("changes", nargs=-1, required=True, metavar="FIELD=VALUE...")
@click.option("--apply", "apply_it", is_flag=True, help="Do it. Without this it only reports.")
def set_terms(name: str, changes: Sequence[str], apply_it: bool) -> None:
    """Change settings of the cohort NAME, such as weeks=18 check_in_minute=11:00.

    Prints what moves, is new or vanishes. Nothing that has been sent changes.
    """
    from bot.actions.change_cohort import change_cohort
    from bot.commands.database import open_database
    from bot.store.cohorts import calendar_of

    now = datetime.now(UTC)
    with open_database() as database, database.transaction() as db:
        cohort_id = _id_of(db, name)
        terms = _changed(calendar_of(db, cohort_id=cohort_id).terms, changes)
        planned = change_cohort(
            db, cohort_id=cohort_id, terms=terms, staff_id=None, now=now, apply=apply_it
        )
    _print(planned, zone=ZoneInfo(terms.zone))
    click.echo("Done." if apply_it else "Nothing was changed. Add --apply to do it.")


def _list() -> None:
    from bot.commands.database import open_database
    from bot.store.cohorts import all_cohorts
    from bot.store.sight import EVERYTHING

    with open_database() as database, database.reading() as db:
        found = all_cohorts(db, sight=EVERYTHING)
    for one in found:
        people = f"{one.mentees} mentees\t{one.mentors} mentors"
        click.echo(f"{one.name}\t{one.starts_on}\t{one.weeks} weeks\t{people}")
    if not found:
        click.echo("There is no cohort yet; `python3 -m bot people import` makes them.")


def _id_of(db: "Session", name: str) -> int:
    from bot.store.people import cohort_by_name, key_of

    cohort = cohort_by_name(db, name)
    if cohort is None:
        raise Refused("There is no cohort of that name; `python3 -m bot cohorts` lists them.")
    return key_of(cohort)


def _changed(terms: Terms, changes: Sequence[str]) -> Terms:
    values: dict[str, object] = {}
    for change in changes:
        key, equals, text = change.partition("=")
        if not equals or key not in BY_KEY:
            raise Refused(f"Not a setting: {key}. Settings are {', '.join(BY_KEY)}.")
        try:
            values[key] = read(text, BY_KEY[key].kind)
        except ValueError as reason:
            raise Refused(f"{key}: {reason}") from None
    return with_values(terms, values)


def _print(changes: Changes, *, zone: tzinfo) -> None:
    for line in changes.lines:
        click.echo("\t".join((line.name, line.what, line.kind, _times(line, zone))))
    click.echo(
        f"{len(changes.moved)} moved, {len(changes.added)} new, {len(changes.removed)} gone, "
        f"{changes.people} people."
    )


def _times(line: Line, zone: tzinfo) -> str:
    both = (line.was, line.becomes)
    return " → ".join(
        at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if at else "not planned" for at in both
    )
