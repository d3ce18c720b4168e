"""One spelling for the many ways of typing the same word: letters, digits, marks, emoji.

Words lists and messages pass through the same `fold`, so it may be bold where readers are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_FRACTIONS = {"½": ".5", "¼": ".25", "¾": ".75"}
_FRACTION = re.compile(r"(\d?)\s?([½¼¾])")
_ETHIOPIC_NUMBER = re.compile("[\u1369-\u137c]+")
_ACCENTED = re.compile("[\u00c0-\u024f\u0300-\u036f\u1e00-\u1eff]")
_MARKS = re.compile("[\u0300-\u036f]")
_LONG_RUN = re.compile(r"([^\W\d_])\1{2,}")
_SPLIT_VERB = re.compile(r"\A(ن?مي) (?=\w)")
_SPLIT_PLURAL = re.compile(r"(?<=\w) (ها(?:ي|يم|يش|م|مو|ش|رو)?)\b")
_SPLIT_AM = re.compile(r"(?<=\wه) (ام|ات|اش|ایم|اند)\b")
_LAST_RUN = re.compile(r"([^\W\d_])\1+\b")

# Vowel signs of the Indic and South-East Asian scripts are not \w for Python.
_LETTER = r"\w\u0300-\u036f\u0591-\u05c7\u0900-\u0963\u0966-\u0dff\u0e01-\u0e4e\u0f71-\u0f84"
WORD = rf"[{_LETTER}]+"
# Signs and pictures are words of a phrase; punctuation, Ethiopic too, is not.
_PHRASE_TOKEN = re.compile(rf"{WORD}|[^\s\w!-~\u1361-\u1368]")
_PHRASE_OR_LINE = re.compile(rf"{WORD}|\n|[^\s\w!-~\u1361-\u1368]")
HARM_TOKEN = re.compile(rf"{WORD}|\U0001f198")


def _digits() -> dict[int, str]:
    """Every decimal digit that Unicode knows, by its value; plus ringed and boxed ones."""
    everything = "".join(map(chr, range(0x660, 0x1FC00)))
    table = {ord(sign): str(unicodedata.decimal(sign)) for sign in re.findall(r"\d", everything)}
    for first in (0x2776, 0x2780, 0x278A):
        table |= {first + step: str(step + 1) for step in range(10)}
    return table | {0x1F51F: "10"}


def _removed() -> dict[int, None]:
    """Joiners, direction marks, Arabic vowel signs, variation selectors, skin tones, keycaps."""
    ranges = ((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x2069), (0xFE00, 0xFE0F),
              (0x1F3FB, 0x1F3FF), (0x610, 0x61A), (0x64B, 0x65F), (0x6D6, 0x6ED))  # fmt: skip
    singles = (0xAD, 0x61C, 0x640, 0x670, 0x20E3, 0xFEFF, 0x621, *map(ord, "'’‘`´ʼʻʿʾʹ"))
    return {code: None for low, high in ranges for code in range(low, high + 1)} | dict.fromkeys(
        singles
    )


def _ethiopic() -> dict[int, int]:
    """Letters that sound alike to many writers: one family, and first order for fourth."""
    table: dict[int, int] = {}
    families = ((0x1210, 0x1200), (0x1280, 0x1200), (0x1220, 0x1230), (0x12D0, 0x12A0),
                (0x1340, 0x1338), (0x1250, 0x1240), (0x12B8, 0x12A8))  # fmt: skip
    for family, kept in families:
        table |= {family + order: kept + order for order in range(7)}
    for kept, codes in ((0x1200, (0x1203, 0x1213, 0x1283)), (0x12A0, (0x12A3, 0x12D3, 0x12A7))):
        table |= dict.fromkeys(codes, kept)
    return table


def _alike(pairs: str) -> dict[int, str]:
    """Of "abc=x": a, b and c are all written x."""
    groups = (pair.rsplit("=", 1) for pair in pairs.split())
    return {ord(sign): kept for signs, kept in groups for sign in signs}


_TABLE: dict[int, str | int | None] = {
    **_digits(),
    **_removed(),
    **_ethiopic(),
    ord("_"): " ",  # WhatsApp writes _so_ in italics
    **_alike("أإآٱ=ا ىیېۍئ=ي کڪ=ك ةۀہھەۃ=ه ؤ=و ،፣、٬=, ٫=. ٪=% ؟፧=? −–—‐‑=- ⁄∕=/"),
}


def fold(text: str) -> str:
    """The text in one spelling. Punctuation stays; a reader decides what it means."""
    if any(sign in text for sign in _FRACTIONS):
        text = _FRACTION.sub(lambda m: (m[1] or "0") + _FRACTIONS[m[2]], text)
    text = unicodedata.normalize("NFKC", text).casefold().translate(_TABLE)
    if text.isascii():
        return text
    return _ETHIOPIC_NUMBER.sub(lambda run: str(_ethiopic_value(run[0])), text)


def _ethiopic_value(run: str) -> int:
    """፲፪ is 12, ፪፻ is 200. Long nonsense stays long, so that no reader takes it for a number."""
    total = held = 0
    for sign in run[:12]:
        value = int(unicodedata.numeric(sign))
        if value == 10_000:
            total, held = (total + held or 1) * value, 0
        elif value == 100:
            held = (held or 1) * value
        else:
            held += value
    return total + held


def folded_phrase(text: str) -> str:
    """A phrase as the words lists hold it: folded, one space between words, no punctuation."""
    return " ".join(_PHRASE_TOKEN.findall(fold(text)))


@lru_cache(maxsize=4096)
def folded_label(label: str) -> str:
    """The same for the label of a choice: these come again and again, what people type does not."""
    return folded_phrase(label)


def folded_phrases(texts: Sequence[str]) -> list[str]:
    """Many phrases, folded in one go."""
    tokens = " ".join(_PHRASE_OR_LINE.findall(fold("\n".join(texts))))
    return [line.strip() for line in tokens.split("\n")]


def variants(folded: str) -> list[str]:
    """The text, then bolder guesses at it: long runs shortened, accents off. Distinct, in order."""
    short = _LONG_RUN.sub(r"\1", folded)
    guesses = [folded, short, _LONG_RUN.sub(r"\1\1", folded), _LAST_RUN.sub(r"\1", short)]
    guesses += [without_marks(guess) for guess in guesses[:2]]
    return list(dict.fromkeys(guesses))


def without_marks(folded: str) -> str:
    """Accents off. Only ever a second try: in Vietnamese sau and sáu differ."""
    if folded.isascii() or not _ACCENTED.search(folded):
        return folded
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", folded)))


def joined_verbs(folded: str) -> str:
    """Persian writes می زند, می‌زند or میزند, and بچه ها or بچه‌ها: all joined."""
    if "مي " in folded:
        for prefix in ("مي", "نمي"):
            for before in " \n":
                folded = folded.replace(f"{before}{prefix} ", f"{before}{prefix}")
        folded = _SPLIT_VERB.sub(r"\1", folded)
    if "ه ا" in folded:
        folded = _SPLIT_AM.sub(r"\1", folded)
    return _SPLIT_PLURAL.sub(r"\1", folded) if " ها" in folded else folded
