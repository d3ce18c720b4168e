"""A model's table, typed: what Core statements are built of."""

from typing import Any, cast

from sqlalchemy import CursorResult, Result, Table
from sqlmodel import SQLModel


def table(model: type[SQLModel]) -> Table:
    """The table that SQLModel made for this class."""
    made: Table = model.__table__  # type: ignore[attr-defined]
    return made


def changed(result: Result[Any]) -> int:
    """How many rows an update touched: a conditional one that touched none lost its race."""
    return cast("CursorResult[Any]", result).rowcount
