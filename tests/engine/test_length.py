"""How long a conversation can become, whatever she answers: every way through is walked."""

from collections.abc import Iterator

import pytest

from bot.engine import advance
from bot.engine.events import Asked, Event, Flagged, Position
from bot.engine.facts import Snapshot
from bot.engine.flow import Answer, Ask, Flow
from bot.engine.names import FACTS
from bot.engine.understand import Heard, Reading
from bot.library import load_library
from conversations.goal_check_in import flow as goal_check_in

WITH_ALL = Snapshot(goals=1, first_rating=4, last_rating=4, has_step=True, facts=FACTS)
MOST_IN_A_WEEK = 5  # questions of a weekly check-in
MOST_IN_A_SURVEY = 10


def readings(ask: Ask) -> Iterator[Reading]:
    """The answers that can make a difference, a skip among them."""
    if ask.optional:
        yield Reading(Heard.SKIP)
    if ask.answer is Answer.RATING:
        yield from (Reading(Heard.NUMBER, number) for number in (0, 4, 10))
    elif ask.answer is Answer.WORDS:
        yield Reading(Heard.TEXT, "words")
    elif ask.options:
        yield from (Reading(Heard.OPTION, place) for place in range(1, len(ask.options) + 1))
    if ask.several:
        yield Reading(Heard.OPTION, (1, len(ask.options)))


def ways(flow: Flow, known: Snapshot) -> Iterator[tuple[Event, ...]]:
    """The events of every way through, from the first question to the end."""
    first = advance.begin(flow, known)
    waiting: list[tuple[tuple[Event, ...], Position | None]] = [(first.events, first.position)]
    while waiting:
        events, at = waiting.pop()
        if at is None:
            yield events
            continue
        ask = flow.step(at.step)
        assert isinstance(ask, Ask)
        for reading in readings(ask):
            turn = advance.reply(flow, at, reading, known)
            waiting.append(((*events, *turn.events), turn.position))


def questions(events: tuple[Event, ...]) -> int:
    return sum(isinstance(event, Asked) for event in events)


@pytest.mark.parametrize("discreet", [False, True])
def test_a_weekly_check_in_never_asks_more_than_five_questions(discreet: bool) -> None:
    known = Snapshot(**{**vars(WITH_ALL), "discreet": discreet})
    longest = max(ways(goal_check_in, known), key=questions)
    assert questions(longest) == MOST_IN_A_WEEK, longest


def test_on_a_shared_phone_no_barrier_is_named_and_nothing_is_flagged_for_one() -> None:
    known = Snapshot(**{**vars(WITH_ALL), "discreet": True})
    flagged = {
        event.kind
        for events in ways(goal_check_in, known)
        for event in events
        if isinstance(event, Flagged)
    }
    assert flagged == {"wants_call", "pair_trouble", "wants_pair_pause"}


@pytest.mark.parametrize("name", ["mid_point", "mid_point_mentor", "end_survey_mentor"])
def test_a_survey_is_short(name: str) -> None:
    flow = load_library().flow(name)
    assert len([step for step in flow.steps if isinstance(step, Ask)]) <= MOST_IN_A_SURVEY
