"""How a word sounds, roughly: its consonants. For Latin letters in place of Arabic, Persian or
Tigrinya, where everybody spells vowels her own way, and for Ethiopic, where verbs change them.
"""

from __future__ import annotations

import re

_TWO_LETTERS = (("kh", "x"), ("gh", "q"), ("sh", "$"), ("ch", "$"), ("th", "t"), ("dh", "d"))
_ALIKE = str.maketrans({"g": "j", "c": "k", "5": "x", "7": "h", "6": "t", "9": "s"})
_UNHEARD = re.compile("[aeiouyw0-9]")
_DOUBLED = re.compile(r"(.)\1+")
_LATIN = re.compile("[a-z0-9]*[a-z][a-z0-9]*")
_FIRST, _LAST = 0x1200, 0x135A  # Ethiopic syllables: eight places for each consonant


def sound(word: str) -> str:
    """The consonants of a folded word; "" where its script is neither Latin nor Ethiopic."""
    if word.isascii():
        return _latin(word) if _LATIN.fullmatch(word) else ""
    codes = [ord(letter) for letter in word]
    if not all(_FIRST <= code <= _LAST for code in codes):
        return ""
    return "".join([chr(code & ~7) for code in codes])


def _latin(word: str) -> str:
    for letters, one in _TWO_LETTERS:
        if letters in word:
            word = word.replace(letters, one)
    return _DOUBLED.sub(r"\1", _UNHEARD.sub("", word.translate(_ALIKE)))
