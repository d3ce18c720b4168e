"""On a phone that others read: every text that may be sent to it, in every language, as it reads.

Filled as it would be: nothing of anybody else, no goal, no barrier, no word of harm, and a
beginning that a locked screen may show to anyone.
"""

import re
from collections.abc import Iterator

import pytest

from bot.actions.know import common_words
from bot.actions.phrase import wording
from bot.catalogues import Catalogues, load_catalogues
from bot.engine.facts import OWN_PHONE_ONLY
from bot.engine.flow import Ask, Flow
from bot.engine.wording import TEMPLATES
from bot.library import Library, load_library

TAGS = ("en", "ar", "fa", "ti")
LOCKED = 40  # characters that a locked screen shows
# What stands in the place of the placeholders that would tell, and must not be read anywhere
TELLS = {
    "other": "Grace-Told",
    "org": "Told-House",
    "who": "Told-Wieke",
    "goal": "told-sewing",
    "goal_2": "told-english",
    "goal_3": "told-driving",
    "safe_word": "told-umbrella",
    "phone": "0000-told",
}
PLAIN = {
    **{"name": "Amina", "first": "2", "now": "6", "day": "Thursday", "number": "3"},
    **{"target": "10", "hours": "3 h 30", "when": "Tuesday", "moment": "Tuesday, 17:30"},
    **{"next": "Tuesday, 17:30", "time": "17:30", "sentence": "x", "languages": "x", "answer": "x"},
}
NOWHERE = {  # in no discreet wording and on no label of one
    "en": ("mentor", "mentee", "goal", "refugee", "asylum", "home office", "lawyer", "charity",
           "999", "116 123", "danger", "suicide", "police"),
    "ar": ("مرشد", "هدف", "لاجئ", "لجوء", "هوم أوفيس", "محامي", "999", "116 123", "خطر", "الشرطة"),
    "fa": ("راهنما", "هدف", "پناه", "هوم آفیس", "وکیل", "999", "116 123", "خطر", "پلیس"),
    "ti": ("መካሪ", "ዕላማ", "ስደተኛ", "ሆም ኦፊስ", "ጠበቓ", "999", "116 123", "ሓደጋ", "ፖሊስ"),
}  # fmt: skip
# A locked screen shows no word of the programme either
BEGINS_WITHOUT = {
    "en": ("session", "programme", "training", "meet with"),
    "ar": ("جلسة", "برنامج الإرشاد", "تدريب"),
    "fa": ("جلسه", "برنامه‌ی راهنمایی", "کارگاه"),
    "ti": ("ስልጠና", "መደብ ምኽሪ"),
}
# What stands only inside other texts, and what only somebody gets whom nobody enrolled
NEVER_ALONE = frozenset(
    {
        *("standing.your_mentor", "standing.your_mentee", "standing.voice_goal"),
        *("standing.safe_word", "standing.unknown_sender", "standing.share_number"),
    }
)
# Said on a phone of her own alone; tests/actions/test_safe_reply.py holds that
OWN_PHONE_REPLIES = frozenset(
    {
        *("standing.harm_red_closed", "standing.harm_red_soon", "standing.talk_to"),
        *("standing.safe_to_write", "standing.safe_yes", "standing.safe_call"),
        *("standing.safe_later", "standing.write_here"),
    }
)
# Before she agrees she must read when we would tell: "a life is in danger"
MUST_BE_SAID = "welcome.not_shared.discreet"


@pytest.fixture(scope="module")
def flows() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def catalogues(flows: Library) -> Catalogues:
    return load_catalogues(flows)


def sent(flow: Flow, catalogues: Catalogues) -> Iterator[tuple[str, bool]]:
    """Each text of the flow as a shared phone gets it: its context; whether it may come first."""

    class House:
        def __init__(self) -> None:
            self.catalogues = catalogues

    for place, step in enumerate(flow.steps):
        base = f"{flow.name}.{step.key}"
        if step.when in OWN_PHONE_ONLY or base in NEVER_ALONE | OWN_PHONE_REPLIES:
            continue
        yield wording(House(), base, discreet=True), place == 0 or not flow.spoken  # type: ignore[arg-type]
        if isinstance(step, Ask):
            if step.again is not None:
                yield f"{base}.again", False
            for option in step.options:
                yield f"{base}.{option.key}", False


@pytest.mark.parametrize("tag", TAGS)
def test_nothing_that_tells_is_read_on_a_shared_phone(
    flows: Library, catalogues: Catalogues, tag: str
) -> None:
    found = []
    for flow in flows.flows.values():
        for context, _ in sent(flow, catalogues):
            said = catalogues.fill(context, language=tag, words={**PLAIN, **TELLS})
            low = said.casefold()
            assert "{" not in said, context
            found += [(context, told) for told in TELLS.values() if told.casefold() in low]
            found += [(context, word) for word in NOWHERE[tag] if word in low]
    assert {context for context, _ in found} <= {MUST_BE_SAID}


@pytest.mark.parametrize("tag", TAGS)
def test_a_locked_screen_shows_nothing_of_the_programme(
    flows: Library, catalogues: Catalogues, tag: str
) -> None:
    """The first forty characters of whatever may stand first; a question may follow any text."""
    found = []
    for flow in flows.flows.values():
        for context, _ in sent(flow, catalogues):
            said = catalogues.fill(context, language=tag, words={**PLAIN, **TELLS})
            first = re.sub("[\u2066-\u2069]", "", said)[:LOCKED].casefold()
            words = (*NOWHERE[tag], *BEGINS_WITHOUT[tag])
            found += [(context, word, first) for word in words if word in first]
    assert found == []


@pytest.mark.parametrize("tag", TAGS)
def test_openers_and_reminders_are_as_neutral(catalogues: Catalogues, tag: str) -> None:
    words = {**PLAIN, **TELLS, "sentence": catalogues.text("standing.opener_sentence", tag)}
    for context in ("standing.opener.discreet", *TEMPLATES[2:]):
        said = catalogues.fill(context, language=tag, words=words)
        assert not [told for told in (*TELLS.values(), *NOWHERE[tag]) if told in said.casefold()]


def test_the_usual_words_hold_the_charity_and_the_coordinator_only_where_they_may_be_read(
    flows: Library, catalogues: Catalogues
) -> None:
    """So that this test fills what the bot fills: the same names of placeholders."""

    class House:
        charity, who, phone = "Told-House", "Told-Wieke", "0000-told"

        def __init__(self) -> None:
            self.catalogues = catalogues

    usual = common_words(House(), name="Amina", language="en")  # type: ignore[arg-type]
    assert set(usual) <= set(TELLS) | set(PLAIN)
