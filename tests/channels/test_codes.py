"""Every error code of the channel has one remedy, and an unknown one is never silent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.codes import (
    _TABLE,
    MEANINGS,
    NOBODY_KNOWS,
    PASSING,
    REMEDIES,
    UNKNOWN_CODE,
    Action,
    Holds,
    meaning_of,
    remedy_for,
)
from bot.programme.concerns import LEVELS
from bot.simulator.codes import ERRORS

# Every code that the contract with Twilio lists, row by row
CONTRACT = (
    "63016 63018 63017 20429 63038 63049 63032 63024 63003 63014 63033 63013 63005 63006 63021 "
    "63030 63007 63001 63002 63008 63020 63022 63051 63026 63009 63010 63012 63023 63015 63019 "
    "63034 63037 11751 63027 63028 63040 63041 63042 63031 21610 21408 21211 21217 21401 21604 "
    "21614 30006 21612 21608 21607 21606 21603 21701 21702 21703 21704 21705 21709 21711 21212 "
    "21910 21617 21602 21619 21620 21623 21624 21609 21654 21655 21656 92005 92006 92007 35111 "
    "35114 35118 35125 35126 30001 21611 30002 20005 20003 30003 30004 30005 30007 30450 30008 "
    "30410 30032 30034 30035 30036 20404 20500 20503 11200"
)


@pytest.mark.parametrize("code", [int(code) for code in CONTRACT.split()])
def test_every_code_of_the_contract_has_a_remedy_and_words_for_staff(code: int) -> None:
    if code in NOBODY_KNOWS:  # never a refusal: what became of it is looked up
        assert code not in REMEDIES
        return
    assert code in REMEDIES
    words = meaning_of(code)
    assert words == MEANINGS[code] and words[0] != " " and not words.endswith(".")


def test_no_code_has_two_remedies() -> None:
    codes = [code for _, codes in _TABLE for code in codes]
    assert len(codes) == len(set(codes))


def test_what_rests_says_for_how_long_and_longer_each_time() -> None:
    for remedy in REMEDIES.values():
        assert bool(remedy.holds) == bool(remedy.rests)
        assert list(remedy.rests) == sorted(remedy.rests)
        assert not remedy.holds or (remedy.alert == "channel_trouble" and remedy.advice)
        assert (remedy.action is Action.CHANNEL) <= bool(remedy.holds)


@pytest.mark.parametrize(
    ("code", "holds"),
    [
        (63007, Holds.SENDER),
        (63051, Holds.SENDER),
        (21606, Holds.SENDER),
        (63018, Holds.STARTED),
        (63026, Holds.STARTED),
        (20003, Holds.ACCOUNT),
        (20005, Holds.ACCOUNT),
        (30002, Holds.ACCOUNT),
        (403, Holds.ACCOUNT),
        (63038, Holds.ACCOUNT),
        (21408, None),  # one country
        (21612, None),  # one pair of numbers
        (63015, None),  # one person
        (21910, None),
    ],
)
def test_trouble_of_ours_holds_that_sender_and_trouble_of_hers_only_her(
    code: int, holds: Holds | None
) -> None:
    assert remedy_for(code).holds is holds


def test_every_remedy_tells_staff_by_a_kind_of_alert_that_exists() -> None:
    for remedy in REMEDIES.values():
        assert remedy.alert is None or remedy.alert in LEVELS
        assert (remedy.action is Action.RETRY) == bool(remedy.delays)
        assert list(remedy.delays) == sorted(remedy.delays)
        assert remedy.address in (None, "stopped", "unusable")


def test_only_what_needs_no_person_is_silent() -> None:
    silent = {code for code, remedy in REMEDIES.items() if remedy.alert is None}
    assert silent == {21610, 63037}


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
        (30036, Action.RETRY),
        (63019, Action.TEXT),
        (63034, Action.TEXT),
        (20404, Action.LOOK),
        (63037, Action.DROP),
    ],
)
def test_a_code_leads_to_its_action(code: int, action: Action) -> None:
    assert remedy_for(code).action is action
    assert remedy_for(str(code)) == remedy_for(code)


def test_a_person_who_opted_out_is_never_tried_by_another_way() -> None:
    for code in (21610, 30004):
        assert remedy_for(code).address == "stopped" and not remedy_for(code).sms


def test_who_blocked_us_on_whatsapp_is_written_to_by_sms_only_as_she_allowed() -> None:
    for code in (63014, 63033):
        remedy = remedy_for(code)
        assert (remedy.address, remedy.sms, remedy.alert) == ("stopped", True, "undelivered")


def test_an_address_is_given_up_after_as_many_failures_as_show_that_it_is_none() -> None:
    after = {code: remedy.after for code, remedy in REMEDIES.items() if remedy.address}
    assert {code: number for code, number in after.items() if number > 1} == {63024: 3, 30005: 2}


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
    assert meaning_of(code)
    assert UNKNOWN_CODE.action is Action.FAIL and UNKNOWN_CODE.alert == "undelivered"
