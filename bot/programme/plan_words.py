"""A change of plan line by line, and in words for staff. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

SESSION = "session"
FLOWS = {
    "welcome": "The welcome",
    "goal_setting": "Her goals",
    "starting_out": "The questions at the start",
    "session_arrange": "The question when they meet first",
    "session_remind": "The reminder of a session",
    "session_confirm": "The question after a session",
    "mid_point": "The mid-point",
    "mid_point_mentor": "The mid-point",
    "end_survey": "The end survey",
    "end_survey_mentor": "The end survey",
    "follow_up": "The follow-up",
}
MOVED, ADDED, REMOVED = "moves", "is new", "vanishes"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One occasion of one person that appears (`was` is None), moves, or vanishes.

    For a session `other` is her mentor's name. `minutes`: of a session from now on.
    """

    participant_id: int
    name: str
    flow: str
    slot: str
    was: datetime | None
    becomes: datetime | None
    other: str = ""
    minutes: int = 0

    @property
    def kind(self) -> str:
        """What happens to it, in the words of a page."""
        if self.was is None:
            return ADDED
        return REMOVED if self.becomes is None else MOVED

    @property
    def what(self) -> str:
        """What it is, for staff."""
        if self.flow == SESSION:
            return f"Session with {self.other}"
        if self.slot.startswith("week-"):
            return f"The check-in of week {self.slot.removeprefix('week-')}"
        return FLOWS.get(self.flow, self.flow.replace("_", " ").capitalize())


@dataclass(frozen=True, kw_only=True)
class Changes:
    """All that a change of plan does, by person and then by time."""

    lines: tuple[Line, ...] = ()

    @property
    def added(self) -> tuple[Line, ...]:
        return self._of(ADDED)

    @property
    def moved(self) -> tuple[Line, ...]:
        return self._of(MOVED)

    @property
    def removed(self) -> tuple[Line, ...]:
        return self._of(REMOVED)

    @property
    def people(self) -> int:
        """How many people have a line."""
        return len({line.participant_id for line in self.lines})

    @property
    def digest(self) -> str:
        """The same for the same changes: what was shown is what is done."""
        return sha256(repr(self.lines).encode()).hexdigest()

    def _of(self, kind: str) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.kind == kind)


def together(parts: Iterable[Changes]) -> Changes:
    """Several as one, in the order in which staff read them."""
    lines = {line: None for part in parts for line in part.lines}
    return Changes(lines=tuple(sorted(lines, key=_order)))


def _order(line: Line) -> tuple[str, int, str, str, str]:
    at = line.was or line.becomes
    moment = at.isoformat() if at else ""
    return (line.name.casefold(), line.participant_id, moment, line.flow, line.slot)
