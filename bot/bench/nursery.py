"""Senders that are born ready: one process loads everything once and forks the real clock, again
and again, for `kills` to kill. A line in is how many seconds later it is; a line out is a pid.
"""

import os
import signal
import sys
import time
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event

import bot.channels.twilio_client  # noqa: F401  # what a sender loads when it first sends
from bot.clock import Clock
from bot.parts import Parts, build_parts, wall_clock
from bot.settings import load_settings
from bot.store.database import Database


def main() -> None:
    """Until nothing more comes in."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that were killed
    parts = build_parts(load_settings(os.environ))
    import apscheduler.schedulers.background  # noqa: F401

    print("ready", flush=True)
    for line in sys.stdin:
        later, mother = timedelta(seconds=float(line)), os.getpid()
        child = os.fork()
        if child == 0:
            live(parts, later, mother=mother)
        print(child, flush=True)


def live(parts: Parts, later: timedelta, *, mother: int) -> None:
    """The clock and its sender, on connections of its own, until it is killed or is alone."""

    def now() -> datetime:
        return wall_clock() + later

    database = Database(parts.settings.database_url)  # no connection and no lock is shared
    house = replace(parts.house, database=database)
    Clock(replace(parts, house=house, now=now, wake=Event())).start()
    while os.getppid() == mother:
        time.sleep(0.5)
    os._exit(1)


if __name__ == "__main__":
    main()
