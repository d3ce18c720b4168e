"""An end to the whole of a call. A time-out ends a silence only: an answer that drips, one byte now
and then, would hold a sender for as long as it likes.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

_here = threading.local()  # the call that this thread is making


class _Call:
    """One call, and the line that it goes over."""

    def __init__(self) -> None:
        self.connection: Any = None

    def give_up(self) -> None:
        line = getattr(self.connection, "line", None)
        if line is not None:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)


class _Noted:
    """A connection that its call can be cut off from; `sock` is given away with the answer."""

    line: socket.socket | None = None

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]
        self.line = self.sock  # type: ignore[attr-defined]

    def request(self, *args: Any, **more: Any) -> None:
        call: _Call | None = getattr(_here, "call", None)
        if call is not None:
            call.connection = self
        super().request(*args, **more)  # type: ignore[misc]


class _Plain(_Noted, HTTPConnection):
    pass


class _Secure(_Noted, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


_POOLS = {"http": _PlainPool, "https": _SecurePool}


class Cuttable(HTTPAdapter):
    """For a session of `requests`: its connections can be ended by `within`."""

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, **more)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **more: Any) -> Any:
        manager = super().proxy_manager_for(*args, **more)
        manager.pool_classes_by_scheme = _POOLS
        return manager


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Whatever this thread calls in here ends by then: as a connection that broke."""
    call = _Call()
    _here.call = call
    over = threading.Timer(seconds, call.give_up)
    over.daemon = True
    over.start()
    try:
        yield
    finally:
        over.cancel()
        _here.call = None
