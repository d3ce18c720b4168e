"""What she sees on her phone, and that every tap can be read back."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import SMS, WHATSAPP
from bot.channels.rendering import (
    Shape,
    Tap,
    numbered,
    parse_payload,
    payload,
    session_content,
    session_variables,
    shape,
    static_payload,
)

WEEK = [["good", "Good"], ["ok", "OK"], ["hard", "Hard"], ["skip", "Skip"]]


def look(text: str, choices: list[list[str]], *, layout: str = "", direction: str = "ltr") -> Shape:
    return shape(text, choices, layout=layout, direction=direction, capabilities=WHATSAPP)


def test_numbers_stand_before_the_choices_and_zero_before_the_way_out() -> None:
    said = numbered("How was your week?", WEEK, direction="ltr")
    assert said == "How was your week?\n1 Good\n2 OK\n3 Hard\n0 Skip"


def test_from_right_to_left_a_number_stays_at_its_line() -> None:
    said = numbered("كيف؟", [["a", "30 دقيقة"], ["skip", "تخطي"]], direction="rtl")
    assert said == "كيف؟\n\u200f1 \u206830 دقيقة\u2069\n\u200f0 \u2068تخطي\u2069"


def test_something_else_in_the_middle_is_no_way_out() -> None:
    choices = [["work", "Work"], ["other", "Something else"], ["skip", "Skip"]]
    assert numbered("What?", choices, direction="ltr").endswith("1 Work\n2 Something else\n0 Skip")


def test_a_person_is_a_choice_of_its_own_until_one_is_added_in_the_numbered_layout() -> None:
    consent = [["yes", "Yes"], ["no", "No"], ["person", "A person"]]
    assert numbered("OK?", consent, direction="ltr").endswith("3 A person")
    added = [*consent, ["person", "Somebody"]]
    said = numbered("OK?", added, direction="ltr", layout="numbered")
    assert said.endswith("3 A person\n0 Somebody")


def test_three_choices_are_buttons_and_the_fourth_way_out_is_a_line() -> None:
    seen = look("How was your week?", WEEK)
    assert seen.kind == "buttons"
    assert [key for key, _ in seen.rows] == ["good", "ok", "hard"]
    assert seen.body == "How was your week?\n0 Skip"
    assert seen.content_key == "session.buttons.3"


def test_two_choices_and_a_way_out_are_three_buttons() -> None:
    seen = look("OK?", [["yes", "Yes"], ["no", "No"], ["skip", "Skip"]])
    assert (seen.kind, len(seen.rows), seen.body) == ("buttons", 3, "OK?")


def test_four_to_ten_choices_are_a_list_and_eleven_are_numbers() -> None:
    ten = [[f"k{n}", f"Choice {n}"] for n in range(10)]
    assert look("Which?", ten[:4]).content_key == "session.list.4"
    assert look("Which?", ten).content_key == "session.list.10"
    assert look("Which?", [*ten, ["skip", "Skip"]]).kind == "text"


def test_labels_that_are_too_long_go_to_a_list_and_then_to_numbers() -> None:
    assert look("?", [["a", "x" * 20], ["b", "y"]]).kind == "buttons"
    assert look("?", [["a", "x" * 21], ["b", "y"]]).kind == "list"
    assert look("?", [["a", "x" * 25], ["b", "y"]]).kind == "text"


def test_two_labels_alike_are_never_buttons() -> None:
    assert look("?", [["a", "Same"], ["b", "Same"]]).kind == "text"


def test_a_long_question_is_numbered_and_the_choices_are_never_cut_off() -> None:
    assert look("x" * 1024, [["a", "A"], ["b", "B"]]).kind == "buttons"
    seen = look("x" * 5000, [["a", "A"], ["b", "B"]])
    assert seen.kind == "text" and len(seen.body) <= 1600
    assert seen.body.endswith("…\n1 A\n2 B")


def test_the_numbered_layout_and_sms_never_have_buttons() -> None:
    assert look("?", WEEK, layout="numbered").kind == "text"
    assert shape("?", WEEK, layout="", direction="ltr", capabilities=SMS).kind == "text"


def test_a_text_without_choices_is_just_that_text() -> None:
    assert look("Thank you.", []) == Shape(kind="text", body="Thank you.")


def test_every_variable_of_a_content_is_filled() -> None:
    seen = look("How?", WEEK)
    draft = session_content(str(seen.content_key))
    variables = session_variables(seen, message_id=41, list_label="Choose")
    assert set(variables) == set(draft.samples)
    assert variables["2"] == "41:good" and variables["3"] == "Good"
    assert all(isinstance(value, str) for value in json.loads(json.dumps(variables)).values())


@pytest.mark.parametrize("count", range(1, 11))
def test_a_list_content_has_a_variable_for_every_field(count: int) -> None:
    draft = session_content(f"session.list.{count}")
    used = json.dumps(draft.types)
    assert all(f"{{{{{number}}}}}" in used for number in draft.samples)
    assert len(draft.samples) == 2 + 2 * count
    rows = tuple((f"k{n}", f"L{n}") for n in range(count))
    seen = Shape(kind="list", body="b", rows=rows)
    assert set(session_variables(seen, message_id=1, list_label="x" * 30)) == set(draft.samples)


def test_no_other_content_is_made() -> None:
    with pytest.raises(ValueError, match="no generic content"):
        session_content("session.carousel.3")


@given(st.integers(1, 10**15), st.from_regex(r"[0-9a-z_-]{1,60}", fullmatch=True))
def test_a_tap_is_read_back_as_it_was_made(message_id: int, key: str) -> None:
    tap = parse_payload(payload(message_id=message_id, key=key))
    assert tap == Tap(message_id=message_id, context=None, key=key)


def test_a_templates_tap_names_its_step_whatever_its_wording() -> None:
    made = static_payload(context="welcome.right_number.discreet", key="yes")
    assert made == "t:welcome.right_number:yes"
    assert parse_payload(made) == Tap(message_id=None, context="welcome.right_number", key="yes")


@given(st.text(max_size=40))
def test_any_other_payload_is_none_or_ours(text: str) -> None:
    tap = parse_payload(text)
    assert tap is None or tap.key
