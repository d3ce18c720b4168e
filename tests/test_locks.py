"""Two at once on PostgreSQL, where rows are locked one by one: nobody acts on what is out of date.

On SQLite only one writes at a time; there none of this can happen.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text

from bot.actions.plan import plan_sessions
from bot.actions.start import start_due
from bot.actions.track import track
from bot.channels.base import Receipt
from bot.store.people import lock_participant
from tests.quick import Quick, open_quick
from tests.rows import ROW_AMINA, ROW_GRACE, agree
from tests.world import AMINA

NEW_NUMBER = "+447700900177"
WAITING = (
    "select count(*) from pg_stat_activity "
    "where wait_event_type = 'Lock' and datname = current_database()"
)
HER_ROW = "select id from participant where reference = 'A1' for update"


@pytest.fixture
def world(database_kind: str, database_url: str, tmp_path: Path) -> Iterator[Quick]:
    if database_kind == "sqlite":
        pytest.skip("only one writes at a time")
    with open_quick(database_url) as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA])
        world.tick()
        agree(world, AMINA, language="en")
        yield world


@pytest.fixture
def other(world: Quick) -> Iterator[Connection]:
    """Somebody else's transaction."""
    engine = create_engine(world.parts.database.url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def meanwhile(world: Quick, work: Callable[[], object]) -> "Future[object]":
    """The work in a thread of its own, as soon as it waits for a lock of somebody else's."""
    running = ThreadPoolExecutor(1).submit(work)
    while not (running.done() or world.one(WAITING)):
        time.sleep(0.01)
    return running


def test_a_tick_waits_for_the_stop_that_is_being_written(world: Quick, other: Connection) -> None:
    world.time += timedelta(days=1)
    other.execute(text("update participant set state = 'stopped' where reference = 'A1'"))
    ticking = meanwhile(world, lambda: start_due(world.parts.house, now=world.time))
    assert not ticking.done()
    other.commit()
    assert ticking.result(timeout=20) == {"skipped": 3}, "all of hers that was due"
    assert world.one("select count(*) from conversation where state = 'open'") == 1, "Grace's"


def test_an_import_that_deadlocks_with_a_message_is_tried_once_more(
    world: Quick, other: Connection, tmp_path: Path
) -> None:
    other.execute(text("set deadlock_timeout = '60s'"))  # so that it is the import that is ended
    other.execute(text("update address set last_inbound_at = now()"))
    row = ROW_AMINA | {"whatsapp": NEW_NUMBER}
    importing = meanwhile(world, lambda: world.enrol(tmp_path, [ROW_GRACE, row]))
    assert not importing.done()
    other.execute(text(HER_ROW))  # each waits for the other, until PostgreSQL ends one
    other.commit()
    importing.result(timeout=20)
    sql = "select state from address where address = :new"
    assert world.rows(sql, new=f"whatsapp:{NEW_NUMBER}") == [("usable",)]


def test_a_receipt_that_deadlocks_with_a_message_is_taken_in_once_more(
    world: Quick, other: Connection
) -> None:
    """It holds its delivery and doubts that it is she; her message holds her."""
    sent = "update delivery set state = 'sent', address_id = (select id from address where "
    sent += "address = :at) where id = (select max(d.id) from delivery d join participant p on "
    sent += "p.id = d.participant_id where p.reference = 'A1') returning token"
    with world.parts.database.transaction() as db:
        token = db.execute(text(sent), {"at": f"whatsapp:{AMINA}"}).scalar_one()
    receipt = Receipt(
        external_id=f"SM{7:032x}",
        status="delivered",
        state="delivered",
        token=token,
        user_id="whatsapp:GB.SomebodyElse1",
    )
    other.execute(text("set deadlock_timeout = '60s'"))  # so that it is the receipt that is ended
    other.execute(text(HER_ROW))
    tracking = meanwhile(world, lambda: track(world.parts.database, receipt, now=world.time))
    assert not tracking.done()
    other.execute(text("select id from delivery where token = :t for update"), {"t": token})
    other.commit()
    tracking.result(timeout=20)
    assert world.one("select state from delivery where token = :t", t=token) == "delivered"
    assert world.one("select doubted_at from participant where reference = 'A1'") is not None


def test_what_is_raised_about_her_does_not_wait_for_her_own_turn(
    world: Quick, other: Connection
) -> None:
    """Her turn may wait for the session that the other one reports; then both would wait."""
    other.execute(text("set lock_timeout = '2s'"))
    her = int(str(world.one("select id from participant where reference = 'A1'")))
    with world.parts.database.transaction() as db:
        lock_participant(db, her)
        raised = "insert into alert (kind, level, subject, participant_id, state, detail, times, "
        raised += "opened_at, last_at, note) values ('disputed', 'amber', 'disputed:session:1', "
        raised += ":her, 'open', '', 1, now(), now(), '')"
        other.execute(text(raised), {"her": her})
    other.rollback()


def test_a_new_plan_gives_out_no_number_that_a_message_is_just_taking(
    world: Quick, other: Connection
) -> None:
    """A time that one of a pair names is a new session, and so is one after a break is gone."""
    with world.parts.database.transaction() as db:
        db.execute(text("delete from check_in where session_id is not null"))
        db.execute(text("delete from session where number > 5"))
    other.execute(text("select id from pairing for no key update"))
    named = (
        "insert into session (pairing_id, number, starts_at, planned_minutes, state, proof, place, "
        "proposed_by, reason) select id, 6, now(), 60, 'proposed', '', '', 'mentee', '' "
        "from pairing"
    )
    other.execute(text(named))

    def plan() -> None:
        with world.parts.database.transaction() as db:
            plan_sessions(db, pairing_id=world.one("select id from pairing"), now=world.time)

    planning = meanwhile(world, plan)
    assert not planning.done()
    other.commit()
    planning.result(timeout=20)
    assert world.one("select count(*) from session where number > 6") > 0
