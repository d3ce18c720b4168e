"""What the conditions that flows name come to: barriers in order, and what a shared phone hides."""

import pytest

from bot.engine.facts import CONDITIONS, OWN_PHONE_ONLY, Snapshot
from bot.engine.names import BARRIERS, FACTS


@pytest.mark.parametrize("barrier", BARRIERS)
def test_the_first_barrier_of_the_order_alone_has_its_next_message(barrier: str) -> None:
    later = BARRIERS[BARRIERS.index(barrier) :]
    answers = {"week": "hard", "barriers": ",".join(reversed(later))}
    names = [f"first_barrier_{name}" for name in BARRIERS]
    assert [name for name in names if CONDITIONS[name](Snapshot(), answers)] == [
        f"first_barrier_{barrier}"
    ]


def test_on_a_phone_that_others_read_nothing_private_is_ever_asked() -> None:
    answers = {
        "week": "hard",
        "barriers": ",".join(BARRIERS),
        "safe_word": "another",
        "safe_word_own": "typed",
    }
    shared = Snapshot(discreet=True, facts=frozenset(FACTS))
    assert [name for name in sorted(OWN_PHONE_ONLY) if CONDITIONS[name](shared, answers)] == []
    just_said = {**answers, "phone": "sometimes"}
    assert [
        name for name in sorted(OWN_PHONE_ONLY) if CONDITIONS[name](Snapshot(), just_said)
    ] == []
    assert CONDITIONS["own_phone"](Snapshot(discreet=True), {"phone": "no"})


def test_how_it_goes_with_her_mentor_is_not_asked_in_a_hard_week() -> None:
    due = Snapshot(facts=frozenset({"pair_due"}))
    assert CONDITIONS["pair_due"](due, {"week": "good"})
    assert not CONDITIONS["pair_due"](Snapshot(), {"week": "good"})
    assert not CONDITIONS["pair_due"](due, {"week": "hard"})
    assert not CONDITIONS["pair_due"](due, {"week": "good", "step": "not_yet"})


@pytest.mark.parametrize("step", ["call", "b_low", "b_housing", "b_children", "b_english"])
def test_a_yes_to_any_offer_of_a_call_is_a_wish_for_a_call(step: str) -> None:
    assert CONDITIONS["wants_call"](Snapshot(), {step: "yes"})
    assert not CONDITIONS["wants_call"](Snapshot(), {step: "no"})


@pytest.mark.parametrize("step", ["b_travel", "b_lawyer", "b_phone"])
def test_a_yes_to_something_that_staff_can_send_is_no_wish_for_a_call(step: str) -> None:
    assert CONDITIONS["wants_arranging"](Snapshot(), {step: "yes"})
    assert not CONDITIONS["wants_call"](Snapshot(), {step: "yes"})


def test_a_call_is_offered_in_a_hard_week_unless_a_barrier_has_its_own_next_message() -> None:
    offered = CONDITIONS["hard_without_barriers"]
    assert offered(Snapshot(), {"week": "hard"})
    assert offered(Snapshot(), {"week": "hard", "barriers": ""}), "she skipped them"
    assert not offered(Snapshot(), {"week": "hard", "barriers": "travel"})
    assert not offered(Snapshot(), {"week": "ok"})


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("2026-11-24T17:00:00+00:00", True),
        ("person", False),
        ("", False),
    ],
)
def test_only_a_day_and_time_is_read_back(said: str, named: bool) -> None:
    assert CONDITIONS["has_moment"](Snapshot(), {"when": said}) is named


@pytest.mark.parametrize("fact", ["has_goal_2", "has_goal_3", "every_second"])
def test_what_only_the_shell_can_know_is_a_named_fact(fact: str) -> None:
    assert fact in FACTS
    assert CONDITIONS[fact](Snapshot(facts=frozenset({fact})), {})
    assert not CONDITIONS[fact](Snapshot(facts=FACTS - {fact}), {})
