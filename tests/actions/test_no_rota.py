"""Fail closed: while nobody would hear a cry for help, the bot starts nothing with anybody."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.living import THURSDAY, Her, Living, open_living
from tests.world import AMINA

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def world(database_url: str) -> Iterator[Living]:
    with open_living(database_url) as world:
        yield world


@pytest.fixture
def amina(world: Living) -> Her:
    return world.join(world.cohort(), AMINA)


def test_without_a_rota_nothing_is_started_and_with_one_it_is(world: Living, amina: Her) -> None:
    world.plan(amina, "goal_check_in", THURSDAY)
    world.change("update duty set rank = 2")
    world.time = THURSDAY
    assert world.tick() == {"uncovered": 1}
    assert world.talks(amina) == []
    world.change("update duty set rank = 1")
    assert world.tick() == {"started": 1}


def test_nobody_is_reminded_without_a_rota(world: Living, amina: Her) -> None:
    world.plan(amina, "goal_check_in", THURSDAY)
    world.live(THURSDAY)
    world.change("update staff set phone = '', email = 'x'")
    world.live(THURSDAY + 2 * DAY, step=2 * HOUR)
    assert world.contexts(amina) == ["goal_check_in.week"]


def test_what_became_too_late_meanwhile_is_skipped_and_counted(world: Living, amina: Her) -> None:
    world.plan(amina, "goal_check_in", THURSDAY)
    world.change("update duty set starts_on = '2026-11-26'")
    counts = world.live(THURSDAY + 8 * DAY, step=6 * HOUR)
    assert counts["uncovered"] > 10
    assert world.check_ins(amina) == [("goal_check_in", "skipped", "late")]
    assert world.talks(amina) == []


def test_she_is_answered_may_stop_and_cry_for_help_without_a_rota(
    world: Living, amina: Her
) -> None:
    world.plan(amina, "goal_check_in", THURSDAY)
    world.live(THURSDAY)
    world.change("delete from duty")
    assert world.says(AMINA, "help")
    assert world.says(AMINA, "I want to kill myself")
    assert world.alerts()[-1] == "harm_red"
    assert world.says(AMINA, "stop")
    assert world.one("select state from participant") == "stopped"
