"""The queue of tricks that the simulated Twilio has been told to play, each a number of times."""

import threading
from dataclasses import dataclass, replace

from bot.simulator.codes import MISBEHAVIOURS

# For tricks of the REST API: which calls they are played on.
CALLS = ("send", "list", "fetch", "delete", "content", "any")


@dataclass(frozen=True, kw_only=True)
class Trick:
    """One trick. `on` matters for those of the REST API only; the rest of the options by kind."""

    kind: str
    times: int = 1
    on: str = "send"
    code: int | None = None  # undelivered, failed: the error code
    seconds: float | None = None  # hang, slow_drip, late_callbacks
    retry_after: int | str | None = None  # 429, 503: the header, when given; seconds or a date
    copies: int = 2  # duplicate_…: how often altogether
    reason: str = ""  # reject_template
    sync: bool = False  # not_on_whatsapp, blocked: in the answer instead of by callback


class Mischief:
    """Thread-safe, first in first out."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tricks: list[Trick] = []

    def add(self, trick: Trick) -> None:
        if trick.kind not in MISBEHAVIOURS:
            raise ValueError(f"unknown misbehaviour {trick.kind!r}")
        if trick.on not in CALLS:
            raise ValueError(f"unknown call {trick.on!r}")
        with self._lock:
            self._tricks.append(trick)

    def clear(self) -> None:
        with self._lock:
            self._tricks.clear()

    def take(self, *kinds: str, call: str = "") -> Trick | None:
        """The first planned trick of these kinds, used up once."""
        with self._lock:
            for place, trick in enumerate(self._tricks):
                if trick.kind in kinds and (not call or trick.on in (call, "any")):
                    if trick.times > 1:
                        self._tricks[place] = replace(trick, times=trick.times - 1)
                    else:
                        del self._tricks[place]
                    return trick
        return None

    def planned(self) -> tuple[Trick, ...]:
        with self._lock:
            return tuple(self._tricks)
