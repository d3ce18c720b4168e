"""Finds phrases of harm anywhere in a text, in time that grows only with its length.

How a phrase is written: `bot/engine/understand/patterns.py`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.engine.understand.fold import HARM_TOKEN, joined_verbs
from bot.engine.understand.forms import Forms
from bot.engine.understand.patterns import GAP, HARMLESS, LEVELS, Compiler, Listed, Part, Pattern

_NEAR = 7  # words that may stand between the two sides of `&`
_SENTENCE_END = re.compile("[.!?;።\n]+")
# Of several, whose helpline she is given: whatever cannot wait, then what has one of its own.
TOPICS = (
    "life", "sexual", "exploitation", "child", "abuse", "mentor", "staff", "home", "low", "",
)  # fmt: skip
Places = tuple[int, ...]


@dataclass(frozen=True)
class Finding:
    """What a text holds: the worst of red, amber and quiet; `topics`, the most urgent first."""

    level: str
    topics: tuple[str, ...]


def worst(findings: Iterable[Finding | None]) -> Finding | None:
    """The worst of several, with the topics of all that are as bad."""
    found = [finding for finding in findings if finding is not None]
    if not found:
        return None
    level = min((finding.level for finding in found), key=LEVELS.index)
    return _finding(
        level, {t for finding in found if finding.level == level for t in finding.topics}
    )


def _finding(level: str, topics: set[str]) -> Finding:
    return Finding(level, tuple(topic for topic in TOPICS if topic in topics))


class Phrases:
    """Patterns of several files, compiled once. Holds no text that anyone sent."""

    def __init__(
        self,
        lists: Iterable[Listed],
        *,
        glued: Sequence[str] = (),
        spelled_right: Iterable[str] = (),
    ) -> None:
        self._forms = Forms(glued=glued, spelled_right=spelled_right)
        compiler = Compiler(self._forms)
        self._by_first: dict[int, list[Pattern]] = {}
        for listed in lists:
            for pattern in compiler.compile(listed):
                self._by_first.setdefault(pattern.parts[0].elements[0], []).append(pattern)

    def _beginning(self, present: int) -> Iterator[Pattern]:
        """The patterns whose first words are present: few of them, in an ordinary message."""
        while present:
            bit = present & -present
            present ^= bit
            yield from self._by_first.get(bit, ())

    def find(self, folded: str) -> Finding | None:
        """The worst that is in it. What is harmless takes away what ends inside it."""
        if not self._by_first:
            return None
        folded = joined_verbs(folded)
        tokens = HARM_TOKEN.findall(folded)
        masks = {word: mask for word in set(tokens) if (mask := self._forms.mask(word))}
        if not masks:
            return None
        present = 0
        for mask in masks.values():
            present |= mask
        likely = [p for p in self._beginning(present) if p.needs & present == p.needs]
        if not likely:
            return None
        return _Row(folded, [masks.get(word, 0) for word in tokens], likely).worst()


class _Row:
    """The words of one text as masks, and where the patterns that may fit stand in it."""

    def __init__(self, folded: str, masks: Sequence[int], likely: Sequence[Pattern]) -> None:
        self._folded, self._masks, self._likely = folded, masks, likely
        self._starts: dict[int, list[int]] = {}
        self._known: dict[Part, list[Places]] = {}
        self._milder: dict[int, set[int]] | None = None
        kinds = {mask: chr(number) for number, mask in enumerate(dict.fromkeys(masks))}
        self._kinds = "".join([kinds[mask] for mask in masks])

    def worst(self) -> Finding | None:
        """The worst level of which anything stands, and its topics."""
        safe = self._safe()
        for level in LEVELS:
            topics: set[str] = set()
            for pattern in self._likely:
                if pattern.level != level or pattern.topic in topics:
                    continue
                if any(self._counts(pattern, at) for at in self._finds(pattern, safe=safe)):
                    topics.add(pattern.topic)
            if topics:
                return _finding(level, topics)
        return None

    def _counts(self, pattern: Pattern, places: Places) -> bool:
        """What is red only within something amber is amber: "kick us" in "kick us out"."""
        if pattern.level != "red" or len(pattern.parts) > 1:
            return True
        if self._milder is None:
            self._milder = self._within_amber()
        return not self._milder.get(places[-1], set()) >= set(places[-2:])

    def _within_amber(self) -> dict[int, set[int]]:
        """For each place within something amber, but for its last: all the places of that."""
        milder: dict[int, set[int]] = {}
        for pattern in self._likely:
            if pattern.level == "amber" and len(pattern.parts) == 1:
                for places in self._finds(pattern):
                    for place in places[:-1]:
                        milder.setdefault(place, set()).update(places)
        return milder

    def _safe(self) -> frozenset[int]:
        """The places of harmless phrases, each within one sentence."""
        sentences: list[int] = []
        safe: set[int] = set()
        for pattern in self._likely:
            if pattern.level == HARMLESS:
                for places in self._finds(pattern):
                    sentences = sentences or _sentences(self._folded)
                    if sentences[places[0]] == sentences[places[-1]]:
                        safe.update(places)
        return frozenset(safe)

    def _finds(self, pattern: Pattern, *, safe: frozenset[int] = frozenset()) -> Iterator[Places]:
        """Each place where a pattern stands, but for words whose last is a harmless one."""
        sides = [
            [places for places in self._stands(part) if places[-1] not in safe]
            for part in pattern.parts
        ]
        if not all(sides):
            return
        if len(sides) > 1:
            yield from _near(sides, [part.reach for part in pattern.parts])
            return
        everything = tuple(range(len(self._masks)))
        for places in sides[0]:
            if not pattern.whole or places == everything:
                yield places

    def _stands(self, part: Part) -> list[Places]:
        if part not in self._known:
            reach, seen = part.reach, dict[str, Places]()
            self._known[part] = found = []
            for start in self._places(part.elements[0]):
                window = self._kinds[start : start + reach]  # a flood of one phrase: matched once
                steps = seen.get(window)
                if steps is None:
                    there = _rest(part, self._masks, (start,))
                    steps = seen[window] = tuple(place - start for place in there)
                if steps:
                    found.append(tuple(start + step for step in steps))
        return self._known[part]

    def _places(self, element: int) -> list[int]:
        if element not in self._starts:
            self._starts[element] = [n for n, mask in enumerate(self._masks) if mask & element]
        return self._starts[element]


def _near(sides: Sequence[Sequence[Places]], reaches: Sequence[int]) -> Iterator[Places]:
    """The first side with each of the others beside it, none of them sharing a word."""
    others = [
        (side, [places[0] for places in side], reach)
        for side, reach in zip(sides[1:], reaches[1:], strict=True)
    ]
    for first in sides[0]:
        found = first
        for side, starts, reach in others:
            beside = _beside(first, side, starts, reach=reach, taken=set(found).intersection)
            if not beside:
                break
            found = (*found, *beside)
        else:
            yield tuple(sorted(found))


def _beside(
    first: Places,
    side: Sequence[Places],
    starts: Sequence[int],
    *,
    reach: int,
    taken: Callable[[Places], set[int]],
) -> Places:
    """The words of a side within reach of the first, and no words that are taken."""
    at = bisect_left(starts, first[0] - _NEAR - reach)
    while at < len(side) and starts[at] <= first[-1] + _NEAR + 1:
        if first[0] - side[at][-1] <= _NEAR + 1 and not taken(side[at]):
            return side[at]
        at += 1
    return ()


def _sentences(folded: str) -> list[int]:
    """For each word, the number of its sentence."""
    numbers: list[int] = []
    for number, sentence in enumerate(_SENTENCE_END.split(folded)):
        numbers += [number] * len(HARM_TOKEN.findall(sentence))
    return numbers


def _rest(part: Part, masks: Sequence[int], places: Places) -> Places:
    """All places of the part when the rest of it follows, else none."""
    element = len(places)
    if element == len(part.elements):
        return places
    at = places[-1] + 1
    reach = GAP if part.gaps[element] else 0
    for place in range(at, min(at + reach + 1, len(masks))):
        if masks[place] & part.elements[element]:
            found = _rest(part, masks, (*places, place))
            if found:
                return found
    return ()
