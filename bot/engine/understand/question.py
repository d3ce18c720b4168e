"""What can be asked and what can be heard: the plain values that every reader here shares."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What the open question waits for. ANY means that no question is open."""

    YES_NO = "yes_no"
    RATING = "rating"
    NUMBER = "number"
    OPTIONS = "options"
    DURATION = "duration"
    DATE = "date"
    TEXT = "text"
    LANGUAGE = "language"
    ANY = "any"


class Heard(StrEnum):
    """What a message was taken to mean. TEXT: free text accepted as the answer."""

    YES = "yes"
    NO = "no"
    NUMBER = "number"
    OPTION = "option"
    DURATION = "duration"
    DATE = "date"
    STOP = "stop"
    START = "start"
    HELP = "help"
    PAUSE = "pause"
    LEAVE = "leave"
    DELETE = "delete"
    DATA = "data"
    UNSHARE = "unshare"
    MENU = "menu"
    LATER = "later"
    DONE = "done"
    LANGUAGE = "language"
    SKIP = "skip"
    TEXT = "text"
    UNCLEAR = "unclear"
    HARM = "harm"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One thing to choose. `means` is "yes" or "no" when this choice *is* yes or no; `english` is
    its label in English, which somebody may have helped her to answer."""

    key: str
    label: str
    means: str = ""
    english: str = ""


@dataclass(frozen=True, kw_only=True)
class Question:
    """The open question. `person`: 0 means "a person"; `optional`: 0 skips (never on a rating)."""

    kind: Kind
    choices: tuple[Choice, ...] = ()
    low: int = 0
    high: int = 10
    several: bool = False
    optional: bool = False
    person: bool = False


@dataclass(frozen=True)
class Reading:
    """What was heard. `value` by what was heard:

    NUMBER the integer; OPTION the 1-based place (a tuple when more than one was chosen);
    DURATION minutes; DATE an aware datetime in the asked zone; LANGUAGE a tag;
    TEXT her words; HARM "red" or "amber"; None otherwise.
    `quiet`: whatever was heard, something in it may be a sign of danger, and staff should read it;
    nothing is said to her about that. `topics`: what the harm or the sign is about, the most urgent
    first: of life, sexual, exploitation, child, abuse, mentor, staff, home, low and "" (no more is
    known). They are no part of what was meant, so two readings may be equal without them.
    """

    heard: Heard
    value: int | str | datetime | tuple[int, ...] | None = None
    quiet: bool = field(default=False, compare=False)
    topics: tuple[str, ...] = field(default=(), compare=False)


UNCLEAR = Reading(Heard.UNCLEAR)
