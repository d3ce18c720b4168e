"""What the bot says, in every language: looked up by context, filled, with days and hours in words.

The language is always passed in; nothing here depends on a request or on this machine's locale.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from babel.dates import get_day_names, get_month_names
from babel.lists import format_list
from babel.units import format_unit

from bot import po
from bot.completeness import Completeness, completeness, same_placeholders
from bot.engine.wording import PLACEHOLDER
from bot.languages import LOCALES, SOURCE, Language, load_languages, po_path
from bot.library import Library
from bot.po import Entry

ISOLATE, END_ISOLATE = "\u2068", "\u2069"  # Unicode UAX #9: keeps a value's direction to itself
STEERING = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
NOON, EVENING = 12, 17  # hours at which the afternoon and the evening begin
BEFORE_A_SENTENCE = re.compile(r"(?:^|[.!?]\s+)$")
LOOSE_END = re.compile(r" +(?=[.,!?؟،።]|$)")  # what an empty value leaves before a full stop


@dataclass(frozen=True)
class Catalogues:
    """Every text in every language. `languages` are those on offer: the complete ones."""

    all_languages: Mapping[str, Language]
    languages: Mapping[str, Language]
    states: Mapping[str, Completeness]
    texts: Mapping[str, Mapping[str, str]]  # language → context → what to say, English included

    def text(self, context: str, language: str) -> str:
        """The text in her language, else in English, with its placeholders as they stand."""
        return self.texts.get(language, self.texts[SOURCE])[context]

    def has(self, context: str) -> bool:
        """Whether any conversation holds a text of that context."""
        return context in self.texts[SOURCE]

    def fill(self, context: str, *, language: str, words: Mapping[str, str]) -> str:
        """The text with its placeholders filled. `KeyError` names one that `words` lacks."""
        isolate = self._direction(language) == "rtl" and self.speaks(context, language)
        return filled(self.text(context, language), words=words, isolate=isolate)

    def speaks(self, context: str, language: str) -> bool:
        """Whether the text is really in that language, not the English in its stead."""
        said = self.texts.get(language, {}).get(context)
        return language == SOURCE or (said is not None and said != self.texts[SOURCE][context])

    def spoken_day(self, moment: datetime, *, language: str, zone: tzinfo) -> str:
        """Weekday, day and month in her language, such as "Tuesday 24 November"."""
        there = moment.astimezone(zone)
        locale = self._locale(language)
        return f"{_days(locale)[there.weekday()]} {there.day} {_months(locale)[there.month]}"

    def spoken_moment(self, moment: datetime, *, language: str, zone: tzinfo) -> str:
        """A day and an hour that nobody takes for another: weekday, day and month in words, the
        part of the day, and whose clock it is. Some count hours from sunrise."""
        there = moment.astimezone(zone)
        part = "morning" if there.hour < NOON else "afternoon"
        part = part if there.hour < EVENING else "evening"
        words = {
            "when": self.spoken_day(moment, language=language, zone=zone),
            "time": f"{there.hour % 12 or 12}:{there.minute:02}",
        }
        said = self.text(f"standing.moment_{part}", language)
        return filled(said, words=words, isolate=False)

    def weekday(self, number: int, language: str) -> str:
        """The name of a weekday; 0 is Monday."""
        return _days(self._locale(language))[number]

    def hours(self, minutes: int, language: str) -> str:
        """A length of time in her language, such as "3 h 30"."""
        hours, rest = divmod(minutes, 60)
        locale = self._locale(language)
        if locale.startswith(SOURCE):
            return _short_hours(hours, rest)
        parts = [(hours, "hour")] if hours else []
        parts += [(rest, "minute")] if rest or not hours else []
        return format_list([_unit(n, unit, locale) for n, unit in parts], "standard", locale=locale)

    def _locale(self, language: str) -> str:
        return self.all_languages.get(language, self.all_languages[SOURCE]).babel

    def _direction(self, language: str) -> str:
        return self.all_languages.get(language, self.all_languages[SOURCE]).direction


def load_catalogues(library: Library, folder: Path | None = None) -> Catalogues:
    """Read every language's .po; a language that is not complete is kept but not offered.

    The project's own are read once in a process for each library.
    """
    return _load(library, folder) if folder else _shipped(library)


@lru_cache(maxsize=2)
def _shipped(library: Library) -> Catalogues:
    return _load(library, LOCALES)


def _load(library: Library, locales: Path) -> Catalogues:
    known = load_languages(locales)
    english = {
        text.context: text.english for flow in library.flows.values() for text in flow.texts()
    }
    read = {tag: _entries(tag, english, locales) for tag in known}
    states = {
        tag: completeness(library, known[tag], read[tag], _heard(tag, locales)) for tag in known
    }
    return Catalogues(
        all_languages=known,
        languages=MappingProxyType({tag: known[tag] for tag in known if states[tag].complete}),
        states=MappingProxyType(states),
        texts=MappingProxyType({tag: _said(english, read[tag]) for tag in known}),
    )


def _heard(tag: str, locales: Path) -> Mapping[str, object]:
    """The language's words.toml, or that of the language it is a kind of; empty without one."""
    for name in (tag, tag.split("-")[0]):
        path = locales / name / "words.toml"
        if path.exists():
            return tomllib.loads(path.read_text(encoding="utf-8"))
    return {}


def filled(text: str, *, words: Mapping[str, str], isolate: bool) -> str:
    """A text with its placeholders filled; nothing in a value is ever read as a placeholder."""

    def value(match: re.Match[str]) -> str:
        word = words[match[1]].translate(STEERING).strip()
        if BEFORE_A_SENTENCE.search(text[: match.start()]):  # "our team" begins one here
            word = word[:1].upper() + word[1:]
        return f"{ISOLATE}{word}{END_ISOLATE}" if isolate and word else word

    said = PLACEHOLDER.sub(value, text)
    empty = any(not words[name].strip() for name in PLACEHOLDER.findall(text))
    return LOOSE_END.sub("", said) if empty else said


def _entries(tag: str, english: Mapping[str, str], folder: Path) -> Mapping[str, Entry]:
    if tag != SOURCE:
        return po.read(po_path(tag, folder)).entries
    return {key: Entry(context=key, english=text, text=text) for key, text in english.items()}


def _said(english: Mapping[str, str], entries: Mapping[str, Entry]) -> Mapping[str, str]:
    """What to say for each context: the translation where there is one that can be filled.

    A fuzzy one counts: it can only be an older wording of the same step.
    """
    said = dict(english)
    for context, source in english.items():
        entry = entries.get(context)
        if entry is None or entry.obsolete or not entry.text.strip():
            continue
        if same_placeholders(source, entry.text):
            said[context] = entry.text
    return MappingProxyType(said)


@lru_cache
def _days(locale: str) -> tuple[str, ...]:
    names = get_day_names("wide", locale=locale)
    return tuple(names[number] for number in range(7))


@lru_cache
def _months(locale: str) -> dict[int, str]:
    return dict(get_month_names("wide", context="stand-alone", locale=locale))


def _short_hours(hours: int, minutes: int) -> str:
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes:02}" if minutes else f"{hours} h"


def _unit(number: int, unit: str, locale: str) -> str:
    """Hours or minutes in words; CLDR has no long form of them in some languages (Persian)."""
    name = f"duration-{unit}"
    text = format_unit(number, name, "long", locale=locale)
    return format_unit(number, name, "short", locale=locale) if name in text else text
