"""Alembic without a settings file: bring a database to the newest shape, or say whether it has it.

Any number of processes may upgrade at once; the first does the work and the others find it done.
Alembic itself is only loaded when there is something to do: it costs a tenth of the memory.
"""

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from bot.store.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent
NAMED = re.compile(r'^(revision|down_revision) = "(\w+)"$', re.MULTILINE)
VERSIONS = "alembic_version"  # Alembic's own table: one row for each head


def upgrade(url: str, revision: str = "head") -> None:
    """All steps up to this revision, in one transaction: all of them or none."""
    database = Database(url)
    try:
        if revision == "head" and at_head(database):
            return
        _run("upgrade", database=database, revision=revision)
    finally:
        database.dispose()


def downgrade(url: str, revision: str) -> None:
    """All steps back to this revision ("base" is before the first), in one transaction."""
    database = Database(url)
    try:
        _run("downgrade", database=database, revision=revision)
    finally:
        database.dispose()


def at_head(database: Database) -> bool:
    """Whether the database has exactly the shape that this release expects."""
    with database.reading() as db:
        if not inspect(db.connection()).has_table(VERSIONS):
            return False
        heads = db.execute(text(f"select version_num from {VERSIONS}")).scalars()  # noqa: S608
        return frozenset(heads) == newest()


@cache
def newest() -> frozenset[str]:
    """The revisions that no other one follows, read from the files without running them."""
    found: dict[str, set[str]] = {"revision": set(), "down_revision": set()}
    for path in (FOLDER / "versions").glob("*.py"):
        for name, revision in NAMED.findall(path.read_text(encoding="utf-8")):
            found[name].add(revision)
    return frozenset(found["revision"] - found["down_revision"])


def _run(verb: str, *, database: Database, revision: str) -> None:
    from alembic import command

    with database.migration() as connection:
        getattr(command, verb)(_config(connection), revision)


def _config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", FOLDER.as_posix())
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
