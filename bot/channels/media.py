"""Fetch one attachment from Twilio, and from nowhere else, whatever its address says.

Every address is checked, those of redirects too; what it resolves to must be a public one, and it
is that one we connect to. Our credentials go to Twilio's API alone. Size and time have an end.
"""

import http.client
import re
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from urllib.parse import SplitResult, urljoin, urlsplit

from bot.channels.media_kinds import kind_of

API = "https://api.twilio.com"
# Where the API sends us on to, without credentials (Twilio: Protect media access with basic auth)
STORES = frozenset({"mms.twiliocdn.com", "media.twiliocdn.com", "mcs.us1.twilio.com"})
MOST_REDIRECTS = 3
REDIRECTS = (301, 302, 303, 307, 308)
PLAIN = re.compile(r"[!-~]+")  # ASCII that is no blank, so that nothing is read in two ways
Resolve = Callable[[str, int], Iterable[str]]


class Refused(Exception):
    """Not to be had: `reason` is one word, and never part of an address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotYet(Exception):
    """Not there just now: Twilio may need some minutes, or does not answer."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """Whose attachments. `base` is where Twilio's API is; on this machine it may be plain http."""

    sid: str
    token: str
    base: str = API
    stores: frozenset[str] = STORES
    loopback: bool = False


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bytes in all; seconds in all and for one read."""

    size: int = 16 << 20
    seconds: float = 60.0
    idle: float = 10.0


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What came, and what it is by its content: what anybody said about it does not count."""

    data: bytes
    content_type: str


def resolve(host: str, port: int) -> list[str]:
    """Every address that the name stands for."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[4][0]) for address in found]


def fetch(
    url: str, account: Account, *, limits: Limits | None = None, names: Resolve = resolve
) -> Fetched:
    """Raises Refused for what is not ours to have, NotYet for what may come later."""
    limits, here = limits or Limits(), url
    if not _is_attachment(here, account):
        raise Refused("address")
    for _ in range(MOST_REDIRECTS + 1):
        answer = _get(here, account, limits=limits, names=names)
        if isinstance(answer, bytes):
            return Fetched(data=answer, content_type=_kind(answer))
        here = urljoin(here, answer)
    raise Refused("redirects")


def _kind(data: bytes) -> str:
    if not data:
        raise Refused("empty")
    found = kind_of(data)
    if found is None:
        raise Refused("kind")
    return found


def _is_attachment(url: str, account: Account) -> bool:
    """Whether it is one of our own account, as Twilio's API names them."""
    path = re.escape(f"{account.base}/2010-04-01/Accounts/{account.sid}")
    shape = path + r"/Messages/(?:SM|MM)[0-9a-fA-F]{32}/Media/ME[0-9a-fA-F]{32}"
    return re.fullmatch(shape, url) is not None


def _checked(url: str, account: Account) -> SplitResult:
    """An address that we may ask: https, one of the few hosts, and nothing else in it."""
    if not PLAIN.fullmatch(url) or "\\" in url:
        raise Refused("address")
    parts = urlsplit(url)
    # A user, a port or another spelling of the host stands in netloc, too
    known = parts.netloc in account.stores or f"{parts.scheme}://{parts.netloc}" == account.base
    if not known or not (parts.scheme == "https" or (account.loopback and parts.scheme == "http")):
        raise Refused("address")
    return parts


def _get(url: str, account: Account, *, limits: Limits, names: Resolve) -> bytes | str:
    """The bytes, or where they are instead."""
    parts = _checked(url, account)
    headers = {"Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}
    if f"{parts.scheme}://{parts.netloc}" == account.base:
        pair = f"{account.sid}:{account.token}".encode()
        headers["Authorization"] = f"Basic {b64encode(pair).decode('ascii')}"
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    connection = _connected(parts, account, limits=limits, names=names)
    over = threading.Timer(limits.seconds, connection.give_up)
    over.daemon = True
    with closing(connection):
        over.start()
        try:
            connection.request("GET", path, headers=headers)
            return _answer(connection.getresponse(), limits)
        except (OSError, http.client.HTTPException, ValueError, AttributeError):
            raise NotYet from None  # the last two: given up on in the middle of a read
        finally:
            over.cancel()


def _answer(response: http.client.HTTPResponse, limits: Limits) -> bytes | str:
    if response.status in REDIRECTS:
        return response.getheader("Location") or ""
    if response.status != http.client.OK:
        raise NotYet
    if response.length is not None and response.length > limits.size:
        raise Refused("size")
    read = bytearray()
    while piece := response.read1(1 << 16):
        read += piece
        if len(read) > limits.size:
            raise Refused("size")
    if response.length:
        raise NotYet  # cut off in the middle
    return bytes(read)


def _connected(
    parts: SplitResult, account: Account, *, limits: Limits, names: Resolve
) -> "_Pinned":
    """To an address that was looked at: asking for the name again might tell another one."""
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    try:
        found = list(names(host, port))
    except OSError:
        raise NotYet from None
    if not found or not all(_may_connect(address, account) for address in found):
        raise Refused("address")
    return _Pinned(host, port, address=found[0], secure=secure, timeout=limits.idle)


def _may_connect(address: str, account: Account) -> bool:
    """Public addresses only; the simulator's, which is on this machine, only where it is meant."""
    there = ip_address(address.partition("%")[0])
    if isinstance(there, IPv6Address) and there.ipv4_mapped:
        there = there.ipv4_mapped
    return there.is_loopback if account.loopback else there.is_global and not there.is_multicast


class _Pinned(http.client.HTTPConnection):
    """A connection to one address, whose certificate must still be the host's."""

    def __init__(self, host: str, port: int, *, address: str, secure: bool, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self.default_port = 443 if secure else 80  # else the port would stand in the Host header
        self._there, self._secure = (address, port), secure
        self._line: socket.socket | None = None

    def connect(self) -> None:
        """Only to where we were told."""
        plain = socket.create_connection(self._there, timeout=self.timeout)
        if self._secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(plain, server_hostname=self.host)
        else:
            self.sock = plain
        self._line = self.sock  # `sock` is given away with the answer

    def give_up(self) -> None:
        """Ends whatever is being read, byte by byte, for ever."""
        if self._line is not None:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)
