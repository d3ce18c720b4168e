"""The forms that Twilio posts: an incoming message, and a status callback. Pure."""

import json

from bot.simulator.records import Message, Phone

# MessageType for each kind of media that people send.
MEDIA_TYPES = {"image": "image", "audio": "audio", "video": "video", "application": "document"}
SMS_PLACES = ("City", "State", "Zip", "Country")
EVENTS = {"sent": "SENT", "delivered": "DELIVERED", "read": "READ", "undelivered": "UNDELIVERED"}


def message_form(
    message: Message,
    *,
    phone: Phone,
    account_sid: str,
    media_base: str,
    button: tuple[str, str] | None = None,
    list_item: tuple[str, str] | None = None,
    template_button: bool = False,
    profile_name: str | None = None,
) -> dict[str, str]:
    """All parameters of an incoming message, as they come in November 2026."""
    form = {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsMessageSid": message.sid,
        "AccountSid": account_sid,
        "From": message.from_,
        "To": message.to,
        "Body": message.body,
        "NumMedia": str(len(message.media)),
        "NumSegments": "1" if message.channel == "whatsapp" else str(segments(message.body)),
        "SmsStatus": "received",
        "ApiVersion": "2010-04-01",
    }
    if message.media and not message.body:
        del form["Body"]  # with media there may be no such key at all
    for place, media in enumerate(message.media):
        form[f"MediaUrl{place}"] = f"{media_base}/Messages/{message.sid}/Media/{media.sid}"
        form[f"MediaContentType{place}"] = media.content_type
    if message.channel == "sms":
        return {**form, **{f"{end}{place}": "" for end in ("From", "To") for place in SMS_PLACES}}
    name = phone.name if profile_name is None else profile_name
    form |= _whatsapp(message, phone=phone, name=name)
    if message.replied_to:
        form |= {
            "OriginalRepliedMessageSid": message.replied_to,
            "OriginalRepliedMessageSender": message.to,
        }
    if button:
        form |= {"ButtonPayload": button[0], "ButtonText": button[1]}
        form["MessageType"] = "button" if template_button else "interactive"
    if list_item:
        form |= {"ListId": list_item[0], "ListTitle": list_item[1], "MessageType": "interactive"}
    return form


def _whatsapp(message: Message, *, phone: Phone, name: str) -> dict[str, str]:
    digits = phone.number.removeprefix("+")
    context = {"ProfileName": name} | ({"WaId": digits} if phone.shows_number else {})
    kind = "text"
    if message.media:
        family = message.media[0].content_type.partition("/")[0]
        kind = MEDIA_TYPES.get(family, "contacts")
    form = {
        "ProfileName": name,
        "ExternalUserId": f"whatsapp:{phone.user_id}",
        "ReferralNumMedia": "0",
        "MessageType": kind,
        "ChannelMetadata": json.dumps(
            {"type": "whatsapp", "data": {"context": context}}, ensure_ascii=False
        ),
    }
    return form | ({"WaId": digits} if phone.shows_number else {})


def status_form(message: Message, *, account_sid: str, words: str) -> dict[str, str]:
    """A status callback for the message as it is now; `words` explain its error code."""
    form = {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "MessageStatus": message.status,
        "SmsStatus": message.status,
        "AccountSid": account_sid,
        "From": message.from_,
        "To": message.to,
        "ApiVersion": "2010-04-01",
    }
    if message.error_code is not None:
        form |= {"ErrorCode": str(message.error_code), "ErrorMessage": words}
    if message.service_sid:
        form["MessagingServiceSid"] = message.service_sid
    if message.channel == "sms":
        if message.final:
            form["RawDlrDoneDate"] = message.updated_at.strftime("%y%m%d%H%M")
        return form
    form |= {
        "ChannelPrefix": "whatsapp",
        "ChannelInstallSid": "XE" + account_sid[2:],
        "ChannelToAddress": message.to.removeprefix("whatsapp:")[:-4] + "XXXX",
        "StructuredMessage": "true" if message.content_sid else "false",
    }
    if message.status in EVENTS:
        form["EventType"] = EVENTS[message.status]
    if message.error_code is not None:
        form["ChannelStatusMessage"] = words
    if message.phone is not None:
        form["ExternalUserId"] = f"whatsapp:{message.phone.user_id}"
    return form


GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_7_DOUBLE = frozenset("^{}\\[~]|€\f")


def segments(text: str) -> int:
    """SMS parts: 160 characters of GSM-7 (153 joined), otherwise 70 UCS-2 units (67 joined)."""
    if all(letter in GSM_7 or letter in GSM_7_DOUBLE for letter in text):
        units, alone, joined = sum(1 + (letter in GSM_7_DOUBLE) for letter in text), 160, 153
    else:
        units, alone, joined = len(text.encode("utf-16-le", "surrogatepass")) // 2, 70, 67
    return 1 if units <= alone else -(-units // joined)
