"""How many parts an SMS is billed and sent as, and how a long one becomes several. Pure.

Alphabets are those of 3GPP TS 23.038 (GSM-7), else UTF-16 units.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

MOST_PARTS = 3  # longer texts arrive in pieces, late and out of order on cheap phones

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
ESCAPED = frozenset("\f^{}\\[~]|€")  # two septets each
LOOK_ALIKES = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2013": "-",
        "\u2014": "-",
        "\u2010": "-",
        "\u2011": "-",
        "\u2212": "-",
        "\u02bc": "'",
        "\u201a": "'",
        "\u201e": '"',
        "\u2026": "...",
        "\u00a0": " ",
        "\u202f": " ",
    }
)
ISOLATE, END_ISOLATE = "\u2068", "\u2069"
SENTENCE = re.compile(r"[^.!?؟۔።፧\n]*[.!?؟۔።፧\n]*[\"')»\u2069\u200f]*\s*")
WORD = re.compile(r"\S*\s*")


@dataclass(frozen=True, kw_only=True)
class Segments:
    """`units` are septets (GSM-7) or 16-bit units (UCS-2); `parts` is what is billed."""

    encoding: str
    units: int
    parts: int

    @property
    def too_many(self) -> bool:
        return self.parts > MOST_PARTS


def count(text: str) -> Segments:
    """Exact: no part ends in the middle of an escaped character or a surrogate pair."""
    if all(letter in BASIC or letter in ESCAPED for letter in text):
        return _packed("GSM-7", [2 if letter in ESCAPED else 1 for letter in text], 160, 153)
    return _packed("UCS-2", [2 if ord(letter) > 0xFFFF else 1 for letter in text], 70, 67)


def straighten(text: str) -> str:
    """One curly apostrophe makes one part into two: use the plain look-alikes."""
    return text.translate(LOOK_ALIKES)


def pieces(text: str, choices: Sequence[str] = (), *, most: int = MOST_PARTS) -> tuple[str, ...]:
    """The SMS that say `text` and then its lines of choices, each of `most` parts at most.

    Broken at the ends of sentences and lines where that is possible. The choices stay together,
    with the last sentence before them, unless they alone are too long.
    """
    whole = "\n".join((text, *choices))
    if fits(whole, most):
        return (whole,)
    said = list(_gathered(_bits(text, most), most))
    if not choices:
        return tuple(said)
    asked = list(_bits(said[-1], most))[-1] if said else ""
    if fits("\n".join((said[-1], *choices)), most):
        return (*said[:-1], "\n".join((said[-1], *choices)))
    if said[-1] != asked and fits("\n".join((asked, *choices)), most):
        before = said[-1].removesuffix(asked).rstrip()
        return (*said[:-1], before, "\n".join((asked, *choices)))
    return (*said, *_gathered((f"{line}\n" for line in choices), most))


def fits(text: str, most: int) -> bool:
    return count(text).parts <= most


def _gathered(bits: Iterable[str], most: int) -> Iterator[str]:
    """As many of them together as fit, in order."""
    held = ""
    for bit in bits:
        if held and not fits((held + bit).rstrip(), most):
            yield held.rstrip()
            held = ""
        held += bit
    if held.strip():
        yield held.rstrip()


def _bits(text: str, most: int) -> Iterator[str]:
    """Sentences; of one that is too long its words, and of such a word its letters."""
    for sentence in _closed(filter(None, SENTENCE.findall(text))):
        if fits(sentence.rstrip(), most):
            yield sentence
            continue
        for word in WORD.findall(sentence):
            yield from (word,) if fits(word.rstrip(), most) else word


def _closed(sentences: Iterable[str]) -> Iterator[str]:
    """A value that is kept apart from the direction of the text is not broken in its middle."""
    held = ""
    for sentence in sentences:
        held += sentence
        if held.count(ISOLATE) <= held.count(END_ISOLATE):
            yield held
            held = ""
    if held:
        yield held


def _packed(encoding: str, sizes: Iterable[int], alone: int, joined: int) -> Segments:
    sizes = list(sizes)
    units = sum(sizes)
    if units <= alone:
        return Segments(encoding=encoding, units=units, parts=1)
    parts, room = 1, joined
    for size in sizes:
        if size > room:
            parts, room = parts + 1, joined
        room -= size
    return Segments(encoding=encoding, units=units, parts=parts)
