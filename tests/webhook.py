"""What Twilio posts to us, for tests that post it themselves: signed, forged or broken."""

import http.client
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import urlencode, urlsplit

from bot.simulator.hooks import signature
from tests.world import ACCOUNT, AMINA, TOKEN, WHATSAPP_FROM, World

MESSAGE, STATUS = "/webhooks/twilio/message", "/webhooks/twilio/status"
TABLES = (
    "participant", "address", "consent", "enrolment", "pairing", "goal", "goal_entry", "session",
    "session_report", "check_in", "conversation", "message", "delivery", "receipt", "answer",
    "template", "alert", "audit_entry", "sign_in",
)  # fmt: skip
_numbers = count(1)


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What the webhook answered; `body` is what Twilio would act on."""

    status: int
    body: str
    content_type: str


def sid() -> str:
    """A message id that no test has used yet."""
    return f"SM{next(_numbers):032x}"


def form(words: str = "hello", *, number: str = AMINA, **changes: str) -> dict[str, str]:
    """A WhatsApp message of hers in Twilio's shape. A change to "-" leaves that field out."""
    id_ = changes.get("MessageSid") or sid()
    fields = {
        "MessageSid": id_,
        "SmsSid": id_,
        "SmsMessageSid": id_,
        "AccountSid": ACCOUNT,
        "From": f"whatsapp:{number}",
        "To": WHATSAPP_FROM,
        "Body": words,
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsStatus": "received",
        "ApiVersion": "2010-04-01",
        "ProfileName": "A profile name",
        "WaId": number.lstrip("+"),
        "MessageType": "text",
    } | changes
    return {name: value for name, value in fields.items() if value != "-"}


def post(
    world: World,
    fields: Mapping[str, str] | Sequence[tuple[str, str]],
    *,
    path: str = MESSAGE,
    token: str = TOKEN,
    signed: str | None = "",
    signed_url: str | None = None,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answered:
    """Post to the running bot. `signed` overrides the right signature; None leaves it out."""
    base = world.settings.public_url
    if signed == "":
        signed = signature(token, signed_url or base + path, dict(fields))
    sending = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    if signed is not None:
        sending["X-Twilio-Signature"] = signed
    sending |= headers or {}
    if body is None:
        body = urlencode(list(fields.items()) if isinstance(fields, Mapping) else fields).encode()
    return send(base, path, body=body, headers=sending)


def send(
    base: str, path: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Answered:
    """One request over a connection of its own. Without a body: GET."""
    to = urlsplit(base)
    connection = http.client.HTTPConnection(to.hostname or "", to.port, timeout=30)
    try:
        method = "GET" if body is None else "POST"
        connection.request(method, path, body=body, headers=dict(headers or {}))
        answer = connection.getresponse()
        return Answered(
            status=answer.status,
            body=answer.read().decode("utf-8", "replace"),
            content_type=answer.getheader("Content-Type", ""),
        )
    finally:
        connection.close()


def counts(world: World) -> dict[str, Any]:
    """How many rows there are in each table, and when anybody was last heard from."""
    found = {name: world.one(f"select count(*) from {name}") for name in TABLES}  # noqa: S608
    return found | {"heard": world.rows("select id, last_inbound_at from address order by id")}
