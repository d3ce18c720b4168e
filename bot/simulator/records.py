"""What the simulated Twilio remembers: phones, messages, contents, approvals, calls. No rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.simulator.codes import ERRORS

FINAL = frozenset({"delivered", "read", "failed", "undelivered", "canceled", "received"})


class Refusal(Exception):
    """Twilio says no: the answer is its status, code and words."""

    def __init__(self, code: int, words: str = "", *, status: int | None = None) -> None:
        usual_status, usual_words = ERRORS[code]
        self.code, self.words = code, words or usual_words
        self.status = status or usual_status
        super().__init__(f"{self.code}: {self.words}")


@dataclass(kw_only=True)
class Phone:
    """One person's phone. Change its switches to see what the product does about it."""

    number: str  # E.164
    name: str
    user_id: str  # WhatsApp's business-scoped id, "GB.1A2B…", without the channel prefix
    whatsapp: bool = True
    sms: bool = True
    shows_number: bool = True  # False: From and To hold the user id instead
    language: str = ""  # for the screen only
    about: str = ""  # who she is, for the screen only
    online: bool = True
    reads: bool = True  # read receipts are on
    blocks: bool = False  # she has blocked us

    def address(self, channel: str) -> str:
        if channel == "sms":
            return self.number
        return f"whatsapp:{self.number if self.shows_number else self.user_id}"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A quick-reply button, or a row of a list."""

    id: str
    title: str
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class Media:
    sid: str
    content_type: str
    data: bytes
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Step:
    """A change of status that is still to come."""

    at: datetime
    status: str
    error_code: int | None = None


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A content with its variables filled in, as one channel shows it."""

    kind: str  # twilio/text, twilio/quick-reply, twilio/list-picker …
    body: str
    buttons: tuple[Choice, ...] = ()
    rows: tuple[Choice, ...] = ()
    list_label: str = ""


@dataclass(kw_only=True)
class Message:
    """A message resource. `shown` is there when it was sent by ContentSid."""

    sid: str
    channel: str
    direction: str  # inbound, outbound-api, outbound-reply
    from_: str
    to: str
    body: str
    status: str
    created_at: datetime
    updated_at: datetime
    sent_at: datetime | None = None
    phone: Phone | None = None  # None: nobody has that address
    error_code: int | None = None
    content_sid: str | None = None
    shown: Shown | None = None
    left_out: tuple[str, ...] = ()  # variables that were not sent: she sees the samples
    media: list[Media] = field(default_factory=list)
    media_urls: tuple[str, ...] = ()
    callback: str | None = None
    service_sid: str | None = None
    replied_to: str | None = None
    steps: list[Step] = field(default_factory=list)
    unlisted: bool = False
    shuffled: bool = False  # its receipts are kept back and sent in the wrong order

    @property
    def inbound(self) -> bool:
        return self.direction == "inbound"

    @property
    def final(self) -> bool:
        return self.status in FINAL


@dataclass(frozen=True, kw_only=True)
class Content:
    sid: str
    friendly_name: str
    language: str
    variables: Mapping[str, str]  # samples, which are also the defaults
    types: Mapping[str, Mapping[str, object]]
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Approval:
    """WhatsApp's view of a content: unsubmitted, received, pending, approved, rejected, paused …"""

    status: str = "unsubmitted"
    name: str = ""
    category: str = ""
    content_type: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request to the REST API as it came, and the status that it got (0: no answer)."""

    method: str
    path: str
    query: Mapping[str, str]
    form: Mapping[str, tuple[str, ...]]
    json: object
    at: datetime
    status: int = 0


@dataclass(frozen=True, kw_only=True)
class Hook:
    """A webhook as it was sent to the product, and what came back (status None: nothing)."""

    kind: str  # message, status
    url: str
    form: Mapping[str, str]
    status: int | None
    attempts: int
    at: datetime


def without_channel(address: str) -> str:
    return address.removeprefix("whatsapp:")


def channel_of(address: str) -> str:
    return "whatsapp" if address.startswith("whatsapp:") else "sms"
