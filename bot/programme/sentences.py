"""What a barrier, an alert or a length of time is called on the staff pages. Calm words, nothing
that blames her. Pure.
"""

import re

from bot.programme.concerns import SENTENCES

BARRIERS = {
    "travel": "travel or bus money",
    "children": "children",
    "health": "health",
    "housing": "housing, or moving",
    "lawyer": "a lawyer or the Home Office",
    "phone": "phone or internet",
    "english": "English",
    "time": "no time",
    "low": "feeling low",
    "other": "something else",
}
BARRIER = "barrier_"  # begins the kind of an alert about one
# Alerts about a pair, where both names are known. {on}: the day of the session.
OF_BOTH = {
    "disputed": "do not agree whether they met{on}. Ask each, gently.",
    "disputed_not_good": "disagree about their session{on}, and it was not good. Call today.",
    "length_differs": "do not agree how long they met{on}. Please check.",
    "no_time_found": "have not found a time to meet. Please help.",
    "unreported_twice": "have not told us about two sessions in a row. Please call.",
    "missed_twice": "missed two sessions in a row. Ask how we can help.",
    "one_sided": "meet, and mostly only one of them says so. Please have a look.",
}
WHATSAPP = "whatsapp:"  # before a number on that channel
# The newest message to someone who is quiet.
LAST_DELIVERY = {
    "queued": "the last message is still waiting to go",
    "waiting": "the last message waits for her to tap the opener",
    "accepted": "the last message is on its way",
    "sent": "the last message was sent but not delivered",
    "delivered": "the last message was delivered, not read",
    "read": "the last message was read",
    "failed": "the last message could not be delivered",
}


def alert_about(kind: str, name: str, *, address: str = "") -> str:
    """How the sentence of an alert begins; empty when it is complete in itself.

    With an address a stranger wrote, perhaps from what was somebody's number: not she.
    """
    if address:
        return stranger(address)
    return name or ("" if alert_because(kind)[0].isupper() else "Somebody")


def stranger(address: str) -> str:
    """What somebody is called whom we do not know: by the number that one can ring."""
    number = address.removeprefix(WHATSAPP)
    if not number:
        return "Somebody we do not know"
    return f"Somebody at {number}" if number.startswith("+") else f"Somebody on WhatsApp ({number})"


def alert_because(kind: str) -> str:
    return SENTENCES.get(kind, f"{kind.replace('_', ' ')}.")


def of_both(kind: str, *, day: str) -> str | None:
    """What is said of the two together; `day` is that of their session, as people say it."""
    sentence = OF_BOTH.get(kind)
    return sentence.format(on=f" on {day}" if day else "") if sentence else None


def todo(kind: str) -> str:
    """What staff do about a barrier: what stands in its sentence after whom it troubles."""
    _, *rest = re.split(r"[:.] ", alert_because(kind), maxsplit=1)
    return capital(rest[0]) if rest else ""


def capital(text: str) -> str:
    """As a sentence begins; the rest of it stays as it is."""
    return text[:1].upper() + text[1:]


def barrier(key: str) -> str:
    return BARRIERS.get(key, key.replace("_", " "))


def barriers(value: str) -> tuple[str, ...]:
    """The barriers of an answer, in words."""
    return tuple(barrier(key) for key in value.split(",") if key)


def hours(minutes: int) -> str:
    """A length of time as people write it: 45 min, 3 h, 3 h 30."""
    whole, rest = divmod(minutes, 60)
    if not whole:
        return f"{rest} min"
    return f"{whole} h {rest:02d}" if rest else f"{whole} h"


def joined(parts: tuple[str, ...]) -> str:
    """Words in a row as a sentence says them: a, b and c."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))
