"""A tap counts only where what stood on it says the same; else the safest of its words is heard."""

import pytest

from bot.engine.understand import Heard, Reading
from bot.engine.understand.taps import agrees, safest

YES, NO, TEXT = Reading(Heard.YES), Reading(Heard.NO), Reading(Heard.TEXT, "well")
RED, AMBER = Reading(Heard.HARM, "red"), Reading(Heard.HARM, "amber")
STOP, HELP, UNCLEAR = Reading(Heard.STOP), Reading(Heard.HELP), Reading(Heard.UNCLEAR)


@pytest.mark.parametrize(
    ("shown", "offered", "agree"),
    [
        (("Yes",), ("Yes",), True),
        (("yes ",), ("Yes",), True),
        (("Yes", "Yes"), ("نعم", "Yes"), True),
        (("\u2068نعم\u2069",), ("نعم",), True),
        (("Going very well, than",), ("Going very well, thank you",), False),
        (("Going very well, tha",), ("Going very well, thank you",), True),  # as cut for a button
        (("👍",), ("👍",), True),
        (("👎",), ("👍",), False),
        (("3",), ("3",), True),
        (("٣",), ("3",), True),
        ((), ("Yes",), True),
        (("No",), ("Yes",), False),
        (("Yes", "No"), ("Yes",), False),
        (("Yes, but not now",), ("Yes",), False),
        (("Yes",), (), False),
        (("?",), ("Yes",), False),
    ],
)
def test_every_text_on_a_tap_must_be_a_label_of_its_choice(
    shown: tuple[str, ...], offered: tuple[str, ...], agree: bool
) -> None:
    assert agrees(shown, offered) is agree


@pytest.mark.parametrize(
    ("readings", "heard"),
    [
        ((YES, NO), UNCLEAR),
        ((YES,), UNCLEAR),
        ((TEXT, Reading(Heard.OPTION, 1), Reading(Heard.START)), UNCLEAR),
        ((YES, HELP), HELP),
        ((HELP, STOP, YES), STOP),
        ((STOP, AMBER), AMBER),
        ((AMBER, STOP, RED), RED),
        ((), UNCLEAR),
    ],
)
def test_of_what_does_not_agree_the_safest_is_heard(
    readings: tuple[Reading, ...], heard: Reading
) -> None:
    assert safest(readings) == heard


def test_a_quiet_sign_in_one_of_the_texts_is_not_lost() -> None:
    found = safest((YES, Reading(Heard.TEXT, "x", quiet=True, topics=("home",))))
    assert found.quiet and found.topics == ("home",)
