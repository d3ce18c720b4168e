"""What a tick does about a hold, a pause, a second cohort, a silence, and a change just before."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from bot.actions.pause import pause
from bot.actions.release_hold import release_hold
from bot.actions.start import start_due
from bot.store.database import Database
from bot.store.models import Staff
from bot.store.people import key_of, participant_by_reference
from tests.quick import Quick, open_quick
from tests.rows import ROW_AMINA, ROW_GRACE, agree
from tests.world import AMINA, GRACE

HARM = "I want to die"
TUESDAY = datetime(2026, 11, 17, 10, 1, tzinfo=UTC)  # her goals are asked
GOALS = "What would you like"
SPRING = {"cohort": "Spring", "cohort_start": "2026-11-16"}


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[Quick]:
    """Amina and Grace, enrolled; nobody has been written to."""
    with open_quick(database_url) as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA])
        yield world


def welcomes(world: Quick, number: str) -> int:
    """How often she was asked whether this is her number."""
    return sum("right_number" in one for one in contexts(world, number))


def contexts(world: Quick, number: str) -> list[str]:
    found = world.rows(
        "select m.context from message m join address a on a.participant_id = m.participant_id "
        "where m.direction = 'out' and a.address = :whatsapp order by m.id",
        whatsapp=f"whatsapp:{number}",
    )
    return [row[0] for row in found]


def release(world: Quick, reference: str) -> None:
    with world.parts.database.transaction() as db:
        staff = Staff(email="ruth@example.org", name="Ruth", created_at=world.time)
        db.add(staff)
        db.flush()
        hers = person_id(world, reference)
        assert staff.id is not None
        assert release_hold(db, participant_id=hers, staff_id=staff.id, now=world.time)


def person_id(world: Quick, reference: str) -> int:
    sql = "select id from participant where reference = :reference"
    return int(world.one(sql, reference=reference))


def check_ins(world: Quick, reference: str, flow: str) -> list[tuple[str, str]]:
    found = world.rows(
        "select c.state, c.reason from check_in c join enrolment e on e.id = c.enrolment_id "
        "join participant p on p.id = e.participant_id "
        "where p.reference = :reference and c.flow = :flow order by c.id",
        reference=reference,
        flow=flow,
    )
    return [(row[0], row[1]) for row in found]


def talks(world: Quick, reference: str) -> list[tuple[str, str]]:
    found = world.rows(
        "select c.flow, c.state from conversation c join participant p on p.id = c.participant_id "
        "where p.reference = :reference order by c.id",
        reference=reference,
    )
    return [(row[0], row[1]) for row in found]


# After a concern


def test_whom_a_concern_cut_short_in_her_welcome_is_welcomed_again_when_released(
    world: Quick,
) -> None:
    world.tick()
    world.taps(AMINA, "yes")
    world.says(AMINA, HARM)
    world.later(days=2)
    assert welcomes(world, AMINA) == 1, "while she is held nothing is sent"
    release(world, "A1")
    world.later(days=1)
    assert welcomes(world, AMINA) == 2
    agree(world, AMINA, language="en")
    assert check_ins(world, "A1", "goal_setting") == [("planned", "")]


def test_who_wanted_a_person_first_is_not_welcomed_again_by_a_release(world: Quick) -> None:
    world.tick()
    world.taps(AMINA, "yes")
    world.taps(AMINA, "en")
    world.taps(AMINA, "person")
    world.says(AMINA, HARM)
    release(world, "A1")
    world.later(days=2)
    assert welcomes(world, AMINA) == 1


def test_goals_that_a_concern_cut_short_are_asked_again_when_she_is_released(world: Quick) -> None:
    world.tick()
    agree(world, AMINA, language="en")
    world.go_to(TUESDAY)
    world.taps(AMINA, "work")
    world.says(AMINA, HARM)
    world.later(hours=1)
    release(world, "A1")
    assert [state for state, _ in check_ins(world, "A1", "goal_setting")] == ["answered", "planned"]
    world.go_to(TUESDAY + timedelta(days=1))
    assert talks(world, "A1")[-1] == ("goal_setting", "open")


def test_who_has_a_goal_already_is_not_asked_for_it_again(world: Quick) -> None:
    world.tick()
    agree(world, AMINA, language="en")
    world.go_to(TUESDAY)
    world.taps(AMINA, "work")
    world.says(AMINA, "to sew")
    world.says(AMINA, HARM)
    release(world, "A1")
    assert len(check_ins(world, "A1", "goal_setting")) == 1


def test_a_welcome_waits_while_the_other_one_is_held_and_is_not_lost(world: Quick) -> None:
    world.says(AMINA, HARM)
    world.later(days=20)
    assert welcomes(world, GRACE) == 0
    assert check_ins(world, "G1", "welcome") == [("planned", "")]
    release(world, "A1")
    world.tick()
    assert (welcomes(world, GRACE), welcomes(world, AMINA)) == (1, 1)


def test_the_goals_of_one_who_pauses_wait_however_long_it_is(world: Quick) -> None:
    world.tick()
    agree(world, AMINA, language="en")
    back = TUESDAY + timedelta(days=30)
    with world.parts.database.transaction() as db:
        amina = key_of(participant_by_reference(db, "A1"))
        pause(db, participant_id=amina, until=back, now=world.time)
    for day in range(30):
        world.go_to(TUESDAY + timedelta(days=day))
    assert check_ins(world, "A1", "goal_setting") == [("planned", "")]
    assert ("skipped", "paused") in check_ins(world, "A1", "goal_check_in")
    world.go_to(back + timedelta(minutes=1))
    assert check_ins(world, "A1", "goal_setting") == [("asked", "")]
    expires = "select expires_at > :now from delivery order by id desc limit 1"
    assert world.one(expires, now=back.replace(tzinfo=None)), "it is not late on its way either"


# In two cohorts


@pytest.fixture
def mentor_of_two(world: Quick, tmp_path: Path) -> Quick:
    """Grace, asked to agree, and enrolled in a second cohort before she has answered."""
    world.tick()
    world.enrol(tmp_path, [ROW_GRACE | SPRING])
    world.taps(GRACE, "yes")
    world.taps(GRACE, "en")
    return world


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_who_answered_is_not_asked_again_for_another_cohort(
    mentor_of_two: Quick, answer: str
) -> None:
    mentor_of_two.taps(GRACE, answer)
    mentor_of_two.later(minutes=5)
    mentor_of_two.later(days=1)
    assert welcomes(mentor_of_two, GRACE) == 1
    assert check_ins(mentor_of_two, "G1", "welcome") == [("answered", ""), ("skipped", "answered")]


def test_a_welcome_to_one_who_has_agreed_is_skipped_wherever_it_came_from(world: Quick) -> None:
    world.tick()
    agree(world, GRACE, language="en", mentor=True)
    change(
        world,
        "insert into check_in (enrolment_id, flow, slot, due_at, state, reason) "
        "select enrolment_id, flow, 'welcome-2', due_at, 'planned', '' from check_in "
        "where state = 'answered'",
    )
    world.later(minutes=5)
    assert check_ins(world, "G1", "welcome")[-1] == ("skipped", "answered")


def test_a_yes_plans_in_every_cohort_she_is_in(world: Quick) -> None:
    """A mentee in two: only an import that went wrong in between can bring that about."""
    world.tick()
    change(
        world,
        "insert into cohort (name, starts_on, weeks, sessions, session_weekday, "
        "session_minute, session_minutes, check_in_weekday, check_in_minute) "
        "select 'Spring', starts_on, weeks, sessions, session_weekday, session_minute, "
        "session_minutes, check_in_weekday, check_in_minute from cohort",
    )
    change(
        world,
        "insert into enrolment (participant_id, cohort_id, role, state, created_at) "
        "select e.participant_id, c.id, e.role, e.state, e.created_at from enrolment e "
        "join cohort c on c.name = 'Spring' where e.role = 'mentee'",
    )
    agree(world, AMINA, language="en")
    assert check_ins(world, "A1", "goal_setting") == [("planned", "")] * 2


def change(world: Quick, sql: str) -> None:
    from sqlalchemy import text

    with world.parts.database.transaction() as db:
        db.execute(text(sql))


# Silence


def test_a_welcome_that_is_agreed_to_closes_like_the_others(world: Quick) -> None:
    world.tick()
    world.taps(AMINA, "yes")
    world.taps(AMINA, "en")
    world.taps(AMINA, "yes")  # whose phone it is she does not say
    world.later(hours=71)
    assert ("welcome", "open") in talks(world, "A1") or ("welcome", "held") in talks(world, "A1")
    world.later(hours=2)
    assert talks(world, "A1")[0] == ("welcome", "abandoned")
    assert check_ins(world, "A1", "welcome") == [("answered", "")]


def test_a_first_message_that_nobody_answers_stays_open_and_staff_are_told_once(
    world: Quick,
) -> None:
    world.tick()
    agree(world, GRACE, language="en", mentor=True)
    world.later(days=13)
    assert world.alerts() == []
    world.later(days=2)
    world.later(days=30)
    assert world.rows("select kind, level, times from alert") == [("no_answer", "green", 1)]
    assert talks(world, "A1") == [("welcome", "open")]
    change(world, "update alert set state = 'closed'")
    world.later(days=1)
    assert world.alerts() == [], "what staff have closed stays closed"
    agree(world, AMINA, language="en")
    assert ("planned", "") in check_ins(world, "A1", "goal_setting")


# What happens between looking and acting


class Meanwhile(Database):
    """A database in which something happens just before the first transaction begins."""

    def __init__(self, database: Database, happens: Callable[[], object]) -> None:
        self.__dict__.update(database.__dict__)
        self.happens: Callable[[], object] | None = happens

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        happens, self.happens = self.happens, None
        if happens is not None:
            happens()
        with super().transaction() as db:
            yield db


def tick_while(world: Quick, happens: Callable[[], object]) -> dict[str, int]:
    house = world.parts.house
    racing = replace(house, database=Meanwhile(house.database, happens))
    return start_due(racing, now=world.time)


def test_stop_at_the_moment_of_the_tick_is_final(world: Quick) -> None:
    world.tick()
    agree(world, AMINA, language="en")
    world.time = TUESDAY
    assert "started" not in tick_while(world, lambda: world.says(AMINA, "STOP"))
    assert [flow for flow, _ in talks(world, "A1")] == ["welcome"]
    assert check_ins(world, "A1", "goal_setting") == [("skipped", "stopped")]


def test_what_she_finishes_at_the_moment_of_the_tick_stays_finished(world: Quick) -> None:
    world.tick()
    agree(world, AMINA, language="en")
    change(world, "update conversation set state = 'completed' where state = 'open'")
    change(
        world,
        "delete from check_in where state = 'planned' "
        "and flow not in ('goal_setting', 'goal_check_in')",
    )
    world.go_to(TUESDAY)
    world.taps(AMINA, "work")
    world.says(AMINA, "to sew")
    world.taps(AMINA, "yes")
    world.says(AMINA, "2")
    world.says(AMINA, "skip")
    world.taps(AMINA, "no")
    world.time = datetime(2026, 11, 19, 10, 1, tzinfo=UTC)
    assert tick_while(world, lambda: world.taps(AMINA, "fairly"))["started"] == 1
    assert talks(world, "A1")[1:] == [
        ("goal_setting", "completed"),
        ("starting_out", "completed"),
        ("goal_check_in", "open"),
    ]


def test_what_another_clock_has_just_started_is_left_alone(world: Quick) -> None:
    assert tick_while(world, lambda: start_due(world.parts.house, now=world.time)) == {"taken": 2}
    assert (welcomes(world, AMINA), welcomes(world, GRACE)) == (1, 1)
