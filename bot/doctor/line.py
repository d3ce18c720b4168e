"""Whether Twilio knows us and our senders, and sends what comes in to where we are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urldefrag

from bot.doctor.findings import Finding, ok, warning, wrong

MOST_SKEW = timedelta(seconds=30)
MESSAGE_PATH, FALLBACK_PATH = "/webhooks/twilio/message", "/webhooks/twilio/fallback"
OVERRIDES = "rc=3&rp=5xx,ct,rt&rt=4000"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back. `status` None: nothing, for the reason `why`."""

    status: int | None
    why: str = ""
    date: datetime | None = None  # by their clock
    asked_at: datetime | None = None  # by ours, when it came
    json: Mapping[str, Any] | None = None


def credentials(answer: Answer) -> Finding:
    about = "Twilio"
    if answer.status is None:
        return wrong(
            about, f"does not answer: {answer.why}.", "Look at this machine's way to the internet."
        )
    if answer.status in (401, 403):
        return wrong(
            about,
            "does not take our credentials.",
            "Copy TWILIO_ACCOUNT_SID and the Auth Token anew from Twilio's console.",
        )
    if answer.status == 404:
        return wrong(
            about, "knows no such account.", "Copy TWILIO_ACCOUNT_SID anew from its console."
        )
    if answer.status != 200:
        return warning(about, f"answers with {answer.status} just now.", "Ask again in a minute.")
    return ok(about, "answers, and takes our credentials.")


def clocks(answer: Answer) -> Finding | None:
    """This machine's time against Twilio's; None where it did not say."""
    about = "Time"
    if answer.date is None or answer.asked_at is None:
        return None
    skew = answer.asked_at - answer.date
    seconds = round(skew.total_seconds())
    if abs(skew) > MOST_SKEW:
        return wrong(
            about,
            f"this machine's clock is {abs(seconds)} seconds {'fast' if seconds > 0 else 'slow'}.",
            "Let it keep time by NTP, such as with systemd-timesyncd.",
        )
    return ok(about, "this machine's clock agrees with Twilio's.")


def sender(answer: Answer, *, whatsapp: str, public_url: str) -> Iterator[Finding]:
    """How our WhatsApp sender is set up over there."""
    about = "WhatsApp sender"
    rows: Sequence[Mapping[str, Any]] = (answer.json or {}).get("senders") or ()
    if answer.status != 200:
        yield warning(
            about,
            "Twilio does not say how it is set up.",
            "Compare its webhook in the console with the README (Deploying, Twilio).",
        )
        return
    mine = next((row for row in rows if row.get("sender_id") == whatsapp), None)
    if mine is None:
        yield wrong(
            about,
            f"{whatsapp} is none of this account's.",
            "Register it in the console, or correct TWILIO_WHATSAPP_FROM.",
        )
        return
    status = str(mine.get("status") or "")
    if not status.startswith("ONLINE"):
        yield wrong(
            about,
            f"Twilio says that it is {status.lower().replace('_', ' ') or 'not online'}.",
            "See why in the console (Messaging, Senders).",
        )
    else:
        yield ok(about, "is online.")
    yield from _webhooks(mine.get("webhook") or {}, public_url=public_url)


def _webhooks(webhook: Mapping[str, Any], *, public_url: str) -> Iterator[Finding]:
    about, wanted = "WhatsApp webhook", f"{public_url}{MESSAGE_PATH}"
    url, overrides = urldefrag(str(webhook.get("callback_url") or ""))
    put = f"Set it to {wanted}#{OVERRIDES}, with POST."
    if not url:
        yield wrong(about, "none is set: nothing that people write comes in.", put)
    elif url != wanted or str(webhook.get("callback_method") or "POST") != "POST":
        yield wrong(about, "leads elsewhere, or not by POST.", put)
    elif "5xx" not in overrides:
        yield warning(about, "Twilio does not try again after an error of ours.", put)
    else:
        yield ok(about, "leads here, and Twilio tries again after an error of ours.")
    fallback, _ = urldefrag(str(webhook.get("fallback_url") or ""))
    wanted = f"{public_url}{FALLBACK_PATH}"
    if fallback != wanted:
        yield warning(
            "WhatsApp fallback",
            "no address of ours is set for when the first one fails."
            if not fallback
            else "leads elsewhere.",
            f"Set it to {wanted}#{OVERRIDES}, with POST.",
        )
    else:
        yield ok("WhatsApp fallback", "leads here.")


def sms_number(*, public_url: str) -> Finding:
    """Twilio's description, to which our calls are held, has no way to ask for this one."""
    return ok(
        "SMS webhook",
        "cannot be asked for. Compare it in the console (Phone Numbers): "
        f"{public_url}{MESSAGE_PATH}#{OVERRIDES} and, as fallback, "
        f"{public_url}{FALLBACK_PATH}#{OVERRIDES}, both with POST.",
    )


def healthz(answer: Answer) -> Finding:
    about = "Our own address"
    if answer.status is None:
        return wrong(
            about,
            f"PUBLIC_URL does not answer: {answer.why}.",
            "Look whether `serve` runs, at the proxy, its certificate and the host name.",
        )
    if answer.status != 200:
        return wrong(
            about,
            f"PUBLIC_URL/healthz answers with {answer.status}.",
            "Something else answers there, or it sends people on: name the final address.",
        )
    return ok(about, "PUBLIC_URL leads to the bot.")


def forged(answers: Sequence[Answer]) -> Finding:
    about = "Forged webhooks"
    odd = [answer for answer in answers if answer.status != 403]
    if not odd:
        return ok(about, "are refused.")
    return wrong(
        about,
        f"one with a wrong signature was answered with {_with(odd[0])}, not with 403.",
        "Something between Twilio and the bot answers in its place: let it pass everything on.",
    )


def signed(answers: Sequence[Answer]) -> Finding:
    """Requests that are signed as Twilio signs, and hold no message: refused as unreadable."""
    about = "Signed webhooks"
    odd = [answer for answer in answers if answer.status != 400]
    if not odd:
        return ok(about, "are recognised at PUBLIC_URL.")
    if odd[0].status == 403:
        return wrong(
            about,
            "the bot there does not recognise our own signature: every message is refused.",
            "Restart `serve` with these settings: PUBLIC_URL, TWILIO_AUTH_TOKEN and "
            "TWILIO_ACCOUNT_SID must be the same; let the proxy change neither path nor query.",
        )
    return wrong(about, f"one was answered with {_with(odd[0])}.", "See the bot's log.")


def _with(answer: Answer) -> str:
    return "nothing" if answer.status is None else str(answer.status)
