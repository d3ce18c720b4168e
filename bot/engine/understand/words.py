"""The words of one language, compiled: what a phrase can mean there, and its phrases of harm."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.engine.understand.fold import fold, folded_phrases
from bot.engine.understand.patterns import HARMLESS, LEVELS, Listed
from bot.engine.understand.phrases import TOPICS, Phrases

JOINED = "\ue000"  # a sign that nobody writes
# Roles that are a plain list of phrases in words.toml …
PLAIN = [
    "yes",
    "no",
    "yes_alone",
    "no_alone",
    "yes_beside",
    "soft",
    "negator",
    "polite",
    "neutral",
    "approx",
    "counted",
    "skip",
    "stop",
    "start",
    "help",
    "pause",
    "leave",
    "delete",
    "data",
    "unshare",
    "menu",
    "wish",
    "later",
    "done",
    "outof",
    "and",
    "or",
    "article",
    "half",
    "quarter",
    "third",
    "minus",
    "past",
    "hour",
    "hours",
    "minute",
    "at",
    "am",
    "pm",
    "evening",
    "noon",
    "night",
    "next",
    "date_mark",
    "coming",
    "week",
    "ordinal_mark",
    "uk_time",
]
# … and those that are a table: value = phrases.
VALUED = ("number", "ordinal", "weekday", "month", "day", "dual")


@dataclass(frozen=True, kw_only=True)
class Words:
    """What phrases mean in one language. `phrases`: folded phrase → role → value.

    `begins`: first word of phrases → how many words the longest of them has. `choices`: folded
    phrase → the names of the choices it may stand for.
    """

    language: str
    phrases: Mapping[str, Mapping[str, int]] = field(repr=False)
    begins: Mapping[str, int] = field(repr=False)
    choices: Mapping[str, frozenset[str]] = field(repr=False)
    before: tuple[str, ...]
    after: tuple[str, ...]
    sunrise: bool
    harm: Phrases = field(repr=False)


def compile_words(
    table: Mapping[str, object], *, language: str, harm: Sequence[Mapping[str, object]] = ()
) -> Words:
    """From the table of a words.toml. `harm`: tables whose phrases of harm count."""
    phrases: dict[str, dict[str, int]] = {}
    for role in PLAIN:
        _add(phrases, role=role, value=0, texts=_texts(table.get(role)))
    for role in VALUED:
        for value, texts in _table(table.get(role)).items():
            _add(phrases, role=role, value=int(value), texts=_texts(texts))
    joined = _table(table.get("joined"))
    return Words(
        language=language,
        phrases=phrases,
        begins=_begins(phrases),
        choices=_choices(_table(table.get("choices"))),
        before=_texts(joined.get("before")),
        after=_texts(joined.get("after")),
        sunrise=bool(table.get("hours_from_sunrise", False)),
        harm=compile_harm(harm),
    )


def _choices(table: Mapping[str, object]) -> dict[str, frozenset[str]]:
    names: dict[str, set[str]] = {}
    for name, texts in table.items():
        for phrase in folded_phrases(_texts(texts)):
            names.setdefault(phrase, set()).add(name)
    return {phrase: frozenset(found) for phrase, found in names.items() if phrase}


def _begins(phrases: Iterable[str]) -> dict[str, int]:
    begins: dict[str, int] = {}
    for phrase in phrases:
        first, _, rest = phrase.partition(" ")
        length = rest.count(" ") + 2 if rest else 1
        if length > begins.get(first, 0):
            begins[first] = length
    return begins


def compile_harm(tables: Sequence[Mapping[str, object]]) -> Phrases:
    """One matcher for all these tables: words of harm count in whichever language they come."""
    harms = [_table(table.get("harm")) for table in tables]
    return Phrases(
        [_listed(harm) for harm in harms],
        glued=("و", "ف"),
        spelled_right=[word for harm in harms for word in _folded(harm.get("spelled_right"))],
    )


def _listed(harm: Mapping[str, object]) -> Listed:
    """One [harm]: what is harmless, and for each topic what is red, amber and quiet."""
    patterns = {(HARMLESS, ""): _folded(harm.get(HARMLESS))}
    for topic in TOPICS:
        section = _table(harm.get(topic)) if topic else harm
        patterns |= {(level, topic): _folded(section.get(level)) for level in LEVELS}
    return Listed(
        patterns=patterns,
        groups={name: _folded(words) for name, words in _table(harm.get("groups")).items()},
        before=_folded(harm.get("before")),
        after=_folded(harm.get("after")),
    )


def _add(
    phrases: dict[str, dict[str, int]], *, role: str, value: int, texts: Sequence[str]
) -> None:
    spaced = [text.replace("\u200c", " ") for text in texts if "\u200c" in text]
    for phrase in folded_phrases([*texts, *spaced]):
        if phrase:
            phrases.setdefault(phrase, {}).setdefault(role, value)


def _texts(value: object) -> tuple[str, ...]:
    """A list of texts; one text holds several with commas between."""
    if value is None:
        return ()
    many = value if isinstance(value, list) else [value]
    texts = [part.strip() for text in many for part in str(text).split(",")]
    return tuple(text for text in texts if text)


def _folded(value: object) -> tuple[str, ...]:
    if not value:
        return ()
    texts = "\n".join(_texts(value)).replace("_", JOINED)  # in a pattern it joins two words
    return tuple(fold(texts).replace(JOINED, "_").split("\n"))


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
