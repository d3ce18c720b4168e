"""The doors that are always open: STOP, START, HELP, later, another language, and a cry for help.

From every step of every conversation, in each of the four languages.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.library import load_library
from tests.test_journeys import ROW_AMINA, ROW_GRACE, ROW_SELAM, agree
from tests.world import AMINA, SELAM, World, open_world

STOPS = {"en": "Stop", "ar": "توقف", "fa": "توقف", "ti": "ኣቋርጽ"}
HELPS = {"en": "help", "ar": "مساعدة", "fa": "کمک", "ti": "ሓገዝ"}
LATERS = {"en": "later", "ar": "لاحقاً", "fa": "بعدا", "ti": "ደሓር"}
STARTS = {"en": "START", "ar": "ابدأ", "fa": "شروع", "ti": "ጀምር"}
OWN_NAMES = {"en": "English", "ar": "العربية", "fa": "فارسی", "ti": "ትግርኛ"}
TAGS = tuple(STOPS)
FLOWS = ("welcome", "goal_setting", "goal_check_in", "session_confirm")
STEPS = [
    (name, step.key)
    for name in FLOWS
    for step in load_library().flow(name).steps
    if type(step).__name__ == "Ask"
]


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """Amina and Grace, enrolled and not yet written to."""
    with open_world(database_url) as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA])
        yield world


@pytest.fixture
def asked(world: World) -> World:
    """Both have been asked whether this is the right number, and Amina has said yes."""
    world.tick()
    world.taps(AMINA, "yes")
    return world


def speak(world: World, language: str, *, reference: str = "A1") -> None:
    """Her language, as staff would set it."""
    change(world, "update participant set language = :to where reference = :who", language, reference)


def change(world: World, sql: str, to: str, who: str) -> None:
    from sqlalchemy import text

    with world.parts.database.transaction() as db:
        db.execute(text(sql), {"to": to, "who": who})


def put_at(world: World, flow: str, step: str) -> None:
    """Her open conversation waits there, as after a long talk."""
    with world.parts.database.transaction() as db:
        from sqlalchemy import text

        db.execute(
            text(
                "update conversation set flow = :flow, step = :step, state = 'open' where id = "
                "(select max(c.id) from conversation c join participant p "
                "on p.id = c.participant_id where p.reference = 'A1')"
            ),
            {"flow": flow, "step": step},
        )
        db.execute(text("update participant set state = 'active' where reference = 'A1'"))
        db.execute(text("update address set state = 'usable'"))


def state(world: World, reference: str = "A1") -> object:
    return world.one("select state from participant where reference = :who", who=reference)


def open_steps(world: World) -> list[str]:
    found = world.rows(
        "select c.flow, c.step from conversation c join participant p on p.id = c.participant_id "
        "where c.state = 'open' and p.reference = 'A1'"
    )
    return [f"{flow}.{step}" for flow, step in found]


@pytest.mark.parametrize("language", TAGS)
def test_stop_works_from_every_step_of_every_conversation(asked: World, language: str) -> None:
    speak(asked, language)
    for flow, step in STEPS:
        put_at(asked, flow, step)
        answers = asked.says(AMINA, STOPS[language])
        assert state(asked) == "stopped", (flow, step)
        assert len(answers) == 1 and "START" in answers[0], (flow, step)
        assert open_steps(asked) == []
    assert asked.one("select count(*) from answer") == 1


@pytest.mark.parametrize("language", TAGS)
def test_help_works_from_every_step_and_leaves_the_question_open(
    asked: World, language: str
) -> None:
    speak(asked, language)
    text = asked.parts.catalogues.fill(
        "standing.help", language=language, words={"org": "Routes"}
    )
    for flow, step in STEPS:
        put_at(asked, flow, step)
        assert asked.says(AMINA, HELPS[language]) == [text], (flow, step)
        assert open_steps(asked) == [f"{flow}.{step}"]
    assert asked.alerts() == ["wants_person"]
    assert asked.one("select times from alert where kind = 'wants_person'") == len(STEPS)


@pytest.mark.parametrize("language", TAGS)
def test_words_of_harm_are_heard_at_every_step(asked: World, language: str) -> None:
    words = {"en": "I want to die", "ar": "أريد أن أموت", "fa": "می‌خواهم بمیرم", "ti": "ክመውት ይደሊ"}
    speak(asked, language)
    for flow, step in STEPS:
        put_at(asked, flow, step)
        before = asked.alerts().count("harm_red")
        answers = asked.says(AMINA, words[language])
        assert len(answers) == 1 and "999" in answers[0], (flow, step)
        assert asked.alerts().count("harm_red") == before + 1
        assert open_steps(asked) == []


@pytest.mark.parametrize("language", TAGS)
def test_later_leaves_every_question_open(asked: World, language: str) -> None:
    speak(asked, language)
    text = asked.parts.catalogues.text("standing.later", language)
    for flow, step in STEPS:
        if step == "right_number":  # there it is a choice of its own
            continue
        put_at(asked, flow, step)
        assert asked.says(AMINA, LATERS[language]) == [text], (flow, step)
        assert open_steps(asked) == [f"{flow}.{step}"]


@pytest.mark.parametrize("language", TAGS)
def test_the_name_of_a_language_switches_to_it_and_asks_again(asked: World, language: str) -> None:
    speak(asked, next(tag for tag in TAGS if tag != language))
    for flow, step in STEPS:
        if step == "language":
            continue
        speak(asked, next(tag for tag in TAGS if tag != language))
        put_at(asked, flow, step)
        answers = asked.says(AMINA, OWN_NAMES[language])
        assert asked.one("select language from participant where reference = 'A1'") == language
        assert len(answers) == 1, (flow, step)
        lead = asked.parts.catalogues.text("standing.language", language)
        assert answers[0].startswith(lead), (flow, step)
        assert len(answers[0]) > len(lead) + 5, (flow, step)
        assert open_steps(asked) == [f"{flow}.{step}"]
    assert asked.one("select count(*) from answer") == 1


@pytest.mark.parametrize("language", TAGS)
def test_start_in_her_language_brings_her_back(asked: World, language: str) -> None:
    speak(asked, language)
    asked.says(AMINA, STOPS[language])
    asked.simulator.receive_from(AMINA, STARTS[language])
    assert state(asked) == "active"
    assert asked.rows("select distinct state from address") == [("usable",)]
    planned = "select count(*) from check_in where flow = 'welcome' and state = 'planned'"
    assert asked.one(planned) == 1
    asked.simulator.receive_from(AMINA, STARTS[language])
    assert asked.one(planned) == 1


def test_start_by_somebody_who_never_stopped_asks_her_question_again(asked: World) -> None:
    speak(asked, "en")
    answers = asked.says(AMINA, "start")
    assert len(answers) == 1
    assert answers[0].startswith("Welcome back.")
    assert "language" in answers[0]
    assert asked.one("select count(*) from check_in where flow = 'welcome'") == 2  # hers, Grace's
    assert open_steps(asked) == ["welcome.language"]


def test_after_consent_start_welcomes_nobody_a_second_time(world: World) -> None:
    world.tick()
    agree(world, AMINA, language="en")
    world.says(AMINA, "STOP")
    assert len(world.says(AMINA, "START")) == 1
    assert world.one("select count(*) from check_in where flow = 'welcome'") == 2
    world.go_to(datetime(2026, 11, 17, 10, 1, tzinfo=UTC))
    assert open_steps(world) == ["goal_setting.focus"]


def test_stop_is_final_whatever_was_queued_asked_or_planned(world: World) -> None:
    world.tick()
    agree(world, AMINA, language="en")
    world.go_to(datetime(2026, 11, 17, 10, 1, tzinfo=UTC))
    world.simulator.misbehave("503", times=1)
    world.simulator.receive_from(AMINA, "later")
    world.says(AMINA, "STOP")
    sent = len(world.bodies(AMINA))
    for _ in range(6):
        world.later(days=3)
    assert len(world.bodies(AMINA)) == sent
    states = world.rows(
        "select distinct c.state from check_in c join enrolment e on e.id = c.enrolment_id "
        "join participant p on p.id = e.participant_id "
        "where p.reference = 'A1' and c.due_at <= :now",
        now=world.time if world.parts.database.dialect == "postgresql" else str(world.time),
    )
    assert ("planned",) not in [tuple(row) for row in states]
    assert world.says(AMINA, "STOP") == []


def test_a_tap_after_stop_answers_nothing_and_says_nothing(asked: World) -> None:
    prompt = asked.newest(AMINA)
    asked.says(AMINA, "STOP")
    assert asked.taps(AMINA, "ar", on=prompt) == []
    assert asked.one("select count(*) from answer") == 1
    assert asked.alerts() == ["stopped", "wrote_to_us"]


def test_help_and_words_of_harm_are_answered_even_after_stop(asked: World) -> None:
    speak(asked, "en")
    asked.says(AMINA, "STOP")
    assert len(asked.says(AMINA, "help")) == 1
    answers = asked.says(AMINA, "I want to kill myself")
    assert len(answers) == 1 and "999" in answers[0]
    assert state(asked) == "stopped"


def test_after_words_of_harm_start_and_a_language_open_nothing_again(asked: World) -> None:
    speak(asked, "en")
    asked.says(AMINA, "I want to die")
    assert asked.says(AMINA, "START") == []
    assert asked.says(AMINA, "فارسی") == []
    assert asked.says(AMINA, "hello?") == []
    sent = len(asked.bodies(AMINA))
    asked.later(days=2)
    assert len(asked.bodies(AMINA)) == sent
    assert len(asked.says(AMINA, "I want to die")) == 1


def test_a_second_cry_for_help_is_an_alert_of_its_own(asked: World) -> None:
    speak(asked, "en")
    asked.says(AMINA, "I want to die")
    asked.says(AMINA, "he beats me")
    kinds = [kind for kind in asked.alerts() if kind.startswith("harm")]
    assert len(kinds) == 2


@pytest.mark.parametrize("word", ["STOP", "stop", "Unsubscribe", "ኣቋርጽ"])
def test_stop_by_sms_is_confirmed_once_by_the_carrier_or_by_us(
    database_url: str, tmp_path: Path, word: str
) -> None:
    with open_world(database_url) as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_SELAM])
        world.tick()
        before = len(world.bodies(SELAM))
        world.says(SELAM, word, channel="sms")
        assert len(world.bodies(SELAM)) == before + 1
        assert state(world, "S1") == "stopped"
        world.later(days=2)
        assert len(world.bodies(SELAM)) == before + 1


def test_stop_that_twilio_has_answered_itself_is_not_answered_again(asked: World) -> None:
    assert asked.says(AMINA, "anything", extra={"OptOutType": "STOP"}) == []
    assert state(asked) == "stopped"


def test_a_stranger_who_says_stop_is_never_answered_but_in_danger(world: World) -> None:
    stranger = "+447700900779"
    world.simulator.add_phone(number=stranger, name="Somebody")
    assert world.says(stranger, "STOP") == []
    assert world.says(stranger, "hello") == []
    answers = world.says(stranger, "I want to kill myself")
    assert len(answers) == 1 and "999" in answers[0]


def test_whoever_has_her_number_now_is_only_answered_in_danger(world: World) -> None:
    world.tick()
    world.taps(AMINA, "wrong")
    assert world.says(AMINA, "who are you?") == []
    answers = world.says(AMINA, "I want to kill myself")
    assert len(answers) == 1 and "999" in answers[0]
    assert world.one("select participant_id from alert where kind = 'harm_red'") is None


@pytest.mark.parametrize("language", TAGS)
def test_no_choice_of_ours_is_heard_as_a_door(asked: World, language: str) -> None:
    """Each label, tapped or typed where it stands, is that choice: never STOP, never an alarm."""
    house = asked.parts.house
    for flow, step in STEPS:
        for option in house.library.flow(flow).step(step).options:
            label = house.catalogues.text(f"{flow}.{step}.{option.key}", language)
            if step == "language" or option.key == "person":
                continue
            put_at(asked, flow, step)
            speak(asked, language)
            before = asked.one("select count(*) from answer")
            asked.simulator.receive_from(AMINA, label)
            found = asked.rows("select step, value from answer order by id desc limit 1")
            assert asked.one("select count(*) from answer") == before + 1, (flow, step, label)
            assert found == [(step, option.key)], (flow, step, label)
            assert state(asked) == "active"
    assert not [kind for kind in asked.alerts() if kind.startswith("harm") or kind == "stopped"]
