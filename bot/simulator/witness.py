"""What the rehearsal itself saw, beside the database: who meant what, who stopped, who was where.

Nothing here is read from what the product concluded, but for the states it was seen in.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Given:
    """An answer that she meant, by the message that carried it. `value`: a key, or her words."""

    sid: str
    reference: str
    flow: str
    step: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Wish:
    """STOP or START of hers, or days that she keeps free from then on."""

    reference: str
    number: str
    at: datetime
    what: str  # stop, start, hold_backs
    names: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Seen:
    """How a participant stood in the database when it was looked at."""

    at: datetime
    state: str
    paused_until: datetime | None
    held: bool


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something that went wrong inside: which job or request, what kind of error, where."""

    at: datetime
    what: str


@dataclass(kw_only=True)
class Witness:
    """The record of one rehearsal, in the order in which things happened."""

    given: list[Given] = field(default_factory=list)
    harm: list[tuple[str, str, str]] = field(default_factory=list)  # sid, reference, kind of alert
    wishes: list[Wish] = field(default_factory=list)
    gone: dict[str, datetime] = field(default_factory=dict)  # numbers: since when not hers
    coined: dict[str, tuple[str, str]] = field(default_factory=dict)  # word: who, to what
    seen: dict[int, list[Seen]] = field(default_factory=dict)  # by participant
    held_everything: list[tuple[datetime, datetime]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def look(self, participant_id: int, now: Seen) -> None:
        """Keep it where it differs from the last look; the last look itself is always known."""
        before = self.seen.setdefault(participant_id, [])
        same = (now.state, now.paused_until, now.held)
        if not before or (before[-1].state, before[-1].paused_until, before[-1].held) != same:
            before.append(now)

    def stood(self, participant_id: int, at: datetime) -> Seen | None:
        """How she stood when last looked at before that moment."""
        earlier = [each for each in self.seen.get(participant_id, ()) if each.at < at]
        return earlier[-1] if earlier else None


class _Listening(logging.Handler):
    """Errors that the product logs: it goes on after them, and so does the rehearsal."""

    def __init__(self, witness: Witness, now: Callable[[], datetime]) -> None:
        super().__init__(level=logging.ERROR)
        self._witness, self._now = witness, now

    def emit(self, record: logging.LogRecord) -> None:
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        what = f"{record.name}: {record.getMessage()} {kind}".strip()
        self._witness.faults.append(Fault(at=self._now(), what=what))


@contextmanager
def listening(witness: Witness, now: Callable[[], datetime]) -> Iterator[None]:
    """While it lasts, every error that is logged anywhere is a fault."""
    handler, root = _Listening(witness, now), logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
