"""Reads what Twilio posts: messages that came in, and receipts of ours. Pure; nothing is fetched.

Unknown fields are ignored, because Twilio may add one at any time. What does not have the shape
it must have raises Unreadable, and the reason never holds a text, name or number.
"""

import re
from collections.abc import Collection, Mapping

from bot.channels.base import Inbound, Media, Receipt
from bot.channels.beside import LONGEST_RAW, details_of, has_form, is_call, unwrapped
from bot.channels.twilio_signature import values_of
from bot.engine.keywords import STOPS
from bot.errors import Unreadable

MESSAGE_SID = re.compile(r"(?:SM|MM)[0-9a-f]{32}")
TOKEN = re.compile(r"[0-9A-Za-z_-]{8,64}")
# A phone number, WhatsApp's own name for a person (CC.id or CC.ENT.id), a short code, or a name.
ADDRESS = re.compile(
    r"(?:whatsapp:)?(?:\+[0-9]{4,15}|[A-Z]{2}(?:\.ENT)?\.[0-9A-Za-z]{1,128}|[0-9]{3,15})"
    r"|[A-Za-z0-9 +\-_&]{1,11}"
)
MOST_MEDIA = 10
LONGEST_ERROR, LONGEST_WORD = 10, 40

# Twilio's word for a message's status → our state of its delivery (its message resource page).
STATES = {
    "accepted": "accepted",
    "scheduled": "accepted",
    "queued": "accepted",
    "sending": "accepted",
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "failed": "failed",
    "undelivered": "failed",
    "canceled": "failed",
}
# What a MessageType says a message is. It is a hint: never required, and new words may appear.
KINDS = {
    "": "text",
    "text": "text",
    "interactive": "text",
    "button": "text",
    "image": "media",
    "audio": "media",
    "video": "media",
    "document": "media",
    "sticker": "media",
    "location": "location",
    "contacts": "contact",
}
VISIBLE = ("Body", "ButtonText", "ListTitle")
OPT_OUTS = ("STOP", "START", "HELP")


def read_message(form: Mapping[str, str], *, account_sid: str, senders: Collection[str]) -> Inbound:
    """One message that came in. Raises Unreadable unless it is to one of our senders."""
    fields = _fields(form)
    _ours(fields, account_sid)
    sender, to = _address(fields, "From"), _address(fields, "To")
    if to not in senders:
        raise Unreadable("To is none of our senders")
    media = _media(fields)
    kind = _kind(fields, media)
    text, details = words_of("\n".join(_shown(fields)))
    details |= details_of(fields, kind=kind)
    payloads = _payloads(fields)
    return Inbound(
        channel=channel_of(to),
        address=sender,
        to=to,
        external_id=_sid(fields, "MessageSid", "SmsSid", "SmsMessageSid"),
        text=text,
        button=payloads[0] if payloads else None,
        labels=_shown(fields) if payloads else (),
        doubtful=len(payloads) > 1 or "forwarded" in details,
        media=media,
        kind=kind,
        details=details,
        user_id=_optional_address(fields, "ExternalUserId"),
        replied_to=_optional_sid(fields, "OriginalRepliedMessageSid"),
        opt_out=_opt_out(fields) or network_word(channel_of(to), text),
    )


def read_receipt(form: Mapping[str, str], *, token: str | None, account_sid: str) -> Receipt:
    """One status callback. `token` is what our callback URL's query carried, if it is whole."""
    fields = _fields(form)
    _ours(fields, account_sid)
    status = (fields.get("MessageStatus") or fields.get("SmsStatus") or "").lower()
    if not status:
        raise Unreadable("a receipt without MessageStatus")
    event = (fields.get("EventType") or "").upper()[:LONGEST_WORD]
    return Receipt(
        external_id=_sid(fields, "MessageSid", "SmsSid"),
        status=status[:LONGEST_WORD],
        # A READ event may come with a status that lags behind it.
        state="read" if event == "READ" else STATES.get(status),
        token=token if token and TOKEN.fullmatch(token) else None,
        error_code=(fields.get("ErrorCode") or "")[:LONGEST_ERROR] or None,
        event=event or None,
        user_id=_optional_address(fields, "ExternalUserId"),
    )


def network_word(channel: str, text: str) -> str | None:
    """STOP where the network has blocked us by itself, on an SMS that is one of its words."""
    return "STOP" if channel == "sms" and text.strip().casefold() in STOPS else None


def clean(text: str) -> str:
    """Without NUL, which PostgreSQL refuses, and lone surrogates, which no database takes.

    Marks of direction stay: they are part of what she wrote.
    """
    if "\x00" in text:
        text = text.replace("\x00", "")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        # Two halves that belong together become their character; one alone becomes U+FFFD.
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def channel_of(address: str) -> str:
    return "whatsapp" if address.startswith("whatsapp:") else "sms"


def _fields(form: Mapping[str, str]) -> dict[str, str]:
    """One clean value for each name: two would sign alike and mean something else."""
    fields = {}
    for name in form:
        values = values_of(form, name)
        if len(values) != 1:
            raise Unreadable("a field with several values")
        fields[name] = clean(values[0])
    return fields


def _ours(fields: Mapping[str, str], account_sid: str) -> None:
    if fields.get("AccountSid") != account_sid:
        raise Unreadable("AccountSid is not ours")


def _sid(fields: Mapping[str, str], *names: str) -> str:
    value = next((fields[name] for name in names if fields.get(name)), "")
    if not MESSAGE_SID.fullmatch(value):
        raise Unreadable(f"{names[0]} does not look like one")
    return value


def _optional_sid(fields: Mapping[str, str], name: str) -> str | None:
    value = fields.get(name, "")
    return value if MESSAGE_SID.fullmatch(value) else None


def _address(fields: Mapping[str, str], name: str) -> str:
    value = _plus(fields.get(name, ""))
    if not ADDRESS.fullmatch(value):
        raise Unreadable(f"{name} does not look like an address")
    return value


def _optional_address(fields: Mapping[str, str], name: str) -> str | None:
    value = _plus(fields.get(name, ""))
    return value if value and ADDRESS.fullmatch(value) else None


def _plus(value: str) -> str:
    """A "+" that nobody escaped arrives as a blank; put it back."""
    prefix = "whatsapp:" if value.startswith("whatsapp:") else ""
    rest = value.removeprefix(prefix)
    return f"{prefix}+{rest[1:]}" if re.fullmatch(r" [0-9]+", rest) else value


def words_of(text: str) -> tuple[str, dict[str, str]]:
    """Her words, unwrapped where a carrier wrapped them; what came is then kept as a detail."""
    words = unwrapped(text)
    return (text, {}) if words is None else (clean(words), {"raw": text[:LONGEST_RAW]})


def _shown(fields: Mapping[str, str]) -> tuple[str, ...]:
    """Her words; for a tap, what stood on it, each reading once where they are not the same."""
    if is_call(fields):
        return ()
    said = [text for name in VISIBLE if (text := fields.get(name, ""))]
    return tuple(dict.fromkeys(said) if _payloads(fields) else said[:1])


def _payloads(fields: Mapping[str, str]) -> tuple[str, ...]:
    """What was tapped, by the button and by the list: two that differ are no tap."""
    if is_call(fields):
        return ()
    ids = (fields.get("ButtonPayload", ""), fields.get("ListId", ""))
    return tuple(dict.fromkeys(each for each in ids if each))


def _media(fields: Mapping[str, str]) -> tuple[Media, ...]:
    count = fields.get("NumMedia", "")
    if not (count.isascii() and count.isdigit()):
        return ()
    return tuple(
        Media(url=fields[f"MediaUrl{number}"], content_type=_content_type(fields, number))
        for number in range(min(int(count[:3]), MOST_MEDIA))
        if fields.get(f"MediaUrl{number}")
    )


def _content_type(fields: Mapping[str, str], number: int) -> str:
    """Without parameters: `audio/ogg; codecs=opus` is a voice note as `audio/ogg` is."""
    return fields.get(f"MediaContentType{number}", "").partition(";")[0].strip().lower()


def _kind(fields: Mapping[str, str], media: tuple[Media, ...]) -> str:
    hint = KINDS.get(fields.get("MessageType", "").lower())
    if hint == "contact" or any(item.content_type == "text/vcard" for item in media):
        return "contact"
    if media:
        return "media"
    if fields.get("Latitude") and fields.get("Longitude"):
        return "location"
    if is_call(fields):
        return "call"
    # Words count, whatever a MessageType that nobody knows yet says about them.
    if _shown(fields):
        return "text"
    return "form" if has_form(fields) else hint or "unsupported"


def _opt_out(fields: Mapping[str, str]) -> str | None:
    value = fields.get("OptOutType", "").upper()
    return value if value in OPT_OUTS else None
