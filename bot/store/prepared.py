"""Core statements compiled once for each dialect and run as plain SQL: what a turn is made of.

Executing Core itself costs ten times what SQLite does; this way one definition still serves both
databases. Values are bound by name, columns come back typed as the tables say.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table, bindparam
from sqlalchemy.sql import Delete, Insert, Select, Update
from sqlalchemy.types import TypeEngine
from sqlmodel import Session

from bot.store.driver import on_driver
from bot.store.tables import AnyInsert, insert_of
from bot.store.types import Instant

Statement = Select[Any] | Insert | Update | Delete
Converter = Callable[[Any], Any]


class Prepared:
    """One statement. Every value it is run with is a `bindparam` of it, and the other way round."""

    def __init__(self, statement: Statement, given: Mapping[str, object] | None = None) -> None:
        self._statement, self._given = statement, given or {}
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, db: Session, values: Mapping[str, object]) -> Sequence[Any]:
        """All rows, their columns as attributes."""
        connection = connection_of(db)
        compiled = self._for(connection.dialect)
        cursor = on_driver(connection, compiled.sql, compiled.bound(values))
        return compiled.typed(cursor.fetchall())

    def row(self, db: Session, values: Mapping[str, object]) -> Any | None:
        """The only row, or None. For statements that cannot find two."""
        found = self.rows(db, values)
        return found[0] if found else None

    def run(self, db: Session, values: Mapping[str, object]) -> int:
        """How many rows it touched."""
        connection = connection_of(db)
        compiled = self._for(connection.dialect)
        touched: int = on_driver(connection, compiled.sql, compiled.bound(values)).rowcount
        return touched

    def _for(self, dialect: Dialect) -> "_Compiled":
        found = self._compiled.get(dialect.name)
        if found is None:
            found = self._compiled[dialect.name] = _Compiled(
                self.statement(dialect), dialect, given=self._given
            )
        return found

    def statement(self, dialect: Dialect) -> Statement:
        """What is compiled for a dialect."""
        return self._statement


class PreparedInsert(Prepared):
    """Inserts one row; what it is run with goes over the defaults of the table.

    `columns` are those given each time. `conflict` says what to do when the row is there: it
    gets the dialect's own insert and returns it with that said.
    """

    def __init__(
        self,
        into: Table,
        *columns: str,
        returning: str | None = None,
        conflict: Callable[[AnyInsert], AnyInsert] | None = None,
    ) -> None:
        scalar = (column for column in into.c if column.default and column.default.is_scalar)
        defaults = {column.name: getattr(column.default, "arg", None) for column in scalar}
        names = dict.fromkeys((*columns, *defaults))
        self._values = {name: bindparam(name, type_=into.c[name].type) for name in names}
        given = {name: value for name, value in defaults.items() if name not in columns}
        super().__init__(into.insert(), given)
        self._into, self._returning, self._conflict = into, returning, conflict

    def statement(self, dialect: Dialect) -> Insert:
        """The dialect's own insert: only that one knows conflicts."""
        row = insert_of(dialect, self._into).values(self._values)
        if self._conflict is not None:
            row = self._conflict(row)
        return row if self._returning is None else row.returning(self._into.c[self._returning])


class _Compiled:
    """The SQL of one dialect, and what turns values into the driver's and back."""

    def __init__(
        self, statement: Statement, dialect: Dialect, *, given: Mapping[str, object]
    ) -> None:
        compiled = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        self._fixed: dict[str, Any] = {
            name: bind.effective_value
            for bind, name in compiled.bind_names.items()
            if not bind.required
        }
        self._to_driver = {
            name: convert
            for bind, name in compiled.bind_names.items()
            if (convert := _to_driver(bind.type, dialect))
        }
        self._fixed = self._converted({**self._fixed, **given})
        self._positional = compiled.positional
        self._names = tuple(compiled.positiontup or compiled.params)
        self._expected = frozenset(self._names)
        columns = list(getattr(statement, "exported_columns", ()))
        self._from_driver = [
            (place, convert)
            for place, column in enumerate(columns)
            if (convert := column.type.dialect_impl(dialect).result_processor(dialect, None))
        ]
        self._row = _row_of([column.name for column in columns])

    def bound(self, values: Mapping[str, object]) -> Any:
        """In the driver's own style. A value too few or too many is an error that names it."""
        given = {**self._fixed, **self._converted(values)}
        if given.keys() != self._expected:
            raise KeyError(*sorted(given.keys() ^ self._expected))
        if self._positional:
            return tuple([given[name] for name in self._names])
        return {name: given[name] for name in self._names}

    def _converted(self, values: Mapping[str, object]) -> dict[str, Any]:
        converted: dict[str, Any] = dict(values)
        for name, convert in self._to_driver.items():
            if name in converted:
                converted[name] = convert(converted[name])
        return converted

    def typed(self, found: Sequence[Any]) -> Sequence[Any]:
        """Rows with their moments aware and their JSON read."""
        return [self._typed(row) for row in found]

    def _typed(self, row: Sequence[Any]) -> Any:
        if not self._from_driver:
            return self._row._make(row)
        cells = list(row)
        for place, convert in self._from_driver:
            cells[place] = convert(cells[place])
        return self._row._make(cells)


def _to_driver(kind: TypeEngine[Any], dialect: Dialect) -> Converter | None:
    """A turn writes one moment, "now", many times: it is converted once."""
    return _moments(dialect) if isinstance(kind, Instant) else _bind_processor(kind, dialect)


@lru_cache
def _moments(dialect: Dialect) -> Converter | None:
    convert = _bind_processor(Instant(), dialect)
    return convert and lru_cache(maxsize=256)(convert)


def _bind_processor(kind: TypeEngine[Any], dialect: Dialect) -> Converter | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _row_of(names: Sequence[str]) -> Any:
    return namedtuple("Row", names)


def connection_of(db: Session) -> Connection:
    """The one that the transaction runs on."""
    bind = db.bind
    return bind if isinstance(bind, Connection) else db.connection()
