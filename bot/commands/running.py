"""Commands that run the bot: the demo, the servers, the clock, the migrations."""

import os
from datetime import UTC, datetime
from errno import EADDRINUSE

import click

from bot.errors import SettingsError
from bot.settings import Settings, load_settings


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="0: any free one.",
)
@click.option("--browser/--no-browser", default=True, help="Open the pages in a browser.")
def demo(port: int, browser: bool) -> None:
    """See it all work on this machine, with invented people.

    It starts a Twilio of its own, phones in the browser, staff pages and a clock that you can move.
    Nothing leaves this machine.
    """
    from bot.simulator.demo import run

    run(port=port, browser=browser)


@click.command()
def serve() -> None:
    """Receive messages and show staff pages, on PORT.

    Brings the database up to date first. With CLOCK=inside (the default) it also keeps time and
    sends; with CLOCK=off `python3 -m bot clock` does that elsewhere.
    """
    settings = load_settings(os.environ)
    from bot.app import serve as serve_app
    from bot.commands.database import answering

    try:
        with answering():
            serve_app(settings)
    except OSError as error:
        if error.errno != EADDRINUSE:
            raise
        raise SettingsError(f"PORT {settings.port} is in use by another process.") from None


@click.command()
def clock() -> None:
    """Keep time and send, as a process of its own.

    For a web process with CLOCK=off. A second clock by mistake is harmless: each due row is
    claimed once.
    """
    settings = load_settings(os.environ)
    from bot.clock import run
    from bot.commands.database import answering

    with answering():
        run(settings)


@click.command()
@click.option(
    "--now",
    "moment",
    metavar="ISO",
    help="Pretend that it is this moment, such as 2026-11-16T09:00 (in TZ_NAME unless it says). "
    "Only with a TWILIO_API_BASE on this machine.",
)
def tick(moment: str | None) -> None:
    """Do what is due, once, and print what was done."""
    settings = load_settings(os.environ)
    now = datetime.now(UTC) if moment is None else pretended(moment, settings)
    from bot.clock import tick_once
    from bot.commands.database import answering

    with answering():
        counts = tick_once(settings, now)
    click.echo(", ".join(f"{name} {count}" for name, count in counts.items()) or "nothing was due")


def pretended(moment: str, settings: Settings) -> datetime:
    """The moment in UTC. Refused where real people would be written to."""
    if not settings.loopback:
        raise SettingsError("--now needs a TWILIO_API_BASE on this machine: real people keep time.")
    try:
        read = datetime.fromisoformat(moment)
    except ValueError:
        raise SettingsError("--now must look like 2026-11-16T09:00.") from None
    return (read if read.tzinfo else read.replace(tzinfo=settings.timezone)).astimezone(UTC)


@click.command()
def upgrade() -> None:
    """Bring the database of DATABASE_URL up to date.

    Running it again changes nothing. `serve` does the same when it starts.
    """
    from bot.commands.database import open_database

    with open_database():
        click.echo("The database is up to date.")
