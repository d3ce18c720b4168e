"""Choices named in other words than their labels: "kids" for Children, "Mon" among the weekdays."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.engine.understand.answers import single_number
from bot.engine.understand.fold import fold, folded_label, folded_phrase
from bot.engine.understand.items import Listener
from bot.engine.understand.question import Choice

_DAY = ("weekday", "coming", "date_mark", "article")
_BESIDE = (*_DAY, "approx", "neutral", "polite")
_LIGHT = ("polite", "neutral", "article")
_PARTS = re.compile(r"\s*[,;/]\s*")
_YES = "coming"  # said of a meeting ahead, it chooses the yes …
_BESIDE_YES = "beside_coming"  # … only where one of these may be chosen too


def chosen_weekday(folded: str, listener: Listener, choices: Sequence[Choice]) -> int | None:
    """The place of the weekday that was named; 0 when doubtful; None when none was.

    Among weekdays Arabic "two" is Monday; a number that a weekday's name begins with is doubtful.
    """
    items = listener.items(folded, _BESIDE)
    named = [item.value for item in items if item.role == "weekday"]
    if len(named) == 1:
        if all(item.role in (*_BESIDE, "comma") for item in items):
            days = [_weekday(choice.label, listener) for choice in choices]
            if sum(day is not None for day in days) > 1:
                return days.index(named[0]) + 1 if days.count(named[0]) == 1 else 0
        return None
    number = single_number(folded, listener)
    if number is None or not 1 <= number <= len(choices):
        return None
    return 0 if _begins_another(folded, listener, choices, place=number) else None


def _weekday(label: str, listener: Listener) -> int | None:
    items = listener.items(fold(label), _DAY)
    named = [item.value for item in items if item.role == "weekday"]
    return named[0] if len(named) == 1 and all(item.role in _DAY for item in items) else None


def _begins_another(
    folded: str, listener: Listener, choices: Sequence[Choice], *, place: int
) -> bool:
    """Whether the number word is how another weekday begins: Persian "three" and Tuesday."""
    said = [item.text for item in listener.items(folded, ("number",)) if item.role == "number"]
    if len(said) != 1:
        return False
    for number, choice in enumerate(choices, 1):
        items = listener.items(fold(choice.label), _DAY)
        names = [item.text.replace(" ", "") for item in items if item.role == "weekday"]
        if number != place and any(name.removeprefix("ال").startswith(said[0]) for name in names):
            return True
    return False


def said_otherwise(folded: str, listener: Listener, choices: Sequence[Choice]) -> int | None:
    """The only choice that words.toml knows by what was said; 0 when there is more than one."""
    if "?" in folded:
        return None
    labels = [_names_of_label(choice.label, listener) for choice in choices]
    offered = frozenset(name for label in labels for name in label)
    if not offered:
        return None
    if _BESIDE_YES in offered:
        labels = [label | {_YES} if "yes" in label else label for label in labels]
        offered |= {_YES}
    for phrase in _forms(folded, listener, offered):
        if names := _known(phrase, listener) & offered:
            places = {place for place, label in enumerate(labels, 1) if label & names}
            places |= _holding(phrase, choices)
            return places.pop() if len(places) == 1 else 0
    return None


def _holding(phrase: str, choices: Sequence[Choice]) -> set[int]:
    """The places of labels that these words are a part of: "good" is in "Not good" too."""
    labels = (f" {folded_label(choice.label)} " for choice in choices)
    return {place for place, label in enumerate(labels, 1) if f" {phrase} " in label}


def _known(phrase: str, listener: Listener) -> frozenset[str]:
    """What a phrase may stand for, in the nearest language that knows it."""
    found = (words.choices.get(phrase) for words in listener.tongues)
    return next((names for names in found if names), frozenset())


def _forms(folded: str, listener: Listener, offered: frozenset[str]) -> Iterator[str]:
    """The message, then without courtesies, then without words of no weight in this question."""
    yield folded_phrase(folded)
    items = listener.items(folded, ("and", *_LIGHT))
    for light in (("polite",), _LIGHT):
        kept = [
            item
            for item in items
            if item.role not in (*light, "comma") or _known(item.text, listener) & offered
        ]
        yield " ".join(item.text for item in kept)


def _names_of_label(label: str, listener: Listener) -> frozenset[str]:
    """What a label is known as, whole or by its parts: "Travel or bus money"."""
    folded = fold(label)
    words = folded_phrase(folded).split()
    parts = [folded_phrase(part) for part in _PARTS.split(folded)]
    at = [place for place, word in enumerate(words) if listener.role(word, ("or",))]
    parts += [" ".join(words[: at[0]]), " ".join(words[at[0] + 1 :])] if at else []
    known = (words.choices.get(part) for words in listener.tongues for part in parts)
    return frozenset(name for names in known if names for name in names)
