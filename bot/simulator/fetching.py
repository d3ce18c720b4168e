"""Twilio fetching what a message carries: at an address of the product, without any credentials.

Only this machine is asked: the simulator never reaches beyond it.
"""

import http.client
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

NOT_THERE, TOO_LARGE, REFUSED = 63019, 63034, 63021
LARGEST = 16 << 20  # bytes, on WhatsApp
SECONDS = 5.0
# What WhatsApp takes (its supported media types); a sound in Ogg must be Opus
KINDS = frozenset(
    {
        *("audio/aac", "audio/amr", "audio/mp4", "audio/mpeg", "audio/ogg"),
        *("image/jpeg", "image/png", "image/webp", "video/mp4", "application/pdf"),
    }
)
OPUS = b"OpusHead"


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What was there."""

    kind: str
    data: bytes


Fetch = Callable[[str], Fetched | None]


def fetch(url: str) -> Fetched | None:
    """None for anything but a good answer from this machine."""
    parts = urlsplit(url)
    if parts.scheme != "http" or not _here(parts.hostname or ""):
        return None
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=SECONDS)
    try:
        headers = {"User-Agent": "TwilioProxy/1.1", "Connection": "close"}
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        data = answer.read(LARGEST + 1)
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    if answer.status != 200 or not data:
        return None
    kind = answer.getheader("Content-Type", "").partition(";")[0].strip().lower()
    return Fetched(kind=kind, data=data)


def trouble(fetched: Sequence[Fetched | None]) -> int | None:
    """The error code of the first that cannot be sent."""
    for each in fetched:
        if each is None:
            return NOT_THERE
        if len(each.data) > LARGEST:
            return TOO_LARGE
        if each.kind not in KINDS or (each.kind == "audio/ogg" and OPUS not in each.data[:64]):
            return REFUSED
    return None


def _here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
