"""Ways in which the programme could hurt somebody, each tried as it would happen."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.actions.end_pair import end_pair
from tests.actions.sessions_told import ROW_AMINA, ROW_SELAM, Pairs, open_pairs
from tests.people import ruth
from tests.quick import open_quick
from tests.rows import ROW_GRACE
from tests.test_lives import TAPS, Lives
from tests.world import AMINA, GRACE

BLAND = ["Thanks, got it. We will be in touch about the meeting."]
NOTED = ["Thank you. A person will read this and answer you."]
CLOSED = "Thank you. That question is closed. A person will read this."


@pytest.fixture
def told(database_url: str, tmp_path: Path) -> Iterator[Pairs]:
    with open_pairs(database_url, tmp_path) as world:
        yield world


@pytest.fixture
def two(database_url: str, tmp_path: Path) -> Iterator[Pairs]:
    """Grace has two mentees: pairing 1 is Amina's, pairing 2 Selam's."""
    with open_pairs(database_url, tmp_path, (ROW_AMINA, ROW_SELAM)) as world:
        yield world


@pytest.fixture
def lives(database_url: str, tmp_path: Path) -> Iterator[Lives]:
    """Grace and Amina on the day of their welcome."""
    with open_quick(database_url) as world:
        world.__class__ = Lives
        assert isinstance(world, Lives)
        world.enrols(tmp_path, ROW_GRACE, ROW_AMINA)
        world.tick()
        yield world


def asked_for_the_safe_word(lives: Lives) -> None:
    """Amina has been told of her safe word, and has not said yet whether it is OK."""
    while (step := lives._asked(AMINA)) != "safe_word":
        shown = lives.newest(AMINA).shown
        lives.taps(AMINA, TAPS.get(step or "", "yes" if "yes" in shown else shown[0]))


def proposed(told: Pairs) -> None:
    """Grace moves the first session to Thursday; nothing of it has been put to Amina yet."""
    told.at(16, 19, 30)
    told.taps(GRACE, "move")
    told.says(GRACE, "Thursday 5pm")
    told.taps(GRACE, "yes")


def test_yes_on_an_old_reminder_takes_nothing_back_that_she_has_called_off(told: Pairs) -> None:
    told.at(16, 19, 30)
    reminder = told.newest(AMINA)
    told.taps(AMINA, "cannot")
    assert told.taps(AMINA, "yes", on=reminder) == [CLOSED]
    assert told.state() == "cancelled"


def test_i_cannot_on_an_old_reminder_still_calls_it_off(told: Pairs) -> None:
    told.at(16, 19, 30)
    reminder = told.newest(AMINA)
    told.taps(AMINA, "yes")
    assert told.taps(AMINA, "cannot", on=reminder) == [
        "Thank you. I have changed your answer to: I cannot."
    ]
    assert told.state() == "cancelled"


def test_a_late_yes_promises_no_session_that_is_off_by_now(told: Pairs) -> None:
    told.change("delete from check_in where session_id is not null")
    told.change("delete from session")
    told.change("update check_in set state = 'skipped'")
    told.at(16, 19, 30)
    told.says(GRACE, "menu")
    told.taps(GRACE, "change")
    told.says(GRACE, "11 December 5pm")
    told.taps(GRACE, "yes")
    told.at(17, 9, 30)
    proposal = told.newest(AMINA)
    assert "11 December" in proposal.body
    told.at(22, 9, 30)  # silence has closed it
    with told.parts.database.transaction() as db:
        end_pair(db, pairing_id=1, staff_id=ruth(db).id or 0, why="other", now=told.time)
    assert told.taps(AMINA, "yes", on=proposal) == [CLOSED]
    assert "Thank you. I will remind you." not in told.says(AMINA, "yes")


def test_an_ok_to_something_else_agrees_to_no_session_she_has_not_read_of(told: Pairs) -> None:
    proposed(told)
    told.at(17, 9, 30)
    assert "Thursday 19 November" in told.newest(AMINA).body, "it is on its way"
    told.simulator.receive_from(AMINA, "ok")
    assert told.state(11) == "proposed"
    told.read()
    told.says(AMINA, "ok")
    assert told.state(11) == "planned"


def test_an_ok_to_something_else_reports_no_session_she_was_not_asked_about(told: Pairs) -> None:
    told.at(17, 19, 30)
    assert "Did you and Grace meet" in told.newest(AMINA).body, "it is on its way"
    told.simulator.receive_from(AMINA, "yes")
    assert told.state() == "planned"


def test_a_yes_sent_before_the_time_is_read_back_settles_no_time(told: Pairs) -> None:
    told.at(16, 19, 30)
    told.taps(GRACE, "move")
    told.read()
    for words in ("Thursday 5pm", "yes"):
        told.simulator.receive_from(GRACE, words)
    assert told.state() == "planned"
    assert "Is that right?" in told.newest(GRACE).body
    told.says(GRACE, "yes")
    assert told.state() == "rescheduled"


def test_two_answers_in_one_second_report_one_session_once(told: Pairs) -> None:
    told.at(17, 19, 30)
    asked = told.newest(GRACE)
    told.read()
    for key in ("yes", "yes"):
        told.simulator.receive_from(GRACE, "", button=(f"{asked.id}:{key}", key))
    assert told.rows("select count(*) from session_report")[0][0] == 1
    assert [told.state(number) for number in (1, 2)] == ["held", "planned"]


def test_a_mentor_of_two_who_wants_to_change_a_meeting_moves_nobody_elses(two: Pairs) -> None:
    two.at(16, 12)
    two.says(GRACE, "menu")
    assert two.taps(GRACE, "change") == ["OK. A person will help you find a time."]
    two.says(GRACE, "Thursday 5pm")
    two.tick()
    assert [two.state(1, pairing=pairing) for pairing in (1, 2)] == ["planned", "planned"]
    assert two.rows("select id from session where number > 10") == []
    assert "wants_person" in two.alerts()


def test_a_mentor_of_two_moves_the_meeting_that_she_was_reminded_of(two: Pairs) -> None:
    two.at(16, 19, 30)
    for reminder in [one for one in two.said_to(GRACE) if "Still OK?" in one.body]:
        if "with Amina" in reminder.body:
            two.taps(GRACE, "move", on=reminder)
            two.says(GRACE, "Thursday 5pm")
            two.taps(GRACE, "yes")
    assert [two.state(1, pairing=pairing) for pairing in (1, 2)] == ["rescheduled", "planned"]


def test_the_hours_she_reads_hold_no_length_that_only_the_other_one_gave(told: Pairs) -> None:
    told.at(17, 19, 30)
    told.answers(GRACE, "yes", "three_quarters", "good")
    told.answers(AMINA, "yes", "skip", "good")
    told.at(24, 19, 30)
    (_, _, thanks) = told.answers(AMINA, "yes", "hour", "good")
    said, _ = thanks.split("\n\n")
    assert said == "Thank you. That is meeting 2 of 10. You have had 1 h together."


def test_what_the_other_one_has_said_counts_for_her_only_once_it_is_final(told: Pairs) -> None:
    told.change("update session set starts_at = '2026-11-18 17:30:00.000000' where number = 2")
    told.change(
        "update check_in set due_at = '2026-11-18 18:30:00.000000' where flow = 'session_confirm' "
        "and session_id = (select id from session where number = 2 and pairing_id = 1)"
    )
    told.at(17, 19, 30)
    told.answers(AMINA, "yes", "half", "good")  # Grace has not answered yet
    told.at(18, 19, 30)
    assert "Wednesday 18 November" in told.newest(GRACE).body
    thanks = told.answers(GRACE, "yes", "hour", "good")[-1]
    assert thanks.startswith("Thank you. That is meeting 1 of 10. You have had 1 h together.")


def test_the_safe_word_calls_a_person_as_soon_as_she_has_read_it(lives: Lives) -> None:
    asked_for_the_safe_word(lives)
    assert lives.says(AMINA, "umbrella") == BLAND
    assert lives.alerts() == ["safe_word"]


def test_the_safe_word_calls_a_person_also_where_she_skipped_that_question(lives: Lives) -> None:
    asked_for_the_safe_word(lives)
    lives.says(AMINA, "0")
    assert lives.says(AMINA, "Umbrella!") == BLAND
    assert lives.alerts() == ["safe_word"]


def test_i_need_help_now_on_an_old_menu_is_heard_as_on_a_new_one(lives: Lives) -> None:
    lives.agrees(AMINA)
    lives.says(AMINA, "menu")
    menu = lives.newest(AMINA)
    lives.taps(AMINA, "nothing")
    lives.lives(days=20)
    lives.taps(AMINA, "not_safe", on=menu)
    assert lives.alerts()[-1] == "not_safe"
    assert lives.one("select held_at is not null from participant where reference = 'A1'")


def test_pause_shortens_no_break_of_somebody_who_is_leaving(lives: Lives) -> None:
    lives.agrees(AMINA)
    lives.says(AMINA, "leave")
    lives.taps(AMINA, "leave")
    assert lives.says(AMINA, "pause") == NOTED
    before = len(lives.bodies(AMINA))
    lives.lives(days=10)
    assert lives.bodies(AMINA)[before:] == [], "nobody asks her how her week was"


def test_pause_again_and_skipped_takes_nothing_from_a_longer_break(lives: Lives) -> None:
    lives.agrees(AMINA)
    lives.says(AMINA, "pause")
    lives.taps(AMINA, "month")
    lives.says(AMINA, "pause")
    assert lives.says(AMINA, "0") == ["OK. Nothing has changed."]
    before = len(lives.bodies(AMINA))
    lives.lives(days=21)
    assert lives.bodies(AMINA)[before:] == []
