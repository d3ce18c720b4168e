"""The database of a command: up to date before use, and one sentence when it does not answer."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DatabaseError, OperationalError

from bot.errors import SettingsError
from bot.settings import Settings, load_database_url
from bot.store.database import Database, unreadable
from bot.store.migrations import upgrade

if TYPE_CHECKING:
    from bot.parts import Parts

LOCKED = (
    "DATABASE_KEY does not open the file of DATABASE_URL: it is another key, a file that is not "
    "encrypted, or no database of ours."
)
AWAY = "DATABASE_URL names a database that does not answer or cannot be written."


@contextmanager
def open_database(url: str = "") -> Iterator[Database]:
    """The one of this address, else that of DATABASE_URL, with all migrations run; closed again."""
    address = url or load_database_url(os.environ)
    with answering():
        upgrade(address)
    database = Database(address)
    try:
        yield database
    finally:
        database.dispose()


@contextmanager
def open_parts(settings: Settings) -> Iterator["Parts"]:
    """Everything that actions need, on the database of these settings."""
    from bot.parts import build_parts

    with answering(), open_database(settings.database_url) as database:
        yield build_parts(settings, database=database)


@contextmanager
def answering() -> Iterator[None]:
    """The driver's message may hold the address, and so a password: it is not passed on."""
    try:
        yield
    except DatabaseError as error:
        if unreadable(error):
            raise SettingsError(LOCKED) from None
        if not isinstance(error, OperationalError):
            raise
        raise SettingsError(AWAY) from None
    except OSError as error:
        if error.filename is None:  # a port, not a file
            raise
        raise SettingsError(AWAY) from None
