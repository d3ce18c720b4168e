"""The numbers of a week: what counts as held, as up, as sent, and what does not."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.programme.figures import session_kind
from bot.programme.week import (
    AskedRow,
    DeliveryRow,
    GoalRow,
    WroteRow,
)
from tests.programme.rows import (
    NOW,
    PAIR,
    SESSION,
    START,
    rating,
    said,
    summary,
)

# Sessions


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, "both"),
        ({"mentee_met": ""}, "one"),
        ({"mentor_met": ""}, "one"),
        ({"mentee_met": "no"}, "staff"),
        ({"mentor_met": "", "mentee_met": ""}, "staff"),
        ({"state": "disputed", "mentee_met": "no"}, "disputed"),
        ({"state": "missed", "mentor_met": "no", "mentee_met": ""}, "missed"),
        ({"state": "missed", "mentor_met": "no", "mentee_met": "no"}, "missed"),
        ({"state": "rescheduled", "mentor_met": "moved", "mentee_met": ""}, "moved"),
        ({"state": "rescheduled", "mentor_met": "", "mentee_met": ""}, "moved"),
        ({"state": "cancelled", "mentor_met": "", "mentee_met": ""}, "cancelled"),
        ({"state": "proposed", "mentor_met": "", "mentee_met": ""}, "proposed"),
        ({"state": "unreported", "mentor_met": "", "mentee_met": ""}, "unreported"),
        ({"state": "planned", "mentor_met": "", "mentee_met": ""}, "unreported"),
        ({"state": "planned", "mentor_met": "", "mentee_met": "", "starts_at": NOW}, "unreported"),
    ],
)
def test_a_session_is_what_came_of_both_sides_words(changes: dict[str, object], kind: str) -> None:
    assert session_kind(replace(SESSION, **changes), upto=NOW) == kind  # type: ignore[arg-type]


def test_a_session_still_to_come_is_only_planned() -> None:
    ahead = replace(SESSION, state="planned", mentor_met="", mentee_met="")
    assert session_kind(ahead, upto=START) == "planned"


def test_hours_are_added_up_and_pairs_behind_plan_are_named() -> None:
    behind = replace(PAIR, pairing_id=6, mentee="Luwam", mentor="Harriet", held_minutes=120)
    told = summary(pairs=(PAIR, behind), sessions=(SESSION,))
    assert (told.hours_held, told.hours_planned) == ("6 h", "20 h")
    assert [line.name for line in told.behind.lines] == ["Luwam and Harriet"]
    assert told.behind.lines[0].because == "have had 2 h together; by now the plan has 3 h 45."
    assert said(told.sessions) == {"sessions-both": 1}


def test_a_programme_that_has_just_begun_is_behind_no_plan() -> None:
    young = replace(PAIR, cohort_starts_on=date(2026, 11, 12), held_minutes=0)
    assert summary(pairs=(young,)).behind.number == 0


# Goals


@pytest.mark.parametrize(("before", "now", "move"), [(3, 4, "up"), (4, 4, "same"), (5, 4, "down")])
def test_a_goal_is_compared_with_the_time_before(before: int, now: int, move: str) -> None:
    told = summary(ratings=(rating(before, days=-7), rating(now, days=2)))
    assert said(told.goals) == {f"goals-{move}": 1}


def test_a_first_rating_is_neither_up_nor_down() -> None:
    assert said(summary(ratings=(rating(5, days=1),)).goals) == {"goals-first": 1}


def test_three_points_above_the_start_are_clear_progress_and_good_news() -> None:
    told = summary(ratings=(rating(2, days=-20), rating(3, days=-7), rating(5, days=2)))
    assert said(told.goals) == {"goals-up": 1, "goals-clear": 1}
    assert told.good_news[0].because == "is at 5 of 10, and started at 2:"
    assert (told.good_news[0].words, told.good_news[0].language) == ("أجد عملاً", "ar")


def test_clear_progress_that_fell_this_week_is_no_news() -> None:
    told = summary(ratings=(rating(2, days=-20), rating(7, days=-7), rating(6, days=2)))
    assert said(told.goals) == {"goals-down": 1, "goals-clear": 1}
    assert told.good_news == ()


def test_a_goal_rated_twice_in_the_week_counts_once() -> None:
    told = summary(ratings=(rating(3, days=-7), rating(5, days=1), rating(4, days=2)))
    assert said(told.goals) == {"goals-up": 1}


def test_a_new_goal_is_good_news_in_her_own_words() -> None:
    goal = GoalRow(participant_id=1, words="Find a course", language="en", at=START)
    line = summary(goals=(goal,)).good_news[0]
    assert (line.name, line.because, line.words) == ("Amina", "set a goal:", "Find a course")


# Messages


def test_a_message_that_was_read_was_also_delivered_and_sent() -> None:
    told = summary(
        deliveries=tuple(
            DeliveryRow(participant_id=1, state=state, number=number)
            for state, number in (
                ("read", 4),
                ("delivered", 2),
                ("sent", 1),
                ("accepted", 1),
                ("failed", 3),
                ("queued", 5),
                ("cancelled", 9),
            )
        )
    )
    assert said(told.messages) == {
        "messages-sent": 8,
        "messages-delivered": 6,
        "messages-read": 4,
        "messages-failed": 3,
        "messages-waiting": 5,
    }
    assert told.messages[0].lines[0].because == "8 messages"


def test_the_answer_rate_is_of_what_was_asked_that_week() -> None:
    asked = tuple(
        AskedRow(participant_id=1, asked_at=START + timedelta(days=days), answered=answered)
        for days, answered in ((-4, True), (-3, False), (1, True), (2, True), (3, False))
    )
    told = summary(asked=asked)
    assert (told.rate.answered, told.rate.asked, told.rate.percent) == (2, 3, 67)
    assert told.rate_before.percent == 50
    assert [line.name for line in told.rate.figure.lines] == ["Amina"]
    assert summary().rate.percent is None, "of nothing there is no share"


def test_what_she_wrote_outside_any_question_is_told() -> None:
    letter = WroteRow(
        message_id=9, participant_id=None, name="", text="Hi", language="", kind="text", at=START
    )
    line = summary(wrote=(letter,)).wrote[0]
    assert (line.name, line.because, line.words) == ("Somebody we do not know", "wrote:", "Hi")
