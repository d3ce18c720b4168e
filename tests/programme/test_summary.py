"""What a week adds up to: who needs somebody, who is quiet, who had a hard week."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.programme.concerns import LEVELS
from bot.programme.sentences import (
    BARRIER,
    BARRIERS,
    OF_BOTH,
    alert_about,
    alert_because,
    hours,
    joined,
    of_both,
    stranger,
    todo,
)
from bot.programme.summary import summarise
from bot.programme.week import (
    AnswerRow,
    TogetherRow,
    WeekRows,
)
from tests.programme.rows import (
    AMINA,
    LONDON,
    NOW,
    PAIR,
    SELAM,
    START,
    WEEK,
    alert,
    said,
    summary,
)

# Needs you


def test_red_comes_before_amber_and_the_oldest_first() -> None:
    old = START - timedelta(days=3)
    told = summary(
        alerts=(
            alert("wants_call", id=1),
            alert("wants_call", id=2, opened_at=old),
            alert("harm_red", id=3),
            alert("pair_trouble", id=4, state="closed", opened_at=old),
            alert("voice", id=5),
        )
    )
    assert [line.alert_id for line in told.needs_you] == [3, 2, 1, 4]
    assert [line.alert_id for line in told.later] == [5]
    assert told.waiting == 3, "what is closed waits for nobody"


def test_every_kind_of_alert_has_its_sentence() -> None:
    for kind in LEVELS:
        line = f"{alert_about(kind, '')} {alert_because(kind)}".strip()
        assert line[0].isupper()
        assert "_" not in line and line.endswith(".")


def test_an_alert_that_came_again_says_how_often() -> None:
    line = summary(alerts=(alert("wants_call", times=3),)).needs_you[0]
    assert line.because == "would like a call. (3 times)"


def test_two_who_disagree_are_named_together_with_the_day_of_their_session() -> None:
    two = TogetherRow(detail="session:9", pairing_id=5, mentee="Amina", mentor="Grace", at=START)
    told = summary(
        alerts=(alert("disputed", detail="session:9"), alert("wants_call", id=2)), together=(two,)
    )
    line, other = told.needs_you
    assert (line.name, line.pairing_id) == ("Amina and Grace", 5)
    assert line.because == "do not agree whether they met on 16 November. Ask each, gently."
    assert (other.name, other.pairing_id) == ("Amina", None)


def test_every_sentence_about_two_is_of_a_kind_that_exists() -> None:
    assert OF_BOTH.keys() <= LEVELS.keys()
    for kind in OF_BOTH:
        assert (of_both(kind, day="") or "").endswith(".")
    assert of_both("wants_call", day="") is None


def test_barriers_are_tasks_of_their_own_and_the_rest_waits_for_time() -> None:
    told = summary(
        alerts=(
            alert("barrier_housing", id=1),
            alert("barrier_travel", id=2),
            alert("barrier_travel", id=3, participant_id=2, name="Selam"),
            alert("barrier_low", id=4),
            alert("voice", id=5),
        )
    )
    assert [(task.barrier, len(task.lines)) for task in told.tasks] == [
        ("Travel or bus money", 2),
        ("Housing, or moving", 1),
    ]
    assert [line.alert_id for line in told.needs_you] == [4], "feeling low cannot wait"
    assert [line.alert_id for line in told.later] == [5]


@pytest.mark.parametrize("kind", [kind for kind in LEVELS if kind.startswith(BARRIER)])
def test_every_barrier_has_something_that_staff_do(kind: str) -> None:
    assert kind.removeprefix(BARRIER) in BARRIERS
    assert todo(kind)[0].isupper() and todo(kind).endswith(".")


def test_a_stranger_stands_in_for_nobody_and_is_named_by_the_number_to_ring() -> None:
    line = summary(
        alerts=(alert("parked", address_id=9, address="whatsapp:+447700900781"),)
    ).needs_you[0]
    assert line.name == "Somebody at +447700900781", "though the number was Amina's"
    assert (line.participant_id, line.address_id) == (None, 9)


@pytest.mark.parametrize(
    ("address", "called"),
    [
        ("whatsapp:+447700900781", "Somebody at +447700900781"),
        ("+447700900781", "Somebody at +447700900781"),
        ("whatsapp:GB.1A2B3C4D", "Somebody on WhatsApp (GB.1A2B3C4D)"),
        ("", "Somebody we do not know"),
    ],
)
def test_what_a_stranger_is_called(address: str, called: str) -> None:
    assert stranger(address) == called


# Quiet


def test_two_weeks_without_a_word_are_quiet_and_the_last_message_says_more() -> None:
    line = summary(people=(SELAM,)).quiet[0]
    assert line.name == "Selam"
    assert line.because == (
        "has not written for three weeks; the last message was delivered, not read."
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"heard": True},
        {"state": "stopped"},
        {"state": "paused"},
        {"held": True},
        {"role": "mentor"},
        {"first_asked_at": None},
        {"first_asked_at": NOW - timedelta(days=10)},
    ],
)
def test_who_wrote_stopped_paused_or_was_not_asked_yet_is_not_quiet(
    changes: dict[str, object],
) -> None:
    assert summary(people=(replace(SELAM, **changes),)).quiet == ()  # type: ignore[arg-type]


def test_a_pair_that_has_not_met_for_sixteen_days_is_quiet() -> None:
    met = NOW - timedelta(days=16)
    apart = replace(PAIR, last_held_at=met, next_at=None)
    line = summary(pairs=(apart,), now=WEEK.end(LONDON) + timedelta(hours=9)).quiet
    assert line == (), "the week's end counts, not the moment of reading"
    line = summary(pairs=(replace(apart, last_held_at=START - timedelta(days=10)),)).quiet
    assert line[0].name == "Amina and Grace"
    assert line[0].because == "have not met for 17 days; no session is planned."


def test_a_pair_of_whom_one_has_paused_is_not_quiet() -> None:
    apart = replace(PAIR, last_held_at=START - timedelta(days=10), next_at=None)
    assert summary(pairs=(apart,)).quiet
    assert summary(pairs=(replace(apart, paused=True),)).quiet == ()


def test_after_the_last_day_and_with_all_their_hours_nobody_is_quiet() -> None:
    over = {"cohort_starts_on": (START - timedelta(weeks=16)).date(), "cohort_weeks": 16}
    apart = replace(PAIR, last_held_at=START - timedelta(days=10), next_at=None)
    complete = replace(apart, mentee_id=SELAM.participant_id, held_minutes=600, target_minutes=600)
    assert summary(people=(SELAM,), pairs=(apart,)).quiet
    assert summary(people=(replace(SELAM, **over),), pairs=(replace(apart, **over),)).quiet == ()  # type: ignore[arg-type]
    assert summary(people=(SELAM,), pairs=(complete,)).quiet == ()


# Hard weeks


def test_a_hard_week_is_one_line_with_what_was_in_the_way() -> None:
    told = summary(
        answers=(
            AnswerRow(participant_id=1, step="week", value="hard", at=START),
            AnswerRow(participant_id=1, step="barriers", value="travel,low", at=START),
        )
    )
    assert [line.because for line in told.hard] == [
        "had a hard week: travel or bus money and feeling low."
    ]
    assert said(told.barriers) == {"barrier-low": 1, "barrier-travel": 1}


def test_a_barrier_is_heard_in_a_good_week_too() -> None:
    told = summary(answers=(AnswerRow(participant_id=1, step="barriers", value="time", at=START),))
    assert told.hard[0].because == "named what is in the way: no time."


def test_a_good_week_is_no_line() -> None:
    assert (
        summary(answers=(AnswerRow(participant_id=1, step="week", value="good", at=START),)).hard
        == ()
    )


def test_the_barriers_of_the_check_in_all_have_words() -> None:
    from conversations.goal_check_in import flow

    step = flow.step("barriers")
    assert {option.key for option in step.options} == set(BARRIERS)  # type: ignore[union-attr]


# The whole


def test_the_week_in_a_breath() -> None:
    assert summary().lede == "A calm week so far."
    told = summary(people=(AMINA, SELAM), alerts=(alert("wants_call"),))
    assert told.lede == "One needs you and one has gone quiet."


def test_people_in_a_draft_language_are_counted() -> None:
    told = summary(people=(AMINA, SELAM), drafts=frozenset({"ti"}))
    assert [line.name for line in told.drafts.lines] == ["Selam"]


def test_every_figure_can_be_found_by_its_key_and_says_how_it_is_counted() -> None:
    told = summary(
        pairs=(PAIR,),
        answers=(AnswerRow(participant_id=1, step="barriers", value="time", at=START),),
    )
    keys = [figure.key for figure in told.figures()]
    assert len(keys) == len(set(keys))
    for figure in told.figures():
        assert told.figure(figure.key) == figure
        assert figure.counted.endswith(".")
    assert told.figure("everything") is None


def test_an_empty_week_is_a_summary_too() -> None:
    told = summarise(WeekRows(), week=WEEK, now=NOW, zone=LONDON)
    assert told.cohorts == () and told.hours_held == "0 min"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "0 min"), (45, "45 min"), (60, "1 h"), (65, "1 h 05"), (615, "10 h 15")],
)
def test_a_length_of_time_is_written_as_people_write_it(minutes: int, words: str) -> None:
    assert hours(minutes) == words


def test_words_in_a_row() -> None:
    assert [joined(words) for words in ((), ("a",), ("a", "b"), ("a", "b", "c"))] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
