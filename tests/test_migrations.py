"""The migrations lead to exactly the tables of the models, up and down, over data, on both."""

import subprocess
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, inspect, text
from sqlmodel import SQLModel, select

from bot.store.database import Database
from bot.store.migrations import at_head, downgrade, upgrade
from bot.store.models import CheckIn, Cohort, Conversation, Participant, Session
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
        assert set(db.exec(select(CheckIn.flow))) >= {"goal_setting", "goal_check_in"}


BEFORE_THE_WHOLE_PROGRAMME = """
insert into cohort (id, name, starts_on, weeks, check_in_weekday, check_in_minute,
    session_weekday, session_minute, session_minutes, sessions)
    values (1, 'Autumn', '2026-11-16', 12, 3, 600, 1, 1050, 45, 8);
insert into participant (id, reference, name, language, discreet, state, created_at)
    values (1, 'A1', 'Amina', 'ar', true, 'active', :at),
    (2, 'G1', 'Grace', 'en', false, 'active', :at);
insert into enrolment (id, participant_id, cohort_id, role, state, created_at)
    values (1, 1, 1, 'mentee', 'active', :at), (2, 2, 1, 'mentor', 'active', :at);
insert into pairing (id, mentor_id, mentee_id, state, created_at) values (1, 2, 1, 'active', :at);
insert into session (id, pairing_id, number, starts_at, planned_minutes, state, minutes)
    values (1, 1, 1, :at, 45, 'held', 50), (2, 1, 2, :later, 45, 'planned', null);
insert into check_in (id, enrolment_id, flow, slot, session_id, due_at, state, reason)
    values (1, 2, 'session_confirm', 'session-1', 1, :at, 'asked', '');
insert into conversation (id, participant_id, enrolment_id, check_in_id, flow, version, step, tries,
    answers, state, started_at, updated_at)
    values (1, 2, 2, 1, 'session_confirm', 1, 'met', 0, '{"met": "yes"}', 'open', :at, :at)
"""


def test_the_step_to_the_whole_programme_keeps_rows_and_fills_in_what_is_usual(
    empty: Database,
) -> None:
    upgrade(url_of(empty), "0001")
    with empty.transaction() as db:
        for statement in BEFORE_THE_WHOLE_PROGRAMME.split(";"):
            moments = {"at": "2026-11-17 17:30:00.000000", "later": "2026-11-24 17:30:00.000000"}
            named = {name: at for name, at in moments.items() if f":{name}" in statement}
            db.execute(text(statement.replace('"met": ', '"met"\\: ')), named)
    before = rows(empty, names=OLD)
    upgrade(url_of(empty))
    filled(empty)
    assert rows(empty, names=OLD) == before
    downgrade(url_of(empty), "0001")
    assert rows(empty, names=OLD) == before
    upgrade(url_of(empty))
    filled(empty)


OLD = ("cohort", "participant", "enrolment", "pairing", "session", "check_in", "conversation")


def filled(database: Database) -> None:
    """What was known before is still so; what is new has the value that a new row would have."""
    with database.reading() as db:
        group = db.get_one(Cohort, 1)
        kept = {"id", "name", "starts_on", "weeks", "session_minutes", "sessions"}
        usual = Cohort(name="", starts_on=group.starts_on).model_dump(exclude=kept)
        assert group.model_dump(exclude=kept) == usual
        assert (group.weeks, group.session_minutes, group.sessions) == (12, 45, 8)
        her = db.get_one(Participant, 1)
        assert (her.hold_backs, her.part_of_day, her.weekday, her.discreet) == ([], "", None, True)
        held, planned = db.get_one(Session, 1), db.get_one(Session, 2)
        assert (held.state, held.minutes, held.proof) == ("held", 50, "mentor")
        assert (planned.state, planned.proof, planned.proposed_by) == ("planned", "", "")
        assert (planned.moved_to, planned.settled_at) == (None, None)
        talk = db.get_one(Conversation, 1)
        assert (talk.answers, talk.state, talk.reminded_at) == ({"met": "yes"}, "open", None)


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


def rows(database: Database, *, names: Collection[str] = ()) -> dict[str, int]:
    with database.reading() as db:
        return {
            name: db.execute(select(func.count()).select_from(text(name))).scalar_one()
            for name in names or SQLModel.metadata.tables
        }
