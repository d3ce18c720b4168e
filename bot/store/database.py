"""The database: one way to write (alone, at once, durably) and one to read (never blocked).

SQLite writers queue in front of `BEGIN IMMEDIATE`: its own waiting sleeps and retries, and starves.
On PostgreSQL rows are locked by whoever changes them: `with_for_update(key_share=True)`,
which does not stop others from adding rows that refer to them.
"""

import os
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session

from bot.store import cipher
from bot.store.driver import on_driver

if sys.platform == "win32":
    flock, LOCK_EX, LOCK_UN = None, 0, 0  # SQLite's own waiting must do there
else:
    from fcntl import LOCK_EX, LOCK_UN, flock

BUSY_MILLISECONDS = 10_000  # beneath the queue, for writers who do not stand in it
MOST_CONNECTIONS = 20  # of one process to PostgreSQL
PATIENCE_SECONDS = 10  # for a connection, for one's turn, for a row that another one holds

AT_THE_END = "at the end"  # of a transaction: what is then still to be done
MIGRATION_LOCK = 7_246_001  # any number, as long as nobody else uses it

# Primary result codes (sqlite.org/rescode.html) that say nothing against the statement:
# readonly, busy, locked, no memory, input/output, corrupt, full, cannot open, protocol, no database
NOT_A_DATABASE = 26
SQLITE_UNAVAILABLE = frozenset({5, 6, 7, 8, 10, 11, 13, 14, 15, NOT_A_DATABASE})


Done = TypeVar("Done")


class Database:
    """One database by its URL. Connects when first asked, so that making one cannot fail."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.dialect = self.url.get_backend_name()
        if self.dialect == "sqlite":
            self._queue: _Queue | None = _Queue(self.path)
            self._writer = _sqlite_engine(self.url, begin="BEGIN IMMEDIATE", pragmas=_WRITER)
            self._reader = _sqlite_engine(self.url, begin="BEGIN", pragmas=_READER)
            return
        self._queue = None
        self._writer = _postgresql_engine(self.url)
        self._reader = self._writer.execution_options(  # several reads see one moment
            postgresql_readonly=True, isolation_level="REPEATABLE READ"
        )

    @property
    def path(self) -> Path:
        """Where the file of an SQLite database lies."""
        return Path(self.url.database or "").absolute()

    @property
    def key(self) -> str:
        """What the file, and the files beside it, are encrypted with; "" for nothing."""
        return str(self.url.password or "") if self.dialect == "sqlite" else ""

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """All or nothing: commits at the end, rolls back on any exception. Never two at once."""
        # Bound to its connection: what a turn runs need not ask the session for it each time
        with (
            self.alone(),
            self._writer.begin() as connection,
            Session(connection, autoflush=False, expire_on_commit=False) as db,
        ):
            yield db
            db.flush()
            for work in db.info.pop(AT_THE_END, ()):
                work()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One unchanging view of the data. Writing through it is an error."""
        with Session(self._reader, autoflush=False, expire_on_commit=False) as db:
            yield db

    @contextmanager
    def migration(self) -> Iterator[Connection]:
        """For changes of the tables themselves: alone, all or nothing, on either database."""
        if self.dialect != "sqlite":
            with self._writer.begin() as connection:
                connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))
                yield connection
            return
        engine = _sqlite_engine(self.url, begin="BEGIN IMMEDIATE", pragmas=_MIGRATION)
        try:
            with self.alone(), engine.begin() as connection:
                yield connection
                if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise RuntimeError("after this migration some rows refer to rows that are gone")
        finally:
            engine.dispose()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """The only writer among all processes on SQLite. On PostgreSQL nothing waits here."""
        if self._queue is None:
            yield
            return
        with self._queue.turn():
            yield

    def scrub(self) -> bool:
        """Leave nothing of deleted rows in the files: not in free pages, not in the write-ahead
        log. False: somebody was reading just then, and it must be done again.

        PostgreSQL overwrites in its own time; here its free space is only given back to it.
        """
        with self.alone(), self._writer.connect() as connection:
            if self.dialect != "sqlite":
                connection.execution_options(isolation_level="AUTOCOMMIT")
                connection.exec_driver_sql("VACUUM")
                return True
            on_driver(connection, "VACUUM")
            busy, _, _ = on_driver(connection, "PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not busy

    def dispose(self) -> None:
        """Close every connection. The next use opens new ones."""
        self._writer.dispose()
        self._reader.dispose()
        if self._queue is not None:
            self._queue.close()


def at_the_end(db: Session, work: Callable[[], None]) -> None:
    """Do this as the last thing of the transaction: what all writers take a lock for.

    Within a savepoint it is done at once, for with that it may be taken back.
    """
    if db.in_nested_transaction():
        work()
    else:
        db.info.setdefault(AT_THE_END, []).append(work)


def unavailable(error: BaseException) -> bool:
    """Whether the database is down, locked or full, so that the same may work later."""
    if isinstance(error, NoConnectionLeft):
        return True
    if not isinstance(error, DBAPIError):
        return False
    code = getattr(error.orig, "sqlite_errorcode", None)  # of sqlite3 as of SQLCipher
    if code is not None or isinstance(error.orig, sqlite3.Error):
        return code is not None and code & 0xFF in SQLITE_UNAVAILABLE
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)


def unreadable(error: BaseException) -> bool:
    """Whether the file is no database to us: something else, or encrypted with another key."""
    return getattr(getattr(error, "orig", None), "sqlite_errorcode", 0) & 0xFF == NOT_A_DATABASE


def once_more(work: Callable[[], Done]) -> Done:
    """PostgreSQL ends one of two transactions that wait for each other (40P01); the second try is
    alone. `work` is a whole transaction."""
    try:
        return work()
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != "40P01":
            raise
        return work()


class _Queue:
    """Writers in a row: first the threads of this process, then the processes of this machine."""

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(database.name + ".lock")
        self._threads = threading.Lock()
        self._holder: int | None = None
        self._file: int | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        if self._holder == threading.get_ident():
            raise RuntimeError("a transaction inside a transaction would wait for itself for ever")
        if not self._threads.acquire(timeout=PATIENCE_SECONDS):
            raise NoConnectionLeft("another thread has been writing for too long")
        try:
            self._holder = threading.get_ident()
            with self._processes():
                yield
        finally:
            self._holder = None
            self._threads.release()

    @contextmanager
    def _processes(self) -> Iterator[None]:
        if flock is None:
            yield
            return
        if self._file is None:
            self._file = _private_file(self._path)
        flock(self._file, LOCK_EX)
        try:
            yield
        finally:
            flock(self._file, LOCK_UN)

    def close(self) -> None:
        with self._threads:
            if self._file is not None:
                os.close(self._file)
                self._file = None


def private_folder(folder: Path) -> None:
    """A folder that only its owner may read, when it has to be made."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _private_file(path: Path, flags: int = 0) -> int:
    """An open file that only its owner may read; so is its folder, when it had to be made."""
    private_folder(path.parent)
    return os.open(path, os.O_RDWR | os.O_CREAT | flags, 0o600)


_SHARED = (f"busy_timeout={BUSY_MILLISECONDS}", "foreign_keys=ON")
# What is deleted is overwritten, not only let go of (sqlite.org/pragma.html#pragma_secure_delete)
_WRITER = (*_SHARED, "journal_mode=WAL", "synchronous=FULL", "secure_delete=ON")
_READER = (*_SHARED, "query_only=ON")
_MIGRATION = (*_WRITER, "foreign_keys=OFF")  # a table may be rebuilt under its references


def _sqlite_engine(address: URL, *, begin: str, pragmas: tuple[str, ...]) -> Engine:
    """The driver would open no transaction before the first write; here the engine does it."""
    path, key = Path(address.database or "").absolute(), address.password
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"cached_statements": 256},
        module=cipher.driver() if key else None,
    )

    @event.listens_for(engine, "do_connect")
    def _create(*_: object) -> None:
        # Only one that is not there: closing any descriptor of a database lets go of all the locks
        # that SQLite holds on it in this process (sqlite.org/howtocorrupt.html, 2.2)
        with suppress(OSError):  # SQLite itself will say that it cannot open the file
            os.close(_private_file(path, os.O_EXCL))

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        if key:
            cipher.unlock(connection, key)
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        on_driver(connection, begin)

    return engine


def _postgresql_engine(url: URL) -> Engine:
    arguments: dict[str, Any] = {"connect_timeout": PATIENCE_SECONDS}
    if "options" not in url.query:
        arguments["options"] = (
            f"-c lock_timeout={PATIENCE_SECONDS}s -c idle_in_transaction_session_timeout=60s"
        )
    return create_engine(
        url,
        isolation_level="READ COMMITTED",
        pool_size=MOST_CONNECTIONS // 2,
        max_overflow=MOST_CONNECTIONS // 2,
        pool_timeout=PATIENCE_SECONDS,
        pool_pre_ping=True,  # a restarted server costs no message
        connect_args=arguments,
    )
