"""What a turn of a conversation made happen. The engine says it, the shell makes it real."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Said:
    """A text to send. `context` is its identity in the catalogues, `discreet` its other wording."""

    context: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question to send, and which of its wordings: `first`, `again` or `numbered`."""

    step: str
    context: str
    wording: str = "first"


@dataclass(frozen=True, kw_only=True)
class Answered:
    """An answer that was understood.

    `value` is the option's key (several joined by commas), "" for skipped, else the words
    themselves; `number` is the rating or the minutes.
    """

    step: str
    value: str
    number: int | None = None
    skipped: bool = False
    means: str | None = None
    sensitive: bool = False


@dataclass(frozen=True, kw_only=True)
class Flagged:
    """Something staff must look at: the kind of alert, and the step it came from."""

    kind: str
    step: str


@dataclass(frozen=True, kw_only=True)
class Finished:
    """The conversation is over. `opens` names the flow that begins in its place, at once."""

    state: str = "completed"
    opens: str | None = None


Event = Said | Asked | Answered | Flagged | Finished


@dataclass(frozen=True, kw_only=True)
class Position:
    """Where a conversation waits: enough to carry on after a deploy or a wait of weeks."""

    flow: str
    version: int
    step: str
    tries: int = 0
    answers: tuple[tuple[str, str], ...] = ()  # step → value so far; conditions look at them


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What happened, in order, and where the conversation now waits (None: it is over)."""

    events: tuple[Event, ...]
    position: Position | None
