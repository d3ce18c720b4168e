"""Every error code of the channel has one remedy, and an unknown one is never silent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.codes import (
    _BY_REMEDY,
    NOBODY_KNOWS,
    PASSING,
    REMEDIES,
    UNKNOWN_CODE,
    Action,
    remedy_for,
)
from bot.programme.concerns import LEVELS
from bot.simulator.codes import ERRORS


def test_no_code_has_two_remedies() -> None:
    codes = [code for _, codes in _BY_REMEDY for code in codes]
    assert len(codes) == len(set(codes))


def test_every_remedy_tells_staff_by_a_kind_of_alert_that_exists() -> None:
    for remedy in REMEDIES.values():
        assert remedy.alert is None or remedy.alert in LEVELS
        assert (remedy.action is Action.RETRY) == bool(remedy.delays)
        assert list(remedy.delays) == sorted(remedy.delays)
        assert remedy.address in (None, "stopped", "unusable")


def test_only_what_needs_no_person_is_silent() -> None:
    silent = {code for code, remedy in REMEDIES.items() if remedy.alert is None}
    assert silent == {21610, 63037, 30036}


@pytest.mark.parametrize(
    ("code", "action"),
    [
        (63016, Action.WINDOW),
        (63024, Action.SMS),
        (63003, Action.SMS),
        (63018, Action.RETRY),
        (20429, Action.RETRY),
        (63040, Action.TEMPLATE),
        (21655, Action.TEMPLATE),
        (20003, Action.CHANNEL),
        (63007, Action.CHANNEL),
        (21211, Action.FAIL),
        (21610, Action.FAIL),
        (30036, Action.DROP),
    ],
)
def test_a_code_leads_to_its_action(code: int, action: Action) -> None:
    assert remedy_for(code).action is action
    assert remedy_for(str(code)) == remedy_for(code)


def test_a_person_who_opted_out_is_never_tried_by_another_way() -> None:
    for code in (21610, 63014, 63033, 30004):
        assert remedy_for(code).address == "stopped" and not remedy_for(code).sms


def test_what_can_pass_is_not_permanent_and_the_rest_is() -> None:
    assert {63016, 63018, 20429, 20003} <= PASSING
    assert not PASSING & {21610, 21211, 63024}
    assert not NOBODY_KNOWS & set(REMEDIES)


def test_every_code_the_simulated_twilio_can_say_is_known_here() -> None:
    ours = {20001, 20009, 20404, 20500, 20503}  # mistakes of ours, or an unknown outcome
    assert {code for code in ERRORS if code not in REMEDIES} <= ours


@given(st.one_of(st.none(), st.text(max_size=8), st.integers()))
def test_anything_unknown_fails_and_is_told(code: str | int | None) -> None:
    remedy = remedy_for(code)
    assert remedy is UNKNOWN_CODE or remedy in REMEDIES.values()
    assert UNKNOWN_CODE.action is Action.FAIL and UNKNOWN_CODE.alert == "undelivered"
