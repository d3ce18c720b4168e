"""Which way a message goes to her: the only place that knows WhatsApp's window and what to do
outside it. Pure: everything it needs is passed in, and every route says why it was taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# WhatsApp closes 24 hours after her last message; ten minutes are kept for a slow way there.
WINDOW = timedelta(hours=23, minutes=50)
# The fixed safe replies: they wait for nothing but a call that is going on.
SAFE = ("standing.harm", "standing.help", "standing.write_here", "standing.stopped")
WRONG = "welcome.wrong"
# Said even to someone who is held, stopped or has left: those, and last words.
ALWAYS_SAID = (*SAFE, "standing.unknown_sender", WRONG, "welcome.declined", "welcome.person")
OPENER = "standing.opener"


@dataclass(frozen=True, kw_only=True)
class Person:
    """What matters here of a participant. State: active, paused, stopped or left."""

    state: str = "active"
    held: bool = False


@dataclass(frozen=True, kw_only=True)
class Way:
    """One of her addresses; only those count whose channel has a sender of ours."""

    id: int
    channel: str
    state: str = "usable"
    kind: str = "phone"
    last_inbound_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Matter:
    """What is to be said. `address_id` is where she wrote from, `wish` "sms" after a failure.

    `template`: an approved one says exactly this in her language. `opener`: an approved one may
    open the window. `opener_out`: she has one already, and has not answered it.
    """

    context: str = ""
    reply: bool = False
    address_id: int | None = None
    wish: str = ""
    interactive: bool = False
    template: bool = False
    opener: bool = False
    opener_out: bool = False


@dataclass(frozen=True, kw_only=True)
class Route:
    """Kind: session (buttons, a list), text, template, opener, sms; wait (for her answer to an
    opener), task (for staff: there is no way now) or stop (never)."""

    kind: str
    reason: str
    address_id: int | None = None


def window_open(way: Way, *, now: datetime) -> bool:
    """Whether free text may be sent there: never for long after her last message."""
    return way.last_inbound_at is not None and now - way.last_inbound_at < WINDOW


def choose(*, person: Person | None, ways: Sequence[Way], matter: Matter, now: datetime) -> Route:
    """The way of one message, now. `person` is None for somebody nobody enrolled."""
    if person is not None and (
        why := must_not_say(person, context=matter.context, reply=matter.reply)
    ):
        return Route(kind="stop", reason=why)
    known = person is not None
    mine = _in_order([way for way in ways if _may_use(way, matter, known=known)], matter)
    if matter.context.startswith(OPENER):
        return _opener_itself(mine, matter, now=now)
    if not mine:
        return Route(kind="task", reason="no usable address")
    return _first_way(mine, matter, now=now)


def must_not_say(person: Person, *, context: str, reply: bool) -> str:
    """Why this may not be said to her now, in one word; "" when it may."""
    if context.startswith(ALWAYS_SAID):
        return ""
    if person.state in ("stopped", "left"):
        return person.state
    if person.held:
        return "held"
    return "paused" if person.state == "paused" and not reply else ""


def _may_use(way: Way, matter: Matter, *, known: bool) -> bool:
    """Beside usable addresses only the very one that is answered, for what is always said: a
    number that is not hers must never learn of her harm, whatever failed elsewhere."""
    if way.state == "usable":
        return True
    if way.id != matter.address_id or not matter.context.startswith(ALWAYS_SAID):
        return False
    # Somebody else has a wrong number: an answer to them, never one to her
    not_to_her = not known or matter.context.startswith(WRONG)
    return way.state == "stopped" or (way.state == "wrong" and not_to_her)


def _in_order(ways: Sequence[Way], matter: Matter) -> list[Way]:
    """Where she wrote from first; then WhatsApp before SMS, the one she used last, and a phone
    number before WhatsApp's own name for her. An SMS is answered by SMS and nothing else."""
    here = [way for way in ways if way.id == matter.address_id]
    if here and here[0].channel == "sms":
        return here
    return sorted(
        ways,
        key=lambda way: (
            way.id != matter.address_id,
            way.channel != "whatsapp",
            -(way.last_inbound_at.timestamp() if way.last_inbound_at else 0.0),
            way.kind != "phone",
            way.id,
        ),
    )


def _first_way(mine: Sequence[Way], matter: Matter, *, now: datetime) -> Route:
    whatsapp = [way for way in mine if way.channel == "whatsapp"]
    sms = [way for way in mine if way.channel == "sms"]
    if matter.wish == "sms" and sms:
        return Route(kind="sms", address_id=sms[0].id, reason="WhatsApp failed")
    for way in whatsapp:
        if window_open(way, now=now):
            kind = "session" if matter.interactive else "text"
            return Route(kind=kind, address_id=way.id, reason="window open")
    if whatsapp and (route := _outside(whatsapp[0], matter)):
        return route
    if sms:
        reason = "no approved template" if whatsapp else "SMS only"
        return Route(kind="sms", address_id=sms[0].id, reason=reason)
    return Route(kind="task", reason="no approved template and no SMS")


def _outside(way: Way, matter: Matter) -> Route | None:
    if matter.template:
        return Route(kind="template", address_id=way.id, reason="window closed")
    if matter.opener_out:
        return Route(kind="wait", address_id=way.id, reason="an opener is not answered yet")
    if matter.opener:
        return Route(kind="opener", address_id=way.id, reason="window closed, no own template")
    return None


def _opener_itself(mine: Sequence[Way], matter: Matter, *, now: datetime) -> Route:
    whatsapp = [way for way in mine if way.channel == "whatsapp"]
    if not whatsapp or not matter.template:
        return Route(kind="stop", reason="the opener cannot be sent any more")
    if any(window_open(way, now=now) for way in whatsapp):
        return Route(kind="stop", reason="she wrote first")
    return Route(kind="opener", address_id=whatsapp[0].id, reason="window closed")
