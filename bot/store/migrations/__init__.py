"""Alembic without a settings file: bring a database to the newest shape, or say whether it has it.

Any number of processes may upgrade at once; the first does the work and the others find it done.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.store.database import Database

FOLDER = Path(__file__).parent


def upgrade(url: str, revision: str = "head") -> None:
    """All steps up to this revision, in one transaction: all of them or none."""
    _run(command.upgrade, url=url, revision=revision)


def downgrade(url: str, revision: str) -> None:
    """All steps back to this revision ("base" is before the first), in one transaction."""
    _run(command.downgrade, url=url, revision=revision)


def at_head(database: Database) -> bool:
    """Whether the database has exactly the shape that this release expects."""
    with database.reading() as db:
        heads = MigrationContext.configure(db.connection()).get_current_heads()
    return heads == _newest()


def _run(verb: Callable[[Config, str], None], *, url: str, revision: str) -> None:
    database = Database(url)
    try:
        with database.migration() as connection:
            verb(_config(connection), revision)
    finally:
        database.dispose()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", FOLDER.as_posix())
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


@cache
def _newest() -> tuple[str, ...]:
    return tuple(ScriptDirectory.from_config(_config()).get_heads())
