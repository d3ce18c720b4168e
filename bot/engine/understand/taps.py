"""A tap and what stood on it: whether they agree, and what is safest where they do not. Pure.

What a tap carries and what she saw come to us as separate fields. They agree when every text that
was visible is a label of that very choice. Where they do not, nothing in the message is an answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from bot.engine.understand.fold import fold, folded_phrase
from bot.engine.understand.options import label_forms
from bot.engine.understand.question import UNCLEAR, Heard, Reading

# What counts in words that are no answer: forwarded, or beside a tap that says something else
SAFEST = (Heard.HARM, Heard.STOP, Heard.HELP)
WORST = ("red", "amber")


def agrees(shown: Iterable[str], offered: Collection[str]) -> bool:
    """Whether each text on the tap is one of the labels that its choice has, or had. None shown:
    nothing contradicts the tap."""
    return all(any(_same(text, label) for label in offered) for text in shown)


def safest(readings: Iterable[Reading]) -> Reading:
    """Of several readings of one doubtful message the one that must be heard; else UNCLEAR, so
    that the question is asked again. `quiet` where any of them is."""
    found = list(readings)
    heard = [reading for reading in found if reading.heard in SAFEST]
    worst = min(heard, key=_rank, default=UNCLEAR)
    quiet = [reading for reading in found if reading.quiet]
    if worst.heard is Heard.HARM or not quiet:
        return worst
    return Reading(worst.heard, worst.value, quiet=True, topics=quiet[0].topics)


def _rank(reading: Reading) -> tuple[int, int]:
    level = WORST.index(reading.value) if reading.value in WORST else len(WORST)
    return SAFEST.index(reading.heard), level


def _same(text: str, label: str) -> bool:
    """But for letters' case, marks of direction and blanks; a label may come back cut."""
    phrase = folded_phrase(fold(text))
    return phrase in label_forms(label) if phrase else text.strip() == label.strip()
