"""Signs that no word says reach staff: each is told once, and once while its alert is open."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from bot.actions.watch_signs import watch_signs
from bot.store.models import Answer, Conversation, Goal, GoalEntry, Message
from tests.living import THURSDAY, WEEK, Her, Living, open_living
from tests.world import AMINA

DAY = timedelta(days=1)


@pytest.fixture
def world(database_url: str) -> Iterator[Living]:
    with open_living(database_url) as world:
        world.time = THURSDAY
        yield world


@pytest.fixture
def amina(world: Living) -> Her:
    return world.join(world.cohort(), AMINA)


def week_was(world: Living, her: Her, value: str, *, at: datetime) -> None:
    talk = Conversation(
        participant_id=her.id,
        enrolment_id=her.enrolment_id,
        flow="goal_check_in",
        version=1,
        step="week",
        state="completed",
        started_at=at,
        updated_at=at,
    )
    world.keep(talk)
    assert talk.id is not None
    answer = Answer(
        conversation_id=talk.id,
        participant_id=her.id,
        enrolment_id=her.enrolment_id,
        flow="goal_check_in",
        step="week",
        value=value,
        words=value,
        language="en",
        at=at,
    )
    world.keep(answer)


def rated(world: Living, her: Her, *ratings: int) -> None:
    goals = world.one("select count(*) from goal")
    goal = Goal(
        enrolment_id=her.enrolment_id,
        number=goals + 1,
        words="Drive",
        language="en",
        created_at=world.time,
    )
    world.keep(goal)
    assert goal.id is not None
    for rating in ratings:
        world.keep(GoalEntry(goal_id=goal.id, kind="rating", rating=rating, at=world.time))


def signs(world: Living) -> list[str]:
    watch_signs(world.parts.house, now=world.time)
    return world.alerts()


def test_a_goal_that_fell_by_three_is_told_and_by_two_is_not(world: Living, amina: Her) -> None:
    rated(world, amina, 7, 5)
    assert signs(world) == []
    rated(world, amina, 7, 8, 5)
    assert signs(world) == ["goal_fell"]


def test_two_hard_weeks_in_a_row_are_told_and_one_is_not(world: Living, amina: Her) -> None:
    for value, told in (("hard", []), ("good", []), ("hard", []), ("hard", ["hard_twice"])):
        world.time += WEEK
        week_was(world, amina, value, at=world.time)
        assert signs(world) == told, value


def test_no_answer_after_a_hard_week_is_told_unless_she_wrote_since(
    world: Living, amina: Her
) -> None:
    week_was(world, amina, "hard", at=world.time)
    asked = world.time + WEEK
    world.plan(amina, "goal_check_in", asked, state="missed", asked_at=asked)
    world.time = asked + 3 * DAY
    world.change("update address set last_inbound_at = :at", at=world.time.isoformat(" "))
    assert signs(world) == []
    world.change("update address set last_inbound_at = :at", at=THURSDAY.isoformat(" "))
    assert signs(world) == ["silent_after_hard"]


def test_no_answer_after_a_good_week_is_no_sign(world: Living, amina: Her) -> None:
    week_was(world, amina, "good", at=world.time)
    asked = world.time + WEEK
    world.plan(amina, "goal_check_in", asked, state="missed", asked_at=asked)
    world.time = asked + 3 * DAY
    assert signs(world) == []


def test_writing_in_two_nights_is_told_by_the_clock_of_her_cohort(
    world: Living, amina: Her
) -> None:
    for days_ago in (1, 2):
        at = (world.time - days_ago * DAY).replace(hour=23)  # past midnight where she is
        world.keep(Message(participant_id=amina.id, direction="in", text="…", at=at))
    assert signs(world) == []
    world.change("update cohort set zone = 'Asia/Baghdad'")
    assert signs(world) == ["wrote_at_night"]


def test_a_sign_is_told_once_and_once_while_it_is_open(world: Living, amina: Her) -> None:
    rated(world, amina, 9, 2)
    assert signs(world) == ["goal_fell"]
    assert watch_signs(world.parts.house, now=world.time) == 0
    rated(world, amina, 8, 1)
    assert watch_signs(world.parts.house, now=world.time) == 0
    world.change("update alert set state = 'closed'")
    assert watch_signs(world.parts.house, now=world.time) == 1, "the second, not the first again"
    world.change("update alert set state = 'closed'")
    assert watch_signs(world.parts.house, now=world.time) == 0


def test_the_clock_watches_for_signs(world: Living, amina: Her) -> None:
    rated(world, amina, 9, 2)
    assert world.clock.signs() == 1
