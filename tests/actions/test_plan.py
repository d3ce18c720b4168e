"""What consent and a pairing set going: rows for all that is to come, once."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from bot.actions.plan import plan_check_ins, plan_sessions
from bot.store.database import Database
from bot.store.models import CheckIn, Cohort, Session
from tests.people import LONDON, NOW, amina, cohort, consent, enrolment, grace, pairing, plan_pair


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    yield made
    made.dispose()


def planned(database: Database, flow: str) -> list[CheckIn]:
    with database.reading() as db:
        rows = db.exec(select(CheckIn).where(CheckIn.flow == flow).order_by(CheckIn.due_at))
        return list(rows)


def change_cohort(database: Database, **settings: object) -> None:
    with database.transaction() as db:
        group = cohort(db)
        for name, value in settings.items():
            setattr(group, name, value)
        db.add(group)


def test_consent_plans_goals_tomorrow_and_then_a_question_every_week(database: Database) -> None:
    with database.transaction() as db:
        consent(db, amina(db))
    (goals,) = planned(database, "goal_setting")
    weeks = planned(database, "goal_check_in")
    assert (goals.slot, goals.due_at) == ("goals", datetime(2026, 11, 24, 10, 0, tzinfo=UTC))
    assert [row.slot for row in weeks] == [f"week-{week}" for week in range(2, 17)]
    assert weeks[0].due_at == datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
    assert {row.due_at.astimezone(LONDON).strftime("%a %H:%M") for row in weeks} == {"Thu 10:00"}


def test_before_a_cohort_starts_its_first_week_is_planned(database: Database) -> None:
    change_cohort(database, starts_on=date(2027, 1, 18))
    with database.transaction() as db:
        consent(db, amina(db))
    assert planned(database, "goal_setting")[0].due_at.date() == date(2026, 11, 24)
    first = planned(database, "goal_check_in")[0]
    assert (first.slot, first.due_at) == ("week-1", datetime(2027, 1, 21, 10, 0, tzinfo=UTC))


def test_planning_again_later_plans_nothing_twice(database: Database) -> None:
    with database.transaction() as db:
        consent(db, amina(db))
    before = [(row.id, row.due_at) for row in planned(database, "goal_check_in")]
    with database.transaction() as db:
        for days in (0, 1, 20):
            plan_check_ins(db, enrolment_id=1, now=NOW + timedelta(days=days), zone=LONDON)
    assert [(row.id, row.due_at) for row in planned(database, "goal_check_in")] == before
    assert len(planned(database, "goal_setting")) == 1


def test_a_mentors_consent_plans_no_questions_about_goals(database: Database) -> None:
    with database.transaction() as db:
        consent(db, grace(db))
    assert planned(database, "goal_setting") == planned(database, "goal_check_in") == []


def test_an_enrolment_that_has_ended_gets_no_plan(database: Database) -> None:
    with database.transaction() as db:
        her = amina(db)
        enrolment(db, her).state = "left"
        db.flush()
        consent(db, her)
    assert planned(database, "goal_setting") == []


def test_a_pairs_sessions_are_weekly_by_the_cohorts_settings(database: Database) -> None:
    change_cohort(
        database,
        starts_on=date(2027, 3, 1),
        session_weekday=5,
        session_minute=19 * 60,
        session_minutes=30,
        sessions=6,
    )
    with database.transaction() as db:
        plan_pair(db, pairing(db, amina(db), grace(db)))
    with database.reading() as db:
        sessions = db.exec(select(Session).order_by(Session.number)).all()
    local = [row.starts_at.astimezone(LONDON) for row in sessions]
    assert [row.number for row in sessions] == [1, 2, 3, 4, 5, 6]
    assert {row.planned_minutes for row in sessions} == {30}
    assert [at.strftime("%d %b %H:%M") for at in local][3:5] == ["27 Mar 19:00", "03 Apr 19:00"]
    asked = planned(database, "session_confirm")
    assert [row.slot for row in asked] == [f"session-{row.id}" for row in sessions]
    assert {row.due_at.astimezone(LONDON).strftime("%a %H:%M") for row in asked} == {"Sun 09:00"}


def test_only_the_mentor_is_asked_about_sessions(database: Database) -> None:
    with database.transaction() as db:
        her, mentor = amina(db), grace(db)
        plan_pair(db, pairing(db, her, mentor))
        mentors = enrolment(db, mentor).id
    assert {row.enrolment_id for row in planned(database, "session_confirm")} == {mentors}


def test_planning_sessions_again_plans_nothing_twice(database: Database) -> None:
    with database.transaction() as db:
        pair = plan_pair(db, pairing(db, amina(db), grace(db)))
        plan_sessions(db, pairing_id=pair.id or 0, now=NOW + timedelta(days=30), zone=LONDON)
    assert len(planned(database, "session_confirm")) == 10


def test_planning_again_does_not_fill_up_a_short_cohort(database: Database) -> None:
    change_cohort(database, weeks=2)
    with database.transaction() as db:
        pair = plan_pair(db, pairing(db, amina(db), grace(db)))
        plan_sessions(db, pairing_id=pair.id or 0, now=NOW, zone=LONDON)
    assert len(planned(database, "session_confirm")) == 3  # week 2, and two weeks of grace


def test_a_cohort_that_is_long_over_plans_no_sessions(database: Database) -> None:
    with database.transaction() as db:
        group = cohort(db)
        group.starts_on = date(2026, 1, 5)
        db.flush()
        plan_pair(db, pairing(db, amina(db), grace(db)))
        assert db.exec(select(Cohort)).one().sessions == 10
    assert planned(database, "session_confirm") == []
