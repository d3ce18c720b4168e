"""Reads yes or no, and numbers. When in doubt it says unclear: asking again costs little."""

from __future__ import annotations

from collections.abc import Sequence

from bot.engine.understand.items import Item, Listener, composed
from bot.engine.understand.question import UNCLEAR, Heard, Kind, Question, Reading

# A word of `yes_alone` counts only when the message is that word, or says yes besides; one of
# `yes_beside` never counts, and stands in the way of a no.
_YES_NO = (
    *("yes", "no", "polite", "yes_beside", "soft", "yes_alone", "no_alone"),
    *("negator", "neutral", "and"),
)
_NUMBER = ("number", "outof", "approx", "and", "or", "yes", "neutral", "polite")
_COUNTED = (*_NUMBER, "counted")
_BESIDE_A_NUMBER = frozenset(("approx", "neutral", "polite", "yes", "comma", "question"))
_COURTEOUS = frozenset(("polite", "comma"))
_BESIDE_YES_NO = frozenset(("neutral", "and"))
_MEANS = {"yes": Heard.YES, "yes_alone": Heard.YES, "no": Heard.NO, "no_alone": Heard.NO}


def read_yes_no(folded: str, listener: Listener) -> Heard:
    """YES or NO when the whole message says only that, else UNCLEAR (also for a soft yes)."""
    items = listener.items(folded, _YES_NO)
    said = [item.role for item in items if item.role not in _COURTEOUS]
    if len(said) == 1 and said[0] in _MEANS:
        return _MEANS[said[0]]
    roles = set(said) - _BESIDE_YES_NO
    if "yes" in roles and roles <= {"yes", "yes_alone", "yes_beside"}:
        return Heard.YES
    if roles == {"no"} or (roles == {"no", "no_alone"} and not _denies_a_no(items, listener)):
        return Heard.NO
    return Heard.UNCLEAR


def _denies_a_no(items: Sequence[Item], listener: Listener) -> bool:
    """ "Cannot say no" is not a no; "no, not at all" and "yet no" are."""
    first = next(item for item in items if item.role in ("no", "no_alone"))
    return first.role == "no_alone" and listener.role(first.text, ("negator",)) is not None


def answer_yes_no(folded: str, listener: Listener) -> Reading:
    """Yes or no, or the 1 and 2 under which every yes-or-no question offers them."""
    heard = read_yes_no(folded, listener)
    if heard is not Heard.UNCLEAR:
        return Reading(heard)
    number = single_number(folded, listener, words=False)
    return Reading({1: Heard.YES, 2: Heard.NO}.get(number or 0, Heard.UNCLEAR))


def answer_number(folded: str, listener: Listener, question: Question) -> Reading:
    """One whole number within what was asked; "7/10" and "7 out of 10" are 7."""
    allowed = _COUNTED if question.kind is Kind.NUMBER else _NUMBER
    items = listener.items(folded, allowed)
    number = _one_number(items, high=question.high)
    if number is None or not question.low <= number <= question.high:
        return UNCLEAR
    return Reading(Heard.NUMBER, number)


def single_number(folded: str, listener: Listener, *, words: bool = True) -> int | None:
    """The only number of the message, in figures (or in words), with nothing else of weight."""
    allowed = _NUMBER if words else tuple(role for role in _NUMBER if role != "number")
    return _one_number(listener.items(folded, allowed), high=None)


def _one_number(items: Sequence[Item], *, high: int | None) -> int | None:
    joined = _closed(composed(_split_share(items)))
    left = [item for item in joined if item.role not in _BESIDE_A_NUMBER]
    if len(left) == 2 and left[1].role == "counted":
        left = left[:1]
    if len(left) == 3 and left[1].role in ("outof", "slash") and left[2].whole == high is not None:
        left = left[:1]
    return left[0].whole if len(left) == 1 else None


def _closed(items: list[Item]) -> list[Item]:
    """Tigrinya says "twenty-and five-and": the last "and" joins nothing."""
    return items[:-1] if len(items) == 2 and items[1].role == "and" else items


def _split_share(items: Sequence[Item]) -> list[Item]:
    """The figure "7/10" as 7, /, 10."""
    result: list[Item] = []
    for item in items:
        first, slash, second = item.text.partition("/")
        if item.role == "digits" and slash and "/" not in second:
            result += [Item("digits", first), Item("slash", "/"), Item("digits", second)]
        else:
            result.append(item)
    return result
