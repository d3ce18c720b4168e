"""Patterns of harm as people write them in words.toml, read into what the finder looks for.

A pattern is words with spaces between: `a|b` one of these (`his_house` among them is two words),
`{man}` a group of the same file, `...` up to three words of anything, `&` both sides near each
other in either order, `=` at its beginning that the message is nothing else. Of one word: `kill*`
any that begins so, `~hit` it with the usual beginnings and endings, `@darabni` any that sounds so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import product
from operator import or_

from bot.engine.understand.forms import Endings, Forms

GAP = 3
LEVELS = ("red", "amber", "quiet")
HARMLESS = "harmless"
_GROUP = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Part:
    """Words in this order. `elements`: a bit for each set of words; `gaps[i]`: a gap before it."""

    elements: tuple[int, ...]
    gaps: tuple[bool, ...]

    @property
    def reach(self) -> int:
        """The most words from its first to its last."""
        return len(self.gaps) + GAP * sum(self.gaps)


@dataclass(frozen=True, slots=True)
class Pattern:
    """`level`: one of LEVELS, or HARMLESS. `topic`: what it is about. `parts`: near each other."""

    level: str
    topic: str
    parts: tuple[Part, ...]
    whole: bool
    needs: int


@dataclass(frozen=True, kw_only=True)
class Listed:
    """The patterns of one file. `patterns`: level and topic → as written; all of it folded."""

    patterns: Mapping[tuple[str, str], Sequence[str]]
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    before: Sequence[str] = ()
    after: Sequence[str] = ()


class Compiler:
    """Gives each distinct set of words a bit."""

    def __init__(self, forms: Forms) -> None:
        self._forms = forms
        self._bits = 0

    def compile(self, listed: Listed) -> Iterator[Pattern]:
        """All patterns of one file."""
        endings = self._forms.endings(before=listed.before, after=listed.after)
        joined = {
            name: "|".join([word for word in words if " " not in word])
            for name, words in listed.groups.items()
        }
        known: dict[str, int] = {}
        for (level, topic), patterns in listed.patterns.items():
            for pattern in patterns:
                for variant in _expanded(pattern, listed.groups):
                    sides = variant.removeprefix("=").split("&")
                    parts = tuple(
                        self._part(side, joined, known=known, endings=endings) for side in sides
                    )
                    needs = reduce(or_, [bit for part in parts for bit in part.elements])
                    yield Pattern(level, topic, parts, variant.startswith("="), needs)

    def _part(
        self, written: str, groups: Mapping[str, str], *, known: dict[str, int], endings: Endings
    ) -> Part:
        elements: list[int] = []
        gaps: list[bool] = []
        gap = False
        for word in written.split():
            if word == "...":
                gap = True
                continue
            words = _GROUP.sub(lambda found: groups[found[1]], word) if "{" in word else word
            elements.append(self._bit(words, known=known, endings=endings))
            gaps.append(gap)
            gap = False
        if not elements:
            raise ValueError(f"a pattern without words: {written}")
        return Part(tuple(elements), tuple(gaps))

    def _bit(self, words: str, *, known: dict[str, int], endings: Endings) -> int:
        if words not in known:
            known[words] = 1 << self._bits
            self._bits += 1
            for word in filter(None, words.split("|")):
                self._forms.add(word, known[words], endings=endings)
        return known[words]


def _expanded(pattern: str, groups: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The pattern with all that is one word, and one more for each choice that is two."""
    choices: list[list[str]] = []
    for word in pattern.split():
        members = [_spaced(part) for part in word.split("|")]
        ones = "|".join([part for part in word.split("|") if "_" not in _GROUP.sub("", part)])
        for name in _GROUP.findall(ones):
            members += groups[name]
        choices.append([ones, *[member for member in members if " " in member]])
    for words in product(*choices):
        if all(words):
            yield " ".join(words)


def _spaced(part: str) -> str:
    """Two words of a choice, but for the name of a group: `{not}_safe`."""
    return "".join(
        piece if piece.startswith("{") else piece.replace("_", " ")
        for piece in re.split(r"(\{\w+\})", part)
    )
