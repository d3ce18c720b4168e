"""WhatsApp and SMS through Twilio: sends, lists what was sent and received, stores contents.

The names a webhook needs are here too; nothing of Twilio's own client is loaded for them.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from bot.channels.base import (
    Approval,
    ContentDraft,
    Held,
    Inbound,
    Media,
    Outbound,
    Receipt,
    Taken,
)
from bot.channels.beside import is_call
from bot.channels.codes import NOT_THERE
from bot.channels.twilio_inbound import (
    STATES,
    channel_of,
    clean,
    network_word,
    read_message,
    read_receipt,
    words_of,
)
from bot.channels.twilio_signature import verify
from bot.errors import Unsent
from bot.settings import Settings

if TYPE_CHECKING:
    from twilio.rest import Client

    from bot.channels.media import Fetched

__all__ = ["TwilioChannel", "read_message", "read_receipt", "senders_of", "verify"]

TIMEOUT_SECONDS = 10.0  # the client itself would wait for ever; a lease is longer
STATUS_PATH = "/webhooks/twilio/status"
MEDIA_HOST = "https://api.twilio.com"
NEWEST = 50  # of the messages to one person: many times what a minute can hold
MOST_RECEIVED = 5_000
PAGE = 1_000  # the longest that Twilio lists at once
CONTENTS, CONTENTS_PAGE, MOST_PAGES = "/ContentAndApprovals", 500, 100
NOT_FINAL = 20009  # Twilio's code
JSON = {"Content-Type": "application/json", "Accept": "application/json"}
INBOUND = "inbound"  # of a message's direction; ours are outbound-api or outbound-reply
SHORTEST_VALIDITY, LONGEST_VALIDITY = 10, 36_000  # seconds


def senders_of(settings: Settings) -> frozenset[str]:
    """Our own addresses: what a message must be sent to, to be for us."""
    return frozenset(filter(None, (settings.twilio_whatsapp_from, settings.twilio_sms_from)))


class TwilioChannel:
    """One account's line to Twilio. Connects when first used; safe to share between threads."""

    def __init__(self, settings: Settings, *, timeout: float = TIMEOUT_SECONDS) -> None:
        self._settings, self._timeout = settings, timeout
        one_way = settings.twilio_sms_from if settings.sms_is_one_way else None
        self.senders: Mapping[str, str] = {  # to participants; a name only calls staff
            channel_of(sender): sender for sender in senders_of(settings) if sender != one_way
        }
        self.kinds = frozenset(self.senders)
        self._client: Client | None = None

    def send(self, outbound: Outbound) -> Receipt:
        """Ask Twilio to take one message. Its own list is the only guard against doing so twice."""
        fields: dict[str, Any] = {
            "to": outbound.address,
            "from_": self._sender(outbound.address),
            "status_callback": f"{self._settings.public_url}{STATUS_PATH}?m={outbound.token}",
        }
        if outbound.media_url is not None:
            fields["media_url"] = [outbound.media_url]
        elif outbound.content_sid is None:
            fields["body"] = outbound.body
        else:  # never with a body: it would be taken for free text
            fields["content_sid"] = outbound.content_sid
            fields["content_variables"] = json.dumps(dict(outbound.variables), ensure_ascii=False)
        if outbound.valid_for is not None:
            fields["validity_period"] = min(
                max(outbound.valid_for, SHORTEST_VALIDITY), LONGEST_VALIDITY
            )
        with self._connected() as client:
            message = client.messages.create(**fields)
            if str(message.to) != outbound.address:
                raise ValueError("an answer about another message")
            return Receipt(
                external_id=_whole(message.sid, "SM", "MM"),
                status=str(message.status),
                state=STATES.get(str(message.status), "accepted"),
                token=outbound.token,
                error_code=str(message.error_code) if message.error_code else None,
            )

    def taken(self, *, address: str, since: datetime) -> Sequence[Taken]:
        """What Twilio shows as sent to this address. Not by its date filter: a queued message has
        no date of sending yet."""
        with self._connected() as client:
            messages = client.messages.list(
                to=address, from_=self._sender(address), limit=NEWEST, page_size=NEWEST
            )
            found = [_taken(message) for message in messages if str(message.direction) != INBOUND]
        newest_first = sorted(found, key=lambda each: each.created_at, reverse=True)
        return tuple(each for each in newest_first if each.created_at >= since)

    def state_of(self, external_id: str) -> Receipt:
        """Asked of Twilio itself, where no receipt came."""
        with self._connected() as client:
            message = client.messages(external_id).fetch()
            if message.sid != external_id:
                raise ValueError("an answer about another message")
            return Receipt(
                external_id=external_id,
                status=str(message.status),
                state=STATES.get(str(message.status)),
                error_code=str(message.error_code) if message.error_code else None,
            )

    def received(self, *, since: datetime) -> Sequence[Inbound]:
        """What came in since then. The list knows no button, profile or answered message."""
        found: list[tuple[datetime, Inbound]] = []
        with self._connected() as client:
            for sender in sorted(self.senders.values()):
                messages = client.messages.list(
                    to=sender, date_sent_after=since, limit=MOST_RECEIVED, page_size=1000
                )
                found += [
                    (_moment(message), self._inbound(client, message))
                    for message in reversed(messages)  # the newest comes first, to the second
                    if str(message.direction) == INBOUND
                ]
        return tuple(inbound for _, inbound in sorted(found, key=lambda each: each[0]))

    def copies(self, *, address: str) -> Sequence[str]:
        """By both ends, whatever sender of ours it was: a former one's messages are hers too."""
        with self._connected() as client:
            lists = (
                client.messages.list(to=address, page_size=PAGE),
                client.messages.list(from_=address, page_size=PAGE),
            )
            return tuple(
                dict.fromkeys(_whole(each.sid, "SM", "MM") for one in lists for each in one)
            )

    def erase(self, external_id: str) -> bool:
        """Twilio deletes a message only once it is final; its media go with it."""
        try:
            with self._connected() as client:
                client.messages(external_id).delete()
        except Unsent as error:
            if error.code == NOT_FINAL:
                return False
            if error.code != NOT_THERE:
                raise
        return True

    def create_content(self, draft: ContentDraft) -> str:
        """Store a content. Straight JSON: the client's own request classes add empty fields."""
        data: dict[str, object] = {
            "friendly_name": draft.name,
            "language": draft.language,
            "variables": dict(draft.samples),
            "types": {kind: dict(fields) for kind, fields in draft.types.items()},
        }
        with self._connected() as client:
            answer = client.content.v1.create("POST", "/Content", data=data, headers=dict(JSON))
            return _whole(answer["sid"], "HX")

    def contents(self) -> Sequence[Held]:
        """All of them: half a list would have us submit doubles."""
        with self._connected() as client:
            return tuple(
                Held(
                    content_sid=_whole(each["sid"], "HX"),
                    name=str(each["friendly_name"] or ""),
                    language=str(each["language"] or ""),
                    types=dict(each["types"] or {}),
                    approval=_approval(each["approval_requests"]),
                )
                for each in _listed(client, CONTENTS)
            )

    def submit(self, *, content_sid: str, name: str, category: str) -> Approval:
        """Ask WhatsApp, through Twilio, to approve a template."""
        path = f"/Content/{content_sid}/ApprovalRequests/whatsapp"
        data: dict[str, object] = {"name": name, "category": category}
        with self._connected() as client:
            return _approval(client.content.v1.create("POST", path, data=data, headers=dict(JSON)))

    def approval(self, content_sid: str) -> Approval:
        """How far the approval is."""
        with self._connected() as client:
            return _approval(
                client.content.v1.contents(content_sid).approval_fetch().fetch().whatsapp
            )

    def media(self, url: str) -> "Fetched":
        """One attachment. Raises Refused and NotYet of `bot.channels.media`."""
        from bot.channels.media import Account, fetch

        settings = self._settings
        account = Account(
            sid=settings.twilio_account_sid,
            token=settings.twilio_auth_tokens[0],
            base=settings.twilio_api_base or MEDIA_HOST,
            loopback=settings.loopback,
        )
        return fetch(url, account)

    @contextmanager
    def _connected(self) -> Iterator["Client"]:
        from bot.channels.twilio_client import connect, outcome

        if self._client is None:
            self._client = connect(
                account_sid=self._settings.twilio_account_sid,
                token=self._settings.twilio_auth_tokens[0],
                base=self._settings.twilio_api_base,
                timeout=self._timeout,
            )
        with outcome():
            yield self._client

    def _sender(self, address: str) -> str:
        settings = self._settings
        whatsapp = channel_of(address) == "whatsapp"
        sender = settings.twilio_whatsapp_from if whatsapp else settings.twilio_sms_from
        if sender is None:
            raise Unsent("no sender of that kind is set up", permanent=True, code=21603)
        return sender

    def _inbound(self, client: "Client", message: Any) -> Inbound:
        media = self._media(client, message) if int(message.num_media or 0) else ()
        to, address = str(message.to), str(message.from_)
        call = is_call({"Body": message.body or ""})
        text, details = ("", {}) if call else words_of(clean(message.body or ""))
        kind = "call" if call else "text" if text else "unsupported"
        return Inbound(
            channel=channel_of(to),
            address=address,
            to=to,
            external_id=str(message.sid),
            text=text,
            opt_out=network_word(channel_of(to), message.body or ""),
            media=media,
            kind="media" if media else kind,
            details=details,
            sent_at=_moment(message),
            pulled=True,
        )

    def _media(self, client: "Client", message: Any) -> tuple[Media, ...]:
        return tuple(
            Media(
                url=(self._settings.twilio_api_base or MEDIA_HOST)
                + str(item.uri).removesuffix(".json"),
                content_type=str(item.content_type),
            )
            for item in client.messages(message.sid).media.list(limit=10)
        )


def _listed(client: "Client", path: str) -> Iterator[Mapping[str, Any]]:
    """All pages of a list of contents. Not by the client's own, which hides why it was refused."""
    query: dict[str, object] = {"PageSize": CONTENTS_PAGE}
    for _ in range(MOST_PAGES):
        answer = client.content.v1.fetch("GET", path, params=query)
        yield from answer["contents"]
        if not (following := answer["meta"]["next_page_url"]):
            return
        query = dict(parse_qsl(urlsplit(following).query))
    raise ValueError("a list without an end")


def _whole(sid: Any, *prefixes: str) -> str:
    """A SID of the right shape. A 2xx without one leaves us as unsure as no answer at all."""
    if not isinstance(sid, str) or len(sid) != 34 or not sid.startswith(prefixes):
        raise ValueError("not a SID")
    return sid


def _moment(message: Any) -> datetime:
    moment: datetime = message.date_created or message.date_sent
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _taken(message: Any) -> Taken:
    return Taken(
        external_id=str(message.sid),
        address=str(message.to),
        body=message.body or "",
        status=str(message.status),
        created_at=_moment(message),
        error_code=str(message.error_code) if message.error_code else None,
    )


def _approval(answer: Any) -> Approval:
    """From what Twilio says; nothing at all means that it was never submitted."""
    answer = answer or {}
    return Approval(
        state=str(answer.get("status") or "unsubmitted").lower(),
        reason=str(answer.get("rejection_reason") or ""),
        category=str(answer.get("category") or "").upper(),
    )
