"""Which listed words a word of a message may be: as written, by its stem, by its beginnings and
endings, by its sound, or misspelt. Each set of words is a bit; a word's mask holds all it may be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bot.engine.understand.sounds import sound

_STEM = 3
_LONG = 7  # letters from which a Latin word is known with one of them wrong
_LONGEST = 40  # letters of a word that may be misspelt: each further one costs all over again
_SHORTEST = 2  # letters left when beginnings and endings are taken off


class Endings:
    """The words of one file that stand with its usual beginnings and endings."""

    def __init__(self, *, before: Iterable[str], after: Iterable[str]) -> None:
        self.before, self.after = tuple(before), tuple(after)
        self._words: dict[str, int] = {}
        self._sounds: dict[str, int] = {}
        self._sound_before = _sounds(self.before)
        self._sound_after = _sounds(self.after)

    def add(self, word: str, bit: int) -> None:
        """`~hit`: hits and hitting too."""
        _join(self._words, word, bit)

    def add_sound(self, word: str, bit: int) -> None:
        """`@darabni`: drabni and dharbny too."""
        heard = sound(word)
        if len(heard) < _SHORTEST:
            raise ValueError(f"too short to be known by its sound: @{word}")
        _join(self._sounds, heard, bit)

    def mask(self, word: str) -> int:
        """All that the word may be."""
        mask = 0
        if self._words:
            for core in _cores(word, before=self.before, after=self.after):
                mask |= self._words.get(core, 0)
        if self._sounds and (heard := sound(word)):
            for core in _cores(heard, before=self._sound_before, after=self._sound_after):
                mask |= self._sounds.get(core, 0)
        return mask


def _sounds(parts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({heard for part in parts if (heard := sound(part))}))


def _cores(word: str, *, before: Sequence[str], after: Sequence[str]) -> set[str]:
    """The word without up to three of its beginnings and up to two of its endings."""
    heads = {word}
    for _ in range(3):
        heads |= {head[len(part) :] for part in before for head in heads if head.startswith(part)}
    cores = heads
    for _ in range(2):
        cores = cores | {
            core[: -len(part)] for part in after for core in cores if core.endswith(part)
        }
    return {core for core in cores if len(core) >= _SHORTEST}


class Forms:
    """All words of all patterns, by what a written word may be."""

    def __init__(self, *, glued: Sequence[str], spelled_right: Iterable[str]) -> None:
        self._glued = tuple(glued)
        self._exact: dict[str, int] = {}
        self._stems: dict[str, list[tuple[str, int]]] = {}
        self._slips: dict[str, int] = {}
        self._right = frozenset(spelled_right)
        self._endings: list[Endings] = []

    def endings(self, *, before: Iterable[str], after: Iterable[str]) -> Endings:
        """Those of one more file."""
        added = Endings(before=before, after=after)
        self._endings.append(added)
        return added

    def add(self, word: str, bit: int, *, endings: Endings) -> None:
        """One word of a pattern, as it is written there."""
        if word.startswith("@"):
            endings.add_sound(word[1:], bit)
        elif word.startswith("~"):
            endings.add(word[1:], bit)
            for ending in ("", *endings.after):
                self._add_slips(word[1:] + ending, bit)
        elif word.endswith("*"):
            stem = word[:-1]
            if len(stem) < _STEM:
                raise ValueError(f"a stem needs {_STEM} letters or more: {word}")
            self._stems.setdefault(stem[:_STEM], []).append((stem, bit))
        else:
            _join(self._exact, word, bit)
            self._add_slips(word, bit)

    def mask(self, word: str) -> int:
        """As written, and without a glued-on "and"; misspelt only where it is nothing else."""
        mask = self._plain(word)
        if word.startswith(self._glued):
            mask |= self._plain(word[1:])
        for endings in self._endings:
            mask |= endings.mask(word)
        misspelt = _LONG - 1 <= len(word) <= _LONGEST and word.isascii()
        if not mask and misspelt and word not in self._right:
            for slip in _slips(word):
                mask |= self._slips.get(slip, 0)
        return mask

    def _plain(self, word: str) -> int:
        mask = self._exact.get(word, 0)
        for stem, bit in self._stems.get(word[:_STEM], ()):
            if word.startswith(stem):
                mask |= bit
        return mask

    def _add_slips(self, word: str, bit: int) -> None:
        if len(word) >= _LONG and word.isascii() and word.isalpha():
            for slip in _slips(word):
                _join(self._slips, slip, bit)


def _join(masks: dict[str, int], word: str, bit: int) -> None:
    """Most words have one bit. They share that one number: each copy of it is a long one."""
    mask = masks.get(word)
    masks[word] = bit if mask is None else mask | bit


def _slips(word: str) -> Iterator[str]:
    """The word, and the word without any one letter but the first: two words that share one of
    these differ by a letter that is wrong, missing, doubled or moved."""
    yield word
    for place in range(1, len(word)):
        yield word[:place] + word[place + 1 :]
