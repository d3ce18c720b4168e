"""Every language reaches a person outside WhatsApp's window, and within the budget of an SMS."""

from pathlib import Path

import pytest

from bot.actions.templates import sync_templates
from bot.channels.rendering import by_sms
from bot.channels.segments import count, straighten
from bot.engine.names import PLACEHOLDERS
from bot.reach import CHECK_IN, WORDS, all_turns, reach, sms_size
from tests.actions.sending import catalogues, few, library, open_bed

TAGS = tuple(catalogues().languages)
# What does not fit in three parts in each language and goes as two SMS: what is said in danger,
# and lists of choices, which are read whole.
LONGER = (
    "standing.harm_red",
    "goal_check_in.barriers",
    "follow_up.started",
    "my_choices.what",
    "my_data.what",
)


def test_the_page_says_what_the_code_does() -> None:
    """Else: python3 -m bot languages reach > docs/reach.md"""
    page = Path(__file__).parent.parent / "docs" / "reach.md"
    assert page.read_text(encoding="utf-8") == reach(library(), catalogues())


def test_each_placeholder_has_a_value_to_measure_with() -> None:
    by_language = {"hours", "next", "safe_word", "languages", "day", "when", "moment", "sentence"}
    assert PLACEHOLDERS - by_language - set(WORDS) == {"name", "other", "org", "goal"}


@pytest.mark.parametrize("tag", TAGS)
def test_a_text_with_its_choices_takes_three_parts_but_for_those_named(tag: str) -> None:
    direction = catalogues().languages[tag].direction
    sizes = [
        sms_size(turn, direction=direction)
        for turn in all_turns(library(), catalogues(), tag, joined=False)
    ]
    over = {size.context for size in sizes if size.parts > 3}
    assert {context for context in over if not context.startswith(LONGER)} == set()
    assert all(size.messages <= 3 for size in sizes)


@pytest.mark.parametrize("tag", TAGS)
def test_no_sms_of_any_turn_takes_more_than_three_parts(tag: str) -> None:
    direction = catalogues().languages[tag].direction
    for turn in all_turns(library(), catalogues(), tag):
        found = by_sms(turn.text, turn.choices, direction=direction)
        assert all(count(one).parts <= 3 for one in found), turn.context
        if turn.choices and len(found) > 1:
            assert turn.choices[-1][1] in found[-1], turn.context


def test_in_every_language_her_weekly_question_reaches_her_phone(database_url: str) -> None:
    """Outside the window: by SMS while no wording is approved, then as the page promises."""
    words = {"name": "Selam"}
    with open_bed(database_url) as bed:

        def ask(who: int, tag: str) -> str:
            choices = [
                (key, catalogues().text(f"goal_check_in.week.{key}", tag))
                for key in ("good", "ok", "hard")
            ]
            more = {"choices": [*choices, ("skip", catalogues().text("standing.or_skip", tag))]}
            bed.say(who, CHECK_IN, language=tag, words=words, priority=1, **more)
            return catalogues().fill(CHECK_IN, language=tag, words=words)

        def person(tag: str, *, sms: bool) -> int:
            return bed.person(language=tag, name="Selam", wrote=False, sms=sms, fallback=True)

        people = {tag: person(tag, sms=True) for tag in TAGS}
        said = {tag: ask(who, tag) for tag, who in people.items()}
        bed.settle_down(rounds=2)
        for tag, who in people.items():
            assert bed.bodies(who)[0].startswith(straighten(said[tag])), tag
            assert bed.sent_to(who)[0].channel == "sms"
        sync_templates(
            bed.database, bed.channel, library=few(), catalogues=catalogues(), now=bed.now
        )
        people = {tag: person(tag, sms=False) for tag in TAGS}
        for tag, who in people.items():
            ask(who, tag)
        bed.settle_down(rounds=2)
        for tag, who in people.items():
            language, phone = catalogues().languages[tag], bed.sent_to(who)[0]
            sentence = catalogues().text("standing.opener_sentence", tag)
            assert (said[tag] if language.template else sentence) in phone.body, tag
            assert phone.channel == "whatsapp" and phone.shown.buttons
