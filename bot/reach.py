"""How a person is reached in each language when WhatsApp's window is closed: `docs/reach.md`.

Measured, never typed: the ways by the policy that sends, the SMS by the code that cuts them.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, timedelta
from functools import partial

from bot.actions.plan_templates import A_DAY, all_wordings, plan_templates, samples
from bot.catalogues import Catalogues
from bot.channels.policy import Matter, Person, Way, choose
from bot.channels.rendering import by_sms
from bot.channels.segments import count
from bot.engine.facts import CONDITIONS, Snapshot
from bot.engine.flow import Ask, Flow, Step
from bot.languages import SOURCE, Language
from bot.library import Library

BY_ROLE = ("is_mentee", "is_mentor")
CHECK_IN = "goal_check_in.week"  # what she is asked each week
CLOSED = A_DAY - timedelta(days=2)  # when she wrote last
WORDS = {  # beside the samples of templates: short ones as people have them
    "who": "Ruth",
    "phone": "0113 496 0000",
    "goal_2": "work",
    "goal_3": "a flat",
    "first": "3",
    "now": "6",
    "number": "4",
    "target": "10",
    "answer": "5",
    "time": "17:30",
    "helplines": "Samaritans 116 123",
}
HEAD = """# Reaching a person outside WhatsApp's window

More than 24 hours after her last message WhatsApp takes only wordings that it has approved.
What then goes, in each language of `locales/languages.toml`.
Written by `python3 -m bot languages reach`; a test keeps it in step.

"""
COLUMNS = (
    "Language",
    "Script, direction",
    "WhatsApp's code",
    "By WhatsApp",
    "Where that wording is not approved",
    "Where none is",
    "By SMS: the weekly check-in",
    "By SMS: the longest turn",
    "Texts",
    "To be approved",
)


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One message as it is sent: a question with its choices, and what stands before it."""

    context: str
    text: str
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Size:
    """A turn by SMS: in how many messages, and how many parts these have together."""

    context: str
    alphabet: str
    messages: int
    parts: int


def reach(library: Library, catalogues: Catalogues) -> str:
    """The page, as Markdown."""
    rows = [_row(library, catalogues, one) for one in catalogues.languages.values()]
    total = len(plan_templates(library, catalogues))
    lines = [_line(COLUMNS), _line(["---"] * len(COLUMNS)), *map(_line, rows)]
    said = sum(len(all_turns(library, catalogues, tag)) for tag in catalogues.languages)
    tail = (
        f"\n{total} wordings are to be approved in all: where two say the same, one is sent in. "
        f"Of {said} turns measured, none takes more than three parts in one SMS; a longer one goes "
        "as several, cut between sentences.\n"
    )
    return HEAD + "\n".join(lines) + "\n" + tail


def outside_window(*, template: bool, opener: bool, sms: bool = False) -> str:
    """The route of a weekly check-in: what is approved, and whether she allowed SMS."""
    ways = [Way(id=1, channel="whatsapp", last_inbound_at=CLOSED)]
    ways += [Way(id=2, channel="sms", fallback=True)] if sms else []
    matter = Matter(context=CHECK_IN, template=template, opener=opener)
    return choose(person=Person(), ways=ways, matter=matter, now=A_DAY).kind


def opener_in(catalogues: Catalogues, language: Language) -> str:
    """The first language of her chain in which an opener is planned."""
    chain = (language.tag, *language.fallback, SOURCE)
    known = (catalogues.languages.get(tag) for tag in chain)
    return next((one.tag for one in known if one and one.template), "")


def all_turns(
    library: Library, catalogues: Catalogues, tag: str, *, joined: bool = True
) -> tuple[Turn, ...]:
    """Every turn that any conversation can take, filled as for somebody, in that language; or
    each text by itself, with its choices."""
    language = catalogues.all_languages[tag]
    known = samples(language, catalogues) | WORDS | _spoken(catalogues, tag)
    turns = (
        turn
        for flow in library.flows.values()
        for who in (Snapshot(role="mentee", words=known), Snapshot(role="mentor", words=known))
        for turn in _turns(flow, catalogues, tag=tag, who=who, joined=joined)
    )
    return tuple(dict.fromkeys(turns))


def sms_size(turn: Turn, *, direction: str) -> Size:
    """As the sender would cut it."""
    sizes = [count(one) for one in by_sms(turn.text, turn.choices, direction=direction)]
    return Size(
        context=turn.context,
        alphabet=max((size.encoding for size in sizes), key=lambda name: name == "UCS-2"),
        messages=len(sizes),
        parts=sum(size.parts for size in sizes),
    )


def _row(library: Library, catalogues: Catalogues, language: Language) -> list[str]:
    turns = all_turns(library, catalogues, language.tag)
    sizes = [sms_size(turn, direction=language.direction) for turn in turns]
    longest = max(sizes, key=lambda size: (size.parts, size.messages))
    weekly = next(size for size in sizes if size.context == CHECK_IN)
    planned = all_wordings(library, catalogues)
    mine = [wording for wording in planned if wording.language == language.template]
    own = any(wording.context == CHECK_IN for wording in mine)
    opener = opener_in(catalogues, language)
    said = partial(_in_words, catalogues=catalogues, opener=opener, tag=language.tag)
    best = outside_window(template=own, opener=bool(opener))
    next_best = outside_window(template=False, opener=bool(opener))
    without = [outside_window(template=False, opener=False, sms=sms) for sms in (True, False)]
    return [
        f"{language.english_name} ({language.own_name})",
        f"{_script(catalogues, language.tag)}, {language.direction}",
        f"`{language.template}`" if language.template else "none",
        said(best),
        said(next_best) if next_best != best else "–",
        ", else ".join(said(kind) for kind in without),
        f"{_count(weekly.parts, 'part')}, {weekly.alphabet}",
        f"`{longest.context}`: {_count(longest.parts, 'part')} in "
        f"{_count(longest.messages, 'message')}",
        str(len(catalogues.texts[language.tag])),
        str(len(mine)),
    ]


def _in_words(kind: str, *, catalogues: Catalogues, opener: str, tag: str) -> str:
    if kind == "opener":
        name = catalogues.all_languages[opener].english_name
        if opener == tag:
            return "an opener in her language; her tap brings the question"
        return f"an opener in {name} around a sentence in hers; her tap brings the question"
    return {
        "template": "her question itself, with its buttons",
        "sms": "SMS in her script where she allowed it",
        "task": "a task for staff",
    }[kind]


def _turns(
    flow: Flow, catalogues: Catalogues, *, tag: str, who: Snapshot, joined: bool
) -> Iterator[Turn]:
    """What is said before a question goes with it, where she hears it."""
    held: list[str] = []
    for step in flow.steps:
        if step.when in BY_ROLE and not CONDITIONS[step.when](who, {}):
            continue
        context = f"{flow.name}.{step.key}"
        choices = _choices(step, context, catalogues, tag)
        for other in (f"{context}.discreet", f"{context}.again"):
            if catalogues.has(other):
                said = catalogues.fill(other, language=tag, words=who.words)
                yield Turn(context=other, text=said, choices=choices)
        held = [*held, catalogues.fill(context, language=tag, words=who.words)]
        if isinstance(step, Ask) or step.goto is not None or not (flow.spoken and joined):
            yield Turn(context=context, text="\n\n".join(held), choices=choices)
            held = []
    if held:
        yield Turn(context=f"{flow.name}.{flow.steps[-1].key}", text="\n\n".join(held))


def _choices(
    step: Step, context: str, catalogues: Catalogues, tag: str
) -> tuple[tuple[str, str], ...]:
    if not isinstance(step, Ask) or not step.options:
        return ()
    keys = [option.key for option in step.options]
    labels = [(key, catalogues.text(f"{context}.{key}", tag)) for key in keys]
    skip = [("skip", catalogues.text("standing.or_skip", tag))] if step.optional else []
    return (*labels, *skip)


def _spoken(catalogues: Catalogues, tag: str) -> dict[str, str]:
    names = ", ".join(one.own_name for one in catalogues.languages.values())
    return {
        "hours": catalogues.hours(210, tag),
        "next": catalogues.spoken_moment(A_DAY, language=tag, zone=UTC),
        "safe_word": catalogues.text("standing.safe_word", tag),
        "languages": names,
        "day": catalogues.weekday(1, tag),
    }


def _script(catalogues: Catalogues, tag: str) -> str:
    letters = (each for text in catalogues.texts[tag].values() for each in text if each.isalpha())
    names = Counter(unicodedata.name(each, "?").partition(" ")[0] for each in letters)
    return names.most_common(1)[0][0].capitalize()


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _line(cells: list[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"
