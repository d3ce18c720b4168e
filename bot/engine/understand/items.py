"""A short message as a row of items: figures, signs, and phrases with the role they play here.

Which roles count depends on the open question; that is how a word that means two things is decided.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.engine.understand.fold import WORD
from bot.engine.understand.words import Words

_TOKEN = re.compile(
    rf"(?P<digits>\d+(?:[.,:/-]\d+)+|(?<![\w.])\.\d+|\d+(?!{WORD}))|(?P<word>{WORD})"
    r"|(?P<sign>[/+%&<>$£€?,]|-(?=\s?\d))|(?P<picture>[^\s\w\x00-\x7f])"
)
_PIECES = re.compile(r"\d+|\D+")
_SIGNS = {"/": "slash", "+": "plus", "&": "and", ",": "comma", "?": "question", "-": "dash"}
# What may be glued to a figure: "90min", "5pm", "24th", "7من10". Never the letters of a word.
_AMOUNTS = ("half", "quarter", "number")
_GLUED = frozenset(["hour", "hours", "minute", "am", "pm", "evening", "outof", "and"]) | {
    "ordinal_mark",
    "approx",
}


@dataclass(frozen=True, slots=True)
class Item:
    """`role`: "digits", a sign, a role of words.toml or "unknown". `value`: of a number word."""

    role: str
    text: str
    value: int = 0

    @property
    def whole(self) -> int | None:
        """The whole number that this is, 7 or 7.0, if it is one."""
        if self.role == "number":
            return self.value
        if self.role == "digits" and (found := re.fullmatch(r"(\d{1,6})(?:[.,]0)?", self.text)):
            return int(found[1])
        return None


class Listener:
    """Looks phrases up in her language, then in every language's words, then in English."""

    def __init__(self, tongues: Iterable[Words]) -> None:
        self.tongues = tuple(tongues)

    def role(self, phrase: str, allowed: Sequence[str]) -> Item | None:
        """What the whole phrase means, the first of the allowed roles in the nearest language."""
        for words in self.tongues:
            roles = words.phrases.get(phrase)
            if roles:
                for role in allowed:
                    if role in roles:
                        return Item(role, phrase, roles[role])
        return None

    def items(self, folded: str, allowed: Sequence[str]) -> list[Item]:
        """The longest phrases first, from the left. Unknown pictures are ornament and left out."""
        tokens = [(found.lastgroup or "", found[0]) for found in _TOKEN.finditer(folded)]
        items: list[Item] = []
        at = 0
        while at < len(tokens):
            length, found = self._longest_at(tokens, at, allowed)
            items += found
            at += length
        return items

    def _longest_at(
        self, tokens: Sequence[tuple[str, str]], at: int, allowed: Sequence[str]
    ) -> tuple[int, list[Item]]:
        kind, text = tokens[at]
        longest = max(words.begins.get(text, 0) for words in self.tongues)
        for length in range(min(longest, len(tokens) - at), 0, -1):
            phrase = " ".join(token for _, token in tokens[at : at + length])
            if item := self.role(phrase, allowed):
                return length, [item]
        if kind == "digits":
            return 1, [Item("digits", text)]
        if kind == "sign":
            return 1, [Item(_SIGNS.get(text, "unknown"), text)]
        if kind == "picture":
            return 1, [Item("unknown", text)] if text in "£€" else []
        return 1, self._taken_apart(text, allowed) or [Item("unknown", text)]

    def _taken_apart(self, word: str, allowed: Sequence[str]) -> list[Item] | None:
        """A word with a glued-on "and", or a figure with its unit. None when it is neither."""
        for words in self.tongues:
            for before in words.before:
                if word.startswith(before) and (rest := self._simple(word[len(before) :], allowed)):
                    return [Item("and", before), rest]
            for after in words.after:
                if word.endswith(after) and (rest := self._simple(word[: -len(after)], allowed)):
                    return [rest, Item("and", after)]
        if together := self._amount_and_unit(word, allowed):
            return together
        pieces = _PIECES.findall(word)
        if len(pieces) < 2:
            return None
        found = [self._simple(piece, allowed) for piece in pieces]
        known = [item for item in found if item and (item.role == "digits" or item.role in _GLUED)]
        return known if len(known) == len(pieces) else None

    def _amount_and_unit(self, word: str, allowed: Sequence[str]) -> list[Item] | None:
        """Written as one word: نیمساعت, halfhour."""
        if "hour" not in allowed:
            return None
        for cut in range(2, len(word) - 2):
            amount = self.role(word[:cut], [role for role in _AMOUNTS if role in allowed])
            if amount and (unit := self.role(word[cut:], ("hour", "minute"))):
                return [amount, unit]
        return None

    def _simple(self, piece: str, allowed: Sequence[str]) -> Item | None:
        if piece.isdecimal():
            return Item("digits", piece)
        return self.role(piece, allowed)


def composed(items: Sequence[Item]) -> list[Item]:
    """Number words joined: twenty five, خمسة و عشرين, a hundred and twenty. Figures stay apart."""
    result: list[Item] = []
    at = 0
    while at < len(items):
        item = items[at]
        at += 1
        while item.role == "number":
            joined, used = _join(item, items[at : at + 2])
            if not used:
                break
            item, at = joined, at + used
        result.append(item)
    return result


def _join(item: Item, following: Sequence[Item]) -> tuple[Item, int]:
    """The item with the number that follows, if the two make one; and how many items that used."""
    between = 1 if following and following[0].role == "and" else 0
    if len(following) <= between or following[between].role != "number":
        return item, 0
    value = _sum(item.value, following[between].value, joined=bool(between))
    return (item, 0) if value is None else (Item("number", item.text, value), between + 1)


def _sum(first: int, second: int, *, joined: bool) -> int | None:
    tens = range(20, 100, 10)
    if first in tens and 0 < second < 10:
        return first + second
    if joined and 0 < first < 10 and second in tens:
        return first + second
    if not joined and 0 < first < 10 and second == 100:
        return first * 100
    if 100 <= first < 1000 and first % 100 == 0 and 0 < second < 100:
        return first + second
    return None
