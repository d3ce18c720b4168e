"""The tricks that are played on the connection of a REST call: errors, silence, broken answers."""

import contextlib
import json
import socket
import threading
from collections.abc import Iterator

from flask import Response, request

from bot.simulator.mischief import Mischief, Trick
from bot.simulator.records import Refusal
from bot.simulator.resources import error_json

REFUSALS = {"429": 20429, "401": 20003, "500": 20500, "503": 20503}
BEFORE = (*REFUSALS, "drop_before", "hang")
AFTER = (
    "500_after_accepting", "503_after_accepting", "drop_after_accepting", "hang_after_accepting",
    "half_json", "wrong_sid", "slow_drip",
)  # fmt: skip
LONG_SILENCE, DRIP = 35.0, 0.05  # seconds: the whole silence, and between two bytes
SOCKET = "simulator.socket"  # where the server puts the connection in the WSGI environment


class Wire:
    """`closed` ends every silence, so that a server can be stopped in the middle of one."""

    def __init__(self, mischief: Mischief) -> None:
        self._mischief = mischief
        self.closed = threading.Event()

    def before(self, call: str) -> Response | None:
        """An answer in place of Twilio's work, or None to go on."""
        trick = self._mischief.take(*BEFORE, call=call)
        if trick is None:
            return None
        if trick.kind in REFUSALS:
            return _error(REFUSALS[trick.kind], trick)
        if trick.kind == "hang":
            self._be_silent(trick)
        return self._hang_up()

    def after(self, call: str, response: Response) -> Response:
        """Twilio has done its work, and this is what arrives of its answer."""
        trick = self._mischief.take(*AFTER, call=call)
        if trick is None:
            return response
        if trick.kind.startswith("50"):
            return _error(REFUSALS[trick.kind[:3]], trick)
        if trick.kind == "hang_after_accepting":
            self._be_silent(trick)
            return self._hang_up()
        if trick.kind == "drop_after_accepting":
            return self._hang_up()
        body = response.get_data()
        if trick.kind == "half_json":
            response.set_data(body[: len(body) // 2])
        elif trick.kind == "wrong_sid" and body:
            response.set_data(json.dumps({**json.loads(body), "sid": "SM" + "0" * 32}))
        elif trick.kind == "slow_drip":
            response.response = self.drip(body, pause=trick.seconds or DRIP)
        return response

    def _be_silent(self, trick: Trick) -> None:
        self.closed.wait(LONG_SILENCE if trick.seconds is None else trick.seconds)

    def _hang_up(self) -> Response:
        connection: socket.socket | None = request.environ.get(SOCKET)
        if connection is not None:
            with contextlib.suppress(OSError):  # the client may have been faster
                connection.shutdown(socket.SHUT_RDWR)
        return Response(status=444)  # never seen: nginx's number for "closed without an answer"

    def drip(self, body: bytes, *, pause: float) -> Iterator[bytes]:
        """One byte at a time."""
        for place in range(len(body)):
            yield body[place : place + 1]
            self.closed.wait(pause)


def _error(code: int, trick: Trick) -> Response:
    refusal = Refusal(code)
    response = Response(
        json.dumps(error_json(refusal)), status=refusal.status, mimetype="application/json"
    )
    if trick.retry_after is not None:
        response.headers["Retry-After"] = str(trick.retry_after)
    return response
