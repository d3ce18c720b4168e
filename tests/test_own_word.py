"""What she may say at any time: MENU, PAUSE, LEAVE, her data, and the word that calls a person."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.quick import Quick, open_quick
from tests.rows import ROW_AMINA, ROW_GRACE, agree
from tests.world import AMINA, GRACE

TUESDAY = datetime(2026, 11, 17, 10, 1, tzinfo=UTC)
TAGS = ("en", "ar", "fa", "ti")
TIGRINYA = ("ሰላም ከመይ ኣለኽን", "ኣነ ጽቡቕ ኣለኹ", "ሎሚ ስራሕ ኣሎኒ")


@pytest.fixture
def asked(database_url: str, tmp_path: Path) -> Iterator[Quick]:
    """Amina and Grace, asked whether these are the right numbers."""
    with open_quick(database_url) as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA])
        world.tick()
        yield world


@pytest.fixture
def world(asked: Quick) -> Quick:
    """Both have agreed, Amina in English."""
    agree(asked, AMINA, language="en")
    agree(asked, GRACE, language="en", mentor=True)
    return asked


@pytest.fixture
def telling(world: Quick) -> Quick:
    """Amina is asked what she would like to do."""
    change(world, "delete from check_in where flow like 'session%'")
    world.go_to(TUESDAY)
    assert talks(world)[-1] == ("goal_setting", "open")
    return world


def change(world: Quick, sql: str, **values: object) -> None:
    with world.parts.database.transaction() as db:
        db.execute(text(sql), values)


def hers(world: Quick, column: str) -> object:
    """That column of Amina's."""
    return world.rows("select * from participant where reference = 'A1'")[0]._mapping[column]


def talks(world: Quick) -> list[tuple[str, str]]:
    found = world.rows(
        "select c.flow, c.state from conversation c join participant p "
        "on p.id = c.participant_id where p.reference = 'A1' order by c.id"
    )
    return [(row[0], row[1]) for row in found]


def levels(world: Quick) -> dict[str, str]:
    """Each kind of alert and how urgent it is."""
    return {row.kind: row.level for row in world.rows("select kind, level from alert order by id")}


def standing(world: Quick, key: str, language: str = "en") -> str:
    return world.parts.catalogues.text(f"standing.{key}", language)


# MENU


@pytest.mark.parametrize("word", ["MENU", "القائمة", "فهرست", "ሜኑ"])
def test_menu_is_heard_in_every_language_and_her_question_waits(telling: Quick, word: str) -> None:
    answers = telling.says(AMINA, word)
    assert len(answers) == 1 and answers[0].startswith("What do you need?")
    assert talks(telling)[-2:] == [("goal_setting", "held"), ("menu", "open")]
    said = telling.taps(AMINA, "nothing")
    assert "What would you like to do" in said[-1]
    assert ("goal_setting", "open") in talks(telling)


def test_i_need_help_now_is_a_red_alert_a_safe_text_and_silence(world: Quick) -> None:
    world.says(AMINA, "menu")
    before = len(world.bodies(GRACE))
    answers = world.taps(AMINA, "not_safe")
    assert len(answers) == 1 and "999" in answers[0]
    assert levels(world)["not_safe"] == "red"
    assert hers(world, "held_at") is not None
    assert talks(world)[-1] == ("menu", "abandoned")
    sent = len(world.bodies(AMINA))
    for _ in range(4):
        world.later(days=2)
    assert len(world.bodies(AMINA)) == sent
    assert len(world.bodies(GRACE)) == before


def test_i_need_help_now_by_its_number_is_heard_too(world: Quick) -> None:
    shown = (world.says(AMINA, "menu"), world.newest(AMINA).shown)[1]
    assert "999" in world.says(AMINA, str(shown.index("not_safe") + 1))[0]
    assert levels(world)["not_safe"] == "red"


def test_on_a_shared_phone_the_answer_to_help_now_gives_nothing_away(world: Quick) -> None:
    change(world, "update participant set discreet = true where reference = 'A1'")
    world.says(AMINA, "menu")
    assert world.taps(AMINA, "not_safe") == [standing(world, "harm_red.discreet")]
    assert levels(world)["not_safe"] == "red"


# The safe word


@pytest.mark.parametrize("language", TAGS)
def test_the_safe_word_calls_a_person_and_looks_like_nothing(asked: Quick, language: str) -> None:
    agree(asked, AMINA, language=language)
    word = standing(asked, "safe_word", language)
    answers = asked.says(AMINA, f" {word.upper()}! ")
    assert answers == [standing(asked, "harm_red.discreet", language)]
    assert not any(sign in answers[0] for sign in ("999", "Routes", word))
    assert levels(asked) == {"safe_word": "red"}
    assert hers(asked, "held_at") is not None
    sent = len(asked.bodies(AMINA))
    asked.later(days=3)
    assert len(asked.bodies(AMINA)) == sent


def test_the_safe_word_works_in_the_middle_of_a_question(telling: Quick) -> None:
    telling.taps(AMINA, "work")
    assert telling.says(AMINA, "umbrella") == [standing(telling, "harm_red.discreet")]
    assert talks(telling)[-1] == ("goal_setting", "abandoned")
    assert telling.one("select count(*) from goal") == 0
    assert levels(telling)["safe_word"] == "red"


def test_a_sentence_with_the_safe_word_in_it_calls_nobody(world: Quick) -> None:
    world.says(AMINA, "I forgot my umbrella on the bus")
    assert "safe_word" not in levels(world)
    assert hers(world, "held_at") is None


def test_the_usual_word_calls_a_person_before_she_has_said_ok_to_it(asked: Quick) -> None:
    asked.taps(AMINA, "yes")
    asked.taps(AMINA, "en")
    assert asked.says(AMINA, "umbrella") == [standing(asked, "harm_red.discreet")]
    assert levels(asked) == {"safe_word": "red"}


def test_it_is_no_word_of_a_mentors(world: Quick) -> None:
    world.says(GRACE, "umbrella")
    assert "safe_word" not in levels(world)


def test_she_may_choose_a_word_of_her_own(asked: Quick) -> None:
    for key in ("yes", "en", "yes", "no", "yes", "yes"):
        asked.taps(AMINA, key)
    for _ in ("part of the day", "weekday", "read or listen"):
        asked.says(AMINA, "0")
    asked.taps(AMINA, "another")
    assert "Apricot" in asked.says(AMINA, "Apricot")[0]
    assert "safe_word" not in levels(asked)
    assert asked.says(AMINA, "apricot") == [standing(asked, "harm_red.discreet")]
    assert levels(asked)["safe_word"] == "red"


def test_on_a_shared_phone_no_safe_word_is_ever_said(asked: Quick) -> None:
    for key in ("yes", "en", "yes", "yes"):  # others look at this phone
        asked.taps(AMINA, key)
    asked.taps(AMINA, "yes")
    for _ in ("part of the day", "weekday", "read or listen"):
        asked.says(AMINA, "0")
    assert not any("umbrella" in body for body in asked.bodies(AMINA))
    assert hers(asked, "safe_word") == ""


# PAUSE, LEAVE, her data


def test_pause_holds_at_once_even_if_she_answers_no_more(telling: Quick) -> None:
    telling.taps(AMINA, "work")
    assert "How long" in telling.says(AMINA, "pause")[0]
    assert hers(telling, "state") == "paused"
    assert talks(telling)[-2:] == [("goal_setting", "abandoned"), ("pause", "open")]
    sent = len(telling.bodies(AMINA))
    for _ in range(3):
        telling.later(days=2)
    assert len(telling.bodies(AMINA)) == sent


def test_a_pause_is_as_long_as_she_says_and_start_brings_her_back(telling: Quick) -> None:
    telling.says(AMINA, "pause")
    assert "Tuesday" in telling.taps(AMINA, "two_weeks")[0]
    until = telling.one(
        "select count(*) from participant where state = 'paused' and paused_until > :soon",
        soon=str(telling.time + timedelta(days=13)),
    )
    assert until == 1
    assert telling.says(AMINA, "START") == [standing(telling, "started")]
    assert hers(telling, "state") == "active"


def test_who_would_not_say_how_long_is_not_paused(telling: Quick) -> None:
    telling.says(AMINA, "pause")
    assert telling.says(AMINA, "skip") == ["OK. Nothing has changed."]
    assert hers(telling, "state") == "active"


def test_leave_only_these_messages_is_stop(world: Quick) -> None:
    world.says(AMINA, "leave")
    answers = world.taps(AMINA, "only")
    assert len(answers) == 1 and "START" in answers[0]
    assert hers(world, "state") == "stopped"
    assert "leaving" not in levels(world)


def test_who_leaves_is_called_by_a_person_and_her_mentor_hears_nothing(world: Quick) -> None:
    before = len(world.bodies(GRACE))
    world.says(AMINA, "leave")
    answers = world.taps(AMINA, "leave")
    assert len(answers) == 1 and "A person" in answers[0]
    assert levels(world)["leaving"] == "amber"
    assert hers(world, "state") == "paused"
    sent = len(world.bodies(AMINA))
    world.later(minutes=30)
    assert len(world.bodies(GRACE)) == before
    world.later(days=7)
    assert len(world.bodies(AMINA)) == sent


def test_delete_and_my_data_are_seen_to_by_a_person(world: Quick) -> None:
    world.says(AMINA, "delete my data")
    assert "Nothing is deleted" in world.taps(AMINA, "yes")[0]
    world.says(AMINA, "my data")
    world.taps(AMINA, "see")
    world.taps(AMINA, "yes")
    assert {"delete_wanted", "data_wanted"} <= levels(world).keys()
    assert world.one("select count(*) from answer") > 0


def test_after_stop_her_wish_about_her_data_reaches_staff_and_nothing_is_sent(world: Quick) -> None:
    world.says(AMINA, "STOP")
    assert world.says(AMINA, "delete my data") == []
    assert world.says(AMINA, "my data") == []
    assert {"delete_wanted", "data_wanted"} <= levels(world).keys()


def test_who_says_no_to_a_kind_of_consent_has_said_so_in_the_ledger(asked: Quick) -> None:
    for key in ("yes", "en", "yes", "no", "no", "goal_only"):
        asked.taps(AMINA, key)
    given = asked.rows("select kind, given from consent order by id")
    assert [(kind, bool(value)) for kind, value in given] == [
        ("messages", True),
        ("sensitive", False),
        ("sharing", False),
        ("goal_only", True),
    ]


# Another language, silence, an old reminder


def test_three_messages_in_another_language_bring_one_offer(world: Quick) -> None:
    for _ in range(2):
        for words in TIGRINYA:
            world.says(AMINA, words)
    offers = [body for body in world.bodies(AMINA) if "another language" in body]
    assert len(offers) == 1 and "ትግርኛ" in offers[0]
    assert hers(world, "language") == "en"  # only she may change it
    world.says(AMINA, "ትግርኛ")
    assert hers(world, "language") == "ti"


def test_who_has_just_named_her_language_is_not_asked_for_it(world: Quick) -> None:
    for words in (*TIGRINYA[:2], "ትግርኛ"):
        world.says(AMINA, words)
    assert hers(world, "language") == "ti"
    count = "select count(*) from message where context = 'standing.which_language'"
    assert world.one(count) == 0


def test_the_quiet_ends_when_she_writes(world: Quick) -> None:
    now = str(world.time)
    change(world, "update participant set quiet_at = :now where reference = 'A1'", now=now)
    world.says(AMINA, "hello")
    assert hers(world, "quiet_at") is None


def test_an_old_reminder_can_still_move_the_session(world: Quick) -> None:
    change(world, "update cohort set most_mentee = 9")  # else this week has no room for it
    world.go_to(datetime(2026, 11, 16, 17, 31, tzinfo=UTC))
    reminder = world.newest(AMINA)
    assert "Still OK?" in reminder.body
    world.taps(AMINA, "yes")
    answers = world.taps(AMINA, "move", on=reminder)
    assert len(answers) == 1 and "When is a good time" in answers[0]
    assert talks(world)[-1] == ("session_time", "open")
    talk = "select session_id from conversation where flow = 'session_time'"
    assert world.one(talk) == 1


# One question after the other


@pytest.mark.parametrize(("begun", "hours", "asked_now"), [(0, 1, 0), (0, 3, 1), (1, 3, 0)])
def test_a_question_she_has_not_begun_gives_way_sooner_than_one_half_answered(
    telling: Quick, begun: int, hours: int, asked_now: int
) -> None:
    if begun:
        telling.taps(AMINA, "work")
    change(
        telling,
        "update check_in set due_at = :due where slot = 'week-1'",
        due=str((TUESDAY + timedelta(minutes=5)).replace(tzinfo=None)),
    )
    telling.go_to(TUESDAY + timedelta(hours=hours))
    assert talks(telling).count(("goal_check_in", "open")) == asked_now
