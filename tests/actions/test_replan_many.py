"""A change of plan reads and writes the same few statements, however many pairs it is about."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session as Db
from sqlmodel import select

from bot.actions.change_cohort import add_holiday, change_cohort, remove_holiday
from bot.actions.plan import plan_all, plan_sessions
from bot.programme.plan_words import Changes
from bot.store.cohorts import calendar_of
from bot.store.database import Database
from bot.store.models import Consent, Enrolment, Holiday, Pairing, Participant
from tests.people import NOW, cohort, keep

FEW, MANY = 2, 8
SETTINGS: tuple[dict[str, int], ...] = (
    {"check_in_weekday": 1, "session_weekday": 3, "session_minute": 600},  # all moves
    {"weeks": 10, "sessions": 6},  # much vanishes
    {"weeks": 20, "sessions": 12, "session_minutes": 30},  # more than there was
)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    yield made
    made.dispose()


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are sent meanwhile; one for many rows counts once."""
    statements: list[str] = []

    def count(_: object, __: object, statement: str, *___: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", count)
    yield statements
    event.remove(Engine, "before_cursor_execute", count)


def person(db: Db, *, name: str, role: str, cohort_id: int) -> int:
    """Her enrolment; she has agreed."""
    her = keep(db, Participant(reference=name, name=name, language="en", created_at=NOW)).id
    hers = keep(
        db, Enrolment(participant_id=her, cohort_id=cohort_id, role=role, created_at=NOW)
    ).id
    assert her is not None and hers is not None
    said = {"kind": "messages", "given": True, "wording": "w", "language": "en", "channel": "sms"}
    keep(db, Consent(participant_id=her, at=NOW, **said))
    plan_all(db, participant_id=her, now=NOW)
    return hers


def pair_up(database: Database, *, pairs: range, name: str = "Autumn") -> None:
    with database.transaction() as db:
        group = cohort(db, name=name).id or 0
        for number in pairs:
            mentee, mentor = (
                person(db, name=f"{name} {role} {number}", role=role, cohort_id=group)
                for role in ("mentee", "mentor")
            )
            pair = keep(db, Pairing(mentor_id=mentor, mentee_id=mentee, created_at=NOW))
            plan_sessions(db, pairing_id=pair.id or 0, now=NOW)


def change(database: Database, *, apply: bool, **values: int) -> tuple[int, Changes]:
    """How many statements it takes, and what it does."""
    with database.transaction() as db, counted() as statements:
        terms = replace(calendar_of(db, cohort_id=1).terms, **values)  # type: ignore[arg-type]
        done = change_cohort(db, cohort_id=1, terms=terms, staff_id=None, now=NOW, apply=apply)
    return len(statements), done


def changes(database: Database) -> list[int]:
    """The statements of each change of settings, shown and then made."""
    taken = []
    for values in SETTINGS:
        for apply in (False, True):
            number, done = change(database, apply=apply, **values)
            taken.append(number)
            assert len({line.participant_id for line in done.lines}) == done.people > 1
            assert {"session", "end_survey"} <= {line.flow for line in done.lines}
    return taken


def breaks(database: Database) -> list[int]:
    """The statements of a break of every cohort, and of taking it back."""
    taken = []
    for apply in (False, True):
        with database.transaction() as db, counted() as added:
            done = add_holiday(
                db,
                cohort_id=None,
                name="Break",
                starts_on=date(2026, 12, 21),
                ends_on=date(2027, 1, 3),
                staff_id=None,
                now=NOW,
                apply=apply,
            )
        assert done.lines
        taken.append(len(added))
    for apply in (False, True):
        with database.transaction() as db:
            holiday_id = db.exec(select(Holiday)).one().id or 0
            with counted() as removed:
                remove_holiday(db, holiday_id=holiday_id, staff_id=None, now=NOW, apply=apply)
        taken.append(len(removed))
    return taken


def test_new_settings_take_as_many_statements_for_many_pairs_as_for_few(
    database: Database,
) -> None:
    pair_up(database, pairs=range(FEW))
    few = changes(database)
    assert max(few[::2]) <= 12, "shown"
    assert max(few[1::2]) <= 25, "made"
    back = {"weeks": 16, "sessions": 10, "session_minutes": 60}
    change(database, apply=True, check_in_weekday=3, session_weekday=1, session_minute=1050, **back)
    pair_up(database, pairs=range(FEW, MANY))
    assert changes(database) == few


def test_a_break_takes_as_many_statements_for_many_cohorts_as_for_one(
    database: Database,
) -> None:
    pair_up(database, pairs=range(FEW))
    one = breaks(database)
    assert max(one) <= 25
    pair_up(database, pairs=range(FEW, MANY))
    pair_up(database, pairs=range(FEW), name="Spring")
    assert breaks(database) == one
