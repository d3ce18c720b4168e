"""The transaction rule, the queue in front of it, and what counts as the database being away."""

import fcntl
import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlmodel import Session, create_engine, select

from bot.store.database import Database, unavailable
from bot.store.models import Participant
from tests.people import amina

THREADS, TIMES = 8, 25


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    yield made
    made.dispose()


def count_up(one_more: Callable[[], None]) -> None:
    """Many threads at once, each doing it many times; an error in any of them fails the test."""
    errors: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(TIMES):
                one_more()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def load_change(db: Session) -> None:
    """Load a row, change it: what is lost when two do so at once."""
    person = db.exec(select(Participant).with_for_update()).one()
    person.name = str(int(person.name) + 1)
    db.add(person)
    db.flush()


def counted(database: Database) -> int:
    with database.reading() as db:
        return int(db.exec(select(Participant.name)).one())


def start_at_zero(database: Database) -> None:
    with database.transaction() as db:
        amina(db).name = "0"
        db.flush()


def test_no_update_is_lost_when_many_threads_change_one_row(database: Database) -> None:
    start_at_zero(database)

    def one_more() -> None:
        with database.transaction() as db:
            load_change(db)

    count_up(one_more)
    assert counted(database) == THREADS * TIMES


def test_without_the_transaction_rule_updates_are_lost(
    database_kind: str, database_url: str, database: Database
) -> None:
    """The default engine reads outside any transaction; on PostgreSQL the row lock is the rule."""
    start_at_zero(database)
    plain = create_engine(database_url)
    both_have_read = threading.Barrier(2)

    def unprotected() -> None:
        with Session(plain) as db:
            person = db.exec(select(Participant)).one()
            both_have_read.wait()
            person.name = str(int(person.name) + 1)
            db.add(person)
            db.commit()

    threads = [threading.Thread(target=unprotected) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    plain.dispose()
    assert counted(database) == 1, "both succeeded, and one of the two updates is gone"


def test_an_exception_leaves_nothing_behind(database: Database) -> None:
    with pytest.raises(LookupError), database.transaction() as db:
        amina(db)
        raise LookupError
    with database.reading() as db:
        assert db.exec(select(Participant)).all() == []
    start_at_zero(database)  # and the queue is free again


def test_two_processes_lose_no_update(database: Database, database_url: str) -> None:
    start_at_zero(database)
    program = (
        "import sys\n"
        "from bot.store.database import Database\n"
        "from tests.store.test_database import load_change\n"
        "database = Database(sys.argv[1])\n"
        "for _ in range(50):\n"
        "    with database.transaction() as db:\n"
        "        load_change(db)\n"
        "database.dispose()\n"
    )
    root = Path(__file__).parents[2]
    others = [
        subprocess.Popen([sys.executable, "-c", program, database_url], cwd=root) for _ in range(2)
    ]
    assert [other.wait() for other in others] == [0, 0]
    assert counted(database) == 100


def test_a_reader_never_waits_for_a_writer(database: Database) -> None:
    start_at_zero(database)
    with database.transaction() as db:
        load_change(db)
        assert counted(database) == 0


def test_a_reader_sees_one_moment(database: Database) -> None:
    start_at_zero(database)
    with database.reading() as view:
        before = view.exec(select(Participant.name)).one()
        with database.transaction() as db:
            load_change(db)
        assert view.exec(select(Participant.name)).one() == before
    assert counted(database) == 1


def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError), database.reading() as db:
        amina(db)


def test_references_are_checked(database: Database) -> None:
    with pytest.raises(IntegrityError), database.transaction() as db:
        db.execute(text("INSERT INTO sign_in_link VALUES (1, 99, 'x', '2026-11-23', NULL)"))


def test_moments_come_back_aware_and_in_utc(database: Database) -> None:
    with database.transaction() as db:
        made = amina(db).created_at
    with database.reading() as db:
        kept = db.exec(select(Participant.created_at)).one()
    assert (kept, str(kept.tzinfo)) == (made, "UTC")


def on_sqlite(database_kind: str) -> None:
    if database_kind != "sqlite":
        pytest.skip("of SQLite only")


def test_a_transaction_inside_a_transaction_is_an_error_at_once(
    database_kind: str, database: Database
) -> None:
    on_sqlite(database_kind)
    with database.transaction(), pytest.raises(RuntimeError), database.transaction():
        pass


def test_sqlite_writes_durably_and_ahead(database_kind: str, database: Database) -> None:
    on_sqlite(database_kind)
    with database.transaction() as db:
        found = {
            name: db.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found.pop("busy_timeout") >= 5000
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_only_the_owner_may_read_the_files(database_kind: str, tmp_path: Path) -> None:
    on_sqlite(database_kind)
    folder = tmp_path / "new" / "instance"
    database = Database(f"sqlite:///{folder / 'bot.sqlite3'}")
    with database.transaction() as db:
        db.execute(text("CREATE TABLE probe (id INTEGER)"))
        files = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    database.dispose()
    names = [f"bot.sqlite3{ending}" for ending in ("", "-shm", "-wal", ".lock")]
    assert files == dict.fromkeys(names, 0o600)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_writer_outside_the_queue_makes_the_database_unavailable(
    database_kind: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_sqlite(database_kind)
    monkeypatch.setattr("bot.store.database._WRITER", ("busy_timeout=1",))
    database = Database(database_url)
    stranger = sqlite3.connect(database.url.database or "", isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError) as caught, database.transaction() as db:
        amina(db)
    stranger.close()
    with database.transaction() as db:
        amina(db)
    database.dispose()
    assert unavailable(caught.value)


def test_a_transaction_holds_the_database_from_its_first_read(
    database_kind: str, database: Database
) -> None:
    on_sqlite(database_kind)
    with database.transaction() as db:
        db.exec(select(Participant)).all()
        stranger = sqlite3.connect(database.url.database or "", timeout=0, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            stranger.execute("BEGIN IMMEDIATE")
        stranger.close()


def test_a_writer_waits_for_its_turn_behind_another_process(
    database_kind: str, database_url: str, database: Database
) -> None:
    on_sqlite(database_kind)
    file = os.open(f"{database.url.database}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(file, fcntl.LOCK_EX)
    writer = threading.Thread(target=start_at_zero, args=(database,))
    writer.start()
    writer.join(timeout=0.2)
    waiting = writer.is_alive()
    os.close(file)
    writer.join()
    assert waiting
    assert counted(database) == 0


def test_a_database_that_cannot_be_opened_is_unavailable(database_kind: str) -> None:
    on_sqlite(database_kind)
    database = Database("sqlite:////dev/null/no/such.sqlite3")
    with pytest.raises(OperationalError) as caught, database.reading() as db:
        db.execute(text("SELECT 1"))
    database.dispose()
    assert unavailable(caught.value)


def test_a_server_that_is_down_is_unavailable(tmp_path: Path) -> None:
    database = Database(f"postgresql+psycopg://nobody@/none?host={tmp_path}")
    with pytest.raises(OperationalError) as caught, database.transaction() as db:
        db.execute(text("SELECT 1"))
    database.dispose()
    assert unavailable(caught.value)


def test_a_mistake_in_a_statement_is_not_unavailability(database: Database) -> None:
    with pytest.raises(DBAPIError) as caught, database.reading() as db:
        db.execute(text("SELECT * FROM no_such_table"))
    assert not unavailable(caught.value)
    assert not unavailable(ValueError())
