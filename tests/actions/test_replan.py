"""A change of plan: shown before it is made, then made exactly so; what was sent never moves."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlmodel import SQLModel, select

from bot.actions.change_cohort import (
    add_holiday,
    change_cohort,
    create_cohort,
    remove_holiday,
)
from bot.actions.replan import Otherwise, replan, replan_enrolments
from bot.commands.cohorts import cohorts as command
from bot.errors import Refused
from bot.programme.plan_words import Changes
from bot.programme.terms import Terms
from bot.store.cohorts import calendar_of, hours_of
from bot.store.database import Database
from bot.store.models import (
    AuditEntry,
    CheckIn,
    Cohort,
    Holiday,
    Participant,
    Session,
    SessionReport,
)
from tests.people import LONDON, NOW, amina, consent, grace, keep, pairing, plan_pair, ruth

CHRISTMAS = {"starts_on": date(2026, 12, 21), "ends_on": date(2027, 1, 1)}


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Amina and Grace as a pair, in the second week of sixteen."""
    made = Database(database_url)
    with made.transaction() as db:
        her, mentor = amina(db), grace(db)
        for person in (her, mentor):
            consent(db, person)
        plan_pair(db, pairing(db, her, mentor))
        ruth(db)
    yield made
    made.dispose()


def everything(database: Database) -> dict[str, list[str]]:
    with database.reading() as db:
        return {
            name: sorted(str(tuple(row)) for row in db.execute(table.select()))
            for name, table in SQLModel.metadata.tables.items()
        }


def change(
    database: Database,
    *,
    apply: bool = True,
    shown: str | None = None,
    now: datetime = NOW,
    **values: object,
) -> Changes:
    with database.transaction() as db:
        terms = replace(calendar_of(db, cohort_id=1).terms, **values)  # type: ignore[arg-type]
        return change_cohort(
            db, cohort_id=1, terms=terms, staff_id=1, now=now, apply=apply, shown=shown
        )


def holiday(
    database: Database, *, apply: bool = True, cohort_id: int | None = 1, **days: date
) -> Changes:
    with database.transaction() as db:
        return add_holiday(
            db,
            cohort_id=cohort_id,
            name="Christmas",
            **(CHRISTMAS | days),
            staff_id=1,
            now=NOW,
            apply=apply,
        )


def due(database: Database, flow: str, enrolment_id: int = 1) -> dict[str, str]:
    with database.reading() as db:
        query = select(CheckIn).where(CheckIn.flow == flow, CheckIn.enrolment_id == enrolment_id)
        return {row.slot: local(row.due_at) for row in db.exec(query.order_by(CheckIn.due_at))}


def met(database: Database) -> list[str]:
    """When the sessions are, in the order of their numbers."""
    with database.reading() as db:
        return [local(row.starts_at) for row in db.exec(select(Session).order_by(Session.number))]


def local(moment: datetime) -> str:
    return f"{moment.astimezone(LONDON):%a %d %b %H:%M}"


def test_without_apply_nothing_is_written(database: Database) -> None:
    before = everything(database)
    assert change(database, apply=False, check_in_weekday=0, session_minute=600).lines
    assert holiday(database, apply=False).lines
    with database.transaction() as db:
        assert not replan(db, calendars=[calendar_of(db, cohort_id=1)], now=NOW, apply=False).lines
    assert everything(database) == before


def test_what_was_shown_is_what_is_done_and_then_nothing_is_left_to_do(
    database: Database,
) -> None:
    values = {"check_in_weekday": 0, "weeks": 20, "session_minute": 600, "mid_week": 9}
    shown = change(database, apply=False, **values)
    assert change(database, **values).digest == shown.digest
    with database.transaction() as db:
        assert replan(db, calendars=[calendar_of(db, cohort_id=1)], now=NOW, apply=True).lines == ()
        assert (
            change_cohort(
                db,
                cohort_id=1,
                terms=calendar_of(db, cohort_id=1).terms,
                staff_id=1,
                now=NOW,
                apply=True,
            )
            == Changes()
        )


def test_what_is_not_what_staff_confirmed_is_refused_and_nothing_is_kept(
    database: Database,
) -> None:
    shown = change(database, apply=False, check_in_weekday=4)
    before = everything(database)
    with pytest.raises(Otherwise) as instead:
        change(database, check_in_weekday=5, shown=shown.digest)
    assert everything(database) == before
    assert instead.value.changes == change(database, apply=False, check_in_weekday=5)
    assert change(database, check_in_weekday=4, shown=shown.digest) == shown


def test_another_check_in_day_moves_each_week_that_is_to_come(database: Database) -> None:
    changes = change(database, check_in_weekday=4, check_in_minute=11 * 60)
    assert {line.kind for line in changes.lines} == {"moves"}
    assert changes.people == 2, "the mid-point and the end are the mentor's too"
    assert set(due(database, "goal_check_in").values()) >= {"Fri 27 Nov 11:00", "Fri 04 Dec 11:00"}
    assert due(database, "mid_point") == {"mid": "Fri 08 Jan 11:00"}


def test_what_was_sent_stays_as_it_was(database: Database) -> None:
    with database.transaction() as db:
        row = db.exec(select(CheckIn).where(CheckIn.slot == "week-2")).one()
        row.state, row.asked_at = "asked", row.due_at
        db.add(row)
    changes = change(database, check_in_weekday=4)
    assert "week-2" not in {line.slot for line in changes.lines}
    assert due(database, "goal_check_in")["week-2"] == "Thu 26 Nov 10:00"


def test_a_shorter_programme_shows_what_vanishes(database: Database) -> None:
    changes = change(database, weeks=10)
    gone = {(line.name, line.what) for line in changes.removed}
    assert ("Amina", "The check-in of week 12") in gone
    assert due(database, "end_survey") == {"end": "Thu 21 Jan 10:00"}
    assert due(database, "end_survey_mentor", 2) == {"end": "Thu 21 Jan 10:00"}


def test_more_sessions_are_added_and_fewer_removed_from_the_end(database: Database) -> None:
    assert len(change(database, sessions=12).added) == 2
    assert len(met(database)) == 12
    changes = change(database, sessions=8)
    assert [line.what for line in changes.removed] == ["Session with Grace"] * 4
    assert len(met(database)) == 8
    with database.reading() as db:
        about = {row.session_id for row in db.exec(select(CheckIn)) if row.session_id}
        assert about == {row.id for row in db.exec(select(Session))}


def test_another_session_time_moves_the_sessions_and_what_is_asked_about_them(
    database: Database,
) -> None:
    changes = change(database, session_weekday=2, session_minute=18 * 60)
    assert {(line.kind, line.what) for line in changes.lines} == {("moves", "Session with Grace")}
    assert met(database)[:2] == ["Wed 25 Nov 18:00", "Wed 02 Dec 18:00"]
    assert due(database, "session_remind")["session-1"] == "Tue 24 Nov 18:00"
    assert due(database, "session_confirm", 2)["session-1"] == "Wed 25 Nov 19:45"


def test_a_session_that_the_pair_agreed_or_reported_never_moves(database: Database) -> None:
    with database.transaction() as db:
        agreed = db.get_one(Session, 1)
        agreed.proposed_by = "mentor"
        keep(db, SessionReport(session_id=2, role="mentor", met="moved", at=NOW))
        asked = db.exec(select(CheckIn).where(CheckIn.slot == "session-3")).first()
        assert asked is not None
        asked.state, asked.asked_at = "asked", NOW
        db.flush()
    before = met(database)
    assert len(change(database, session_minute=18 * 60).moved) == 7, "and is not shown as moving"
    after = met(database)
    assert after[:3] == before[:3]
    assert {at[-5:] for at in after[3:]} == {"18:00"}


def test_a_session_in_the_past_never_moves(database: Database) -> None:
    before = met(database)
    change(database, session_minute=18 * 60, now=NOW + timedelta(days=10))
    after = met(database)
    assert after[:2] == before[:2]
    assert after[2:] != before[2:]


def test_a_break_takes_out_its_weeks_and_moves_its_sessions_and_can_be_taken_back(
    database: Database,
) -> None:
    before = (met(database), due(database, "goal_check_in"))
    changes = holiday(database)
    assert [line.what for line in changes.removed] == [
        "The check-in of week 6",
        "The check-in of week 7",
    ]
    moved = [(line.what, local(line.was), local(line.becomes)) for line in changes.moved]
    assert moved == [
        ("Session with Grace", "Tue 22 Dec 17:30", "Tue 02 Feb 17:30"),
        ("Session with Grace", "Tue 29 Dec 17:30", "Tue 09 Feb 17:30"),
    ]
    assert "Tue 22 Dec 17:30" not in met(database)
    with database.reading() as db:
        numbers = [row.number for row in db.exec(select(Session).order_by(Session.starts_at))]
    assert numbers == list(range(1, 11)), "numbers follow time"
    with database.transaction() as db:
        remove_holiday(db, holiday_id=1, staff_id=1, now=NOW, apply=True)
    assert (met(database), due(database, "goal_check_in")) == before


def test_a_break_of_every_cohort_changes_every_cohort(database: Database) -> None:
    changes = holiday(database, cohort_id=None)
    assert changes.removed
    with database.reading() as db:
        assert db.exec(select(Holiday)).one().cohort_id is None
        assert hours_of(db, cohort_id=1).holidays == (
            (CHRISTMAS["starts_on"], CHRISTMAS["ends_on"]),
        )


@pytest.mark.parametrize(
    "days",
    [
        {"ends_on": date(2026, 12, 20)},
        {"ends_on": date(2027, 3, 1)},
    ],
)
def test_a_break_that_is_none_is_refused(database: Database, days: dict[str, date]) -> None:
    with pytest.raises(Refused):
        holiday(database, **days)


def test_her_own_choice_moves_only_hers(database: Database) -> None:
    with database.transaction() as db:
        her = db.exec(select(Participant).where(Participant.name == "Amina")).one()
        her.weekday, her.part_of_day = 5, "afternoon"
        changes = replan_enrolments(db, enrolment_ids=[1], now=NOW)
    assert {line.name for line in changes.lines} == {"Amina"}
    assert due(database, "goal_check_in")["week-2"] == "Sat 28 Nov 14:00"
    assert due(database, "session_confirm")["session-1"] == "Wed 25 Nov 14:00"
    assert due(database, "session_confirm", 2)["session-1"] == "Tue 24 Nov 19:15"


def test_a_hold_back_moves_her_question_to_an_hour_that_is_hers(database: Database) -> None:
    with database.transaction() as db:
        her = db.exec(select(Participant).where(Participant.name == "Amina")).one()
        her.weekday, her.part_of_day = 4, "afternoon"
        her.hold_backs = ["friday_noon"]
        replan_enrolments(db, enrolment_ids=[1], now=NOW)
    assert due(database, "goal_check_in")["week-2"] == "Fri 27 Nov 14:30"


def test_settings_that_cannot_be_are_refused_and_nothing_changes(database: Database) -> None:
    before = everything(database)
    with pytest.raises(Refused, match="Length: Please give a number from 1 to 60"):
        change(database, weeks=0)
    with pytest.raises(Refused, match="Time zone"):
        change(database, zone="Mars/Olympus")
    assert everything(database) == before


def test_two_cohorts_cannot_have_one_name(database: Database) -> None:
    with database.transaction() as db:
        terms = Terms(name="Spring", starts_on=date(2027, 3, 1))
        create_cohort(db, terms=terms, staff_id=1, now=NOW)
    with pytest.raises(Refused, match="Another cohort has this name"):
        change(database, name="spring ")


def test_who_changed_a_cohort_is_kept(database: Database) -> None:
    change(database, weeks=18, most_mentee=2)
    with database.reading() as db:
        entry = db.exec(select(AuditEntry)).one()
        assert (entry.action, entry.subject, entry.detail, entry.staff_id) == (
            "cohort_changed",
            "cohort:1",
            "weeks most_mentee",
            1,
        )
        assert db.exec(select(Cohort)).one().weeks == 18


def test_switching_to_pairs_times_asks_the_mentor_instead_of_planning(database: Database) -> None:
    changes = change(database, session_plan="pairs")
    assert len(changes.removed) == 10
    assert met(database) == []
    assert due(database, "session_arrange", 2) == {"arrange-1": "Wed 25 Nov 10:00"}


def test_the_command_line_shows_the_same_before_it_does_it(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    listed = CliRunner().invoke(command, [])
    assert listed.output == "Autumn\t2026-11-16\t16 weeks\t1 mentees\t1 mentors\n"
    before = everything(database)
    shown = CliRunner().invoke(command, ["set", "autumn", "check_in_minute=11:00", "weeks=40"])
    assert shown.output.endswith("Nothing was changed. Add --apply to do it.\n")
    assert everything(database) == before
    done = CliRunner().invoke(command, ["set", "Autumn", "weeks=40", "--apply"])
    assert done.output.endswith("Done.\n")
    assert "weeks=40" in CliRunner().invoke(command, ["show", "Autumn"]).output.splitlines()
    for wrong in ("weeks=many", "colour=blue", "weeks"):
        result = CliRunner().invoke(command, ["set", "Autumn", wrong])
        assert isinstance(result.exception, Refused)
