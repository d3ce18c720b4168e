"""How fast messages leave this process: so many a second, evenly, whichever worker sends them.

Each process has its own: with two of them, twice as many leave.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Pace:
    """`take` waits for the next turn; what did not use its turn gives it back."""

    per_second: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _next: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self) -> None:
        """Before a claim, so that whoever is waiting then takes what matters most at its turn."""
        with self._lock:
            now = self.clock()
            at = max(self._next, now)
            self._next = at + 1 / self.per_second
        if at > now:
            self.sleep(at - now)

    def give_back(self) -> None:
        """Nothing was sent."""
        with self._lock:
            self._next -= 1 / self.per_second
