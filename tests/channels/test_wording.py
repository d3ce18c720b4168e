"""Templates: our placeholders as WhatsApp's variables, its rules, and the way back."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wording import Wording, make_wording, problems, stands_in, values

SAMPLES = {"name": "Amina", "org": "Routes", "other": "Grace"}
YES_NO = [("yes", "Yes"), ("no", "No")]


def make(
    text: str, choices: Sequence[Sequence[str]] = (), context: str = "a.b", language: str = "en_GB"
) -> Wording:
    return make_wording(
        context=context,
        language=language,
        text=text,
        choices=choices,
        direction="ltr",
        samples=SAMPLES,
    )


def test_placeholders_become_numbers_in_their_order_and_the_same_one_keeps_its_number() -> None:
    wording = make("Hello {name}, this is {org}. Are you {name} and is {other} there?")
    assert wording.body == "Hello {{1}}, this is {{2}}. Are you {{1}} and is {{3}} there?"
    assert wording.variables == ("name", "org", "other")
    assert wording.draft.samples == {"1": "Amina", "2": "Routes", "3": "Grace"}


def test_buttons_carry_the_step_whatever_the_wording() -> None:
    wording = make("Is it OK?", YES_NO, context="welcome.right_number.discreet")
    assert wording.buttons == (
        ("t:welcome.right_number:yes", "Yes"),
        ("t:welcome.right_number:no", "No"),
    )
    assert wording.draft.types["twilio/quick-reply"]["body"] == "Is it OK?"
    assert wording.draft.category == "UTILITY"


def test_a_fourth_way_out_is_a_line_and_long_labels_are_numbered() -> None:
    week = [("good", "Good"), ("ok", "OK"), ("hard", "Hard"), ("skip", "Skip")]
    assert make("How?", week).body == "How?\n0 Skip"
    long = make("How?", [("a", "x" * 21), ("b", "B")])
    assert (long.buttons, long.body) == ((), f"How?\n1 {'x' * 21}\n2 B")


def test_choices_of_which_she_may_send_several_are_numbered_and_have_no_buttons() -> None:
    wording = make_wording(
        context="a.b",
        language="en",
        text="Send the numbers.",
        choices=[("job", "Job"), ("course", "Course"), ("skip", "Skip")],
        direction="ltr",
        samples=SAMPLES,
        layout="numbered",
    )
    assert (wording.buttons, wording.body) == ((), "Send the numbers.\n1 Job\n2 Course\n0 Skip")


def test_every_changed_word_makes_another_name_and_digest() -> None:
    one, two = make("Hello {name}, are you there?"), make("Hello {name}, are you here?")
    assert one.digest != two.digest and one.name != two.name
    assert stands_in(one.digest, two)


def test_other_variables_or_choices_never_stand_in() -> None:
    wording = make("Hello {name}, is it OK?", YES_NO)
    assert not stands_in(make("Hello {org}, is it OK?", YES_NO).digest, wording)
    assert not stands_in(make("Hello {name}, is it OK?", YES_NO[:1]).digest, wording)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{name}, are you there today?", "begins or ends"),
        ("Are you still there, {name}?", "begins or ends"),
        ("Are you still there, {name}.", "begins or ends"),
        ("Hello there {name} {org} how are you both today?", "side by side"),
        ("Hello {name}, bye.", "needs at least 3 words"),
        ("Hello {goal}, are you well today?", "no usable example for {goal}"),
        ("Read wa.me/1 now please", "wa.me"),
        ("x" * 1025, "longer than 1024"),
        ("Too     many blanks in here", "too many blanks"),
        ("Well done " + "😀" * 11, "more than 10 emoji"),
        ("ሰላም እንታይ ትብሉ", "not in the script of en_GB"),
    ],
)
def test_what_whatsapp_rejects_is_said_in_a_sentence(text: str, sentence: str) -> None:
    assert any(sentence in problem for problem in problems(make(text)))


def test_a_sound_wording_has_no_problems() -> None:
    assert problems(make("Hello {name}. This is {org}. Is this a good number?", YES_NO)) == []
    assert any("two alike" in line for line in problems(make("OK?", [("a", "Yes"), ("b", "Yes")])))


def test_words_are_never_sent_in_for_a_language_of_another_script() -> None:
    assert any("script of fa" in line for line in problems(make("Are you well?", language="fa")))
    assert problems(make("آیا حال شما خوب است؟", language="fa")) == []
    assert any("too long" in line for line in problems(make("OK?", [("a", "{name}")])))


def test_values_are_read_back_from_what_was_said() -> None:
    text = "Hello {name}. Did you and {other} meet?"
    assert values(text=text, filled="Hello Amina. Did you and Grace meet?") == {
        "name": "Amina",
        "other": "Grace",
    }
    assert values(text=text, filled="مرحبا") is None
    assert values(text=text, filled="Thank you.\nHello Amina. Did you and Grace meet?") is None


@pytest.mark.parametrize("name", ["two\nlines", "a\tb", "a      b", "x" * 251, " "])
def test_a_value_that_whatsapp_refuses_makes_it_no_template(name: str) -> None:
    assert values(text="Hello {name}, hi.", filled=f"Hello {name}, hi.") is None


WORDS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12)


@given(name=WORDS, org=WORDS)
def test_any_pair_of_values_says_the_same_again(name: str, org: str) -> None:
    text = "Hello {name}, this is {org}. Dear {name}, all well?"
    filled = text.replace("{name}", name).replace("{org}", org)
    assert values(text=text, filled=filled) == {"name": name, "org": org}
