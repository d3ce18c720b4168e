"""The database of a command: up to date before use, and one sentence when it does not answer."""

import os

from bot.errors import SettingsError
from bot.settings import load_database_url
from bot.store.database import Database


def open_database(url: str = "") -> Database:
    """The one of this address, else that of DATABASE_URL, with all migrations run."""
    from sqlalchemy.exc import OperationalError

    from bot.store.migrations import upgrade

    address = url or load_database_url(os.environ)
    try:
        upgrade(address)
    except (OperationalError, OSError):  # their messages may hold the address, and so a password
        sentence = "DATABASE_URL names a database that does not answer or cannot be written."
        raise SettingsError(sentence) from None
    return Database(address)
