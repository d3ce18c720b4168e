"""`python3 -m bot …`: the list of commands; a mistake gets a sentence instead of a traceback."""

import sys

import click

from bot.commands import (
    audit,
    backup,
    charity,
    cohorts,
    data,
    development,
    doctor,
    impact,
    oncall,
    rehearse,
    running,
    templates,
    wording,
)
from bot.errors import FlowError, Refused, SettingsError, Unreadable, Unsent

MISTAKE = 2


class InOrder(click.Group):
    """Lists its commands in the order in which a newcomer meets them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(
    cls=InOrder,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
def commands() -> None:
    """A check-in bot: it writes to mentees and mentors over WhatsApp and SMS, understands what they
    answer in their language, and shows staff the week.

    See it work, with invented people and without an account: python3 -m bot demo
    """


for command in (
    running.demo,
    running.serve,
    running.clock,
    running.tick,
    running.upgrade,
    doctor.doctor,
    backup.backup,
    backup.restore,
    charity.people,
    charity.staff,
    oncall.oncall,
    audit.audit,
    cohorts.cohorts,
    data.export_one,
    data.forget_person,
    data.retention,
    data.write_papers,
    wording.check,
    wording.chat,
    wording.understand,
    wording.texts,
    wording.languages,
    templates.templates,
    impact.impact,
    rehearse.rehearse,
    development.test,
    development.bench,
):
    commands.add_command(command)


def main() -> None:
    try:
        commands(prog_name="python3 -m bot")
    except (SettingsError, FlowError) as error:
        stop(*error.problems)
    except (Refused, Unreadable, Unsent) as error:
        stop(str(error))


def stop(*sentences: str) -> None:
    for sentence in sentences:
        click.echo(sentence, err=True)
    sys.exit(MISTAKE)
