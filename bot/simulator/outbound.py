"""A request to send a message: what Twilio refuses at once, and what becomes of it later. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from bot.simulator.codes import MESSAGE_FIELDS
from bot.simulator.contents import read_variables, trouble
from bot.simulator.mischief import Trick
from bot.simulator.records import Approval, Phone, Refusal, Shown, Step, channel_of, without_channel

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
USER_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[0-9A-Za-z]{1,128}")
TOO_MUCH_SPACE = re.compile(r"[\n\r\t]| {5,}")
LONGEST_BODY = 1600
WINDOW = timedelta(hours=24)
SENT_AFTER, DELIVERED_AFTER, READ_AFTER = (timedelta(seconds=s) for s in (0.5, 1.2, 3.0))
REFUSED_TEMPLATES = {"rejected": 63040, "paused": 63041, "disabled": 63042}


@dataclass(frozen=True, kw_only=True)
class SendRequest:
    """A well-formed POST to Messages."""

    channel: str
    to: str
    sender: str
    service_sid: str | None
    body: str
    content_sid: str | None
    variables: Mapping[str, str]
    media_urls: tuple[str, ...]
    callback: str | None
    send_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What Twilio and WhatsApp know when the request comes."""

    phone: Phone | None
    window_open: bool
    shown: Shown | None
    approval: Approval
    trick: Trick | None
    media_trouble: int | None = None  # what was wrong with what it should fetch


def read_request(
    form: Mapping[str, Sequence[str]], *, senders: Mapping[str, str], now: datetime
) -> SendRequest:
    """Raises Refusal for everything that Twilio finds wrong with the form alone."""
    unknown = sorted(set(form) - MESSAGE_FIELDS)
    if unknown:
        raise Refusal(20001, f"Unknown parameters: {', '.join(unknown)}")
    one = {name: values[0] for name, values in form.items() if values}
    to, service = one.get("To", ""), one.get("MessagingServiceSid")
    if not to:
        raise Refusal(21604)
    channel = channel_of(to)
    sender = one.get("From") or (senders.get(channel, "") if service else "")
    _check_addresses(to=to, sender=sender, senders=senders)
    request = SendRequest(
        channel=channel,
        to=to,
        sender=sender,
        service_sid=service,
        body=one.get("Body", ""),
        content_sid=one.get("ContentSid"),
        variables=read_variables(one.get("ContentVariables")),
        media_urls=tuple(form.get("MediaUrl", ())),
        callback=one.get("StatusCallback"),
        send_at=_send_at(one, now=now),
    )
    _check_parts(request, one)
    return request


def _check_addresses(*, to: str, sender: str, senders: Mapping[str, str]) -> None:
    if not sender:
        raise Refusal(21603)
    if channel_of(sender) != channel_of(to):
        raise Refusal(21910)
    if sender not in senders.values():
        raise Refusal(63007 if channel_of(to) == "whatsapp" else 21606)
    if to == sender:
        raise Refusal(63031)
    bare = without_channel(to)
    if not E164.fullmatch(bare) and not (bare != to and USER_ID.fullmatch(bare)):
        raise Refusal(21211)


def _check_parts(request: SendRequest, one: Mapping[str, str]) -> None:
    if request.content_sid is None and "ContentVariables" in one:
        raise Refusal(21654)
    if request.content_sid and (request.body or request.media_urls):
        raise Refusal(63030, "ContentSid cannot be combined with Body or MediaUrl")
    if not (request.body.strip() or request.content_sid or request.media_urls):
        raise Refusal(21602)
    if len(request.body) > LONGEST_BODY:
        raise Refusal(21617)
    if len(request.media_urls) > (1 if request.channel == "whatsapp" else 10):
        raise Refusal(21623)
    validity = one.get("ValidityPeriod", "1")
    if not validity.isdecimal() or not 1 <= int(validity) <= 36000:
        raise Refusal(21624)
    if request.callback is not None:
        parts = urlsplit(request.callback)
        if parts.scheme not in ("http", "https") or "_" in parts.netloc or not parts.netloc:
            raise Refusal(21609)


def _send_at(one: Mapping[str, str], *, now: datetime) -> datetime | None:
    if "ScheduleType" not in one:
        return None
    if "MessagingServiceSid" not in one:
        raise Refusal(35118)
    try:
        moment = datetime.fromisoformat(one.get("SendAt", ""))
    except ValueError:
        raise Refusal(35111) from None
    if not timedelta(seconds=900) <= moment - now <= timedelta(days=35):
        raise Refusal(35114)
    return moment


def first_status(request: SendRequest) -> str:
    """What the answer says."""
    if request.service_sid is None:
        return "queued"
    return "scheduled" if request.send_at else "accepted"


def steps(request: SendRequest, situation: Situation, *, now: datetime) -> list[Step]:
    """Every status that the message will go through after it was accepted."""
    start = request.send_at or now
    status, code = ending(request, situation)
    sent = Step(at=start + SENT_AFTER, status="sent")
    queued = [Step(at=start, status="queued")] if request.service_sid else []
    if status == "failed":
        return [*queued, Step(at=start + SENT_AFTER, status=status, error_code=code)]
    if status == "sent":
        return [*queued, sent]
    last = Step(at=start + DELIVERED_AFTER, status=status, error_code=code)
    receipts_on = situation.phone is not None and situation.phone.reads
    if status == "delivered" and receipts_on and request.channel == "whatsapp":
        return [*queued, sent, last, Step(at=start + READ_AFTER, status="read")]
    return [*queued, sent, last]


def ending(request: SendRequest, situation: Situation) -> tuple[str, int | None]:
    """The status that the message ends in (before it is read), and the error code."""
    trick = situation.trick
    if trick is not None and trick.kind in ("undelivered", "failed"):
        return trick.kind, trick.code or (30008 if request.channel == "sms" else 63024)
    if request.channel == "sms":
        return _sms_ending(situation)
    code = whatsapp_trouble(request, situation)
    if code is not None:
        return "failed", code
    if situation.phone is None or not situation.phone.online:
        return "sent", None
    return "delivered", None


def _sms_ending(situation: Situation) -> tuple[str, int | None]:
    phone, trick = situation.phone, situation.trick
    if phone is None:
        return "undelivered", 30005
    if not phone.sms:
        return "undelivered", 30006
    if phone.blocks or (trick is not None and trick.kind == "blocked"):
        return "undelivered", 30004
    return ("delivered", None) if phone.online else ("undelivered", 30003)


def whatsapp_trouble(request: SendRequest, situation: Situation) -> int | None:
    """Why WhatsApp will not send it, if so."""
    phone, shown, trick = situation.phone, situation.shown, situation.trick
    approved = situation.approval.status == "approved"
    if phone is None or not phone.whatsapp or (trick and trick.kind == "not_on_whatsapp"):
        return 63024
    if phone.blocks or (trick and trick.kind == "blocked"):
        return 63014
    if not situation.window_open and not approved:
        return REFUSED_TEMPLATES.get(situation.approval.status, 63016)
    if request.content_sid is None:
        return situation.media_trouble
    if shown is None:
        return 63021
    if approved and any(TOO_MUCH_SPACE.search(value) for value in request.variables.values()):
        return 63013
    if approved and any(not value.strip() for value in request.variables.values()):
        return 63028
    return trouble(shown, approved=approved)
