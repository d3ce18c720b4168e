"""Whether what Twilio sends us arrives: messages by the webhook, and receipts for what we sent."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.doctor.findings import Finding, ok, warning, wrong
from bot.store.senders import EVERY

DAYS = timedelta(days=7)  # of which `Traffic` tells
HOUR = timedelta(hours=1)
SOON = timedelta(minutes=5)  # by then the clock has taken up what was set down
UNITS = ((timedelta(days=1), "day"), (HOUR, "hour"), (timedelta(minutes=1), "minute"))


def came_in(*, ever: int, lately: int, last: datetime | None, now: datetime) -> Finding:
    """`ever` and `lately` count messages; `last` is when the newest came."""
    about = "Incoming messages"
    if not ever or last is None:
        return warning(
            about, "none has ever come.", "Write to our sender from a phone, and ask again."
        )
    if not lately:
        days = (now - last) // timedelta(days=1)
        return warning(
            about,
            f"the last came {days} days ago.",
            "If people have written since, Twilio's webhook does not lead here.",
        )
    return ok(about, f"{lately:,} in the last seven days, the last {ago(now - last)} ago.")


def caught_up(*, ever: int, found: int, at: datetime | None, now: datetime) -> Finding:
    """`found`: messages that no webhook had brought, `at`: when we last found one."""
    about = "Messages by webhook"
    if not found or at is None:
        return ok(about, "none had to be fetched: webhooks brought them all.")
    if found >= ever:
        return wrong(
            about,
            "every message that ever came was found in Twilio's list; no webhook brings any.",
            "Set the webhook of each sender (README, Deploying, Twilio).",
        )
    if now - at < DAYS:
        return warning(
            about,
            f"{found:,} had to be fetched from Twilio's list, the last {ago(now - at)} ago.",
            "If the bot was not down just then, compare each sender's webhook with the README.",
        )
    return ok(about, f"{found:,} had to be fetched from Twilio's list, none in the last week.")


def set_down(number: int, *, since: datetime | None, now: datetime) -> Finding:
    """What the fallback address has put into files, and since when the oldest waits."""
    about = "Set down by the fallback"
    if not number or since is None or now - since < SOON:
        return ok(about, "nothing waits to be taken up.")
    return wrong(
        about,
        f"{number:,} {'message waits' if number == 1 else 'messages wait'}, the oldest for "
        f"{ago(now - since)}.",
        "The clock takes them up when it reaches the database: see that both run.",
    )


def receipts(*, sent: int, without: int) -> Finding:
    """Of what Twilio took in the last seven days, an hour ago or earlier: how many, and how many
    of them it has never sent a receipt for."""
    about = "Receipts"
    if not sent:
        return ok(about, "nothing was sent in the last seven days, so none was due.")
    if without == sent:
        return wrong(
            about,
            f"none came for the {sent:,} messages of the last seven days: we do not know what "
            "arrived.",
            "Let what stands before the bot pass on POST /webhooks/twilio/status with its query.",
        )
    if without * 10 > sent:
        return warning(
            about,
            f"none came for {without:,} of {sent:,} messages of the last seven days.",
            "See whether the bot was down, and whether the proxy refuses some requests.",
        )
    return ok(about, f"came for {sent - without:,} of {sent:,} messages of the last seven days.")


def resting(address: str, *, state: str, until: datetime) -> Finding:
    """A sender of ours that does not work just now; `*` is all of them. State: tripped, or limited
    to people who wrote to us."""
    about, which = "Our senders", "all of them" if address == EVERY else address
    do = "See the alert about it on the staff pages, and the code in Twilio's console."
    if state == "tripped":
        return wrong(about, f"nothing leaves by {which} before {until:%H:%M} UTC.", do)
    return warning(about, f"{which} begins nothing before {until:%H:%M} UTC.", do)


def templates(by_language: dict[str, dict[str, int]]) -> Iterator[Finding]:
    """Language → state → how many wordings."""
    about = "Approved wordings"
    if not by_language:
        yield warning(
            about,
            "none was submitted yet.",
            "The clock does it; `python3 -m bot templates` says how far it is.",
        )
    for language, states in sorted(by_language.items()):
        whole = sum(states.values())
        approved, bad = states.get("approved", 0), {"rejected", "paused", "disabled", "failed"}
        refused = sum(number for state, number in states.items() if state in bad)
        said = f"{language}: {approved} of {whole} approved"
        if refused:
            yield warning(
                about,
                f"{said}, {refused} refused or paused.",
                "`python3 -m bot templates` says why; others stand in meanwhile.",
            )
        elif approved < whole:
            yield warning(
                about, f"{said}, the rest waits.", "Ask again tomorrow; others stand in meanwhile."
            )
        else:
            yield ok(about, f"{said}.")


def ago(span: timedelta) -> str:
    """Roughly how long, in words."""
    for unit, name in UNITS:
        if span >= unit:
            number = span // unit
            return f"{number} {name}{'' if number == 1 else 's'}"
    return "less than a minute"
