"""Answers as people give them: in words that only a helper reads, or in none that we understand."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.living import THURSDAY, Her, Living, open_living
from tests.world import AMINA


@pytest.fixture
def world(database_url: str) -> Iterator[Living]:
    with open_living(database_url) as world:
        yield world


@pytest.fixture
def amina(world: Living) -> Her:
    her = world.join(world.cohort(), AMINA, language="ar")
    world.plan(her, "training_feedback", THURSDAY, slot="training-1")
    world.live(THURSDAY + timedelta(minutes=5))
    return her


def state(world: Living, her: Her) -> object:
    return world.one("select state from check_in where enrolment_id = :her", her=her.enrolment_id)


def test_a_label_in_english_answers_a_question_in_arabic(world: Living, amina: Her) -> None:
    world.says(AMINA, "Very useful")
    assert world.one("select value from answer where step = 'useful'") == "very"
    assert state(world, amina) == "answered"


def test_a_question_that_ended_in_nothing_understood_waits_for_nothing(
    world: Living, amina: Her
) -> None:
    for words in ("qwerty", "asdf", "zxcvb"):
        world.says(AMINA, words)
    assert world.one("select state from conversation") == "completed"
    assert world.alerts() == ["not_understood"]
    assert state(world, amina) == "missed", "she wrote, and it is no answer"
