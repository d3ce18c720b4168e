"""Every way in which a cry for help could be lost: at an odd moment, in a fault, among noise."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.library import load_library
from tests.quick import Quick, open_quick
from tests.rows import ROW_AMINA, ROW_GRACE
from tests.world import AMINA

NOBODY = "+447700900777"
FREE_WORDS = [  # questions to which any words of hers would be an answer
    ("goal_setting", "words"),
    ("goal_setting", "small_step"),
    ("goal_check_in", "b_other"),
    ("mid_point", "change"),
    ("end_survey", "different"),
    ("welcome", "safe_word_own"),
    ("light_check_in", "fine"),
]


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[Quick]:
    """Amina has been asked whether this is her number."""
    with open_quick(database_url) as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA | {"language": "en"}])
        world.tick()
        yield world


def put_at(world: Quick, flow: str, step: str) -> None:
    with world.parts.database.transaction() as db:
        db.execute(
            text(
                "update conversation set flow = :flow, step = :step where participant_id = "
                "(select id from participant where reference = 'A1')"
            ),
            {"flow": flow, "step": step},
        )


def is_held(world: Quick) -> bool:
    return bool(world.one("select held_at is not null from participant where reference = 'A1'"))


def words_of(world: Quick, language: str) -> str:
    return world.parts.catalogues.text("menu.need.not_safe", language)


def test_these_are_steps_of_our_conversations() -> None:
    library = load_library()
    assert all(library.flow(flow).step(step) is not None for flow, step in FREE_WORDS)


@pytest.mark.parametrize(("flow", "step"), FREE_WORDS)
def test_i_need_help_now_in_words_is_never_an_answer(world: Quick, flow: str, step: str) -> None:
    put_at(world, flow, step)
    (answer,) = world.says(AMINA, f"{words_of(world, 'en')}!")
    assert "999" in answer
    assert world.alerts() == ["not_safe"]
    assert is_held(world)
    assert world.rows("select id from answer") == []


@pytest.mark.parametrize("language", ["en", "ar", "fa", "ti"])
def test_i_need_help_now_is_heard_in_each_language_whichever_is_hers(
    world: Quick, language: str
) -> None:
    world.says(AMINA, words_of(world, language))
    assert world.alerts() == ["not_safe"]


def test_i_need_help_now_is_heard_after_stop_and_from_an_unknown_number(world: Quick) -> None:
    world.says(AMINA, "STOP")
    assert "999" in world.says(AMINA, words_of(world, "en"))[0]
    world.simulator.add_phone(number=NOBODY, name="?", sms=True)
    assert "999" in world.says(NOBODY, words_of(world, "en"))[0]
    assert world.alerts()[-2:] == ["not_safe", "harm_red"]


@pytest.mark.parametrize(
    "words", ["umbrella", "Umbrella!!", "umbrella umbrella", "☂ umbrella", "umbrella\numbrella"]
)
def test_the_safe_word_is_heard_with_signs_around_it_and_said_twice(
    world: Quick, words: str
) -> None:
    world.says(AMINA, words)
    assert world.alerts() == ["safe_word"]
    assert is_held(world)


@pytest.mark.parametrize("words", ["my umbrella", "umbrella is broken", "umbr", "☂", "!"])
def test_the_safe_word_among_other_words_calls_nobody(world: Quick, words: str) -> None:
    world.says(AMINA, words)
    assert "safe_word" not in world.alerts()


@pytest.mark.parametrize(
    ("words", "kind"), [("umbrella", "safe_word"), ("I need help now", "not_safe")]
)
def test_her_two_ways_of_calling_a_person_are_heard_whatever_fails(
    world: Quick, monkeypatch: pytest.MonkeyPatch, words: str, kind: str
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise LookupError("a conversation that cannot be read")

    monkeypatch.setattr("bot.actions.respond.open_question", broken)
    answers = world.says(AMINA, words)
    assert world.alerts() == ["parked", kind]
    assert is_held(world)
    assert "went wrong" not in answers[0]


def test_a_tap_on_i_need_help_now_is_heard_whatever_fails(
    world: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise LookupError("a conversation that cannot be read")

    world.says(AMINA, "menu")
    menu = world.newest(AMINA)
    monkeypatch.setattr("bot.actions.respond.open_question", broken)
    world.taps(AMINA, "not_safe", on=menu)
    assert world.alerts()[-1] == "not_safe"


def test_the_safe_word_calls_a_person_from_a_phone_of_which_somebody_said_it_is_not_hers(
    world: Quick,
) -> None:
    """He has her phone for a moment, and taps "wrong person". Later she sends her word."""
    world.taps(AMINA, "wrong")
    assert world.says(AMINA, "umbrella") == []
    assert world.alerts()[-1] == "safe_word"


def test_her_own_safe_word_is_known_there_too_and_nobody_elses(world: Quick) -> None:
    with world.parts.database.transaction() as db:
        db.execute(text("update participant set safe_word = 'mango' where reference = 'A1'"))
    world.taps(AMINA, "wrong")
    world.says(AMINA, "mango")
    assert world.alerts().count("safe_word") == 1
    world.simulator.add_phone(number=NOBODY, name="?", sms=True)
    world.says(NOBODY, "mango")
    assert world.alerts().count("safe_word") == 1
