"""The commands about who is on call: show the rota, change it, and check that nobody is missing."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from bot.errors import Refused
from bot.programme.oncall import RANKS, Rota, gaps, is_open, next_opening, ready
from bot.programme.oncall_words import gap_sentence, read_cover, time_of, weekdays_in_words
from bot.programme.term_words import read_day
from bot.programme.week import WEEKDAYS
from bot.settings import Settings, load_settings

if TYPE_CHECKING:
    from sqlmodel import Session

GAP = 1
RANK_OF = {name: rank for rank, name in RANKS.items()}
DAYS = {name[:3].lower(): day for day, name in enumerate(WEEKDAYS)}


@click.group()
def oncall() -> None:
    """Set who is called when somebody may be in danger."""


@oncall.command("show")
def show() -> None:
    """The hours of cover, and everybody on the rota."""
    with _open() as (db, settings, now):
        rota = _rota(db, settings, now)
        for day, name in enumerate(WEEKDAYS):
            hours = rota.cover.get(day)
            click.echo(f"{name}\t{'–'.join(map(time_of, hours)) if hours else 'closed'}")
        for duty in rota.duties:
            ways = " and ".join(duty.ways) or "cannot be called"
            days = weekdays_in_words(sorted(duty.weekdays))
            span = f"{duty.starts_on} to {duty.ends_on}"
            click.echo(f"{duty.id}\t{duty.name}\t{RANKS[duty.rank]}\t{span}\t{days}\t{ways}")
    if not rota.duties:
        click.echo("Nobody is on the rota: the bot starts nothing.")


@oncall.command("cover")
@click.argument("days", nargs=-1, required=True, metavar="DAY=FROM-TO...")
def cover(days: tuple[str, ...]) -> None:
    """Set the hours of cover: every day that is not named is closed.

    \b
    python3 -m bot oncall cover mon=09:00-18:00 tue=09:00-18:00
    """
    from bot.actions.change_rota import change_cover

    written = dict.fromkeys(range(len(WEEKDAYS)), ("", ""))
    for one in days:
        name, equals, hours = one.partition("=")
        if not equals or name.lower() not in DAYS:
            raise Refused(f"A day is one of {', '.join(DAYS)}, such as mon=09:00-18:00.")
        first, _, last = hours.partition("-")
        written[DAYS[name.lower()]] = (first or "?", last)
    try:
        read = read_cover(written.values())
    except ValueError as reason:
        raise Refused(str(reason)) from None
    with _open() as (db, _, now):
        change_cover(db, read, by=None, now=now)
    click.echo("The hours of cover are changed.")


@oncall.command("add")
@click.argument("email")
@click.argument("rank", type=click.Choice(tuple(RANK_OF)))
@click.argument("first")
@click.argument("last")
@click.option("--on", "on", multiple=True, type=click.Choice(tuple(DAYS)), help="Only these days.")
@click.option("--phone", help="Where an SMS reaches her; kept for the next time.")
def add(
    email: str, rank: str, first: str, last: str, on: tuple[str, ...], phone: str | None
) -> None:
    """Put the staff member EMAIL on call from FIRST to LAST, such as 2026-11-16."""
    from bot.actions.change_rota import change_phone, put_on_call
    from bot.actions.invite import plain_email
    from bot.phone_numbers import read_number
    from bot.store.staff import staff_by_email

    try:
        days = read_day(first), read_day(last)
        number = read_number(phone) if phone else ""
    except ValueError as reason:
        raise Refused(f"{reason}".rstrip(".").capitalize() + ".") from None
    with _open() as (db, _, now):
        her = staff_by_email(db, email=plain_email(email))
        if her is None:
            raise Refused("There is no such staff member; `python3 -m bot staff list` names all.")
        if number:
            change_phone(db, staff_id=her.id, phone=number, by=None, now=now)
        put_on_call(
            db,
            staff_id=her.id,
            rank=RANK_OF[rank],
            starts_on=days[0],
            ends_on=days[1],
            weekdays=[DAYS[day] for day in on],
            by=None,
            now=now,
        )
    click.echo(f"{her.name} is on call.")


@oncall.command("remove")
@click.argument("number", type=int)
def remove(number: int) -> None:
    """Take the duty NUMBER, as `show` lists it, off the rota."""
    from bot.actions.change_rota import take_off_call

    with _open() as (db, _, now):
        take_off_call(db, duty_id=number, by=None, now=now)
    click.echo("It is off the rota.")


@oncall.command("check")
def check() -> None:
    """Say whether a lead can be reached in the coming week; ends with 1 where none can."""
    with _open() as (db, settings, now):
        rota = _rota(db, settings, now)
    missing = gaps(rota, now)
    for gap in missing:
        click.echo(gap_sentence(gap))
    opens = next_opening(rota, now)
    if is_open(rota, now):
        click.echo("We are open.")
    elif opens is not None:
        local = opens.astimezone(settings.timezone)
        click.echo(f"We are closed until {local:%Y-%m-%d %H:%M}.")
    if not ready(rota, now):
        click.echo("The bot starts nothing: no lead can be reached in the coming hours of cover.")
    if missing or not ready(rota, now):
        sys.exit(GAP)
    click.echo("A lead can be reached in all hours of cover of the coming week.")


def _rota(db: "Session", settings: Settings, now: datetime) -> Rota:
    from bot.store.rota import load_rota

    return load_rota(db, zone=settings.timezone, ways=settings.ways_to_call, now=now)


@contextmanager
def _open() -> Iterator[tuple["Session", Settings, datetime]]:
    """One transaction on the database of the settings, and now."""
    from bot.commands.database import open_database

    settings = load_settings(os.environ)
    with open_database(settings.database_url) as database, database.transaction() as db:
        yield db, settings, datetime.now(UTC)
