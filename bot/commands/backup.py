"""Commands that keep the data safe: a back-up, and bringing one back."""

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.settings import load_settings


@click.command()
@click.argument(
    "folder", required=False, type=click.Path(file_okay=False, path_type=Path), default=None
)
def backup(folder: Path | None) -> None:
    """Write a checked back-up of the SQLite database into FOLDER.

    FOLDER is BACKUP_DIR where none is given. The archive holds the database as of one moment and
    the media beside it, is encrypted as the database is, and is read again before it counts. With
    BACKUP_DIR the clock makes one each night by itself.
    """
    from bot.commands.database import open_database
    from bot.errors import Refused
    from bot.store.backup import back_up

    settings = load_settings(os.environ)
    into = folder or settings.backup_dir
    if into is None:
        raise Refused("Say where to: give a folder, or set BACKUP_DIR.")
    with open_database(settings.database_url) as database:
        made = back_up(database, into, media=settings.media_folder, now=datetime.now(UTC))
    click.echo(f"{made.path}: {made.messages} messages, {made.files} files of media; read again.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--old-key-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with the DATABASE_KEY it was made with, if another; an empty file for none.",
)
def restore(file: Path, old_key_file: Path | None) -> None:
    """Bring the back-up FILE to DATABASE_URL, where there is no database yet.

    It is checked first, brought up to date afterwards, and encrypted with this DATABASE_KEY, so
    this is also how a database gets a key, another one, or none.
    """
    from bot.store.backup import restore as bring_back
    from bot.store.migrations import upgrade

    settings = load_settings(os.environ)
    old_key = None if old_key_file is None else old_key_file.read_text(encoding="utf-8").strip()
    found = bring_back(file, settings.database_url, media=settings.media_folder, old_key=old_key)
    upgrade(settings.database_url)
    click.echo(
        f"{found.path}: {found.messages} messages, {found.files} files of media; up to date."
    )
