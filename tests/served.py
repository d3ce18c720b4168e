"""A waitress server of ours for a test: it runs in a thread, and ends before its sockets do."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

from waitress import wasyncore


@contextmanager
def served(server: Any) -> Iterator[int]:
    """Yields its port."""
    over = Event()

    def run() -> None:
        while not over.is_set():
            wasyncore.loop(timeout=1, map=server._map, count=1)

    thread = Thread(target=run)
    thread.start()
    try:
        yield server.effective_port
    finally:
        over.set()
        server.trigger.pull_trigger()
        thread.join()
        server.task_dispatcher.shutdown()
        for one in list(server._map.values()):
            one.close()
