"""Commands for whoever runs the programme: the people it writes to, and the staff who sign in."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.errors import Refused
from bot.settings import load_secret_key, load_settings, load_timezone

if TYPE_CHECKING:
    from sqlmodel import Session

    from bot.store.database import Database


@click.group()
def people() -> None:
    """Bring mentees and mentors in, and list them."""


@people.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--apply", "apply_it", is_flag=True, help="Write it. Without this it only reports.")
def import_file(file: Path, apply_it: bool) -> None:
    """Read people from FILE.

    It is a CSV with the columns id, role, name, language, whatsapp, sms, cohort, cohort_start,
    organisation and mentor_id, with commas or semicolons.

    \b
    id             the charity's own reference
    role           mentee or mentor
    language       a tag that `python3 -m bot languages` lists
    whatsapp, sms  at least one number, in any usual way of writing it
    cohort_start   a date such as 2026-11-16
    mentor_id      on a mentee's row: the id of her mentor

    Every row that cannot be used is named with its line and the reason; then nothing is written and
    the exit code is 1. Importing the same file again changes nothing.
    """
    from bot.commands.database import open_database
    from bot.people_file import import_people

    zone, key = load_timezone(os.environ), load_secret_key(os.environ)
    now = datetime.now(UTC)
    with open_database() as database:
        report = import_people(database, file, apply=apply_it, now=now, zone=zone, key=key)
    for line in report.lines:
        click.echo(line)
    for line in report.errors:
        click.echo(line, err=True)
    if report.errors:
        sys.exit(1)


@people.command("list")
def list_everyone() -> None:
    """Everyone, cohort by cohort: reference, name, role, language, state."""
    from bot.commands.database import open_database
    from bot.store.pages.people import people as everyone
    from bot.store.sight import EVERYTHING

    with open_database() as database, database.reading() as db:
        for one in everyone(db, sight=EVERYTHING):
            parts = (one.cohort, one.reference, one.name, one.role, one.language, one.state)
            click.echo("\t".join(parts))


@people.command("allow")
@click.argument("number")
def allow(number: str) -> None:
    """Let NUMBER be written to again, because she who was forgotten asked for it."""
    from bot.commands.database import open_database
    from bot.store.do_not_contact import let_go

    key = load_settings(os.environ).secret_key
    plain = "".join(number.split())
    with open_database() as database, database.transaction() as db:
        if not let_go(db, plain, key=key):
            raise Refused("This number is not among those that were erased; write it like +44….")
    click.echo("It may be imported again.")


@click.group()
def staff() -> None:
    """Let staff members in, and list them."""


@staff.command("add")
@click.argument("email")
@click.option("--name", default="", help="Her name on the pages; else made from the address.")
@click.option(
    "--role",
    "roles",
    type=click.Choice(("coordinator", "safeguarding", "administrator", "reader")),
    multiple=True,
    help="What she may do; may be given more than once. Else coordinator; the first one: all.",
)
@click.option(
    "--cohort",
    "cohorts",
    multiple=True,
    help="A cohort that she sees; may be given more than once. Without it she sees all of them.",
)
def add(email: str, name: str, roles: tuple[str, ...], cohorts: tuple[str, ...]) -> None:
    """Print a link with which EMAIL signs in, once. Run it again for a new link."""
    from bot.actions.invite import invite
    from bot.commands.database import open_database

    settings = load_settings(os.environ)
    with open_database(settings.database_url) as database:
        link = invite(
            database,
            email=email,
            name=name,
            roles=roles,
            cohorts=_named(database, cohorts) if cohorts else None,
            public_url=settings.public_url,
            now=datetime.now(UTC),
        )
    click.echo(link)


@staff.command("reset-second-step")
@click.argument("email")
def reset(email: str) -> None:
    """Take the second step of EMAIL away, and print a new link.

    For one who has lost her phone and her recovery codes. Be sure that it is she who asks. Her
    sign-ins end and her password goes: with the link she chooses another and sets up a new second
    step.
    """
    from bot.actions.invite import invite
    from bot.actions.reset_second_step import reset_second_step
    from bot.commands.database import open_database

    settings, now = load_settings(os.environ), datetime.now(UTC)
    with open_database(settings.database_url) as database:
        reset_second_step(database, email=email, by=None, now=now)
        link = invite(database, email=email, name="", public_url=settings.public_url, now=now)
    click.echo(link)


@staff.command("change")
@click.argument("email")
@click.option("--role", "roles", multiple=True, required=True, help="As for `staff add`.")
@click.option("--cohort", "cohorts", multiple=True, help="As for `staff add`.")
def change(email: str, roles: tuple[str, ...], cohorts: tuple[str, ...]) -> None:
    """Say anew what EMAIL may do, and whose people she sees."""
    from bot.actions.change_staff import change_staff
    from bot.commands.database import open_database

    with open_database() as database:
        chosen = _named(database, cohorts) if cohorts else None
        with database.transaction() as db:
            change_staff(
                db,
                staff_id=_id_of(db, email),
                roles=roles,
                cohorts=chosen,
                by=None,
                now=datetime.now(UTC),
            )
    click.echo("Done.")


@staff.command("remove")
@click.argument("email")
def remove(email: str) -> None:
    """Let EMAIL sign in no more; what she did stays."""
    from bot.actions.change_staff import remove_staff
    from bot.commands.database import open_database

    with open_database() as database, database.transaction() as db:
        remove_staff(db, staff_id=_id_of(db, email), by=None, now=datetime.now(UTC))
    click.echo("Done. She is signed out everywhere.")


@staff.command("list")
def list_staff() -> None:
    """Every staff member who may sign in: address, name, roles, cohorts that she sees."""
    from bot.commands.database import open_database
    from bot.store.pages.staff import accounts

    with open_database() as database, database.reading() as db:
        for one in accounts(db):
            sees = "all" if one.everywhere else ", ".join(name for _, name in one.cohorts)
            if one.active:
                click.echo("\t".join((one.email, one.name, ", ".join(one.roles), sees)))


def _named(database: "Database", names: tuple[str, ...]) -> tuple[int, ...]:
    """The ids of the cohorts of these names. Raises `Refused` for one that there is not."""
    from bot.store.people import cohort_by_name, key_of

    with database.reading() as db:
        found = {name: cohort_by_name(db, name) for name in dict.fromkeys(names)}
    unknown = [name for name, cohort in found.items() if cohort is None]
    if unknown:
        raise Refused(f"There is no cohort {unknown[0]}; see `cohorts`.")
    return tuple(key_of(cohort) for cohort in found.values() if cohort is not None)


def _id_of(db: "Session", email: str) -> int:
    from bot.actions.invite import plain_email
    from bot.store.staff import staff_by_email

    found = staff_by_email(db, email=plain_email(email))
    if found is None:
        raise Refused("No staff member who may sign in has that address; see `staff list`.")
    return found.id
