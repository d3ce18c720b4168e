"""Second thoughts and interruptions: changed answers, one thing at a time, what closes and when."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.actions.close import close_due
from tests.quick import Quick, open_quick
from tests.test_journeys import ROW_AMINA, ROW_GRACE, agree
from tests.test_meaning import THURSDAY, TUESDAY, meeting, ratings, session
from tests.world import AMINA, GRACE, World

__all__ = ["meeting"]  # a fixture


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """Amina and Grace, asked whether these are the right numbers."""
    with open_quick(database_url) as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA])
        world.tick()
        yield world


@pytest.fixture
def telling(world: World) -> World:
    """Amina has agreed, in English, and is asked what she would like to do. No session is near."""
    agree(world, AMINA, language="en")
    with world.parts.database.transaction() as db:
        db.execute(text("delete from check_in where flow in ('session_remind', 'session_confirm')"))
    world.go_to(TUESDAY)
    return world


@pytest.fixture
def weekly(telling: World) -> World:
    """Amina has a goal and is asked how her week was."""
    telling.taps(AMINA, "work")
    telling.says(AMINA, "to sew")
    telling.taps(AMINA, "yes")
    telling.says(AMINA, "2")
    telling.says(AMINA, "skip")
    telling.taps(AMINA, "no")
    telling.taps(AMINA, "somewhat")  # how sure she feels, starting out
    telling.go_to(THURSDAY)
    return telling


def conversations(world: World) -> list[tuple[str, str, str]]:
    found = world.rows(
        "select c.flow, c.step, c.state from conversation c "
        "join participant p on p.id = c.participant_id where p.reference = 'A1' order by c.id"
    )
    return [(row[0], row[1], row[2]) for row in found]


def weeks(world: World) -> list[tuple[str, bool]]:
    sql = "select value, replaced_at is not null from answer where step = 'week' order by id"
    return [(row[0], bool(row[1])) for row in world.rows(sql)]


def test_a_changed_answer_decides_what_is_asked_next(weekly: World) -> None:
    week = weekly.newest(AMINA)
    weekly.taps(AMINA, "good")
    answers = weekly.taps(AMINA, "hard", on=week)
    assert len(answers) == 1 and "Hard" in answers[0]
    assert weeks(weekly) == [("good", True), ("hard", False)]
    assert "hard" in weekly.says(AMINA, "3")[0]  # as after a hard week, not after a good one
    assert ratings(weekly) == [2, 3]


def test_the_same_tap_again_is_silent_and_changes_nothing(weekly: World) -> None:
    week = weekly.newest(AMINA)
    weekly.taps(AMINA, "good")
    assert weekly.taps(AMINA, "good", on=week) == []
    assert weeks(weekly) == [("good", False)]
    assert weekly.alerts() == []


def test_an_answer_can_be_changed_until_the_next_check_in_and_not_after(weekly: World) -> None:
    week = weekly.newest(AMINA)
    weekly.taps(AMINA, "good")
    weekly.says(AMINA, "3")
    weekly.later(days=6)
    assert "Hard" in weekly.taps(AMINA, "hard", on=week)[0]
    weekly.time += timedelta(days=2)
    answers = weekly.taps(AMINA, "ok", on=week)
    assert "closed" in answers[0]
    assert weeks(weekly) == [("good", True), ("hard", False)]
    assert weekly.alerts() == ["wrote_to_us"]


def test_consent_and_the_right_number_are_not_changed_by_a_stray_tap(telling: Quick) -> None:
    given = telling.rows("select kind, given from consent order by id")
    assert given[0] == ("messages", True)
    stray = {"wrong", "later", "no", "yes", "goal_only", "person", "ar"}
    for message in telling.said_to(AMINA):
        for key in stray.intersection(message.shown):
            telling.taps(AMINA, key, on=message)
    assert telling.rows("select kind, given from consent order by id") == given
    assert telling.one("select language from participant where reference = 'A1'") == "en"
    assert telling.one("select count(*) from address where state = 'wrong'") == 0
    assert telling.rows("select discreet from participant where reference = 'A1'") == [(False,)]


def test_a_session_that_took_place_after_all_is_put_right_by_one_tap(meeting: World) -> None:
    asked = meeting.newest(GRACE)
    meeting.taps(GRACE, "yes")
    meeting.taps(GRACE, "hour")
    assert session(meeting) == ("held", 60)
    meeting.taps(GRACE, "no", on=asked)
    assert session(meeting) == ("missed", None)
    meeting.taps(GRACE, "yes", on=asked)
    assert session(meeting) == ("held", 60)


def test_a_check_in_interrupts_once_and_then_the_older_question_is_taken_up_again(
    telling: World,
) -> None:
    telling.go_to(THURSDAY)
    assert conversations(telling)[1:] == [
        ("goal_setting", "focus", "held"),
        ("goal_check_in", "week", "open"),
    ]
    said = telling.taps(AMINA, "good")
    assert "carry on" in said[-1]
    assert "What would you like to do" in said[-1]
    assert conversations(telling)[1:] == [
        ("goal_setting", "focus", "open"),
        ("goal_check_in", "week", "completed"),
    ]
    telling.taps(AMINA, "work")
    assert conversations(telling)[1] == ("goal_setting", "words", "open")


def test_while_she_is_answering_nothing_interrupts(telling: World) -> None:
    telling.time = THURSDAY - timedelta(hours=2)
    telling.taps(AMINA, "work")
    telling.go_to(THURSDAY)
    assert [state for _, _, state in conversations(telling)[1:]] == ["open"]
    telling.says(AMINA, "skip")
    telling.tick()
    assert conversations(telling)[2][:2] == ("goal_check_in", "week")


def test_what_nobody_answers_closes_silently_after_three_days(telling: World) -> None:
    sent = len(telling.bodies(AMINA))
    telling.go_to(TUESDAY + timedelta(hours=44))
    assert conversations(telling)[1][2] == "open"
    telling.time = TUESDAY + timedelta(days=3, minutes=5)
    assert close_due(telling.parts.house, now=telling.time) == 1
    assert conversations(telling)[1] == ("goal_setting", "focus", "abandoned")
    missed = "select state from check_in where flow = 'goal_setting'"
    assert telling.rows(missed) == [("missed",)]
    assert len(telling.bodies(AMINA)) == sent
    assert len(telling.taps(AMINA, "work")) == 1  # a late answer counts
    assert conversations(telling)[1] == ("goal_setting", "words", "open")


def test_what_was_answered_in_part_is_answered_when_it_closes(weekly: World) -> None:
    weekly.taps(AMINA, "good")
    weekly.later(days=4)
    assert conversations(weekly)[3] == ("goal_check_in", "rating", "abandoned")
    assert weekly.rows(
        "select state from check_in where flow = 'goal_check_in' and slot = 'week-1'"
    ) == [("answered",)]


@pytest.mark.parametrize(
    "change",
    [
        "update conversation set step = 'of_last_year' where flow = 'goal_setting'",
        "update conversation set flow = 'of_last_year' where flow = 'goal_setting'",
    ],
)
def test_a_question_that_has_gone_since_is_closed_kindly_and_staff_are_told(
    telling: World, change: str
) -> None:
    with telling.parts.database.transaction() as db:
        db.execute(text(change))
    answers = telling.says(AMINA, "to sew")
    assert len(answers) == 1 and "My questions have changed" in answers[0]
    assert conversations(telling)[1][2] == "outdated"
    assert telling.alerts() == ["outdated"]
    assert telling.one("select count(*) from message where text = 'to sew'") == 1


def test_a_check_in_whose_conversation_has_gone_is_skipped_with_a_reason(telling: World) -> None:
    with telling.parts.database.transaction() as db:
        db.execute(text("update check_in set flow = 'of_last_year' where slot = 'week-1'"))
    telling.go_to(THURSDAY)
    assert telling.rows("select state, reason from check_in where slot = 'week-1'") == [
        ("skipped", "outdated")
    ]


def test_a_check_in_that_is_late_by_days_is_skipped_and_never_sent_at_night(
    telling: World,
) -> None:
    sent = len(telling.bodies(AMINA))
    telling.go_to(THURSDAY + timedelta(days=3))
    reasons = telling.rows("select slot, reason from check_in where state = 'skipped'")
    assert ("week-1", "late") in [tuple(row) for row in reasons]
    assert len(telling.bodies(AMINA)) == sent
