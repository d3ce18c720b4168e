"""Rows that go, or lose their words: one step for each, counted before it is taken."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, func, insert, select, update
from sqlmodel import Session as Db

from bot.store.models import Mark
from bot.store.tables import changed, table

_MARK = table(Mark)
WORDS_OF_A_MESSAGE = {  # what goes when one is blanked, beside setting `blanked_at`
    "text": "",
    **dict.fromkeys(("choices", "media", "details", "button")),
}


@dataclass(frozen=True, kw_only=True)
class Step:
    """Which rows of a table, and the `values` that they get; without any they are deleted."""

    table: Table
    where: ColumnElement[bool]
    values: Mapping[str, object] | None = None

    @property
    def name(self) -> str:
        """The table, and whether its rows stay without their words."""
        return self.table.name if self.values is None else f"{self.table.name} (blanked)"


@contextmanager
def erasing(db: Db, *, now: datetime) -> Iterator[None]:
    """Within it this transaction may erase, too, what the database lets nobody change: the life of
    her alerts. The audit log stays closed; it holds ids alone.
    """
    db.execute(insert(_MARK).values(name="erasing", at=now, value=""))
    yield
    db.execute(delete(_MARK).where(_MARK.c.name == "erasing"))


def count(db: Db, step: Step) -> int:
    """How many rows it would touch as things stand."""
    query = select(func.count()).select_from(step.table).where(step.where)
    return int(db.execute(query).scalar_one())


def take(db: Db, step: Step) -> int:
    """Take the step; how many rows it touched."""
    return changed(db.execute(_statement(step, step.where)))


def take_some(db: Db, step: Step, *, most: int) -> int:
    """Take it for so many rows at most, so that nobody else waits for long."""
    (key,) = step.table.primary_key.columns
    some = select(key).where(step.where).limit(most)
    ids = db.execute(some).scalars().all()
    return changed(db.execute(_statement(step, key.in_(ids)))) if ids else 0


def counted(found: Iterable[tuple[str, int]]) -> dict[str, int]:
    """By name, steps of one name together, without those that touch nothing."""
    sums: dict[str, int] = {}
    for name, rows in found:
        sums[name] = sums.get(name, 0) + rows
    return {name: rows for name, rows in sums.items() if rows}


def _statement(step: Step, where: ColumnElement[bool]) -> Any:
    if step.values is None:
        return delete(step.table).where(where)
    return update(step.table).where(where).values(**step.values)
