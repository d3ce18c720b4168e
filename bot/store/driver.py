"""Plain SQL on a connection's own driver, with errors as SQLAlchemy raises them."""

import sqlite3
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
    except sqlite3.Error as error:  # as SQLAlchemy would say it, without the values
        raise DBAPIError.instance(
            sql, None, error, sqlite3.Error, hide_parameters=True, dialect=connection.dialect
        ) from error
