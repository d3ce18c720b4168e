"""Serves a WSGI application of the simulator on this machine only, in threads of its own."""

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import cast
from wsgiref.types import WSGIApplication

from waitress import wasyncore  # type: ignore[import-untyped, unused-ignore]
from waitress.channel import HTTPChannel  # type: ignore[import-untyped, unused-ignore]
from waitress.server import TcpWSGIServer, create_server  # type: ignore[import-untyped, unused-ignore]
from waitress.task import WSGITask  # type: ignore[import-untyped, unused-ignore]

from bot.simulator.rest import rest_app
from bot.simulator.twilio import SimulatedTwilio
from bot.simulator.wire import SOCKET, Wire

THREADS = 16  # a silent answer occupies one for as long as it lasts


@dataclass(kw_only=True)
class Running:
    """A server that runs. `close` stops it and everything that came with it; twice is harmless."""

    base_url: str
    _steps: list[Callable[[], None]] = field(default_factory=list)

    def before_closing(self, step: Callable[[], None]) -> None:
        self._steps.insert(0, step)

    def close(self) -> None:
        while self._steps:
            self._steps.pop(0)()


def serve(
    simulator: SimulatedTwilio,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    deliver_every: float | None = None,
    wrap: Callable[[WSGIApplication], WSGIApplication] | None = None,
) -> Running:
    """The REST API. `deliver_every` seconds a thread delivers what is due; `wrap` adds WSGI."""
    wire = Wire(simulator.mischief)
    application = cast(WSGIApplication, rest_app(simulator, wire=wire))
    running = serve_wsgi(wrap(application) if wrap else application, host=host, port=port)
    simulator.base_url = running.base_url
    running.before_closing(wire.closed.set)
    if deliver_every is not None:
        running.before_closing(deliver_in_background(simulator, every=deliver_every))
    return running


def serve_wsgi(application: WSGIApplication, *, host: str = "127.0.0.1", port: int = 0) -> Running:
    """Any WSGI application, on a loopback address; port 0 finds a free one."""
    if not ip_address(host).is_loopback:
        raise ValueError("the simulator serves this machine only")
    channels: dict[int, object] = {}
    server = cast(
        TcpWSGIServer,
        create_server(  # type: ignore[no-untyped-call, unused-ignore]
            application,
            map=channels,
            host=host,
            port=port,
            threads=THREADS,
            ident="",
            log_socket_errors=False,
            clear_untrusted_proxy_headers=True,
        ),
    )
    server.channel_class = _Channel
    stopping = threading.Event()

    def run() -> None:
        while not stopping.is_set():
            wasyncore.loop(timeout=1, map=channels, count=1)  # type: ignore[no-untyped-call, unused-ignore]

    thread = threading.Thread(target=run, name="simulator", daemon=True)
    thread.start()

    def stop() -> None:
        """Sockets are closed only when nobody waits for them any more."""
        stopping.set()
        server.trigger.pull_trigger()  # type: ignore[no-untyped-call, unused-ignore]
        thread.join()
        server.task_dispatcher.shutdown()
        _close_all(channels)

    return Running(base_url=f"http://{host}:{server.effective_port}", _steps=[stop])


def deliver_in_background(simulator: SimulatedTwilio, *, every: float) -> Callable[[], None]:
    """Starts a thread that delivers what is due. Returns what stops it."""
    stopped = threading.Event()

    def run() -> None:
        while not stopped.wait(every):
            simulator.deliver_due()

    thread = threading.Thread(target=run, name="deliveries", daemon=True)
    thread.start()

    def stop() -> None:
        stopped.set()
        thread.join(timeout=10)

    return stop


def _close_all(channels: dict[int, object]) -> None:
    for each in list(channels.values()):
        with contextlib.suppress(OSError):
            each.close()  # type: ignore[attr-defined]


class _Task(WSGITask):  # type: ignore[misc, unused-ignore]
    def get_environment(self) -> dict[str, object]:
        environ = super().get_environment()  # type: ignore[no-untyped-call, unused-ignore]
        return {**environ, SOCKET: self.channel.socket}


class _Channel(HTTPChannel):  # type: ignore[misc, unused-ignore]
    """Lets the application hang up in the middle of a call."""

    task_class = _Task
