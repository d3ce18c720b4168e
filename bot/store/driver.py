"""Plain SQL on a connection's own driver, with errors as SQLAlchemy raises them."""

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


def on_driver(connection: Connection, sql: str, values: Any = ()) -> Any:
    """Run it; returns a cursor. On SQLite by its driver itself: the rest costs more than SQLite."""
    if connection.dialect.name != "sqlite":
        return connection.exec_driver_sql(sql, values)
    driver: Any = connection.connection.dbapi_connection
    try:
        return driver.execute(sql, values)
    except connection.dialect.loaded_dbapi.Error as error:  # as SQLAlchemy would say it
        kind, dialect = connection.dialect.loaded_dbapi.Error, connection.dialect
        raise DBAPIError.instance(
            sql, None, error, kind, hide_parameters=True, dialect=dialect
        ) from error
