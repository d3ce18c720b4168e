"""What any channel is: what comes in, what goes out, what a receipt says. No Twilio here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from bot.errors import Unsent

if TYPE_CHECKING:
    from bot.channels.media import Fetched


@dataclass(frozen=True, kw_only=True)
class Media:
    """One attachment as announced; it is fetched later, never in the request."""

    url: str
    content_type: str


@dataclass(frozen=True, kw_only=True)
class Inbound:
    """One message that came in, already cleaned: no NUL, no lone surrogates.

    `address` is opaque (`whatsapp:+44…`, `whatsapp:GB.1A2B…`, `+44…`). `user_id` is the second
    address WhatsApp gives for the same person, when it does. `button` is the payload that our own
    button or list row carried, and `labels` what stood on it, once or in several readings; all of
    them are in `text`. `doubtful`: it can be no answer, for it is forwarded or contradicts itself.
    `kind` is text, media, location, contact, form, call or unsupported; `details` what came beside
    words. `sent_at`: when she sent it, where it reaches us late; `pulled`: from a list that has
    only her words, and does not say what was tapped or forwarded.
    """

    channel: str
    address: str
    to: str
    external_id: str
    text: str
    button: str | None = None
    labels: tuple[str, ...] = ()
    doubtful: bool = False
    media: tuple[Media, ...] = ()
    kind: str = "text"
    details: Mapping[str, str] = field(default_factory=dict)
    sent_at: datetime | None = None
    pulled: bool = False
    user_id: str | None = None
    replied_to: str | None = None  # the id of our message that she tapped on or answered to
    opt_out: str | None = None  # STOP, START or HELP where the carrier has answered already


@dataclass(frozen=True, kw_only=True)
class Outbound:
    """One message to send. `token` is ours, and comes back in receipts.

    Either `body` alone (free text), or `content_sid` with `variables`; `body` is then the same
    message as text, by which it is recognised in the provider's own list. Or `media_url`, where
    the provider fetches a recording: WhatsApp takes no text with it.
    """

    token: str
    address: str
    body: str
    content_sid: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    valid_for: int | None = None  # seconds the provider may keep it waiting
    media_url: str | None = None


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What the provider says became of a message. `state` is one of ours (see STATES)."""

    external_id: str
    status: str  # the provider's own word, kept
    state: str | None  # ours; None when the word is unknown
    token: str | None = None
    error_code: str | None = None
    event: str | None = None
    user_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A message that the provider's own list shows: what it took from us, or got for us."""

    external_id: str
    address: str
    body: str
    status: str
    created_at: datetime
    error_code: str | None = None


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """What a channel can show and how much of it."""

    name: str
    buttons: int  # most quick-reply buttons
    rows: int  # most rows of a list
    button_title: int
    row_title: int
    body: int  # most characters of a text
    window: bool  # free text only within 24 hours of her last message


WHATSAPP = Capabilities(
    name="whatsapp", buttons=3, rows=10, button_title=20, row_title=24, body=1024, window=True
)
SMS = Capabilities(
    name="sms", buttons=0, rows=0, button_title=0, row_title=0, body=1600, window=False
)
CHANNELS = {"whatsapp": WHATSAPP, "sms": SMS}

ZERO_KEYS = ("skip", "person", "other")  # may have the number 0: rendering.split says when

# States of a delivery in the order they can happen; a receipt only ever moves one forward.
RANK = {
    "queued": 0,
    "sending": 1,
    "unknown": 1,
    "accepted": 2,
    "sent": 3,
    "failed": 4,
    "delivered": 5,
    "read": 6,
}


@dataclass(frozen=True, kw_only=True)
class ContentDraft:
    """A stored content to create: an approved template's wording, or a set of generic buttons."""

    name: str
    language: str  # the channel's own code, e.g. en_GB
    types: Mapping[str, Mapping[str, object]]
    samples: Mapping[str, str]
    category: str | None = None  # UTILITY: to be submitted for approval; None: session only


@dataclass(frozen=True, kw_only=True)
class Approval:
    """The state of an approved template: unsubmitted … approved, rejected, paused, disabled."""

    state: str
    reason: str = ""
    category: str = ""


@dataclass(frozen=True, kw_only=True)
class Held:
    """A content as the provider holds it: ours by its name, or somebody else's."""

    content_sid: str
    name: str
    language: str
    types: Mapping[str, object]
    approval: Approval


class Later(Unsent):
    """The provider takes nothing just now: surely not sent. `seconds`: what it asks us to wait."""

    def __init__(
        self, reason: str = "", *, code: int | None = None, seconds: float | None = None
    ) -> None:
        super().__init__(reason, permanent=False, code=code)
        self.seconds = seconds


class Unsure(Exception):
    """Nobody knows whether it was taken: a time-out, a fault over there, a broken answer."""


class Channel(Protocol):
    """The calls the shell makes. Every one may take seconds: never inside a transaction.

    Any of them raises `Unsent(permanent=…, code=…)` when it surely did nothing (`Later` when the
    provider asked us to wait), and `Unsure` when nobody knows (time-out, 5xx, broken answer).
    `kinds` are the channels it has a sender for: whatsapp, sms. `senders` says which.
    """

    kinds: frozenset[str]
    senders: Mapping[str, str]

    def send(self, outbound: Outbound) -> Receipt:
        """Send one message; the receipt carries the provider's id."""

    def taken(self, *, address: str, since: datetime) -> Sequence[Taken]:
        """What the provider already took from us for this address since then, newest first."""

    def state_of(self, external_id: str) -> Receipt:
        """What has become of one message that the provider took."""

    def received(self, *, since: datetime) -> Sequence[Inbound]:
        """What came in for our senders since then, oldest first (for the catch-up)."""

    def copies(self, *, address: str) -> Sequence[str]:
        """The ids of every message to or from this address that the provider still holds."""

    def erase(self, external_id: str) -> bool:
        """Have the provider delete a message with its media. False: it is not final yet, and can
        only be deleted later. True also when it was gone before."""

    def media(self, url: str) -> "Fetched":
        """One attachment; `bot.channels.media` says what it raises."""

    def create_content(self, draft: ContentDraft) -> str:
        """Store a content at the provider; returns its id."""

    def contents(self) -> Sequence[Held]:
        """Every content that the provider holds, ours or not, with how far its approval is."""

    def submit(self, *, content_sid: str, name: str, category: str) -> Approval:
        """Ask for a template's approval."""

    def approval(self, content_sid: str) -> Approval:
        """The present state of a template's approval."""
