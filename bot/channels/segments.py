"""How many parts an SMS is billed and sent as. Pure: 3GPP TS 23.038 (GSM-7) and UTF-16 units."""

from collections.abc import Iterable
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
        "\u2026": "...",
        "\u00a0": " ",
    }
)


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
