"""The vocabulary in which conversations are written: frozen data, no behaviour but listing itself.

A file in `conversations/` builds one `Flow` from these words. Because nothing here runs, every text
can be listed, checked, previewed and translated without playing the conversation.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

END = "end"


class Audience(StrEnum):
    """Who a flow is written to."""

    MENTEE = "mentee"
    MENTOR = "mentor"
    EVERYONE = "everyone"


class Answer(StrEnum):
    """What kind of answer an `Ask` expects."""

    OPTIONS = "options"
    RATING = "rating"  # 0 to 10, typed: WhatsApp lists hold ten rows and 0 to 10 is eleven
    WORDS = "words"  # her own words, typed or spoken
    DURATION = "duration"  # minutes; options may stand for common lengths
    MOMENT = "moment"  # a day and a time, to be read back before it counts
    LANGUAGE = "language"  # the languages on offer, in their own names


@dataclass(frozen=True, kw_only=True)
class Option:
    """One choice of an `Ask`: a stable key and a label that is translated.

    `goto` names the next step ("end" ends); `opens` ends this conversation and begins that other
    one in the same message. `flag` raises an alert of that kind, `minutes` is what the choice
    stands for where a length of time is asked.
    """

    key: str
    label: str
    goto: str | None = None
    opens: str | None = None
    flag: str | None = None
    minutes: int | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Say:
    """A text that expects no answer. Said together with the `Ask` that follows it."""

    key: str
    text: str
    discreet: str | None = None
    when: str | None = None
    goto: str | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A question. `means` names, from `facts.MEANINGS`, what its answer changes in the programme.

    `again` is the shorter wording with an example for a first answer that was not understood;
    `otherwise` is where it goes when nothing was understood (a person reads it): never to what
    only a clear yes may open. `lenient`: she need not choose, any words of hers are an answer.
    """

    key: str
    text: str
    answer: Answer = Answer.OPTIONS
    options: tuple[Option, ...] = ()
    several: bool = False
    optional: bool = False
    lenient: bool = False
    sensitive: bool = False
    again: str | None = None
    discreet: str | None = None
    when: str | None = None
    goto: str | None = None
    otherwise: str | None = None
    means: str | None = None
    note: str = ""


Step = Say | Ask


@dataclass(frozen=True, kw_only=True)
class Text:
    """One translatable text: its identity (`context`), its English, and help for translators."""

    context: str
    english: str
    note: str
    limit: int | None = None  # characters the channel allows, where it does


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A conversation as written: steps in order. `version` rises when steps change their meaning.

    `purpose` is one sentence for staff. `spoken=False` marks a flow that is only a shelf of texts
    (the answers the bot gives outside any conversation) and is never started. `on_demand` begins
    only as an answer to her, within WhatsApp's window: it needs no approved template.
    """

    name: str
    version: int
    audience: Audience
    purpose: str
    steps: tuple[Step, ...]
    spoken: bool = True
    on_demand: bool = False

    def step(self, key: str) -> Step | None:
        """The step of that key, or None where the flow no longer has it."""
        return next((step for step in self.steps if step.key == key), None)

    def after(self, key: str) -> str:
        """The key of the step that is written next after `key`, or END."""
        keys = [step.key for step in self.steps]
        place = keys.index(key) + 1
        return keys[place] if place < len(keys) else END

    def texts(self) -> Iterator[Text]:
        """Every text of the flow, in order: `<flow>.<step>[.<option>|.discreet|.again]`."""
        for step in self.steps:
            yield from _texts(flow=self, step=step)


def _texts(*, flow: Flow, step: Step) -> Iterator[Text]:
    base = f"{flow.name}.{step.key}"
    yield Text(context=base, english=step.text, note=_note(flow, step.note))
    if isinstance(step, Ask):
        if step.again is not None:
            yield Text(
                context=f"{base}.again",
                english=step.again,
                note=_note(flow, "Shorter, with an example: her first answer was not understood."),
            )
        for option in step.options:
            yield Text(
                context=f"{base}.{option.key}",
                english=option.label,
                note=_note(flow, option.note or "A choice she taps or sends the number of."),
                limit=label_limit(len(step.options)),
            )
    if step.discreet is not None:
        yield Text(
            context=f"{base}.discreet",
            english=step.discreet,
            note=_note(
                flow, "For a phone that others read: no names, nothing about the programme."
            ),
        )


def label_limit(options: int) -> int:
    """How many characters a label may have: a button's title holds 20, a list's row 24 (Twilio)."""
    return 20 if options <= 3 else 24


def _note(flow: Flow, note: str) -> str:
    who = {"mentee": "To a mentee.", "mentor": "To a mentor."}.get(flow.audience, "To anyone.")
    return f"{who} {note}".strip()
