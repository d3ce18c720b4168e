"""What `check` says about flows that are wrong, each in one sentence that names the step."""

from dataclasses import replace

import pytest

from bot.engine.check import problems, warnings
from bot.engine.flow import Answer, Ask, Audience, Flow, Option, Say, Step

YES_NO = (Option(key="yes", label="Yes"), Option(key="no", label="No"))
HELLO = Ask(key="hello", text="Hello {name}. Shall we start?", options=YES_NO)
BYE = Say(key="bye", text="Thank you.")


def flow(*steps: Step, spoken: bool = True) -> Flow:
    return Flow(
        name="trial",
        version=1,
        audience=Audience.MENTEE,
        purpose="Tries something.",
        steps=steps,
        spoken=spoken,
    )


def choose(*options: Option, **rest: object) -> Ask:
    return Ask(key="choose", text="Which one?", options=options, **rest)  # type: ignore[arg-type]


def said(*steps: Step) -> list[str]:
    """The problems of a flow that starts and ends well, with these steps in between."""
    return problems(flow(HELLO, *steps, BYE))


def test_a_sound_flow_has_no_problems() -> None:
    assert said() == []


def test_words_on_which_a_phone_network_acts_are_neither_asked_for_nor_offered() -> None:
    stop = Option(key="cancel", label="Cancel")
    assert any("asks for" in line for line in said(Say(key="ask", text="Reply YES or NO.")))
    assert any("stop every message" in line for line in said(choose(stop, *YES_NO)))


def test_a_step_that_does_not_exist_is_named_as_it_was_written() -> None:
    stuck = Option(key="stuck", label="I am stuck", goto="obstacel")
    assert "trial.choose: goes to 'obstacel', which does not exist" in said(choose(stuck))


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        (Say(key="x", text="Hi.", goto="nowhere"), "goes to 'nowhere', which does not exist"),
        (Ask(key="x", text="Hi?", options=YES_NO, otherwise="no"), "goes to 'no', which does not"),
        (Say(key="x", text="Hi.", when="is_tall"), "asks whether 'is_tall', which is not a known"),
        (Say(key="x", text="Hi {nmae}."), "uses {nmae}, which is not a known placeholder"),
        (Say(key="x", text="Hi.", discreet="Hi {nmae}."), "x.discreet: uses {nmae}"),
        (Say(key="x", text="Hi.", discreet="Hi, {goal}."), "shows {goal} on a phone that others"),
        (Say(key="x", text="Hi {name"), "has a brace that is not part of a {placeholder}"),
        (Say(key="x", text="Hi {name.__class__}."), "has a brace that is not part of"),
        (Say(key="x", text="Hi "), "has spaces at its start or end"),
        (Say(key="x", text=" "), "has no text"),
        (Say(key="x", text="a" * 1025), "is longer than 1024 characters"),
        (Say(key="X-1", text="Hi."), "the key must be small letters, digits and underscores"),
        (Say(key="end", text="Hi."), "'end' is not a step"),
        (Say(key="bye", text="Hi."), "bye: this key is used for more than one step"),
        (Ask(key="x", text="Hi?"), "asks to choose but has no options"),
        (
            Ask(key="x", text="Hi?", answer=Answer.RATING, options=YES_NO),
            "has options but expects rating",
        ),
        (
            Ask(key="x", text="Hi?", answer=Answer.RATING, several=True),
            "several answers are only possible where there are options",
        ),
        (
            Ask(key="x", text="Hi?", options=YES_NO, means="age"),
            "means 'age', which is not a known",
        ),
        (
            Ask(key="x", text="Hi?", options=YES_NO, means="consent_messages"),
            "must say where to go `otherwise`",
        ),
        (
            Ask(
                key="x",
                text="Hi?",
                options=YES_NO,
                means="consent_messages",
                otherwise="bye",
                optional=True,
            ),
            "asks whether we may write at all, so it cannot be skipped",
        ),
        (
            Ask(key="x", text="Hi?", options=YES_NO, lenient=True),
            "takes any words, so it must say where to go `otherwise`",
        ),
        (
            Ask(
                key="x",
                text="Hi?",
                options=YES_NO,
                lenient=True,
                otherwise="end",
                means="pause_for",
            ),
            "takes any words, so it must ask to choose and its answer change nothing",
        ),
        (choose(Option(key="own_words", label="A")), "'own_words' cannot be the key of an option"),
        (choose(Option(key="a", label="A", flag="storm")), "flags 'storm', which is not a known"),
        (choose(Option(key="again", label="A")), "'again' cannot be the key of an option"),
        (choose(Option(key="A", label="A")), "'A' cannot be the key of an option"),
        (choose(*YES_NO, *YES_NO), "has more than one option with the key 'yes'"),
        (
            choose(Option(key="a", label="Well!"), Option(key="b", label="well")),
            "has more than one option called 'well'",
        ),
        (choose(Option(key="a", label="Three")), "option 'a' reads as 3, but it is choice 1"),
        (
            choose(Option(key="a", label="One"), Option(key="b", label="1")),
            "has more than one option that reads as 1",
        ),
        (choose(Option(key="a", label="")), "option 'a' has no label"),
        (choose(Option(key="a", label="Hi {name}")), "labels cannot hold one"),
        (choose(Option(key="a", label="x" * 21)), "choose.a: has more than 20 characters"),
        (choose(Option(key="fine", label="Yes")), "the option 'Yes' must have the key 'yes'"),
        (choose(Option(key="a", label="A", minutes=5)), "has minutes, but no time is asked"),
        (
            Ask(key="x", text="Hi?", answer=Answer.DURATION, options=YES_NO),
            "option 'yes' needs its minutes, or a step to go to",
        ),
        (
            choose(
                Option(key="a", label="A", goto="bye"), Option(key="b", label="B"), several=True
            ),
            "no single option can say where to go",
        ),
        (
            choose(
                Option(key="a", label="A", opens="more"), Option(key="b", label="B"), several=True
            ),
            "no single option can say where to go",
        ),
        (
            choose(Option(key="a", label="A", opens="more", goto="bye")),
            "option 'a' opens a conversation, so it can go nowhere else",
        ),
        (Say(key="x", text="Call {who}."), "shows {who}, so it needs a `discreet` wording"),
        (
            Ask(key="x", text="Hi?", options=YES_NO, again="Will you meet {other}?"),
            "x.again: shows {other}, and has no wording for a phone that others read",
        ),
        (
            Say(key="x", text="Say it.", discreet="Say {safe_word}."),
            "shows {safe_word} on a phone that others read",
        ),
        (
            choose(Option(key="a", label="A"), Option(key="other", label="Something else")),
            "ends in 'other', which takes the number 0 unless she may skip",
        ),
    ],
)
def test_every_fault_has_its_sentence(step: Step, sentence: str) -> None:
    found = said(step)
    assert any(sentence in problem for problem in found), found
    assert all(problem.startswith("trial.") for problem in found)


@pytest.mark.parametrize("when", ["own_phone", "first_barrier_travel"])
def test_what_no_shared_phone_ever_gets_needs_no_second_wording(when: str) -> None:
    assert said(Say(key="x", text="Shall {who} call you?", when=when)) == []


def test_others_may_read_a_mentors_phone_too() -> None:
    step = Say(key="x", text="Shall {who} call you?", when="is_mentor")
    found = problems(replace(flow(HELLO, step), audience=Audience.MENTOR))
    assert found == ["trial.x: shows {who}, so it needs a `discreet` wording"]


def test_a_moment_may_have_choices_beside_it() -> None:
    person = Option(key="person", label="Ask a person", goto="bye")
    assert said(Ask(key="x", text="When?", answer=Answer.MOMENT, options=(person,))) == []


def test_each_of_several_choices_may_raise_an_alert() -> None:
    chosen = [Option(key=key, label=key, flag="wants_call") for key in ("a", "b")]
    assert said(choose(*chosen, several=True, optional=True)) == []


def test_a_choice_that_opens_another_conversation_leads_on_to_nothing_here() -> None:
    last = choose(Option(key="a", label="A", opens="more"), Option(key="b", label="B", goto="end"))
    assert problems(flow(HELLO, last, BYE)) == ["trial.bye: cannot be reached: nothing leads to it"]
    assert problems(flow(HELLO, choose(Option(key="a", label="A", opens="more")))) == []


def test_a_list_holds_ten_options_of_24_characters() -> None:
    options = [Option(key=f"o{n}", label=chr(96 + n) * 24) for n in range(1, 12)]
    assert said(choose(*options[:10])) == []
    assert said(choose(*options)) == ["trial.choose: has 11 options, and a list holds 10"]


def test_a_step_that_nothing_leads_to_is_found() -> None:
    found = problems(flow(HELLO, Say(key="stop", text="Bye.", goto="end"), BYE))
    assert found == ["trial.bye: cannot be reached: nothing leads to it"]


def test_a_step_after_a_conditional_end_can_be_reached() -> None:
    last = Say(key="stop", text="Bye.", when="has_goal", goto="end")
    assert problems(flow(HELLO, last, BYE)) == []


def test_texts_that_go_round_without_waiting_are_found() -> None:
    round_and_round = Say(key="b", text="B.", goto="a")
    found = problems(flow(HELLO, Say(key="a", text="A."), round_and_round))
    assert found == [
        "trial.hello: never comes to an end",
        "trial.a: goes round in a circle that waits for no answer",
        "trial.b: goes round in a circle that waits for no answer",
    ]


def test_a_question_that_may_be_skipped_does_not_make_a_circle_safe() -> None:
    maybe = Ask(key="a", text="A?", options=YES_NO, when="has_goal")
    found = problems(flow(HELLO, maybe, Say(key="b", text="B.", goto="a")))
    assert "trial.b: goes round in a circle that waits for no answer" in found


def test_a_question_that_is_asked_for_ever_never_comes_to_an_end() -> None:
    again = (Option(key="yes", label="Yes", goto="hello"), Option(key="no", label="No"))
    endless = Ask(key="more", text="More?", options=again, goto="hello")
    found = problems(flow(HELLO, endless))
    assert "trial.more: never comes to an end" in found


def test_a_question_that_is_asked_again_until_no_is_sound() -> None:
    again = (Option(key="yes", label="Yes", goto="hello"), Option(key="no", label="No"))
    assert said(Ask(key="more", text="More?", options=again)) == []


@pytest.mark.parametrize(
    "first", [BYE, Ask(key="a", text="Hi {name}. Well?", options=YES_NO, when="has_goal")]
)
def test_the_first_step_is_a_question_that_is_always_asked(first: Step) -> None:
    found = problems(flow(first, Say(key="z", text="Bye.")))
    assert f"trial.{first.key}: the first step must be a question that is always asked" in found


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{name}, how was your week?", "starts with a placeholder"),
        ("How was your week, {name}?", "ends with a placeholder"),
        ("Hello {name} {other}, how was your week?", "two placeholders side by side"),
        ("Hi {name}. OK?", "has 2 words around 1 placeholders: a template needs 3"),
        ("Hello {name}.\nHow was your week?", "has a line break"),
    ],
)
def test_the_first_question_keeps_whatsapps_rules_for_templates(text: str, sentence: str) -> None:
    found = problems(flow(Ask(key="hello", text=text, options=YES_NO), BYE))
    assert [problem for problem in found if sentence in problem], found


def test_the_first_questions_labels_must_fit_a_templates_buttons() -> None:
    four = [Option(key=f"o{n}", label=chr(97 + n) * 21) for n in range(4)]
    found = problems(flow(Ask(key="hello", text="Hello {name}. Which one?", options=(*four,)), BYE))
    assert found == [f"trial.hello.o{n}: has more than 20 characters" for n in range(4)]


def test_a_shelf_of_texts_needs_no_way_through_but_holds_no_questions() -> None:
    shelf = flow(Say(key="a", text="A."), Say(key="b", text="{name} {name}"), spoken=False)
    assert problems(shelf) == []
    assert problems(flow(HELLO, spoken=False)) == [
        "trial.hello: is a question in a flow that is never played"
    ]


def test_long_english_is_advice_and_not_a_problem() -> None:
    long = flow(HELLO, Say(key="a", text="a" * 161), BYE)
    assert problems(long) == []
    assert warnings(long) == ["trial.a: is 161 characters long; 160 is easier to read"]


def test_a_flow_without_steps_or_purpose_is_no_flow() -> None:
    empty = Flow(name="Trial!", version=0, audience=Audience.MENTEE, purpose=" ", steps=())
    assert len(problems(empty)) == 4
