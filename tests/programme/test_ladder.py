"""The no-reply ladder and the weekly cap: silence leads to a person, never to nagging."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.programme.ladder import (
    RANK,
    Ladder,
    cap,
    closes_at,
    hello_due,
    may_write,
    rank,
    reminder_due,
    unreported_step,
    weekly_step,
)

USUAL = Ladder()
ASKED = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
COUNTS = st.integers(min_value=0, max_value=30)


def hours(later: datetime) -> float:
    return (later - ASKED) / timedelta(hours=1)


def test_one_reminder_after_a_day_and_closing_after_three() -> None:
    assert hours(reminder_due(ASKED, USUAL)) == 24
    assert hours(closes_at(ASKED, USUAL)) == 72


def test_a_hard_week_halves_both() -> None:
    assert hours(reminder_due(ASKED, USUAL, hard=True)) == 12
    assert hours(closes_at(ASKED, USUAL, hard=True)) == 36


def test_half_of_an_odd_number_of_hours_is_rounded_up() -> None:
    odd = Ladder(reminder_hours=25, close_hours=49)
    assert hours(reminder_due(ASKED, odd, hard=True)) == 13
    assert hours(closes_at(ASKED, odd, hard=True)) == 25


@pytest.mark.parametrize(
    ("unanswered", "usual", "after_a_hard_week"),
    [
        (0, "ask", "ask"),
        (1, "ask", "light"),
        (2, "light", "quiet"),
        (3, "quiet", "quiet"),
        (9, "quiet", "quiet"),
    ],
)
def test_the_weekly_question_grows_lighter_and_then_stops(
    unanswered: int, usual: str, after_a_hard_week: str
) -> None:
    assert weekly_step(unanswered, USUAL) == usual
    assert weekly_step(unanswered, USUAL, hard=True) == after_a_hard_week


def test_a_cohort_has_its_own_steps() -> None:
    patient = Ladder(reminder_hours=48, close_hours=120, light_after=4, quiet_after=6)
    assert hours(reminder_due(ASKED, patient)) == 48
    assert hours(closes_at(ASKED, patient)) == 120
    steps = [weekly_step(unanswered, patient) for unanswered in range(7)]
    assert steps == ["ask"] * 4 + ["light"] * 2 + ["quiet"]


@given(unanswered=COUNTS, light=st.integers(1, 9), more=st.integers(0, 9), hard=st.booleans())
def test_more_silence_never_means_more_asking(
    unanswered: int, light: int, more: int, hard: bool
) -> None:
    order = ["ask", "light", "quiet"]
    ladder = Ladder(light_after=light, quiet_after=light + more)
    now = order.index(weekly_step(unanswered, ladder, hard))
    assert now <= order.index(weekly_step(unanswered + 1, ladder, hard))
    assert now >= order.index(weekly_step(unanswered, ladder))
    assert weekly_step(0, ladder, hard) == "ask"


def test_the_first_hello_comes_four_weeks_after_she_grew_quiet() -> None:
    assert hello_due(ASKED, None, USUAL) == ASKED + timedelta(weeks=4)


def test_the_next_hello_comes_four_weeks_after_the_last() -> None:
    last = ASKED + timedelta(weeks=5)
    assert hello_due(ASKED, last, USUAL) == last + timedelta(weeks=4)


def test_a_hello_of_an_earlier_quiet_time_is_over() -> None:
    assert hello_due(ASKED, ASKED - timedelta(weeks=9), USUAL) == ASKED + timedelta(weeks=4)


def test_a_cohort_has_its_own_rhythm_of_hellos() -> None:
    assert hello_due(ASKED, None, Ladder(hello_weeks=2)) == ASKED + timedelta(weeks=2)


@pytest.mark.parametrize(
    ("unreported", "step"), [(0, "ask"), (1, "ask"), (2, "coordinator"), (5, "coordinator")]
)
def test_two_unreported_sessions_in_a_row_go_to_the_coordinator(unreported: int, step: str) -> None:
    assert unreported_step(unreported) == step


@pytest.mark.parametrize(
    ("role", "pairings", "most"),
    [
        pytest.param("mentee", 1, 3, id="a mentee: three a week"),
        pytest.param("mentee", 0, 3, id="a mentee who waits for a mentor: three a week"),
        pytest.param("mentor", 1, 2, id="a mentor: two a week"),
        pytest.param("mentor", 2, 4, id="a mentor with two mentees: two for each"),
        pytest.param("mentor", 0, 2, id="a mentor who waits for a mentee: two a week"),
    ],
)
def test_most_messages_a_week(role: str, pairings: int, most: int) -> None:
    assert cap(role, 3, 2, pairings) == most


@pytest.mark.parametrize(
    ("sent", "planned", "droppable", "expected"),
    [
        pytest.param(2, 5, False, True, id="below the cap: a planned one goes"),
        pytest.param(3, 0, False, False, id="at the cap: nothing goes"),
        pytest.param(1, 1, True, True, id="a nudge has room after what is planned"),
        pytest.param(1, 2, True, False, id="a nudge would take the room of what is planned"),
        pytest.param(0, 3, True, False, id="the coming week is full: no nudge"),
        pytest.param(0, 0, True, True, id="an empty week: a nudge goes"),
    ],
)
def test_what_may_be_written_within_a_cap_of_three(
    sent: int, planned: int, droppable: bool, expected: bool
) -> None:
    assert may_write(sent, 3, planned_next_week=planned, droppable=droppable) is expected


@given(sent=COUNTS, most=COUNTS, planned=COUNTS, droppable=st.booleans())
def test_the_cap_is_never_passed(sent: int, most: int, planned: int, droppable: bool) -> None:
    if may_write(sent, most, planned_next_week=planned, droppable=droppable):
        assert sent + 1 <= most
        assert may_write(sent, most, planned_next_week=planned, droppable=False)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("welcome", "goal_setting"),
        ("goal_setting", "mid_point"),
        ("mid_point", "session_remind"),
        ("session_remind", "goal_check_in"),
        ("session_confirm", "goal_check_in"),
        ("end_survey_mentor", "training_invite"),
        ("training_invite", "session_confirm"),
        ("a_new_flow", "hello"),
        ("training_feedback", "a_new_flow"),
    ],
)
def test_the_more_important_flow_goes_first(first: str, then: str) -> None:
    assert rank(first) < rank(then)


def test_a_hello_comes_last_of_all() -> None:
    assert max(RANK, key=rank) == "hello"
