"""Commands about the texts that WhatsApp must approve: which there are, and how far each one is."""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from bot.errors import Refused, Unsent
from bot.settings import load_settings

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from bot.actions.pull_templates import Pulled
    from bot.actions.survey_templates import Surveyed
    from bot.channels.base import Channel
    from bot.channels.wording import Wording
    from bot.parts import Parts

NOT_YET = "not written down yet"


@click.group(invoke_without_command=True)
@click.pass_context
def templates(ctx: click.Context) -> None:
    """What WhatsApp says about each text that it must approve."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(status)


@templates.command()
def status() -> None:
    """Each text and language: its state, the reason, and what goes out meanwhile.

    As it was last written down; `pull` asks Twilio.
    """
    from bot.actions.survey_templates import survey_templates
    from bot.catalogues import load_catalogues
    from bot.commands.database import open_database
    from bot.library import load_library

    library = load_library()
    catalogues = load_catalogues(library)
    with open_database() as database, database.reading() as db:
        found = survey_templates(db, library=library, catalogues=catalogues)
    for one in found:
        click.echo("\t".join(_line(one)).rstrip())
    if not any(one.state for one in found):
        click.echo("None has been submitted yet; the clock does that when it runs.")
    for language in catalogues.languages.values():
        if language.template is None:
            chain = " or ".join(language.fallback)
            click.echo(f"{language.tag}\tWhatsApp approves nothing in it: an opener in {chain}")


@templates.command()
def plan() -> None:
    """Print what is to be approved, and every rule of WhatsApp that a text breaks.

    Nobody is asked and nothing is stored. Ends with 1 where a rule is broken: such a text is never
    sent in.
    """
    from bot.actions.plan_templates import plan_templates
    from bot.catalogues import load_catalogues
    from bot.channels.wording import problems
    from bot.library import load_library

    library = load_library()
    planned = plan_templates(library, load_catalogues(library))
    broken = 0
    for wording in planned:
        found = problems(wording)
        broken += bool(found)
        for line in (*_described(wording), *(f"    BREAKS A RULE  {line}" for line in found)):
            click.echo(line)
    counts = Counter(wording.language for wording in planned)
    each = ", ".join(f"{number} in {code}" for code, number in counts.items())
    click.echo(f"{len(planned)} to be approved: {each}. {broken} of them break a rule.")
    if broken:
        sys.exit(1)


@templates.command()
def push() -> None:
    """Have made and submitted what is new, as the clock does by itself.

    Safe beside a running clock, and as often as you like: what Twilio holds already is known again
    by its name.
    """
    from bot.actions.templates import sync_templates

    with _parts() as parts:
        before = _states(parts)
        channel = _channel(parts)
        _pulled(parts, channel)
        sync_templates(
            parts.database,
            channel,
            library=parts.house.library,
            catalogues=parts.catalogues,
            now=datetime.now(UTC),
        )
        after = _states(parts)
    moved = [name for name, state in after.items() if state != before.get(name)]
    for name in moved:
        click.echo(f"{name}: {before.get(name) or NOT_YET} -> {after[name]}")
    click.echo(f"{len(moved)} moved on, {len(after) - len(moved)} as they were.")


@templates.command()
def pull() -> None:
    """Ask Twilio for the state of all of them, also those that we do not know.

    After a restore, ours are known again by their names and not submitted twice. Others are listed
    and left alone.
    """
    with _parts() as parts:
        pulled = _pulled(parts, _channel(parts))
    for name in pulled.adopted:
        click.echo(f"{name}: ours, known again")
    for name in pulled.gone:
        click.echo(f"{name}: deleted at Twilio; it is made again under another name")
    for held in pulled.foreign:
        click.echo(f"{held.name} ({held.language}, {held.approval.state}): not ours, left alone")
    click.echo(
        f"{pulled.looked_at} looked at, {len(pulled.adopted)} known again, "
        f"{len(pulled.gone)} gone, {len(pulled.foreign)} not ours."
    )


def _pulled(parts: "Parts", channel: "Channel") -> "Pulled":
    from bot.actions.pull_templates import pull_templates
    from bot.channels.base import Unsure
    from bot.channels.codes import meaning_of

    if "whatsapp" not in channel.kinds:
        raise Refused("There is no sender on WhatsApp: set TWILIO_WHATSAPP_FROM.")
    try:
        return pull_templates(
            parts.database,
            channel,
            library=parts.house.library,
            catalogues=parts.catalogues,
            now=datetime.now(UTC),
        )
    except Unsure:
        raise Refused("Twilio did not answer. Try again in a minute.") from None
    except Unsent as error:
        why = meaning_of(error.code) if error.code else "there is no connection"
        raise Refused(f"Twilio did not say what it holds: {why}.") from None


def _line(one: "Surveyed") -> tuple[str, ...]:
    from bot.channels.verdicts import why

    meanwhile = {"": "", "older": "older wording", "none": "SMS or a task"}
    stands_in = meanwhile.get(one.meanwhile, f"opener in {one.meanwhile}")
    state = one.state or NOT_YET
    return (one.wording.context, one.tag, one.wording.language, state, why(one.reason), stands_in)


def _described(wording: "Wording") -> Iterator[str]:
    draft = wording.draft
    yield f"{wording.name}  {draft.category}  {wording.language}"
    yield from (f"    {line}" for line in wording.body.splitlines())
    for number, name in enumerate(wording.variables, start=1):
        yield f"    {{{{{number}}}}} {name}, such as {wording.samples[name]}"
    yield from (f"    [{label}] {payload}" for payload, label in wording.buttons)


def _states(parts: "Parts") -> dict[str, str]:
    from bot.actions.survey_templates import survey_templates

    with parts.database.reading() as db:
        found = survey_templates(db, library=parts.house.library, catalogues=parts.catalogues)
    return {one.wording.name: one.state for one in found}


def _parts() -> "AbstractContextManager[Parts]":
    from bot.commands.database import open_parts

    return open_parts(load_settings(os.environ))


def _channel(parts: "Parts") -> "Channel":
    from bot.channels.twilio import TwilioChannel

    return TwilioChannel(parts.settings)
