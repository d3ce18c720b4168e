"""The command that looks whether a deployment is well, and says what to do where it is not."""

import os
import sys
from pathlib import Path

import click

from bot.errors import SettingsError
from bot.settings import load_settings

WRONG = 1


@click.command()
@click.option("--offline", is_flag=True, help="Ask neither Twilio nor anybody else.")
def doctor(offline: bool) -> None:
    """Look whether this deployment is well, and say what to do where it is not.

    One line for each thing: ok, warning or wrong. Changes nothing, and prints no secret, no name
    and no number but our own senders'. Ends with 1 when something is wrong.
    """
    from bot.doctor.examine import examine
    from bot.doctor.findings import State, line, summary, wrong
    from bot.parts import build_parts

    try:
        parts = build_parts(load_settings(os.environ))
    except SettingsError as error:
        for sentence in error.problems:
            click.echo(line(wrong("Settings", sentence, "")))
        sys.exit(WRONG)
    found = []
    try:
        for one in examine(parts, folder=Path.cwd(), offline=offline):
            click.echo(line(one))
            found.append(one)
    finally:
        parts.database.dispose()
    click.echo(summary(found))
    if any(one.state is State.WRONG for one in found):
        sys.exit(WRONG)
