"""Whether the settings and the files of this deployment are sound."""

import re
import stat
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

from bot.actions.cap import LEAST
from bot.channels.segments import MOST_PARTS
from bot.doctor.findings import Finding, ok, warning, wrong
from bot.programme.costs import Prices
from bot.programme.spending import money
from bot.setting_values import PHONE_NUMBER, on_this_machine
from bot.settings import Settings

LONG_SECRET, VARIED = 32, 10  # characters, and how many different ones at least
GUESSABLE = re.compile(r"secret|password|change|example|routes|test|12345", re.IGNORECASE)


def public_url(url: str) -> Finding:
    about = "PUBLIC_URL"
    if on_this_machine(urlsplit(url)):
        return warning(
            about,
            "only this machine can reach the bot.",
            "For real people set it to the https:// address that Twilio and staff reach.",
        )
    return ok(about, "is an https address that others can reach by its name.")


def secret_key(key: str) -> Finding:
    about = "SECRET_KEY"
    if len(set(key)) < VARIED or (len(key) < LONG_SECRET and GUESSABLE.search(key)):
        return wrong(about, "can be guessed.", "Make one with `openssl rand -hex 32`.")
    if len(key) < LONG_SECRET:
        return warning(
            about,
            f"has fewer than {LONG_SECRET} characters.",
            "Make a longer one with `openssl rand -hex 32`; everybody signs in again then.",
        )
    return ok(about, "is long enough.")


def proxies(url: str, number: int) -> Finding:
    about = "TRUSTED_PROXIES"
    if url.startswith("https://") and number == 0:
        return warning(
            about,
            "is 0, though something before the bot must speak https.",
            "Set it to how many proxies there are (1 behind Caddy or nginx): else all who try to "
            "sign in count as one visitor.",
        )
    return ok(about, f"{number} before the bot.")


def senders(settings: Settings) -> Iterator[Finding]:
    about = "Our senders"
    whatsapp, sms = settings.twilio_whatsapp_from, settings.twilio_sms_from
    both = " and ".join(filter(None, (whatsapp, sms)))
    yield ok(about, f"messages leave from {both}.")
    if whatsapp is None:
        yield warning(about, "there is none for WhatsApp.", "Set TWILIO_WHATSAPP_FROM.")
    if sms is None:
        yield warning(
            about,
            "there is none for SMS: where WhatsApp fails nobody is reached.",
            "Set TWILIO_SMS_FROM to a mobile number of yours at Twilio.",
        )
    elif re.search("[A-Za-z]", sms):
        yield warning(
            about,
            "the one for SMS is a name, which nobody can answer, not even with STOP.",
            "Set TWILIO_SMS_FROM to a mobile number that takes answers.",
        )
    elif not PHONE_NUMBER.fullmatch(sms):
        yield ok(about, "the one for SMS is a short code; it takes answers only if it is two-way.")


def ways_to_call(ways: frozenset[str]) -> Finding:
    about = "Calling staff"
    if not ways:
        return wrong(
            about,
            "nobody can be called when somebody may be in danger.",
            "Set TWILIO_SMS_FROM, and SMTP_URL with MAIL_FROM.",
        )
    if ways == {"sms"}:
        return warning(
            about, "staff are called by SMS only.", "Set SMTP_URL and MAIL_FROM, for e-mail too."
        )
    if ways == {"email"}:
        return warning(
            about, "staff are called by e-mail only.", "Set TWILIO_SMS_FROM: an SMS wakes."
        )
    return ok(about, "staff are called by SMS and by e-mail.")


def contact(phone: str) -> Finding:
    about = "CONTACT_PHONE"
    if not phone:
        return warning(about, "participants are told of no number to ring.", "Set it.")
    return ok(about, "participants are told whom to ring.")


def spending(settings: Settings, prices: Prices) -> Finding:
    about = "MOST_SPENT_A_DAY"
    if settings.most_spent_a_day is not None:
        most = money(settings.most_spent_a_day, prices.currency)
        return ok(about, f"messages cost at most {most} in 24 hours.")
    worst = prices.dearest(parts=MOST_PARTS) * Decimal(settings.most_messages or LEAST)
    return warning(
        about,
        f"is not set: only MOST_MESSAGES stops a fault, at up to {money(worst, prices.currency)} "
        f"a day{'' if settings.most_messages else ' or more'}.",
        "Set it to what a bad day may cost.",
    )


def private(path: Path, *, about: str) -> Finding | None:
    """Whether only its owner may read it; None where it is not there."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return None
    if mode & 0o077:
        right = "700" if path.is_dir() else "600"
        return wrong(about, "others on this machine may read it.", f"chmod {right} {path}")
    return ok(about, "only its owner may read it.")
