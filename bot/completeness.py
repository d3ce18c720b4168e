"""How far a language is: what is missing, what has to be looked at again, what breaks a limit.

Only a complete language is offered. Pure: it judges texts that were read elsewhere.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.channels.segments import MOST_PARTS, count, straighten
from bot.engine import wording
from bot.engine.flow import Flow
from bot.engine.keywords import invited, stops_all
from bot.languages import Language
from bot.library import Library
from bot.po import Entry

MUST_HEAR = ("stop", "help", "harm")  # of words.toml
SAFETY_PARTS = 4  # of a text for safety, which goes as two SMS then; of others MOST_PARTS


@dataclass(frozen=True, kw_only=True)
class Completeness:
    """One language's state. Fuzzy texts are still used, so they do not stop it being offered."""

    language: str
    total: int
    missing: tuple[str, ...]  # contexts
    fuzzy: tuple[str, ...]  # contexts
    problems: tuple[str, ...]  # sentences

    @property
    def complete(self) -> bool:
        """Whether the language may be offered."""
        return not self.missing and not self.problems


def completeness(
    library: Library,
    language: Language,
    entries: Mapping[str, Entry],
    heard: Mapping[str, object] | None = None,
) -> Completeness:
    """Judge one language's translations of every conversation.

    `heard` is its words.toml: a language in which nobody would hear "stop", "help" or words of
    harm must not be offered, however well it speaks.
    """
    english = {
        text.context: text.english for flow in library.flows.values() for text in flow.texts()
    }
    said = {
        context: entry
        for context in english
        if (entry := entries.get(context)) is not None and entry.text.strip() and not entry.obsolete
    }
    texts = {context: entry.text for context, entry in said.items()}
    return Completeness(
        language=language.tag,
        total=len(english),
        missing=tuple(context for context in english if context not in said),
        fuzzy=tuple(context for context, entry in said.items() if entry.fuzzy),
        problems=tuple(
            f"{language.tag}: {context}: {sentence}"
            for context, sentence in (
                *_unheard(heard),
                *_each(english, texts),
                *(
                    fault
                    for flow in library.flows.values()
                    for fault in _flow(flow, texts, language)
                ),
            )
        ),
    )


def _unheard(heard: Mapping[str, object] | None) -> Iterator[tuple[str, str]]:
    for name in MUST_HEAR if heard is not None else ():
        if heard is not None and not heard.get(name):
            yield "words.toml", f"says nothing under '{name}', so it would not be heard"


def same_placeholders(english: str, text: str) -> bool:
    """Whether a translation can be filled just as its English can."""
    return wording.placeholders(english) == wording.placeholders(
        text
    ) and not wording.has_stray_braces(text)


def _each(english: Mapping[str, str], texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for context, text in texts.items():
        source = english[context]
        if not same_placeholders(source, text):
            wanted = " ".join(f"{{{name}}}" for name in sorted(wording.placeholders(source)))
            yield context, f"must use the same placeholders as the English: {wanted or 'none'}"
        for fixed in wording.kept(source):
            if fixed not in text:
                yield context, f"must keep '{fixed}' as it is"
        if text != text.strip():
            yield context, "has spaces at its start or end"
        for word in invited(text):
            yield context, f"asks for {word}, on which phone networks act by themselves"
        most = SAFETY_PARTS if context.startswith(wording.SAFETY) else MOST_PARTS
        if (parts := count(straighten(text)).parts) > most:
            yield context, f"takes {parts} SMS, and {most} is the most"


def _flow(flow: Flow, texts: Mapping[str, str], language: Language) -> Iterator[tuple[str, str]]:
    for context, limit in wording.limits(flow).items():
        if len(texts.get(context, "")) > limit:
            yield context, f"has {len(texts[context])} characters, and {limit} fit"
    for base, contexts in wording.labels(flow):
        shown = [wording.same(texts[context]) for context in contexts if context in texts]
        for label in filter(stops_all, shown):
            yield base, f"has an option called '{label}': typed by SMS, it stops every message"
        for label in sorted({label for label in shown if shown.count(label) > 1}):
            yield base, f"has more than one option called '{label}'"
    if language.template is not None:
        for context in wording.template_contexts(flow):
            for sentence in wording.template_problems(texts.get(context, "")):
                yield context, sentence
