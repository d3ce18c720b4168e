"""Finds phrases of harm anywhere in a text, in time that grows only with its length.

A pattern is words with spaces between: `a|b` one of these, `kill*` any word that begins so,
`...` up to three words of anything, `{man}` a group of the same file. Patterns come folded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.engine.understand.fold import HARM_TOKEN, joined_verbs

_GAP = 3
_STEM = 3
_SENTENCE_END = re.compile("[.!?;።\n]+")
_GROUP = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Pattern:
    """`elements`: a bit for each distinct set of words; `gaps[i]`: a gap before element i."""

    level: str
    elements: tuple[int, ...]
    gaps: tuple[bool, ...]
    needs: int

    @property
    def reach(self) -> int:
        """The most words from its first to its last."""
        return len(self.gaps) + _GAP * sum(self.gaps)


class Phrases:
    """Patterns of several levels, compiled once. Holds no text that anyone sent."""

    def __init__(
        self,
        levels: Iterable[tuple[str, Sequence[str], Mapping[str, Sequence[str]]]],
        *,
        glued: Sequence[str] = (),
    ) -> None:
        self._bits: dict[str, int] = {}
        self._glued = tuple(glued)
        self._patterns: list[Pattern] = []
        for level, patterns, groups in levels:
            joined = {name: "|".join(words) for name, words in groups.items()}
            for pattern in patterns:
                for variant in _expanded(pattern, groups):
                    self._patterns.append(self._compile(level, variant, joined))
        self._by_first: dict[int, list[Pattern]] = {}
        for found in self._patterns:
            self._by_first.setdefault(found.elements[0], []).append(found)
        self._exact: dict[str, int] = {}
        self._stems: dict[str, list[tuple[str, int]]] = {}
        for written, bit in self._bits.items():
            for word in written.split("|"):
                self._index(word, bit)

    def _compile(self, level: str, pattern: str, groups: Mapping[str, str]) -> Pattern:
        elements: list[int] = []
        gaps: list[bool] = []
        gap, needs = False, 0
        for part in pattern.split():
            if part == "...":
                gap = True
                continue
            written = _GROUP.sub(lambda found: groups[found[1]], part) if "{" in part else part
            bit = self._bits.setdefault(written, 1 << len(self._bits))
            elements.append(bit)
            gaps.append(gap)
            gap, needs = False, needs | bit
        return Pattern(level, tuple(elements), tuple(gaps), needs)

    def _index(self, word: str, bit: int) -> None:
        if not word.endswith("*"):
            self._exact[word] = self._exact.get(word, 0) | bit
            return
        stem = word[:-1]
        if len(stem) < _STEM:
            raise ValueError(f"a stem needs {_STEM} letters or more: {word}")
        self._stems.setdefault(stem[:_STEM], []).append((stem, bit))

    def _mask(self, word: str) -> int:
        mask = self._exact.get(word, 0)
        for stem, bit in self._stems.get(word[:_STEM], ()):
            if word.startswith(stem):
                mask |= bit
        return mask

    def _loose_mask(self, word: str) -> int:
        """As written, and without a glued-on "and"."""
        mask = self._mask(word)
        if word.startswith(self._glued):
            mask |= self._mask(word[1:])
        return mask

    def _beginning(self, present: int) -> Iterator[Pattern]:
        """The patterns whose first words are present: few of them, in an ordinary message."""
        while present:
            bit = present & -present
            present ^= bit
            yield from self._by_first.get(bit, ())

    def level(self, folded: str) -> str | None:
        """The worst level found: "red", "amber" or None. "safe" cancels what ends inside it."""
        if not self._patterns:
            return None
        folded = joined_verbs(folded)
        tokens = HARM_TOKEN.findall(folded)
        masks = {word: mask for word in set(tokens) if (mask := self._loose_mask(word))}
        if not masks:
            return None
        present = 0
        for mask in masks.values():
            present |= mask
        likely = [p for p in self._beginning(present) if p.needs & present == p.needs]
        if not likely:
            return None
        return _Row(folded, [masks.get(word, 0) for word in tokens], likely).worst()


def _expanded(pattern: str, groups: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The pattern, and one more for every member of its groups that is written as two words."""
    yield pattern
    for name in _GROUP.findall(pattern):
        for member in groups[name]:
            if " " in member:
                yield pattern.replace("{" + name + "}", member)


def _sentences(folded: str) -> list[int]:
    """For each word, the number of its sentence."""
    numbers: list[int] = []
    for number, sentence in enumerate(_SENTENCE_END.split(folded)):
        numbers += [number] * len(HARM_TOKEN.findall(sentence))
    return numbers


class _Row:
    """The words of one text as masks, and where the patterns that may fit stand in it."""

    def __init__(self, folded: str, masks: Sequence[int], likely: Sequence[Pattern]) -> None:
        self._folded, self._masks, self._likely = folded, masks, likely
        self._starts: dict[int, list[int]] = {}
        kinds = {mask: chr(number) for number, mask in enumerate(dict.fromkeys(masks))}
        self._kinds = "".join([kinds[mask] for mask in masks])

    def finds(self, level: str) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Each place where a pattern begins, and how far from it its words stand."""
        for pattern in self._likely:
            if pattern.level != level:
                continue
            reach = pattern.reach
            seen: dict[str, tuple[int, ...]] = {}  # a flood of one phrase is matched once
            for start in self._places(pattern.elements[0]):
                window = self._kinds[start : start + reach]
                found = seen.get(window)
                if found is None:
                    found = _rest(pattern, self._masks, (start,))
                    found = seen[window] = tuple(place - start for place in found)
                if found:
                    yield start, found

    def _places(self, element: int) -> list[int]:
        if element not in self._starts:
            self._starts[element] = [n for n, mask in enumerate(self._masks) if mask & element]
        return self._starts[element]

    def worst(self) -> str | None:
        """A find counts unless its last word is one of the words of a safe phrase.

        What is red only within something amber is amber: "kick us" in "kick us out".
        """
        safe = self._safe()
        milder: dict[int, set[int]] | None = None
        for start, found in self.finds("red"):
            last = start + found[-1]
            if last in safe:
                continue
            milder = self._milder() if milder is None else milder
            if not milder.get(last, set()) >= {start + step for step in found[-2:]}:
                return "red"
        ambers = self.finds("amber")
        return "amber" if any(at + steps[-1] not in safe for at, steps in ambers) else None

    def _milder(self) -> dict[int, set[int]]:
        """For each place within something amber, but for its last: all the places of that."""
        milder: dict[int, set[int]] = {}
        for start, found in self.finds("amber"):
            places = {start + step for step in found}
            for step in found[:-1]:
                milder.setdefault(start + step, set()).update(places)
        return milder

    def _safe(self) -> set[int]:
        """The places of safe phrases, each within one sentence."""
        sentences: list[int] = []
        safe: set[int] = set()
        for start, found in self.finds("safe"):
            sentences = sentences or _sentences(self._folded)
            if sentences[start] == sentences[start + found[-1]]:
                safe.update([start + step for step in found])
        return safe


def _rest(pattern: Pattern, masks: Sequence[int], places: tuple[int, ...]) -> tuple[int, ...]:
    """All places of the pattern when the rest of it follows, else none."""
    element = len(places)
    if element == len(pattern.elements):
        return places
    at = places[-1] + 1
    reach = _GAP if pattern.gaps[element] else 0
    for place in range(at, min(at + reach + 1, len(masks))):
        if masks[place] & pattern.elements[element]:
            found = _rest(pattern, masks, (*places, place))
            if found:
                return found
    return ()
