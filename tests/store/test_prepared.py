"""Statements of the hot path, compiled once: the same values and errors as SQLAlchemy's own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import bindparam, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.store.database import Database, unavailable
from bot.store.models import Cohort, Participant
from bot.store.prepared import Prepared, PreparedInsert
from bot.store.tables import table

NOW = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
PERSON = table(Participant)
ADD = PreparedInsert(PERSON, "reference", "name", "language", "created_at", returning="id")
ADD_ONCE = PreparedInsert(
    PERSON,
    "reference",
    "name",
    "language",
    "created_at",
    returning="id",
    conflict=lambda insert: insert.on_conflict_do_nothing(),
)
FIND = Prepared(select(PERSON).where(PERSON.c.reference == bindparam("who")))
AMINA = {"reference": "A1", "name": "أمينة", "language": "ar", "created_at": NOW}
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.dispose()


def test_a_row_goes_in_with_the_tables_defaults_and_comes_back_typed(database: Database) -> None:
    with database.transaction() as db:
        (added,) = ADD.rows(db, AMINA)
    with database.reading() as db:
        row = FIND.row(db, {"who": "A1"})
        assert row is not None
        assert (row.id, row.name, row.state, row.discreet) == (added.id, "أمينة", "active", False)
        assert row.created_at == NOW and row.held_at is None
        assert FIND.row(db, {"who": "A2"}) is None


def test_what_is_there_already_is_left_out_where_the_statement_says_so(database: Database) -> None:
    with database.transaction() as db:
        assert ADD_ONCE.row(db, AMINA) is not None
        assert ADD_ONCE.row(db, AMINA | {"name": "Other"}) is None


def test_errors_are_those_of_sqlalchemy_and_hold_nobodys_name(database: Database) -> None:
    with pytest.raises(IntegrityError) as caught, database.transaction() as db:
        ADD.rows(db, AMINA)
        ADD.rows(db, AMINA)
    assert not unavailable(caught.value)
    if database.dialect == "sqlite":
        assert "أمينة" not in str(caught.value)
    with database.reading() as db:
        assert FIND.row(db, {"who": "A1"}) is None


def test_a_value_too_few_or_too_many_is_named(database: Database) -> None:
    with database.transaction() as db:
        with pytest.raises(KeyError, match="name"):
            ADD.rows(db, {key: value for key, value in AMINA.items() if key != "name"})
        with pytest.raises(KeyError, match="held_at"):
            ADD.rows(db, AMINA | {"held_at": NOW})


def test_what_the_session_holds_is_written_with_what_was_prepared(database: Database) -> None:
    with database.transaction() as db:
        ADD.rows(db, AMINA)
        db.add(Cohort(name="Autumn", starts_on=NOW.date()))
    with database.reading() as db:
        assert db.execute(text("select count(*) from cohort")).scalar_one() == 1


def test_another_process_may_come_and_go_and_nothing_durable_is_lost(tmp_path: Path) -> None:
    """Closing a file of its own of the database would let go of SQLite's locks in this process."""
    url = f"sqlite:///{tmp_path / 'shared.sqlite3'}"
    look = (
        "import sys; from sqlalchemy import text; from bot.store.database import Database\n"
        "database = Database(sys.argv[1])\n"
        "with database.reading() as db:\n"
        "    print(db.execute(text('select count(*) from t')).scalar())\n"
        "database.dispose()"
    )

    def seen() -> int:
        command = [sys.executable, "-c", look, url]
        return int(subprocess.check_output(command, cwd=ROOT, env=dict(os.environ)))

    database = Database(url)
    with database.transaction() as db:
        db.execute(text("create table t(x)"))
    with database.reading() as db:
        assert db.execute(text("select count(*) from t")).scalar_one() == 0
    for count in (1, 2, 3):
        with database.transaction() as db:
            db.execute(text("insert into t values (1)"))
        assert seen() == count
    database.dispose()


def test_a_database_that_cannot_be_written_is_unavailable_through_the_driver_too(
    database: Database,
) -> None:
    if database.dialect != "sqlite":
        pytest.skip("PostgreSQL's statements go through SQLAlchemy")
    with pytest.raises(OperationalError) as caught, database.reading() as db:
        ADD.rows(db, AMINA)
    assert unavailable(caught.value)
