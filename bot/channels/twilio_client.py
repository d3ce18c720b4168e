"""The real twilio client, with a time-out and, for tests and the demo, another host.

Import this only when something is to be sent: it brings `requests` and 30 MB with it.
"""

import json
import logging
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
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
from bot.channels.whole_call import Cuttable, within
from bot.errors import Unsent

TOO_MANY_REQUESTS = 20429
LONGEST_WAIT = 3600.0
WHOLE_CALL = 2  # time-outs: a whole call, however slowly it is answered, is shorter than a lease
POOL = 10  # connections kept: more than the sender and the clock use at once


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
        self._whole = WHOLE_CALL * timeout
        if self.session is not None:
            for scheme in ("https://", "http://"):
                self.session.mount(scheme, Cuttable(pool_maxsize=POOL))
            # a proxy has no business on this machine's loopback
            self.session.trust_env = self._base is None

    def request(  # type: ignore[override]  # as its parent does
        self, method: str, url: str, *args: Any, **kwargs: Any
    ) -> Response:
        if self._base is not None:
            parts = urlsplit(url)
            path = self._base.path.rstrip("/") + parts.path
            url = urlunsplit((self._base.scheme, self._base.netloc, path, parts.query, ""))
        with within(self._whole):
            response = super().request(method, url, *args, **kwargs)
        if response.status_code == 429:
            raise _later(response)
        return response


def _later(response: Response) -> Later:
    try:
        code = int(json.loads(response.text)["code"])
    except (ValueError, KeyError, TypeError):
        code = TOO_MANY_REQUESTS
    if code not in PASSING:  # whatever it calls it: it was not taken, and may be later
        code = TOO_MANY_REQUESTS
    return Later("too many requests", code=code, seconds=_wait(response.headers))


def _wait(headers: Mapping[str, str] | None) -> float | None:
    """Retry-After in seconds; None where it says nothing that we understand."""
    given = (headers or {}).get("Retry-After", "")
    try:
        seconds = float(given)
    except ValueError:
        seconds = _until(given, (headers or {}).get("Date", ""))
    return min(max(seconds, 0.0), LONGEST_WAIT) if seconds == seconds else None


def _until(there: str, now: str) -> float:
    """As a date: by the clock over there, which came with the answer."""
    try:
        return (parsedate_to_datetime(there) - parsedate_to_datetime(now)).total_seconds()
    except (TypeError, ValueError):
        return math.nan


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
