"""A model's table, typed: what Core statements are built of, and what both databases need said."""

from typing import TYPE_CHECKING, Any, Union, cast

from sqlalchemy import CursorResult, Dialect, Result, Table
from sqlalchemy.dialects import sqlite
from sqlmodel import Session, SQLModel

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

AnyInsert = Union[sqlite.Insert, "postgresql.Insert"]


def table(model: type[SQLModel]) -> Table:
    """The table that SQLModel made for this class."""
    made: Table = model.__table__  # type: ignore[attr-defined]
    return made


def insert_into(db: Session, into: Table) -> AnyInsert:
    """The insert of the database's own dialect: only that one knows conflicts."""
    return insert_of(db.get_bind().dialect, into)


def insert_of(dialect: Dialect, into: Table) -> AnyInsert:
    """Likewise. A dialect takes start-up time and memory: only the one in use is loaded."""
    if dialect.name == "sqlite":
        return sqlite.insert(into)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(into)


def changed(result: Result[Any]) -> int:
    """How many rows an update touched: a conditional one that touched none lost its race."""
    return cast("CursorResult[Any]", result).rowcount
