"""A model's table, typed: what Core statements are built of, and what both databases need said."""

from typing import Any, cast

from sqlalchemy import CursorResult, Result, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

AnyInsert = sqlite.Insert | postgresql.Insert


def table(model: type[SQLModel]) -> Table:
    """The table that SQLModel made for this class."""
    made: Table = model.__table__  # type: ignore[attr-defined]
    return made


def insert_into(db: Session, into: Table) -> AnyInsert:
    """The insert of the database's own dialect: only that one knows conflicts."""
    dialect = db.get_bind().dialect.name
    return postgresql.insert(into) if dialect == "postgresql" else sqlite.insert(into)


def changed(result: Result[Any]) -> int:
    """How many rows an update touched: a conditional one that touched none lost its race."""
    return cast("CursorResult[Any]", result).rowcount
