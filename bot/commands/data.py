"""Commands for one person's rights and for what is kept how long: export, forget, retention."""

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.settings import load_settings


@click.command("export-person")
@click.argument("person", metavar="ID")
@click.option(
    "--to",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to make it in; else instance/exports.",
)
@click.option("--safeguarding", is_flag=True, help="With the records of concerns about her safety.")
def export_one(person: str, to: Path | None, safeguarding: bool) -> None:
    """Write everything about one person to a folder, to be given to her.

    ID is the charity's reference of her. The folder holds a page to read, the same as data, and
    her pictures and voice notes, for the eyes of its owner alone. Records of concerns about her
    safety are left out unless asked for: somebody else may see what she carries home. Read it
    before you hand it over: names of others that she wrote herself cannot be known.
    """
    from bot.commands.database import open_parts
    from bot.person_export import EXPORTS, export_person
    from bot.store.people import participant_named

    settings, now = load_settings(os.environ), datetime.now(UTC)
    with open_parts(settings) as parts:
        with parts.database.reading() as db:
            her = participant_named(db, person)
        made = export_person(
            parts.house,
            participant_id=her,
            to=to or EXPORTS,
            media=settings.media_folder,
            with_concerns=safeguarding,
            now=now,
        )
    click.echo(f"Written to {made.folder}: open index.html there.")
    for name, rows in made.counts.items():
        click.echo(f"  {name.replace('_', ' ')}: {rows}")
    if made.left_out:
        click.echo(f"Left out: {made.left_out} records of concerns; --safeguarding adds them.")
    click.echo("Read it before you hand it over: others whom she names herself are in her words.")


@click.command("forget")
@click.argument("person", metavar="ID")
@click.option("--yes", is_flag=True, help="Erase. Without this it only says what would go.")
def forget_person(person: str, yes: bool) -> None:
    """Erase one person everywhere: rows, files, and the copies that Twilio holds.

    ID is the charity's reference of her. An open concern or a legal hold refuses. What stays is a
    nameless row to which hours and counts belong, and a keyed fingerprint of her number, so that
    nobody writes to it again.
    """
    from bot.actions.forget import forget, would_forget
    from bot.channels.twilio import TwilioChannel
    from bot.commands.database import open_parts
    from bot.erasure_words import told
    from bot.person_export import remove_exports
    from bot.store.people import participant_named

    settings, now = load_settings(os.environ), datetime.now(UTC)
    with open_parts(settings) as parts:
        channel = TwilioChannel(settings)
        with parts.database.reading() as db:
            her = participant_named(db, person)
        if not yes:
            seen = would_forget(parts.house, channel, participant_id=her, now=now)
        else:
            seen = forget(
                parts.house,
                channel,
                participant_id=her,
                key=settings.secret_key,
                media=settings.media_folder,
                now=now,
            )
    for line in told(seen, now=now, backups_days=settings.keep_backups_days):
        click.echo(line)
    if yes and (removed := remove_exports(her)):
        click.echo(f"Exports of her in instance/exports were removed: {removed}.")


@click.command()
@click.option("--apply", "apply_it", is_flag=True, help="Do it now. Without this it only reports.")
def retention(apply_it: bool) -> None:
    """Say what has been kept long enough, kind by kind, and let go of it.

    The clock does the same each night. The settings KEEP_… say how long.
    """
    from bot.actions.retain import retain, would_go
    from bot.commands.database import open_parts
    from bot.kept_for import cutoffs, told

    settings, now = load_settings(os.environ), datetime.now(UTC)
    ends = cutoffs(settings, now=now)
    with open_parts(settings) as parts:
        if apply_it:
            counts = retain(
                parts.house,
                ends,
                key=settings.secret_key,
                media=settings.media_folder,
                now=now,
            )
        else:
            counts = would_go(parts.house, ends, now=now)
    for line in told(counts, settings, done=apply_it):
        click.echo(line)


@click.command("papers")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def write_papers(folder: Path) -> None:
    """Write the DPIA and the privacy note into FOLDER, filled in from the settings.

    What only the charity can know stays in [brackets]. Files of the same name are replaced.
    """
    from bot.commands.database import open_parts
    from bot.papers import papers

    settings, now = load_settings(os.environ), datetime.now(UTC)
    with open_parts(settings) as parts:
        written = papers(parts, now=now)
    folder.mkdir(parents=True, exist_ok=True)
    for paper in written:
        path = folder / paper.name
        path.write_text(paper.text, encoding="utf-8")
        click.echo(f"{path}: {paper.text.count('[')} places in [brackets] are yours to fill.")
