"""Kills one sender at a chosen moment of a call, or of its life: between it and its Twilio."""

import os
import signal
import threading
from collections.abc import Iterable
from contextlib import suppress
from random import Random
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

# Where in a call: it has come and nothing is taken, it is taken and nobody has heard, or the answer
# is on its way and is being written down. Or whenever it may be.
MOMENTS = ("before", "taken", "answered", "whenever")
SHORTLY = 0.03  # seconds: while an answer is read and written down
LIFE = 2.0  # seconds: longer than all that a sender finds to do


class Reaper:
    """`around` wraps the simulator; `kill` waits for the moment. One victim at a time."""

    def __init__(self, chance: Random) -> None:
        self._chance, self._lock = chance, threading.Condition()
        self._victim, self._moment, self._calls_left = 0, "", 0
        self._inside = 0
        self.in_calls = 0  # how many died in the middle of one

    def around(self, application: WSGIApplication) -> WSGIApplication:
        def watched(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
            with self._lock:
                self._inside += 1
            try:
                send = environ["REQUEST_METHOD"] == "POST" and "/Messages" in environ["PATH_INFO"]
                moment = self._its_moment() if send else ""
                if moment == "before":
                    self._strike()
                answer = application(environ, start)
                if moment == "taken":
                    self._strike()
                elif moment == "answered":
                    threading.Timer(self._chance.random() * SHORTLY, self._strike).start()
                return answer
            finally:
                with self._lock:
                    self._inside -= 1
                    self._lock.notify_all()

        return watched

    def kill(self, victim: int) -> None:
        """Returns when it is dead and nothing of what it asked for is still being done."""
        moment = self._chance.choice(MOMENTS)
        life = LIFE * (self._chance.random() if moment == "whenever" else 1)
        with self._lock:
            self._victim, self._moment = victim, moment
            self._calls_left = self._chance.randint(1, 4)
            struck = self._lock.wait_for(lambda: not self._victim, timeout=life)
        if struck:
            self.in_calls += 1
        else:
            self._strike()
        while _lives(victim):
            threading.Event().wait(0.002)
        with self._lock:
            self._lock.wait_for(lambda: not self._inside, timeout=10)

    def _its_moment(self) -> str:
        """The moment at which this call is to be its last; "" for another call."""
        with self._lock:
            self._calls_left -= 1
            mine = self._victim and not self._calls_left and self._moment != "whenever"
            return self._moment if mine else ""

    def _strike(self) -> None:
        with self._lock:
            if self._victim:
                with suppress(ProcessLookupError):
                    os.kill(self._victim, signal.SIGKILL)
            self._victim = 0
            self._lock.notify_all()


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
