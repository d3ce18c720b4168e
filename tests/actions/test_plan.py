"""What consent and a pairing set going: rows for all that is to come, once."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from bot.actions.plan import plan_check_ins, plan_once, plan_session, plan_sessions, unplan_session
from bot.actions.welcome_again import tomorrow
from bot.store.database import Database
from bot.store.models import CheckIn, Cohort, Holiday, Session
from bot.store.planned import end_pairing
from tests.people import (
    LONDON,
    NOW,
    amina,
    cohort,
    consent,
    enrolment,
    grace,
    keep,
    pairing,
    plan_pair,
    selam,
)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    yield made
    made.dispose()


def planned(database: Database, flow: str) -> list[CheckIn]:
    with database.reading() as db:
        rows = db.exec(select(CheckIn).where(CheckIn.flow == flow).order_by(CheckIn.due_at))
        return list(rows)


def sessions(database: Database) -> list[Session]:
    with database.reading() as db:
        return list(db.exec(select(Session).order_by(Session.number)))


def change_cohort(database: Database, **settings: object) -> None:
    with database.transaction() as db:
        group = cohort(db)
        for name, value in settings.items():
            setattr(group, name, value)
        db.add(group)


def pair_up(database: Database) -> None:
    with database.transaction() as db:
        plan_pair(db, pairing(db, amina(db), grace(db)))


def local(moment: datetime) -> str:
    return f"{moment.astimezone(LONDON):%a %d %b %H:%M}"


def test_consent_plans_goals_tomorrow_and_then_a_question_every_week(database: Database) -> None:
    with database.transaction() as db:
        consent(db, amina(db))
    (goals,) = planned(database, "goal_setting")
    weeks = planned(database, "goal_check_in")
    assert (goals.slot, goals.due_at) == ("goals", datetime(2026, 11, 24, 10, 0, tzinfo=UTC))
    assert weeks[0].due_at == datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
    assert {row.due_at.astimezone(LONDON).strftime("%a %H:%M") for row in weeks} == {"Thu 10:00"}
    assert [row.slot for row in weeks] == [f"week-{week}" for week in range(2, 16) if week != 8], (
        "the mid-point and the end take a week's place"
    )


def test_consent_plans_the_questions_of_the_middle_and_the_end(
    database: Database,
) -> None:
    with database.transaction() as db:
        consent(db, amina(db))
        consent(db, grace(db))
    for flow, slot, day in (
        ("mid_point", "mid", "Thu 07 Jan 10:00"),
        ("mid_point_mentor", "mid", "Thu 07 Jan 10:00"),
        ("end_survey", "end", "Thu 04 Mar 10:00"),
        ("end_survey_mentor", "end", "Thu 04 Mar 10:00"),
    ):
        (row,) = planned(database, flow)
        assert (row.slot, local(row.due_at)) == (slot, day), flow


def test_the_follow_up_is_planned_once_she_agrees_to_it(database: Database) -> None:
    with database.transaction() as db:
        her = amina(db)
        consent(db, her)
    assert planned(database, "follow_up") == []
    with database.transaction() as db:
        said = consent(db, her, plan=False)
        said.kind = "follow_up"
        plan_check_ins(db, enrolment_id=1, now=NOW)
    (row,) = planned(database, "follow_up")
    assert local(row.due_at) == "Mon 06 Sep 10:00"


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
            plan_check_ins(db, enrolment_id=1, now=NOW + timedelta(days=days))
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
    pair_up(database)
    found = sessions(database)
    assert [row.number for row in found] == [1, 2, 3, 4, 5, 6]
    assert {row.planned_minutes for row in found} == {30}
    assert [local(row.starts_at) for row in found][3:5] == ["Sat 27 Mar 19:00", "Sat 03 Apr 19:00"]
    asked = {row.due_at for row in planned(database, "session_confirm")}
    assert {at.astimezone(LONDON).strftime("%a %H:%M") for at in asked} == {"Sun 09:00"}


def test_both_are_reminded_a_day_before_and_asked_afterwards(database: Database) -> None:
    with database.transaction() as db:
        her = amina(db)
        her.part_of_day = "morning"
        plan_pair(db, pairing(db, her, grace(db)))
    first = min(row.id for row in sessions(database))
    with database.reading() as db:
        about = db.exec(select(CheckIn).where(CheckIn.session_id == first)).all()
    assert {(row.enrolment_id, row.flow, row.slot, local(row.due_at)) for row in about} == {
        (1, "session_remind", f"session-{first}", "Mon 23 Nov 17:30"),
        (2, "session_remind", f"session-{first}", "Mon 23 Nov 17:30"),
        (1, "session_confirm", f"session-{first}", "Wed 25 Nov 10:00"),
        (2, "session_confirm", f"session-{first}", "Tue 24 Nov 19:15"),
    }


def test_a_session_at_short_notice_has_no_reminder(database: Database) -> None:
    pair_up(database)
    with database.transaction() as db:
        session = db.exec(select(Session).where(Session.number == 1)).one()
        session.starts_at = NOW + timedelta(hours=25)
        db.flush()
        plan_session(db, session_id=session.id or 0, now=NOW)
    with database.reading() as db:
        states = {
            (row.flow, row.state, row.reason)
            for row in db.exec(select(CheckIn).where(CheckIn.session_id == session.id))
        }
    assert states == {
        ("session_remind", "skipped", "short_notice"),
        ("session_confirm", "planned", ""),
    }


def test_a_session_that_was_called_off_is_not_asked_about_until_it_is_on_again(
    database: Database,
) -> None:
    pair_up(database)
    with database.transaction() as db:
        unplan_session(db, session_id=1, reason="cancelled", now=NOW)
    rows = [row for row in planned(database, "session_confirm") if row.session_id == 1]
    assert {(row.state, row.reason) for row in rows} == {("skipped", "cancelled")}
    with database.transaction() as db:
        plan_session(db, session_id=1, now=NOW)
    rows = [row for row in planned(database, "session_confirm") if row.session_id == 1]
    assert {(row.state, row.reason) for row in rows} == {("planned", "")}


def test_what_was_asked_about_a_session_is_not_asked_again(database: Database) -> None:
    pair_up(database)
    with database.transaction() as db:
        for row in db.exec(select(CheckIn).where(CheckIn.session_id == 1)):
            row.state, row.asked_at = "asked", NOW
            db.add(row)
        plan_session(db, session_id=1, now=NOW)
    with database.reading() as db:
        found = db.exec(select(CheckIn).where(CheckIn.session_id == 1)).all()
    assert [row.state for row in found] == ["asked"] * 4


def test_a_session_that_is_no_longer_planned_gets_no_questions(database: Database) -> None:
    with database.transaction() as db:
        pair = pairing(db, amina(db), grace(db))
        session = Session(
            pairing_id=pair.id, number=1, starts_at=NOW + timedelta(days=5), planned_minutes=60
        )
        session.state = "proposed"
        keep(db, session)
        plan_session(db, session_id=session.id or 0, now=NOW)
        assert db.exec(select(CheckIn)).all() == []


def test_planning_sessions_again_plans_nothing_twice(database: Database) -> None:
    pair_up(database)
    before = [(row.id, row.starts_at) for row in sessions(database)]
    with database.transaction() as db:
        plan_sessions(db, pairing_id=1, now=NOW + timedelta(days=30))
    assert [(row.id, row.starts_at) for row in sessions(database)] == before
    assert len(planned(database, "session_confirm")) == 20


def test_planning_again_does_not_fill_up_a_short_cohort(database: Database) -> None:
    change_cohort(database, weeks=2)
    pair_up(database)
    with database.transaction() as db:
        plan_sessions(db, pairing_id=1, now=NOW)
    assert len(sessions(database)) == 3  # week 2, and two weeks of grace


def test_a_cohort_that_is_long_over_plans_no_sessions(database: Database) -> None:
    with database.transaction() as db:
        group = cohort(db)
        group.starts_on = date(2026, 1, 5)
        db.flush()
        plan_pair(db, pairing(db, amina(db), grace(db)))
        assert db.exec(select(Cohort)).one().sessions == 10
    assert planned(database, "session_confirm") == []


def test_no_session_is_planned_in_a_break_of_this_cohort_or_of_all(database: Database) -> None:
    with database.transaction() as db:
        group = cohort(db)
        first, last = date(2026, 12, 21), date(2027, 1, 3)
        keep(db, Holiday(name="Christmas", starts_on=first, ends_on=last))
        keep(
            db,
            Holiday(cohort_id=group.id, name="Party", starts_on=first, ends_on=date(2027, 1, 10)),
        )
    pair_up(database)
    days = [local(row.starts_at)[4:10] for row in sessions(database)]
    assert days[3:5] == ["15 Dec", "12 Jan"]
    assert len(days) == 10


def test_where_pairs_find_their_times_the_mentor_is_asked_instead(database: Database) -> None:
    change_cohort(database, session_plan="pairs")
    with database.transaction() as db:
        mentor = grace(db)
        plan_pair(db, pairing(db, amina(db), mentor))
        consent(db, mentor)
    assert sessions(database) == []
    (row,) = planned(database, "session_arrange")
    assert (row.slot, local(row.due_at)) == ("arrange-1", "Wed 25 Nov 10:00")


def test_a_mentor_who_is_matched_again_is_asked_for_a_first_time_with_the_new_one(
    database: Database,
) -> None:
    change_cohort(database, session_plan="pairs")
    with database.transaction() as db:
        mentor = grace(db)
        first = plan_pair(db, pairing(db, amina(db), mentor))
        consent(db, mentor)
        end_pairing(db, first, now=NOW)
        second = pairing(db, selam(db), mentor)
        plan_check_ins(db, enrolment_id=enrolment(db, mentor).id or 0, now=NOW)
        slots = f"arrange-{first.id}", f"arrange-{second.id}"
    found = {row.slot: row.state for row in planned(database, "session_arrange")}
    assert found == dict(zip(slots, ("skipped", "planned"), strict=True))


def test_a_slot_is_filled_once(database: Database) -> None:
    with database.transaction() as db:
        amina(db)
        for days in (1, 2):
            plan_once(
                db,
                enrolment_id=1,
                flow="goal_shared",
                slot="goal-1",
                due_at=NOW + timedelta(days=days),
            )
    (row,) = planned(database, "goal_shared")
    assert row.due_at == NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("now", "asked"),
    [
        ("2026-11-23T00:30", "2026-11-24T10:00"),
        ("2026-11-23T23:30", "2026-11-24T10:00"),
        ("2026-07-01T23:30", "2026-07-03T09:00"),  # in London it was the next day already
        ("2026-12-24T11:00", "2026-12-27T09:00"),  # when Christmas is over
    ],
)
def test_what_is_asked_again_is_asked_tomorrow_at_ten_never_today(now: str, asked: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert tomorrow(moment, LONDON) == datetime.fromisoformat(asked).replace(tzinfo=UTC)
