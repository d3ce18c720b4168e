"""Which numbers somebody in danger is given, and when they want checking. Pure.

999 is no helpline: it stands in the texts themselves and cannot be switched off.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

ANYTHING = ""
TOPICS = {  # what staff call them. Phrases of harm know some of these, and others
    ANYTHING: "anything",
    "abuse": "abuse at home",
    "sexual": "sexual violence",
    "exploitation": "exploitation",
    "child": "a child in danger",
    "home": "no home, or asylum support",
    "children": "children and young people themselves",
    "forced_marriage": "forced marriage, honour-based abuse",
    "asylum": "asylum support appeals",
    "health": "health",
    "text": "writing instead of talking",
}
FREE = ("0800", "0808", "111", "116")  # how numbers begin that cost nothing to ring (Ofcom)
CHECK_EVERY = timedelta(days=182)  # twice a year


@dataclass(frozen=True, kw_only=True)
class Helpline:
    """A number as a choice or a check needs it."""

    name: str
    number: str
    topic: str = ANYTHING
    active: bool = True
    checked_on: date | None = None


def chosen(lines: Iterable[Helpline], *, topics: Sequence[str] = ()) -> tuple[Helpline, ...]:
    """At most two free numbers: the one for anything, and second the one for the first topic that
    has one."""
    free = [line for line in lines if line.active and is_free(line.number)]
    general = [line for line in free if line.topic == ANYTHING][:1]
    by_topic = {line.topic: line for line in reversed(free) if line.topic != ANYTHING}
    special = [by_topic[topic] for topic in topics if topic in by_topic][:1]
    return tuple(general + special)


def is_free(number: str) -> bool:
    """Whether she can ring it without credit: she may have none."""
    return number.replace(" ", "").startswith(FREE)


def said(lines: Iterable[Helpline]) -> str:
    """As a message names them."""
    return ", ".join(f"{line.name} {line.number}" for line in lines)


def is_due(line: Helpline, *, today: date) -> bool:
    """Whether somebody has to check it: said to people, and never checked or long ago."""
    if not line.active:
        return False
    return line.checked_on is None or today - line.checked_on > CHECK_EVERY


def half_year(at: datetime) -> str:
    """The half of the year in which staff are reminded once, such as 2026-2."""
    return f"{at.year}-{1 if at.month <= 6 else 2}"
