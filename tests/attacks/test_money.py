"""Denial of money: whoever writes a thousand times, costs us a few messages and one alert."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.programme.machines import answers_by_itself
from tests.quick import open_quick
from tests.rows import ROW_AMINA, ROW_GRACE
from tests.test_attacks_of_noise import leaves
from tests.test_lives import Lives
from tests.webhook import form, post
from tests.world import AMINA

MOST = 30
CAR = "I'm driving right now, I will get back to you later."


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[Lives]:
    """Amina, whose welcome was yesterday; nothing is open."""
    with open_quick(database_url) as world:
        world.__class__ = Lives
        assert isinstance(world, Lives)
        world.enrols(tmp_path, ROW_GRACE, ROW_AMINA | {"language": "en"})
        world.tick()
        world.agrees(AMINA)
        world.read()
        world.time += timedelta(hours=3)
        yield world


def kept(world: Lives) -> int:
    return int(world.one("select count(*) from message where direction = 'in'"))


def sent(world: Lives) -> int:
    return int(world.one("select count(*) from message where direction = 'out'"))


def state(world: Lives) -> str:
    return str(world.one("select state from participant where name = 'Amina'"))


def test_five_hundred_messages_from_one_phone_are_kept_and_a_few_are_answered(world: Lives) -> None:
    before, said = kept(world), sent(world)
    for number in range(500):
        assert post(world, form("menu" if number % 2 else "help")).status == 200
        if number % 10 == 0:
            world.read()
    assert kept(world) == before + 500
    assert sent(world) - said <= MOST
    assert world.alerts().count("too_many") == 1
    assert "wants_person" in world.alerts()
    world.read()
    assert world.says(AMINA, "I want to die") != [], "a cry is heard whatever was before it"
    assert "harm_red" in world.alerts()


def test_whoever_was_too_much_is_answered_again_an_hour_later(world: Lives) -> None:
    _spend(world)
    assert world.says(AMINA, "help") == []
    world.time += timedelta(minutes=61)
    assert len(world.says(AMINA, "help")) == 1


def test_a_hundred_cries_are_a_hundred_alerts_and_a_few_answers(world: Lives) -> None:
    _spend(world)
    said = sent(world)
    for _ in range(100):
        world.read()
        post(world, form("I want to die"))
        world.time += timedelta(seconds=10)
    assert world.alerts().count("harm_red") == 100
    assert 1 <= sent(world) - said <= 3


def test_stop_and_start_fifty_times_are_obeyed_and_cost_no_more(world: Lives) -> None:
    said = sent(world)
    for _ in range(50):
        for words, becomes in (("STOP", "stopped"), ("START", "active")):
            post(world, form(words))
            world.read()
            assert state(world) == becomes
    assert sent(world) - said <= MOST
    post(world, form("STOP"))
    assert (state(world), world.alerts().count("too_many")) == ("stopped", 1)


def test_the_same_words_five_times_in_a_row_are_answered_no_more(world: Lives) -> None:
    said = [len(world.says(AMINA, "menu")) for _ in range(8)]
    assert said == [1, 1, 1, 1, 0, 0, 0, 0]
    assert world.alerts().count("too_many") == 1
    assert len(world.says(AMINA, "help")) == 1, "until something else comes"


def test_five_questions_with_the_same_answer_are_no_loop(database_url: str, tmp_path: Path) -> None:
    with open_quick(database_url) as world:
        world.__class__ = Lives
        assert isinstance(world, Lives)
        world.enrols(tmp_path, ROW_GRACE, ROW_AMINA | {"language": "en"})
        world.tick()
        for _ in range(7):
            assert len(world.says(AMINA, "1")) == 1
        assert "too_many" not in world.alerts()


def test_a_phone_in_a_car_answers_no_question_and_gets_no_answer(world: Lives) -> None:
    world.says(AMINA, "pause")
    open_now = "select step, tries, flow from conversation where state = 'open'"
    asked = world.rows(open_now)
    assert asked
    assert world.says(AMINA, CAR) == []
    assert (world.rows(open_now), "wrote_to_us" in world.alerts()) == (asked, True)


@pytest.mark.parametrize("words", ["I drive a taxi now", "Out of money again", "automatic door"])
def test_what_a_person_writes_is_not_taken_for_a_machine(words: str) -> None:
    assert not answers_by_itself(words)
    assert answers_by_itself(f"[Auto-Reply] {words}")


def test_two_machines_that_answer_each_other_come_to_an_end(world: Lives) -> None:
    said = sent(world)
    for number in range(200):
        if not world.says(AMINA, f"Help! Your request #{number} was received. menu"):
            break
    for number in range(200):  # one that answers whatever comes, and never the same
        world.says(AMINA, "menu" if number % 2 else "help")
    assert sent(world) - said <= MOST


def test_a_thousand_strangers_get_a_few_answers_and_staff_one_alert_more(world: Lives) -> None:
    before, said = kept(world), sent(world)
    for number in range(1000):
        stranger = f"+4477119{number:05d}"
        assert post(world, form("hello", number=stranger, WaId=stranger[1:])).status == 200
    assert (kept(world) - before, sent(world) - said) == (1000, MOST)
    assert world.alerts().count("unknown_sender") == MOST
    assert world.alerts().count("too_many") == 1
    post(world, form("I want to die", number="+447700955555"))
    assert "harm_red" in world.alerts()
    assert "I am sorry this is happening" in leaves(world)[-1]


def test_a_stranger_who_cries_out_is_answered_at_once_and_then_now_and_then(world: Lives) -> None:
    said = sent(world)
    post(world, form("hello", number="+447700955555"))
    for _ in range(60):
        post(world, form("I want to die", number="+447700955555"))
        world.time += timedelta(seconds=20)
    assert world.alerts().count("harm_red") == 60
    assert 1 < sent(world) - said <= 1 + 3


def _spend(world: Lives) -> None:
    """All the replies of an hour."""
    for number in range(2 * MOST):
        post(world, form("menu" if number % 2 else "help"))
        world.read()
