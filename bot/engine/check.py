"""What is wrong with a flow, in plain English, each sentence naming the step. Pure.

`problems` must be empty before a flow is used; `warnings` is advice that its author may overrule.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from bot.engine import wording
from bot.engine.facts import CONDITIONS, OWN_PHONE_ONLY
from bot.engine.flow import END, Answer, Ask, Flow, Option, Say, Step
from bot.engine.keywords import invited, stops_all
from bot.engine.names import FLAGS, MEANINGS, PLACEHOLDERS
from bot.engine.routes import route_problems

KEY = re.compile(r"[a-z][a-z0-9_]*\Z")
MOST_OPTIONS = 10  # the rows of a WhatsApp list
# Names of texts, of the choice numbered 0, and of an answer in her own words
RESERVED = {"again", "discreet", "skip", "own_words"}
WITH_OPTIONS = {Answer.OPTIONS, Answer.DURATION, Answer.MOMENT, Answer.LANGUAGE}
# What a phone that others read may not show
TELLING = frozenset({"goal", "goal_2", "goal_3", "other", "org", "who", "safe_word"})
LONG = 160  # characters: one SMS
YES_NO = {"yes": "yes", "no": "no"}
NUMBER_WORDS = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
)


def problems(flow: Flow) -> list[str]:
    """Every fault of the flow, in the order of its steps; empty when it is sound."""
    return [
        *_shape(flow),
        *(sentence for step in flow.steps for sentence in _step(flow, step)),
        *_opening(flow),
        *route_problems(flow),
    ]


def warnings(flow: Flow) -> list[str]:
    """English texts over 160 characters. Safety texts may be longer: they are read whole."""
    return [
        f"{text.context}: is {len(text.english)} characters long; {LONG} is easier to read"
        for text in flow.texts()
        if len(text.english) > LONG and not text.context.startswith(wording.SAFETY)
    ]


def _shape(flow: Flow) -> Iterator[str]:
    if not KEY.match(flow.name):
        yield f"{flow.name}: the name must be small letters, digits and underscores"
    if flow.version < 1:
        yield f"{flow.name}: versions count from 1"
    if not flow.purpose.strip():
        yield f"{flow.name}: has no purpose, the sentence that staff read"
    if not flow.steps:
        yield f"{flow.name}: has no steps"
    for key in _repeated(step.key for step in flow.steps):
        yield f"{flow.name}.{key}: this key is used for more than one step"


def _step(flow: Flow, step: Step) -> Iterator[str]:
    name = f"{flow.name}.{step.key}"
    if not KEY.match(step.key):
        yield f"{name}: the key must be small letters, digits and underscores"
    if step.key == END:
        yield f"{name}: 'end' is not a step, it is where a conversation ends"
    if step.when is not None and step.when not in CONDITIONS:
        yield f"{name}: asks whether '{step.when}', which is not a known condition"
    yield from _targets(flow, step, name)
    yield from _texts(step, name)
    yield from _shared_phone(flow, step, name)
    if isinstance(step, Ask):
        yield from _ask(step, name)
        yield from _options(step, name)
        yield from _labels(step, name)
    elif not flow.spoken and (step.goto is not None or step.when is not None):
        yield f"{name}: is never played, so it can go nowhere and depend on nothing"
    if isinstance(step, Ask) and not flow.spoken:
        yield f"{name}: is a question in a flow that is never played"


def _targets(flow: Flow, step: Step, name: str) -> Iterator[str]:
    keys = {END, *(other.key for other in flow.steps)}
    targets: list[str | None] = [step.goto]
    if isinstance(step, Ask):
        targets += [step.otherwise, *(option.goto for option in step.options)]
    for target in dict.fromkeys(targets):
        if target is not None and target not in keys:
            yield f"{name}: goes to '{target}', which does not exist"


def _texts(step: Step, name: str) -> Iterator[str]:
    again = step.again if isinstance(step, Ask) else None
    for text, where in ((step.text, ""), (step.discreet, ".discreet"), (again, ".again")):
        if text is None:
            continue
        if not text.strip():
            yield f"{name}{where}: has no text"
        if text != text.strip():
            yield f"{name}{where}: has spaces at its start or end"
        if wording.has_stray_braces(text):
            yield f"{name}{where}: has a brace that is not part of a {{placeholder}}"
        for unknown in sorted(wording.placeholders(text) - PLACEHOLDERS):
            yield f"{name}{where}: uses {{{unknown}}}, which is not a known placeholder"
        for word in invited(text):
            yield f"{name}{where}: asks for {word}, on which phone networks act by themselves"
        if len(text) > wording.BODY:
            yield f"{name}{where}: is longer than {wording.BODY} characters"


def _shared_phone(flow: Flow, step: Step, name: str) -> Iterator[str]:
    """What names people or the charity needs a second wording wherever others may read it."""
    for told in sorted(wording.placeholders(step.discreet or "") & TELLING):
        yield f"{name}.discreet: shows {{{told}}} on a phone that others read"
    if not flow.spoken or step.when in OWN_PHONE_ONLY:
        return
    again = step.again if isinstance(step, Ask) else None
    for told in sorted(wording.placeholders(again or "") & TELLING):
        yield f"{name}.again: shows {{{told}}}, and has no wording for a phone that others read"
    if step.discreet is None:
        for told in sorted(wording.placeholders(step.text) & TELLING):
            yield f"{name}: shows {{{told}}}, so it needs a `discreet` wording"


def _ask(ask: Ask, name: str) -> Iterator[str]:
    if ask.answer is Answer.OPTIONS and not ask.options:
        yield f"{name}: asks to choose but has no options"
    if ask.options and ask.answer not in WITH_OPTIONS:
        yield f"{name}: has options but expects {ask.answer.value}"
    if ask.several and ask.answer is not Answer.OPTIONS:
        yield f"{name}: several answers are only possible where there are options"
    if ask.several and any(option.goto or option.opens for option in ask.options):
        yield f"{name}: several may be chosen, so no single option can say where to go"
    if len(ask.options) > MOST_OPTIONS:
        yield f"{name}: has {len(ask.options)} options, and a list holds {MOST_OPTIONS}"
    if ask.means is not None and ask.means not in MEANINGS:
        yield f"{name}: means '{ask.means}', which is not a known meaning"
    last = ask.options[-1].key if ask.options else ""
    if ask.answer is Answer.OPTIONS and last == "other" and not ask.optional:
        yield f"{name}: ends in 'other', which takes the number 0 unless she may skip"
    if (ask.means or "").startswith("consent") and ask.otherwise is None:
        yield f"{name}: asks for consent, so it must say where to go `otherwise`"
    if ask.means == "consent_messages" and ask.optional:
        yield f"{name}: asks whether we may write at all, so it cannot be skipped"
    if ask.lenient and (ask.answer is not Answer.OPTIONS or ask.means is not None):
        yield f"{name}: takes any words, so it must ask to choose and its answer change nothing"
    if ask.lenient and ask.otherwise is None:
        yield f"{name}: takes any words, so it must say where to go `otherwise`"


def _options(ask: Ask, name: str) -> Iterator[str]:
    for key in _repeated(option.key for option in ask.options):
        yield f"{name}: has more than one option with the key '{key}'"
    for option in ask.options:
        if not KEY.match(option.key) or option.key in RESERVED:
            yield f"{name}: '{option.key}' cannot be the key of an option"
        if option.flag is not None and option.flag not in FLAGS:
            yield f"{name}: option '{option.key}' flags '{option.flag}', which is not a known flag"
        if option.opens is not None and option.goto is not None:
            yield f"{name}: option '{option.key}' opens a conversation, so it can go nowhere else"
        yield from _minutes(ask, option, name)


def _minutes(ask: Ask, option: Option, name: str) -> Iterator[str]:
    timed = ask.answer is Answer.DURATION
    if option.minutes is not None and not timed:
        yield f"{name}: option '{option.key}' has minutes, but no time is asked"
    if timed and option.minutes is None and not (option.goto or option.opens):
        yield f"{name}: option '{option.key}' needs its minutes, or a step to go to"


def _labels(ask: Ask, name: str) -> Iterator[str]:
    for place, option in enumerate(ask.options, start=1):
        label = wording.same(option.label)
        if not label:
            yield f"{name}: option '{option.key}' has no label"
        if "{" in option.label or "}" in option.label:
            yield f"{name}: option '{option.key}' has a placeholder, and labels cannot hold one"
        if stops_all(option.label):
            yield f"{name}: option '{option.key}', typed by SMS, would stop every message to her"
        if (number := _number(label)) is not None and number != place:
            yield f"{name}: option '{option.key}' reads as {number}, but it is choice {place}"
        if YES_NO.get(label, option.key) != option.key:
            yield f"{name}: the option '{option.label}' must have the key '{YES_NO[label]}'"
    for label in _repeated(wording.same(option.label) for option in ask.options):
        yield f"{name}: has more than one option called '{label}'"
    read = [_number(wording.same(option.label)) for option in ask.options]
    for figure in _repeated(str(number) for number in read if number is not None):
        yield f"{name}: has more than one option that reads as {figure}"


def _number(label: str) -> int | None:
    """The number that a label is, where it is nothing but a number."""
    if label.isdecimal():
        return int(label)
    return NUMBER_WORDS.index(label) if label in NUMBER_WORDS else None


def _opening(flow: Flow) -> Iterator[str]:
    """The first message may have to leave as an approved template: WhatsApp's rules for those."""
    if not flow.steps:
        return
    first = flow.steps[0]
    if flow.spoken and (isinstance(first, Say) or first.when is not None):
        yield f"{flow.name}.{first.key}: the first step must be a question that is always asked"
    english = {text.context: text.english for text in flow.texts()}
    for context in wording.template_contexts(flow):
        for sentence in wording.template_problems(english.get(context, "")):
            yield f"{context}: {sentence}"
    for context, limit in wording.limits(flow).items():
        if len(english.get(context, "")) > limit:
            yield f"{context}: has more than {limit} characters"


def _repeated(words: Iterable[str]) -> list[str]:
    return [word for word, count in Counter(words).items() if count > 1]
