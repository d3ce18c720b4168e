"""Twilio as a client of the product: signs and posts webhooks, and tries again only as Twilio does.

Only `http` and `https` URLs are called. Redirects are not followed: to Twilio's users they are
failures too, since the parameters are lost on the way.
"""

import base64
import hashlib
import hmac
import http.client
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit


@dataclass(frozen=True, kw_only=True)
class Overrides:
    """Connection overrides of the URL's fragment, with Twilio's defaults."""

    connect: float = 5.0
    read: float = 15.0
    retries: int = 1
    policy: frozenset[str] = frozenset({"ct"})


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """`failure` is "", ct (no connection), rt (no answer), 4xx, 5xx or 3xx."""

    status: int | None
    content_type: str
    text: str
    attempts: int
    failure: str


class Post(Protocol):
    """Brings one signed webhook to the product and says what became of it."""

    def __call__(self, url: str, form: Mapping[str, str], *, token: str) -> Outcome: ...


def signature(token: str, url: str, form: Mapping[str, str]) -> str:
    signed = url + "".join(name + form[name] for name in sorted(form))
    digest = hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def read_overrides(url: str) -> tuple[str, Overrides]:
    """The URL without its fragment (which is neither sent nor signed), and what that asks for."""
    bare, _, fragment = url.partition("#")
    asked = dict(parse_qsl(fragment))
    policy = asked.get("rp", "ct").split(",")
    everything = ("4xx", "5xx", "ct", "rt")
    return bare, Overrides(
        connect=_milliseconds(asked.get("ct"), longest=10_000, usual=5_000),
        read=_milliseconds(asked.get("rt"), longest=15_000, usual=15_000),
        retries=min(int(asked.get("rc", "1")), 5),
        policy=frozenset(everything if "all" in policy else policy),
    )


def post(url: str, form: Mapping[str, str], *, token: str) -> Outcome:
    """Posts until it is answered well or the overrides say to give up."""
    bare, overrides = read_overrides(url)
    body = urlencode(list(form.items())).encode()
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
        "User-Agent": "TwilioProxy/1.1",
        "Accept": "*/*",
        "X-Twilio-Signature": signature(token, bare, form),
        "I-Twilio-Idempotency-Token": str(uuid.uuid4()),
        "X-Home-Region": "us1",
        "Connection": "close",
    }
    for attempt in range(1, overrides.retries + 2):
        outcome = _attempt(bare, body, headers, overrides=overrides, attempt=attempt)
        if not outcome.failure or outcome.failure not in overrides.policy:
            break
    return outcome


def _attempt(
    url: str, body: bytes, headers: Mapping[str, str], *, overrides: Overrides, attempt: int
) -> Outcome:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=overrides.connect)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        try:
            connection.connect()
        except OSError:
            return Outcome(status=None, content_type="", text="", attempts=attempt, failure="ct")
        connection.sock.settimeout(overrides.read)
        connection.request("POST", path, body=body, headers=dict(headers))
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        return Outcome(status=None, content_type="", text="", attempts=attempt, failure="rt")
    finally:
        connection.close()
    family = f"{answer.status // 100}xx"
    return Outcome(
        status=answer.status,
        content_type=answer.getheader("Content-Type", "").partition(";")[0].strip().lower(),
        text=text,
        attempts=attempt,
        failure="" if family == "2xx" else family,
    )


def _milliseconds(text: str | None, *, longest: int, usual: int) -> float:
    return min(max(int(text or usual), 100), longest) / 1000
