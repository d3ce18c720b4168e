"""Core statements compiled once for each dialect and run as plain SQL: what a turn is made of.

Executing Core itself costs ten times what SQLite does; this way one definition still serves both
databases. Values are bound by name, columns come back typed as the tables say.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import Delete, Insert, Select, Update
from sqlmodel import Session

Statement = Select[Any] | Insert | Update | Delete
AnyInsert = sqlite.Insert | postgresql.Insert
Converter = Callable[[Any], Any]


class Prepared:
    """One statement. Every value it is run with is a `bindparam` of it, and the other way round."""

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, db: Session, values: Mapping[str, object]) -> Sequence[Any]:
        """All rows, their columns as attributes."""
        connection = _connection(db)
        compiled = self._for(connection.dialect)
        found = connection.exec_driver_sql(compiled.sql, compiled.bound(values)).fetchall()
        return compiled.typed(found)

    def row(self, db: Session, values: Mapping[str, object]) -> Any | None:
        """The only row, or None. For statements that cannot find two."""
        found = self.rows(db, values)
        return found[0] if found else None

    def run(self, db: Session, values: Mapping[str, object]) -> int:
        """How many rows it touched."""
        connection = _connection(db)
        compiled = self._for(connection.dialect)
        return connection.exec_driver_sql(compiled.sql, compiled.bound(values)).rowcount

    def _for(self, dialect: Dialect) -> "_Compiled":
        found = self._compiled.get(dialect.name)
        if found is None:
            found = self._compiled[dialect.name] = _Compiled(self.statement(dialect), dialect)
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
        super().__init__(into.insert())
        defaults = {c.name: c.default.arg for c in into.c if c.default and c.default.is_scalar}
        names = dict.fromkeys((*columns, *defaults))
        self._values = {name: bindparam(name, type_=into.c[name].type) for name in names}
        self._defaults = {name: value for name, value in defaults.items() if name not in columns}
        self._into, self._returning, self._conflict = into, returning, conflict

    def statement(self, dialect: Dialect) -> Insert:
        """The dialect's own insert: only that one knows conflicts."""
        insert = postgresql.insert if dialect.name == "postgresql" else sqlite.insert
        row: AnyInsert = insert(self._into).values(self._values)
        if self._conflict is not None:
            row = self._conflict(row)
        return row if self._returning is None else row.returning(self._into.c[self._returning])

    def rows(self, db: Session, values: Mapping[str, object]) -> Sequence[Any]:
        return super().rows(db, {**self._defaults, **values})

    def run(self, db: Session, values: Mapping[str, object]) -> int:
        return super().run(db, {**self._defaults, **values})


class _Compiled:
    """The SQL of one dialect, and what turns values into the driver's and back."""

    def __init__(self, statement: Statement, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        self._fixed = {k: v for k, v in compiled.params.items() if v is not None}
        self._to_driver = {
            name: convert
            for bind, name in compiled.bind_names.items()
            if (convert := bind.type.dialect_impl(dialect).bind_processor(dialect))
        }
        self._order = compiled.positiontup if compiled.positional else None
        self._names = tuple(compiled.params)
        columns = list(getattr(statement, "exported_columns", ()))
        self._from_driver = [
            (place, convert)
            for place, column in enumerate(columns)
            if (convert := column.type.dialect_impl(dialect).result_processor(dialect, None))
        ]
        self._row = namedtuple("Row", [column.name for column in columns])

    def bound(self, values: Mapping[str, object]) -> Any:
        """In the driver's own style. A value that is missing is an error that names it."""
        given: dict[str, Any] = {**self._fixed, **values}
        for name, convert in self._to_driver.items():
            given[name] = convert(given[name])
        if self._order is not None:
            return tuple([given[name] for name in self._order])
        return {name: given[name] for name in self._names}

    def typed(self, found: Sequence[Any]) -> Sequence[Any]:
        """Rows with their moments aware and their JSON read."""
        return [self._typed(row) for row in found] if self._from_driver else found

    def _typed(self, row: Sequence[Any]) -> Any:
        cells = list(row)
        for place, convert in self._from_driver:
            cells[place] = convert(cells[place])
        return self._row._make(cells)


def _connection(db: Session) -> Connection:
    """The one that the transaction runs on."""
    bind = db.bind
    return bind if isinstance(bind, Connection) else db.connection()
