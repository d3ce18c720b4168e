"""The doors that are always open: STOP, START, HELP, later, another language, and a cry for help.

From every step of every conversation, in each of the four languages.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.library import load_library
from tests.quick import open_quick
from tests.test_journeys import ROW_AMINA, ROW_GRACE, ROW_SELAM, agree
from tests.world import AMINA, GRACE, SELAM, World, open_world

STOPS = {"en": "Stop", "ar": "توقف", "fa": "توقف", "ti": "ኣቋርጽ"}
HELPS = {"en": "help", "ar": "مساعدة", "fa": "کمک", "ti": "ሓገዝ"}
LATERS = {"en": "later", "ar": "لاحقاً", "fa": "بعدا", "ti": "ደሓር"}
STARTS = {"en": "START", "ar": "ابدأ", "fa": "شروع", "ti": "ጀምር"}
OWN_NAMES = {"en": "English", "ar": "العربية", "fa": "فارسی", "ti": "ትግርኛ"}
TAGS = tuple(STOPS)
OWN_WORDS = ("words", "small_step", "safe_word_own")  # "English" may be a goal, or a safe word
FLOWS = ("welcome", "goal_setting", "goal_check_in", "session_confirm")
STEPS = [
    (name, step.key)
    for name in FLOWS
    for step in load_library().flow(name).steps
    if type(step).__name__ == "Ask"
]


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """Amina and Grace, enrolled and not yet written to; time stands still, so much is answered."""
    with open_quick(database_url, most_replies=100_000) as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA])
        yield world


@pytest.fixture
def asked(world: World) -> World:
    """Both have been asked whether this is the right number, and Amina has said yes."""
    return ask(world)


@pytest.fixture
def real(database_url: str, tmp_path: Path) -> Iterator[World]:
    """The same with a sender and phones: what is queued may yet be held back."""
    with open_world(database_url) as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA])
        yield ask(world)


def ask(world: World) -> World:
    world.tick()
    world.taps(AMINA, "yes")
    change(
        world,
        "insert into goal (enrolment_id, number, focus, words, language, next_step, state, "
        "created_at) select e.id, 1, 'work', 'to sew', 'en', 'ask', 'active', e.created_at "
        "from enrolment e where e.role = 'mentee'",
    )
    return world


def change(world: World, sql: str, **values: str) -> None:
    """Bring her to where a test begins, as a long talk would have."""
    with world.parts.database.transaction() as db:
        db.execute(text(sql), values)


def speak(world: World, language: str) -> None:
    """The language of everybody, as staff would set it."""
    change(world, "update participant set language = :to", to=language)


def put_at(world: World, flow: str, step: str) -> str:
    """A conversation waits there; returns the number of whoever is asked such a thing."""
    who, number = ("G1", GRACE) if flow == "session_confirm" else ("A1", AMINA)
    change(
        world,
        "update conversation set flow = cast(:flow as varchar), step = :step, state = 'open', "
        "tries = 0, answers = '{}', goal_id = (select max(id) from goal), "
        "check_in_id = (select min(id) from check_in where flow = cast(:flow as varchar)), "
        "session_id = (select min(session_id) from check_in where flow = cast(:flow as varchar)) "
        "where id = (select max(c.id) from conversation c join participant p "
        "on p.id = c.participant_id where p.reference = :who)",
        flow=flow,
        step=step,
        who=who,
    )
    change(  # else nothing sensitive is kept of what she answers
        world,
        "insert into consent (participant_id, kind, given, wording, language, channel, at) "
        "select id, 'sensitive', true, 'x', 'en', 'whatsapp', created_at from participant",
    )
    change(world, "update participant set state = 'active', held_at = null")
    change(world, "update address set state = 'usable'")
    return number


def state(world: World, reference: str = "A1") -> object:
    return world.one("select state from participant where reference = :who", who=reference)


def open_steps(world: World, number: str = AMINA) -> list[str]:
    found = world.rows(
        "select c.flow, c.step from conversation c "
        "join address a on a.participant_id = c.participant_id "
        "where c.state = 'open' and a.address = :address",
        address=f"whatsapp:{number}",
    )
    return [f"{flow}.{step}" for flow, step in found]


@pytest.mark.parametrize("language", TAGS)
def test_stop_works_from_every_step_of_every_conversation(asked: World, language: str) -> None:
    speak(asked, language)
    for flow, step in STEPS:
        number = put_at(asked, flow, step)
        asked.time += timedelta(hours=2)  # sooner a second STOP is not answered again
        answers = asked.says(number, STOPS[language])
        who = "A1" if number == AMINA else "G1"
        assert state(asked, who) == "stopped", (flow, step)
        assert len(answers) == 1 and "START" in answers[0], (flow, step)
        assert open_steps(asked, number) == []
    assert asked.one("select count(*) from answer") == 1


@pytest.mark.parametrize("language", TAGS)
def test_help_works_from_every_step_and_leaves_the_question_open(
    asked: World, language: str
) -> None:
    speak(asked, language)
    words = {"org": "Routes", "helplines": "Samaritans 116 123"}
    said = "\n\n".join(
        asked.parts.catalogues.fill(f"standing.{key}", language=spoken, words=words)
        for spoken in dict.fromkeys((language, "en"))  # nobody has approved the others
        for key in ("help", "talk_to")
    )
    for flow, step in STEPS:
        number = put_at(asked, flow, step)
        assert asked.says(number, HELPS[language]) == [said], (flow, step)
        assert open_steps(asked, number) == [f"{flow}.{step}"]
    assert asked.alerts() == ["wants_person"] * 2
    assert asked.one("select sum(times) from alert where kind = 'wants_person'") == len(STEPS)


@pytest.mark.parametrize("language", TAGS)
def test_words_of_harm_are_heard_at_every_step(asked: World, language: str) -> None:
    words = {"en": "I want to die", "ar": "أريد أن أموت", "fa": "می‌خواهم بمیرم", "ti": "ክመውት ይደሊ"}
    speak(asked, language)
    for flow, step in STEPS:
        number = put_at(asked, flow, step)
        before = asked.alerts().count("harm_red")
        answers = asked.says(number, words[language])
        assert len(answers) == 1 and "999" in answers[0], (flow, step)
        assert asked.alerts().count("harm_red") == before + 1
        assert open_steps(asked, number) == []


@pytest.mark.parametrize("language", TAGS)
def test_later_leaves_every_question_open(asked: World, language: str) -> None:
    speak(asked, language)
    said = asked.parts.catalogues.text("standing.later", language)
    for flow, step in STEPS:
        if step == "right_number":  # there it is a choice of its own
            continue
        number = put_at(asked, flow, step)
        assert asked.says(number, LATERS[language]) == [said], (flow, step)
        assert open_steps(asked, number) == [f"{flow}.{step}"]


@pytest.mark.parametrize("language", TAGS)
def test_the_name_of_a_language_switches_to_it_and_asks_again(asked: World, language: str) -> None:
    another = next(tag for tag in TAGS if tag != language)
    lead = asked.parts.catalogues.text("standing.language", language)
    for flow, step in STEPS:
        if step in ("language", "safe_word_own"):
            continue  # there it is the answer
        if step in ("words", "small_step", "barriers", "b_other") and language == "en":
            continue  # and there: English is what many want to learn, or what is hard
        speak(asked, another)
        number = put_at(asked, flow, step)
        answers = asked.says(number, OWN_NAMES[language])
        now = asked.one(
            "select p.language from participant p join address a on a.participant_id = p.id "
            "where a.address = :address",
            address=f"whatsapp:{number}",
        )
        assert now == language, (flow, step)
        assert len(answers) == 1, (flow, step)
        assert answers[0].startswith(f"{lead}\n\n"), (flow, step)
        assert open_steps(asked, number) == [f"{flow}.{step}"]
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


def test_stop_is_final_whatever_was_queued_asked_or_planned(real: World) -> None:
    for key in ("en", "yes", "no"):
        real.taps(AMINA, key)
    real.go_to(datetime(2026, 11, 17, 10, 1, tzinfo=UTC))
    real.simulator.misbehave("503", times=1)
    real.simulator.receive_from(AMINA, "later")
    real.says(AMINA, "STOP")
    for _ in range(6):  # till it is known what became of the one in doubt
        real.later(minutes=2)
    sent = real.bodies(AMINA)
    assert "START" in sent[-1]
    for _ in range(6):
        real.later(days=3)
    assert real.bodies(AMINA) == sent
    skipped = real.rows("select distinct reason from check_in where state = 'skipped'")
    assert ("stopped",) in [tuple(row) for row in skipped]
    assert real.says(AMINA, "STOP") == []


def test_a_tap_after_stop_answers_nothing_and_says_nothing(real: World) -> None:
    prompt = real.newest(AMINA)
    real.says(AMINA, "STOP")
    assert real.taps(AMINA, "ar", on=prompt) == []
    assert real.one("select count(*) from answer") == 1
    assert real.alerts() == ["stopped", "wrote_to_us"]


def test_help_and_words_of_harm_are_answered_even_after_stop(real: World) -> None:
    speak(real, "en")
    real.says(AMINA, "STOP")
    assert len(real.says(AMINA, "help")) == 1
    answers = real.says(AMINA, "I want to kill myself")
    assert len(answers) == 1 and "999" in answers[0]
    assert state(real) == "stopped"


def test_after_words_of_harm_start_and_a_language_open_nothing_again(real: World) -> None:
    speak(real, "en")
    real.says(AMINA, "I want to die")
    assert real.says(AMINA, "START") == []
    assert real.says(AMINA, "فارسی") == []
    assert real.says(AMINA, "hello?") == []
    sent = len(real.bodies(AMINA))
    real.later(days=2)
    assert len(real.bodies(AMINA)) == sent
    assert len(real.says(AMINA, "I want to die")) == 1


def test_a_second_cry_for_help_is_an_alert_of_its_own(asked: World) -> None:
    speak(asked, "en")
    asked.says(AMINA, "I want to die")
    asked.says(AMINA, "he beats me")
    kinds = [kind for kind in asked.alerts() if kind.startswith("harm")]
    assert len(kinds) == 2


@pytest.mark.parametrize("word", ["STOP", "stop", "Unsubscribe", "Cancel", "ኣቋርጽ"])
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


def test_a_yes_that_the_carrier_took_for_start_is_still_her_answer(
    database_url: str, tmp_path: Path
) -> None:
    with open_world(database_url) as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_SELAM])
        world.tick()
        asked = world.bodies(SELAM)
        answer = world.says(SELAM, "YES", channel="sms", extra={"OptOutType": "START"})
        assert answer and asked[-1] not in answer
        assert world.one("select value from answer where step = 'right_number'") == "yes"
        world.says(SELAM, "Cancel", channel="sms")
        assert state(world, "S1") == "stopped"
        world.says(SELAM, "Yes", channel="sms", extra={"OptOutType": "START"})
        assert state(world, "S1") == "active"


def test_stop_by_sms_of_somebody_known_on_whatsapp_stops_both(asked: World) -> None:
    asked.simulator.receive_from(AMINA, "STOP", channel="sms")
    assert state(asked) == "stopped"
    assert open_steps(asked) == []
    assert asked.alerts() == ["stopped"]


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
            number = put_at(asked, flow, step)
            speak(asked, language)
            before = asked.one("select count(*) from answer")
            asked.says(number, label)
            found = asked.rows("select step, value from answer order by id desc limit 1")
            assert asked.one("select count(*) from answer") == before + 1, (flow, step, label)
            assert found == [(step, option.key)], (flow, step, label)
            assert state(asked) == "active"
    assert not [kind for kind in asked.alerts() if kind.startswith("harm") or kind == "stopped"]
