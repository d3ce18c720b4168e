"""The real twilio client, with a time-out and, for tests and the demo, another host.

Import this only when something is to be sent: it brings `requests` and 30 MB with it.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from twilio.base.exceptions import (
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NameResolutionError
from urllib3.exceptions import NewConnectionError as NoConnection

from bot.channels.base import Later, Unsure
from bot.channels.codes import NOBODY_KNOWS, PASSING
from bot.errors import Unsent

TOO_MANY_REQUESTS = 20429
LONGEST_WAIT = 3600.0


def connect(*, account_sid: str, token: str, base: str | None, timeout: float) -> Client:
    """One client with one pool of connections. `base` replaces Twilio's hosts."""
    for name in ("twilio.http_client", "urllib3.connectionpool"):  # they log numbers in URLs
        logging.getLogger(name).setLevel(logging.WARNING)
    return Client(account_sid, token, http_client=_Line(base, timeout))  # type: ignore[no-untyped-call]


class _Line(TwilioHttpClient):
    """Twilio's own HTTP client: here it may lead elsewhere, and 429 keeps its Retry-After."""

    def __init__(self, base: str | None, timeout: float) -> None:
        super().__init__(timeout=timeout)
        self._base = urlsplit(base) if base else None
        if self._base is not None and self.session is not None:
            self.session.trust_env = False  # a proxy has no business on this machine's loopback

    def request(  # type: ignore[override]  # as its parent does
        self, method: str, url: str, *args: Any, **kwargs: Any
    ) -> Response:
        if self._base is not None:
            parts = urlsplit(url)
            path = self._base.path.rstrip("/") + parts.path
            url = urlunsplit((self._base.scheme, self._base.netloc, path, parts.query, ""))
        response = super().request(method, url, *args, **kwargs)
        if response.status_code == 429:
            raise _later(response)
        return response


def _later(response: Response) -> Later:
    try:
        code = int(json.loads(response.text)["code"])
    except (ValueError, KeyError, TypeError):
        code = TOO_MANY_REQUESTS
    return Later("too many requests", code=code, seconds=_wait(response.headers))


def _wait(headers: Mapping[str, str] | None) -> float | None:
    """Retry-After in seconds; as a date it is rare, and our own delay does as well."""
    try:
        seconds = float((headers or {}).get("Retry-After", ""))
    except ValueError:
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT) if seconds == seconds else None


@contextmanager
def outcome() -> Iterator[None]:
    """Says of every way a call can end whether it surely did nothing, or nobody knows.

    No exception leaves with its own words: they hold addresses.
    """
    try:
        yield
    except TwilioRestException as error:
        raise _refused(error.status, error.code) from None
    except TwilioServiceException as error:
        raise _refused(error.status, error.code) from None
    except requests.exceptions.ConnectTimeout:
        raise Unsent("no connection", permanent=False) from None
    except requests.exceptions.ConnectionError as error:
        if _never_connected(error):
            raise Unsent("no connection", permanent=False) from None
        raise Unsure("the connection broke") from None
    except (requests.exceptions.RequestException, TwilioException):
        raise Unsure("no whole answer") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Unsure("an answer of another shape") from None


def _refused(status: int | None, code: int | None) -> Exception:
    if status is None or not 400 <= status < 500 or status == 408 or code in NOBODY_KNOWS:
        return Unsure(f"HTTP {status}")
    return Unsent(f"HTTP {status}, code {code}", permanent=code not in PASSING, code=code)


def _never_connected(error: requests.exceptions.ConnectionError) -> bool:
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return isinstance(reason, NoConnection | ConnectTimeoutError | NameResolutionError)
