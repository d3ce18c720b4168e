"""What a barrier, an alert or a length of time is called on the staff pages. Calm words, nothing
that blames her. Pure.
"""

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
