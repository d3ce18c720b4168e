"""The database is away, locked or full: 503, nothing half done, and all is well afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, event

from bot.clock import guarded
from bot.store import database as store
from tests.test_journeys import ROW_AMINA, ROW_GRACE
from tests.webhook import STATUS, counts, form, post, send
from tests.world import ACCOUNT, AMINA, World, open_world

PATIENCE = 200  # milliseconds, so that a test need not wait as long as a server would


@pytest.fixture
def world(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Amina and Grace, asked whether these are the right numbers."""
    hurried = tuple(
        f"busy_timeout={PATIENCE}" if each.startswith("busy") else each for each in store._WRITER
    )
    monkeypatch.setattr(store, "_WRITER", hurried)
    with open_world(database_url) as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA])
        world.tick()
        yield world


def hurry(connection: Connection) -> None:
    """A lock is waited for briefly."""
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {PATIENCE}")


@contextmanager
def held_by_somebody_else(world: World) -> Iterator[None]:
    """Another program has the database to itself, and waits in no queue."""
    engine = create_engine(world.parts.database.url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        if world.parts.database.dialect == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql("BEGIN")
            connection.exec_driver_sql("LOCK TABLE message, receipt IN SHARE MODE")
            event.listen(world.parts.database._writer, "begin", hurry)
        yield
        if event.contains(world.parts.database._writer, "begin", hurry):
            event.remove(world.parts.database._writer, "begin", hurry)
        connection.exec_driver_sql("ROLLBACK")
    engine.dispose()


def test_while_the_database_is_locked_twilio_is_told_to_try_again(world: World) -> None:
    before, fields = counts(world), form("1")
    sent = world.simulator.sent_to(AMINA)[0].sid
    receipt = {"MessageSid": sent, "MessageStatus": "undelivered", "AccountSid": ACCOUNT}
    with held_by_somebody_else(world):
        assert post(world, fields).status == 503
        assert post(world, receipt, path=STATUS).status == 503
        assert send(world.settings.public_url, "/healthz").status == 200
    assert counts(world) == before
    assert post(world, fields).status == 200
    assert world.rows("select step, value from answer") == [("right_number", "yes")]
    assert world.one("select count(*) from message where state = 'parked'") == 0


def test_a_clock_that_meets_a_locked_database_goes_on_at_its_next_round(world: World) -> None:
    world.simulator.receive_from(AMINA, "1")
    before = len(world.bodies(AMINA))
    with held_by_somebody_else(world):
        guarded(world.clock.tick)
        guarded(world.clock.reconcile)
        guarded(world.clock.send)
    world.later(minutes=2)
    assert len(world.bodies(AMINA)) == before + 1


def test_a_full_disk_refuses_the_message_and_keeps_what_there_is(world: World) -> None:
    if world.parts.database.dialect != "sqlite":
        pytest.skip("only SQLite can be told how large it may grow")
    before = counts(world)
    with world.parts.database._writer.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    words = "x" * 200_000
    assert post(world, form(words)).status == 503
    assert counts(world) == before
    with world.parts.database._writer.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    assert post(world, form(words)).status == 200
    assert world.one("select count(*) from message where direction = 'in'") == 1
    with world.parts.database.reading() as db:
        assert db.connection().exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"


def test_a_database_without_tables_is_not_ready_and_takes_nothing(
    empty_database_url: str,
) -> None:
    with open_world(empty_database_url, on_call=False) as world:
        ready = send(world.settings.public_url, "/readyz")
        assert (ready.status, ready.body) == (503, "the database needs `upgrade`\n")
        assert send(world.settings.public_url, "/healthz").status == 200
        assert post(world, form("hello")).status == 503


def test_a_database_that_has_gone_is_not_ready_and_takes_nothing(tmp_path: Path) -> None:
    with open_world(f"sqlite:///{tmp_path / 'a file'}/routes.sqlite3", on_call=False) as world:
        (tmp_path / "a file").write_text("where a folder should be")
        assert send(world.settings.public_url, "/readyz").status == 503
        assert post(world, form("hello")).status == 503
    nowhere = "postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=1"
    with open_world(nowhere, on_call=False) as world:
        assert send(world.settings.public_url, "/readyz").status == 503
        assert post(world, form("hello")).status == 503
        assert send(world.settings.public_url, "/").status in (303, 503)
