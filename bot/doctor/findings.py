"""What a check finds: one plain sentence and, where something is to be done, what."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """`warning`: it works, and somebody should know. `wrong`: something does not work."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`about` is what was looked at, in a word or two."""

    state: State
    about: str
    sentence: str
    do: str = ""


def ok(about: str, sentence: str) -> Finding:
    return Finding(state=State.OK, about=about, sentence=sentence)


def warning(about: str, sentence: str, do: str) -> Finding:
    return Finding(state=State.WARNING, about=about, sentence=sentence, do=do)


def wrong(about: str, sentence: str, do: str) -> Finding:
    return Finding(state=State.WRONG, about=about, sentence=sentence, do=do)


def line(found: Finding) -> str:
    """As the command prints it."""
    do = f" {found.do}" if found.do else ""
    return f"{found.state:<8} {found.about}: {found.sentence}{do}"


def summary(found: Iterable[Finding]) -> str:
    """The last line: how many of each."""
    states = [one.state for one in found]
    worst = [
        f"{states.count(state)} {word}"
        for state, word in ((State.WRONG, "wrong"), (State.WARNING, "to know about"))
        if state in states
    ]
    return ", ".join((*worst, f"{states.count(State.OK)} ok")) + "."
