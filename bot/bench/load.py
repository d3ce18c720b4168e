"""Many keep-alive connections at once: each posts its requests in order and waits for each answer.

A process of its own and standard library only, so that it costs the measured server little. Reads
a job (see `Job` in `posting.py`) as JSON from standard input, and prints what came of it as JSON.
"""

import json
import selectors
import socket
import sys
import time
from typing import Any

END_OF_HEAD = b"\r\n\r\n"
PATIENCE_SECONDS = 20


class Lane:
    """One connection and the requests that go through it, one after the other."""

    def __init__(self, port: int, posts: list[tuple[str, bytes]]) -> None:
        self.posts, self.next, self.buffer = posts, 0, b""
        self.sent_at = 0.0
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self) -> None:
        """Post the next request."""
        self.sent_at = time.perf_counter()
        self.socket.sendall(self.posts[self.next % len(self.posts)][1])

    def receive(self) -> int | None:
        """The status of an answer, once it is whole. ConnectionError: the server has gone."""
        part = self.socket.recv(65536)
        if not part:
            raise ConnectionError
        self.buffer += part
        head, separator, body = self.buffer.partition(END_OF_HEAD)
        if not separator or len(body) < length_of(head):
            return None
        self.buffer = b""
        return int(head[9:12])


def length_of(head: bytes) -> int:
    """The Content-Length of an answer; 0 where there is none, as with 204."""
    _, found, rest = head.lower().partition(b"content-length:")
    return int(rest.split(b"\r\n", 1)[0]) if found else 0


class Load:
    """All lanes, and what was answered so far."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.repeat = bool(job["repeat"])
        self.lanes = [
            Lane(job["port"], [(sid, text.encode("ascii")) for sid, text in posts])
            for posts in job["lanes"]
            if posts
        ]
        self.seconds, self.most = float(job["seconds"]), int(job["most"])
        self.answered: list[str] = []
        self.statuses: dict[int, int] = {}
        self.milliseconds: list[float] = []

    def run(self) -> dict[str, object]:
        """Until the time is over, the requests are used up, or the server is gone."""
        selector = selectors.DefaultSelector()
        began = time.perf_counter()
        for lane in self.lanes:
            selector.register(lane.socket, selectors.EVENT_READ, lane)
            lane.send()
        while selector.get_map():
            for key, _ in selector.select(PATIENCE_SECONDS) or self._too_slow():
                if not self._step(key.data, began):
                    selector.unregister(key.fileobj)
        return {
            "seconds": time.perf_counter() - began,
            "answered": self.answered,
            "statuses": self.statuses,
            "milliseconds": [round(value, 3) for value in self.milliseconds],
        }

    def _step(self, lane: Lane, began: float) -> bool:
        """Take in an answer and post the next request; False when this lane is done."""
        try:
            status = lane.receive()
            if status is None:
                return True
            self._note(lane, status)
            lane.next += 1
            over = time.perf_counter() - began > self.seconds
            if over or self._used_up(lane):
                return False
            lane.send()
        except OSError:  # killed in mid-load, as one of the measurements wants
            return False
        return True

    def _note(self, lane: Lane, status: int) -> None:
        self.milliseconds.append((time.perf_counter() - lane.sent_at) * 1000)
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if 200 <= status < 300:
            self.answered.append(lane.posts[lane.next % len(lane.posts)][0])

    def _used_up(self, lane: Lane) -> bool:
        if self.most and len(self.milliseconds) + len(self.lanes) > self.most:
            return True
        return lane.next >= len(lane.posts) and not self.repeat

    def _too_slow(self) -> list[Any]:
        raise SystemExit(f"no answer within {PATIENCE_SECONDS} s")


if __name__ == "__main__":
    json.dump(Load(json.load(sys.stdin)).run(), sys.stdout)
