"""The migrations lead to exactly the tables of the models, up and down, over data, on both."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect
from sqlmodel import SQLModel, select

from bot.store.database import Database
from bot.store.migrations import at_head, downgrade, upgrade
from bot.store.models import CheckIn, Participant
from tests.people import amina, consent, grace, pairing, plan_pair, ruth

ROOT = Path(__file__).parents[1]


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Database]:
    made = Database(empty_database_url)
    yield made
    made.dispose()


def url_of(database: Database) -> str:
    return database.url.render_as_string(hide_password=False)


def tables(database: Database) -> set[str]:
    with database.reading() as db:
        return set(inspect(db.connection()).get_table_names())


def test_the_migrations_lead_to_the_models(empty: Database) -> None:
    upgrade(url_of(empty))
    with empty.reading() as db:
        context = MigrationContext.configure(db.connection(), opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_every_table_has_a_name_of_the_glossary_or_of_the_house(empty: Database) -> None:
    upgrade(url_of(empty))
    assert tables(empty) == {*SQLModel.metadata.tables, "alembic_version"}


def test_a_database_is_at_head_only_after_all_steps(empty: Database) -> None:
    assert not at_head(empty)
    upgrade(url_of(empty))
    assert at_head(empty)


def test_upgrading_twice_keeps_every_row(empty: Database) -> None:
    upgrade(url_of(empty))
    with empty.transaction() as db:
        her = amina(db)
        plan_pair(db, pairing(db, her, grace(db)))
        consent(db, her)
        ruth(db)
    before = rows(empty)
    upgrade(url_of(empty))
    assert rows(empty) == before
    assert before["check_in"] > 10


def test_down_over_data_and_up_again(empty: Database) -> None:
    upgrade(url_of(empty))
    with empty.transaction() as db:
        her = amina(db)
        plan_pair(db, pairing(db, her, grace(db)))
        consent(db, her)
    downgrade(url_of(empty), "base")
    assert tables(empty) <= {"alembic_version"}
    assert not at_head(empty)
    upgrade(url_of(empty))
    with empty.transaction() as db:
        consent(db, amina(db))
    with empty.reading() as db:
        assert db.exec(select(Participant.name)).all() == ["Amina"]
        assert set(db.exec(select(CheckIn.flow))) == {"goal_setting", "goal_check_in"}


def test_a_step_that_fails_changes_nothing(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alembic.command.upgrade", half_an_upgrade)
    with pytest.raises(ZeroDivisionError):
        upgrade(url_of(empty))
    assert tables(empty) == set()


def half_an_upgrade(config: object, revision: str) -> None:
    from alembic import command
    from alembic.config import Config

    assert isinstance(config, Config)
    command.stamp(config, "0001")
    raise ZeroDivisionError


def test_several_processes_may_upgrade_at_once(empty: Database) -> None:
    program = "import sys; from bot.store.migrations import upgrade; upgrade(sys.argv[1])"
    upgrading = [
        subprocess.Popen([sys.executable, "-c", program, url_of(empty)], cwd=ROOT) for _ in range(3)
    ]
    assert [process.wait() for process in upgrading] == [0, 0, 0]
    assert at_head(empty)


def rows(database: Database) -> dict[str, int]:
    with database.reading() as db:
        return {
            name: len(db.execute(table.select()).all())
            for name, table in SQLModel.metadata.tables.items()
        }
