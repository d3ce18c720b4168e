"""The audit log: only ever added to, and chained, so that whoever changes it is found."""

import threading
from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from bot.actions.audit import audit
from bot.actions.note_audit import note_audit
from bot.cli import commands
from bot.store.audit import Verified, noted_end, verify
from bot.store.database import Database
from bot.store.erasing import erasing
from bot.store.migrations import upgrade
from bot.store.models import Alert, AlertStep, AuditEntry
from tests.people import NOW

WRITERS, EACH = 4, 12


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    yield made
    made.dispose()


def write(database: Database, *subjects: str) -> None:
    with database.transaction() as db:
        audit(db, staff_id=None, action="read", subjects=subjects, now=NOW)


def verified(database: Database) -> Verified:
    with database.reading() as db:
        return verify(db, noted=(noted_end(db),))


def behind_its_back(database: Database, *statements: str) -> None:
    """As somebody does who may do anything with the database, and takes its rules away first."""
    rules = (
        ("drop trigger audit_entry_not_changed", "drop trigger audit_entry_not_deleted")
        if database.dialect == "sqlite"
        else ("alter table audit_entry disable trigger all",)
    )
    with database.transaction() as db:
        for statement in (*rules, *statements):
            db.execute(text(statement))


def test_every_entry_is_chained_to_the_one_before(database: Database) -> None:
    assert verified(database) == Verified(entries=0, newest_id=0, newest="")
    write(database, "participant:1", "participant:2")
    write(database, "participant:1")
    found = verified(database)
    assert (found.entries, found.wrong) == (3, None)
    with database.reading() as db:
        digests = db.exec(select(AuditEntry.digest).order_by("id")).all()
    assert digests[-1] == found.newest and len(set(digests)) == 3


def test_the_database_itself_refuses_to_change_or_delete_an_entry(database: Database) -> None:
    write(database, "participant:1")
    for statement in ("update audit_entry set detail = 'x'", "delete from audit_entry"):
        with pytest.raises(DBAPIError, match="only added to"), database.transaction() as db:
            db.execute(text(statement))
    assert verified(database).entries == 1


def test_the_life_of_an_alert_is_only_added_to_unless_somebody_is_erased(
    database: Database,
) -> None:
    with database.transaction() as db:
        row = Alert(kind="harm_red", level="red", subject="x", opened_at=NOW, last_at=NOW)
        db.add(row)
        db.flush()
        db.add(AlertStep(alert_id=row.id or 0, kind="raised", at=NOW))
    change, remove = "update alert_step set detail = 'x'", "delete from alert_step"
    for statement in (change, remove):
        with pytest.raises(DBAPIError, match="only added to"), database.transaction() as db:
            db.execute(text(statement))
    with database.transaction() as db, erasing(db, now=NOW):
        db.execute(text(change))
        db.execute(text(remove))
    with database.transaction() as db:
        assert db.execute(text("select count(*) from alert_step")).scalar_one() == 0
        assert db.execute(text("select count(*) from mark")).scalar_one() == 0, "closed again"


@pytest.mark.parametrize(
    ("statement", "wrong"),
    [
        ("update audit_entry set subject = 'participant:9' where id = 3", 3),
        ("update audit_entry set staff_id = null, detail = 'x' where id = 1", 1),
        ("update audit_entry set digest = '' where id = 5", 5),
        ("delete from audit_entry where id = 3", 4),
        ("delete from audit_entry where id = 1", 2),
        ("update audit_entry set id = 30 where id = 3", 4),
        (
            "insert into audit_entry (id, action, subject, detail, at, digest) select 99, action, "
            "subject, detail, at, digest from audit_entry where id = 2",
            99,
        ),
    ],
)
def test_what_is_changed_taken_out_or_put_in_is_named(
    database: Database, statement: str, wrong: int
) -> None:
    for number in range(5):
        write(database, f"participant:{number}")
    behind_its_back(database, statement)
    assert verified(database).wrong == wrong


def test_whoever_cuts_off_the_end_is_found_once_it_was_noted(database: Database) -> None:
    for number in range(4):
        write(database, f"participant:{number}")
    digest = note_audit(database, now=NOW)
    assert digest == verified(database).newest
    assert note_audit(database, now=NOW) == "", "noted already"
    behind_its_back(database, "delete from audit_entry where id > 2")
    found = verified(database)
    assert (found.entries, found.missing) == (2, digest)
    with database.reading() as db:
        assert verify(db).wrong is None, "without the note the rest looks whole"
        assert verify(db, noted=(digest,)).missing == digest, "as the log of the clock has it"


def test_what_is_rolled_back_leaves_no_entry_and_no_gap(database: Database) -> None:
    write(database, "participant:1")
    with pytest.raises(RuntimeError), database.transaction() as db:
        audit(db, staff_id=None, action="read", subjects=["participant:2"], now=NOW)
        raise RuntimeError
    write(database, "participant:3")
    assert verified(database).entries == 2


def test_many_who_write_at_once_make_one_chain(database: Database) -> None:
    def reads(who: int) -> None:
        for number in range(EACH):
            write(database, f"participant:{who}", f"participant:{number}")

    writers = [threading.Thread(target=reads, args=(who,)) for who in range(WRITERS)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    found = verified(database)
    assert (found.entries, found.wrong) == (WRITERS * EACH * 2, None)


def test_entries_of_before_are_chained_by_the_migration(empty_database_url: str) -> None:
    upgrade(empty_database_url, "0002")
    database = Database(empty_database_url)
    with database.transaction() as db:
        for number in (1, 2, 3):
            db.execute(
                text(
                    "insert into audit_entry (action, subject, detail, at) "
                    "values ('read', :subject, '', :at)"
                ),
                {"subject": f"participant:{number}", "at": f"2026-11-1{number} 09:30:00.250000"},
            )
    upgrade(empty_database_url)
    write(database, "participant:4")
    found = verified(database)
    database.dispose()
    assert (found.entries, found.wrong) == (4, None)


def test_the_command_says_that_it_fits_or_where_it_does_not(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    write(database, "participant:1", "participant:2", "participant:3")
    fits = CliRunner().invoke(commands, ["audit", "verify"])
    assert fits.exit_code == 0
    assert fits.output == f"ok: 3 entries, the newest is 3: {verified(database).newest}\n"
    shown = CliRunner().invoke(commands, ["audit", "show", "--participant", "2"])
    assert "participant:2" in shown.output and "participant:1" not in shown.output
    lost = CliRunner().invoke(commands, ["audit", "verify", "--noted", "f00d"])
    assert lost.exit_code == 1 and "The end is cut off" in lost.output
    behind_its_back(database, "update audit_entry set detail = 'x' where id = 2")
    wrong = CliRunner().invoke(commands, ["audit", "verify"])
    assert wrong.exit_code == 1
    assert wrong.output.startswith("Entry 2 does not fit the one before it.\n")
