"""Reads which of the question's own choices was meant: by place, by label, by yes and no."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from bot.engine.understand.alike import chosen_weekday, said_otherwise
from bot.engine.understand.answers import read_yes_no, single_number
from bot.engine.understand.fold import fold, folded_label, folded_phrase
from bot.engine.understand.items import Item, Listener
from bot.engine.understand.question import UNCLEAR, Choice, Heard, Question, Reading

CUTS = (20, 24)  # WhatsApp's longest button and longest list row
_LIGHT = ("negator", "neutral", "polite", "and", "article")
_SEVERAL = ("and", "or", "number", "neutral", "polite")
_OF_WEIGHT = 4
_NINE = 9
_LISTED = re.compile(r"\s*[,،;؛፡+&\n]\s*")


def tapped(folded: str, question: Question) -> int | None:
    """The place of the choice whose label this is, whole or as cut for a button."""
    phrase = folded_phrase(folded)
    if not phrase:
        return None
    squeezed = phrase.replace(" ", "")
    hers = _only(
        place
        for place, choice in enumerate(question.choices, 1)
        if phrase in label_forms(choice.label)
        or squeezed == folded_label(choice.label).replace(" ", "")
    )
    return hers or _only(
        place
        for place, choice in enumerate(question.choices, 1)
        if choice.english and phrase == folded_label(choice.english)
    )


def begun_label(folded: str, question: Question) -> int | None:
    """The place of the only label that begins with these words and goes on; 0 for several."""
    start = f"{folded_phrase(folded)} "
    places = [
        place
        for place, choice in enumerate(question.choices, 1)
        if folded_label(choice.label).startswith(start)
    ]
    return (places[0] if len(places) == 1 else 0) if places and start.strip() else None


@lru_cache(maxsize=4096)
def label_forms(label: str) -> frozenset[str]:
    """A label as it may come back: whole, cut, or with its dots where it was cut."""
    cuts = [label, *(label[: cut - less] for cut in CUTS for less in (0, 1) if len(label) > cut)]
    return frozenset(form for cut in cuts if (form := folded_phrase(cut)))


def answer_options(folded: str, listener: Listener, question: Question) -> Reading:
    """An OPTION with its place, a tuple of places when several were asked for and given."""
    if _no_or_number(folded, listener, question):
        return UNCLEAR
    place = _one(folded, listener, question)
    if place:
        return Reading(Heard.OPTION, place)
    places = _many(folded, listener, question) if question.several else ()
    if not places:
        return UNCLEAR
    return Reading(Heard.OPTION, places if len(places) > 1 else places[0])


def _no_or_number(folded: str, listener: Listener, question: Question) -> bool:
    """Persian writes "no" and "nine" alike; among nine choices or more it may be either."""
    if len(question.choices) < _NINE or tapped(folded, question):
        return False
    number = single_number(folded, listener)
    return number == _NINE and read_yes_no(folded, listener) is Heard.NO


def _one(folded: str, listener: Listener, question: Question) -> int | None:
    choices = question.choices
    figure = single_number(folded, listener, words=False)
    if figure is not None:
        return _by_figure(figure, tapped(folded, question), len(choices))
    if numbered := re.fullmatch(r"\s*(\d{1,2})[\s.):-]+(\D+)", folded):
        rest = tapped(numbered[2], question)
        if rest == int(numbered[1]):
            return rest
    weekday = chosen_weekday(folded, listener, choices)
    if weekday is not None:
        return weekday or None
    word = single_number(folded, listener)
    ordinal = _ordinal(folded, listener)
    found = {
        place if place and 1 <= place <= len(choices) else None
        for place in (word, ordinal, _meant(folded, listener, choices))
    }
    begun = begun_label(folded, question)
    if begun is not None and found - {None, begun}:
        return None  # "one" may be the first choice, or how "One hour" begins
    label = tapped(folded, question) or _by_label(folded, listener, choices)
    label = label or _without_articles(folded, choices)
    found |= {label, None if label else said_otherwise(folded, listener, choices)}
    return _only(found - {None}) or None


def _by_figure(figure: int, label: int | None, count: int) -> int | None:
    """A figure is a place; where it is also the label of another place, it is doubtful."""
    if not 1 <= figure <= count:
        return label
    return figure if label in (None, figure) else None


def _only(places: Iterable[int | None]) -> int | None:
    distinct = set(places)
    return distinct.pop() if len(distinct) == 1 else None


def _ordinal(folded: str, listener: Listener) -> int | None:
    items = listener.items(folded, ("ordinal", "neutral", "polite", "article"))
    left = [item for item in items if item.role not in ("neutral", "polite", "article")]
    return left[0].value if len(left) == 1 and left[0].role == "ordinal" else None


def _meant(folded: str, listener: Listener, choices: Sequence[Choice]) -> int | None:
    heard = read_yes_no(folded, listener)
    if heard is Heard.UNCLEAR:
        return None
    meanings = [choice.means or meaning(choice.label, listener) for choice in choices]
    if meanings.count(heard.value) != 1:
        return None
    place = meanings.index(heard.value) + 1
    return None if _fits_another(folded, listener, choices, place=place) else place


def _fits_another(
    folded: str, listener: Listener, choices: Sequence[Choice], *, place: int
) -> bool:
    """ "I couldn't come" is a no, but not the choice that says no of somebody else."""
    said, denied = _weighty(folded, listener)
    if not said:
        return False
    labels = (_weighty(fold(choice.label), listener) for choice in choices)
    return any(
        number != place and negated == denied and _stands_in(said, words)
        for number, (words, negated) in enumerate(labels, 1)
    )


def meaning(label: str, listener: Listener) -> str:
    """What the label says, "yes" or "no", alone or before a comma: "No, call me"."""
    first = re.split(r"[,،.፡]", fold(label), maxsplit=1)[0]
    heard = read_yes_no(first, listener)
    return "" if heard is Heard.UNCLEAR else heard.value


def _by_label(folded: str, listener: Listener, choices: Sequence[Choice]) -> int | None:
    """The only choice with these weighty words, all or a part of them; then a slip of a letter."""
    said, denied = _weighty(folded, listener)
    if "?" in folded:
        return None
    labels = [_weighty(fold(choice.label), listener) for choice in choices]
    if not said:
        return _word_for_word(folded, choices, same_denial=[label[1] == denied for label in labels])
    if _names_another(folded, choices, said=said):
        return None
    same = [n for n, label in enumerate(labels, 1) if label == (said, denied)]
    if same:
        return None if _half_said(folded, choices, labels, place=same[0]) else _only(same)
    within = [
        n
        for n, (words, negated) in enumerate(labels, 1)
        if _stands_in(said, words) and negated == denied
    ]
    if within:
        return _only(within) if len("".join(said)) >= 3 else None
    near = [
        n
        for n, (words, negated) in enumerate(labels, 1)
        if negated == denied and _nearly(" ".join(said), " ".join(words))
    ]
    return _only(near)


def _half_said(
    folded: str,
    choices: Sequence[Choice],
    labels: Sequence[tuple[tuple[str, ...], bool]],
    *,
    place: int,
) -> bool:
    """ "Yes" is not "Yes, today" where there is "Yes, this week" too."""
    unsaid = set(folded_label(choices[place - 1].label).split()) - set(
        folded_phrase(folded).split()
    )
    said = labels[place - 1][0]
    return bool(unsaid - {"the", "a", "an"}) and any(
        _stands_in(said, words) for n, (words, _) in enumerate(labels, 1) if n != place
    )


def _without_articles(folded: str, choices: Sequence[Choice]) -> int | None:
    """The only label that is this but for the Arabic "the", which many leave out."""
    said = _bare(folded_phrase(folded))
    places = (n for n, choice in enumerate(choices, 1) if _bare(folded_label(choice.label)) == said)
    return _only(places) if said else None


def _bare(phrase: str) -> str:
    words = phrase.split()
    return " ".join(word[2:] if len(word) > 5 and word.startswith("ال") else word for word in words)


def _names_another(folded: str, choices: Sequence[Choice], *, said: Sequence[str]) -> bool:
    """Whether a word that carries no weight elsewhere is part of a label without what was said."""
    spoken = set(folded_phrase(folded).split())
    weighty = set(folded_phrase(" ".join(said)).split())
    light = {word for word in spoken - weighty if len(word) >= _OF_WEIGHT}
    labels = [set(folded_label(choice.label).split()) for choice in choices]
    return any(light & label for label in labels if not weighty & label) and not any(
        spoken - {"the", "a"} <= label for label in labels
    )


def _word_for_word(
    folded: str, choices: Sequence[Choice], *, same_denial: Sequence[bool]
) -> int | None:
    """The only label that holds these words, when none of them carries weight: "not yet"."""
    words = tuple(folded_phrase(folded).split())
    return _only(
        place
        for place, choice in enumerate(choices, 1)
        if len("".join(words)) >= 5
        and same_denial[place - 1]
        and _stands_in(words, tuple(folded_label(choice.label).split()))
    )


def _weighty(folded: str, listener: Listener) -> tuple[tuple[str, ...], bool]:
    """The words that carry meaning, and whether there is a "not" among the others."""
    items = listener.items(folded, _LIGHT)
    light = ("neutral", "polite", "and", "article", "comma", "question", "negator")
    words = tuple(item.text for item in items if item.role not in light)
    return words, any(item.role == "negator" or _negated(item) for item in items)


def _negated(item: Item) -> bool:
    """Tigrinya and Persian verbs carry their "not" as a prefix."""
    return item.role == "unknown" and item.text.startswith(("አይ", "نمي", "ayko", "dont"))


def _stands_in(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    size = len(part)
    return any(whole[at : at + size] == part for at in range(len(whole) - size + 1))


def _nearly(said: str, label: str) -> bool:
    """A slip of a letter, or the ending that Arabic and Persian may add: صعبة, سخته."""
    return _one_slip(said, label) or (
        min(len(said), len(label)) >= 3 and said.removesuffix("ه") == label.removesuffix("ه")
    )


def _one_slip(said: str, label: str) -> bool:
    """One letter wrong, missing, too many or swapped, in a label of five letters or more."""
    if min(len(said), len(label)) < 5 or abs(len(said) - len(label)) > 1 or said[0] != label[0]:
        return False
    start = next((n for n, (a, b) in enumerate(zip(said, label, strict=False)) if a != b), None)
    if start is None:
        return True
    a, b = said[start:], label[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def _many(folded: str, listener: Listener, question: Question) -> tuple[int, ...]:
    """Places from "1 4", "1,4", "۱ و ۴" or labels with commas between; () when any is doubtful."""
    count = len(question.choices)
    items = listener.items(folded, _SEVERAL)
    figures: list[int] = []
    for item in items:
        if item.role == "digits" and re.fullmatch(r"\d{1,2}(?:[.,]\d{1,2})*", item.text):
            figures += map(int, re.split("[.,]", item.text))
        elif item.role == "number":
            figures.append(item.value)
        elif item.role not in ("and", "comma", "plus", "neutral", "polite"):
            return _listed(folded, listener, question)
    distinct = tuple(sorted(set(figures)))
    return distinct if distinct and all(1 <= n <= count for n in distinct) else ()


def _listed(folded: str, listener: Listener, question: Question) -> tuple[int, ...]:
    places: set[int] = set()
    parts = [part for part in _LISTED.split(folded) if part]
    for part in parts:
        found = {_one(part, listener, question)}
        if None in found:
            found = _joined_labels(part, listener, question)
        places |= {place for place in found if place}
        if not found or None in found:
            return ()
    return tuple(sorted(places))


def _joined_labels(part: str, listener: Listener, question: Question) -> set[int | None]:
    """The places of labels with an "and" between, or glued on to the second: الأطفال والصحة."""
    for glued in (False, True):
        pieces = _at_and(_unglued(part, listener) if glued else part, listener, glued=glued)
        found = {_one(piece, listener, question) for piece in pieces}
        if len(pieces) > 1 and None not in found:
            return found
    return set()


def _unglued(part: str, listener: Listener) -> str:
    """Tigrinya says "children-and time-and": each "and" a word of its own, the last one off."""
    for ending in listener.tongues[0].after:
        words = part.split()
        if len(words) > 1 and words[-1].endswith(ending):
            ended = [
                word.removesuffix(ending) + f" {ending}" * word.endswith(ending) for word in words
            ]
            return " ".join(ended).removesuffix(f" {ending}")
    return part


def _at_and(part: str, listener: Listener, *, glued: bool) -> list[str]:
    before = tuple(letter for words in listener.tongues for letter in words.before)
    pieces: list[list[str]] = [[]]
    for word in part.split():
        if listener.role(word, ("and",)):
            pieces.append([])
        elif glued and pieces[-1] and word.startswith(before) and len(word) > 3:
            pieces.append([word[1:]])
        else:
            pieces[-1].append(word)
    return [" ".join(piece) for piece in pieces if piece]
