"""Which way a message goes to her: the only place that knows WhatsApp's window and what to do
outside it. Pure: everything it needs is passed in, and every route says why it was taken.

Her language and who reads her phone come in as what is approved for her (`template`, `opener`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

# WhatsApp closes 24 hours after her last message; ten minutes are kept for a slow way there.
WINDOW = timedelta(hours=23, minutes=50)
# The fixed safe replies: they wait for nothing but a call that is going on.
SAFE = ("standing.harm", "standing.help", "standing.write_here", "standing.stopped")
LOOK_AGAIN = timedelta(hours=1)  # at what has no way to go now
WRONG = "welcome.wrong"
TO_STRANGERS = ("standing.unknown_sender", "standing.share_number")
# Said even to someone who is held, stopped or has left: those, and last words.
ALWAYS_SAID = (*SAFE, *TO_STRANGERS, WRONG, "welcome.declined", "welcome.person")
OPENER = "standing.opener"
# Reasons that are looked for elsewhere, or shown to staff as they are
NOT_ALLOWED = "WhatsApp does not reach her, and she has not said that SMS may be used"
NOT_HER_HOUR, OTHER_IS_HELD = "not at her hour", "a concern about the other of her pair is open"
RESTS = "our sender is resting after trouble"
ENOUGH_PEOPLE = "enough people for a day were written to first"


@dataclass(frozen=True, kw_only=True)
class Person:
    """What matters here of a participant. State: active, paused, stopped or left."""

    state: str = "active"
    held: bool = False


@dataclass(frozen=True, kw_only=True)
class Way:
    """One of her addresses; only those count whose channel has a sender of ours.

    `fallback`: whether she allows it when her first channel fails; None: not asked. `rests` is
    what our sender for it may not do `until` then: all ("sender"), what we start outside the
    window ("started"), or that since enough people had it today ("people").
    """

    id: int
    channel: str
    state: str = "usable"
    kind: str = "phone"
    last_inbound_at: datetime | None = None
    fallback: bool | None = None
    rests: str = ""
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Matter:
    """What is to be said. `address_id` is where she wrote from, `wish` "sms" after a failure.

    `template`: an approved one says exactly this in her language. `opener`: an approved one may
    open the window. `opener_out`: she has one already, and has not answered it. What we start
    waits for her hours (`quiet_until`; None: now is one), and while a concern holds the other one
    of her pair (`other_held`).
    """

    context: str = ""
    reply: bool = False
    address_id: int | None = None
    wish: str = ""
    interactive: bool = False
    template: bool = False
    opener: bool = False
    opener_out: bool = False
    expires_at: datetime | None = None
    quiet_until: datetime | None = None
    other_held: bool = False


@dataclass(frozen=True, kw_only=True)
class Route:
    """Kind: session (buttons, a list), text, template, opener, sms; wait (for her answer to an
    opener), later (not before `until`), task (for staff: there is no way now) or stop (never)."""

    kind: str
    reason: str
    address_id: int | None = None
    until: datetime | None = None


def window_open(way: Way, *, now: datetime) -> bool:
    """Whether free text may be sent there: never for long after her last message."""
    return way.last_inbound_at is not None and now - way.last_inbound_at < WINDOW


def may_use_sms(sms: Way, ways: Sequence[Way]) -> bool:
    """Whether she may be written to there unasked: she allows it when WhatsApp fails, or it is her
    only channel, or it is where she herself wrote last (and never said no)."""
    whatsapp = [way for way in ways if way.channel == "whatsapp" and way.state != "wrong"]
    if sms.fallback or not whatsapp:
        return True
    wrote = sms.last_inbound_at
    if sms.fallback is False or wrote is None:
        return False
    return all(way.last_inbound_at is None or way.last_inbound_at < wrote for way in whatsapp)


def choose(*, person: Person | None, ways: Sequence[Way], matter: Matter, now: datetime) -> Route:
    """The way of one message, now. `person` is None for somebody nobody enrolled."""
    if person is not None and (
        why := must_not_say(person, context=matter.context, reply=matter.reply)
    ):
        return Route(kind="stop", reason=why)
    if not matter.reply and (later := _not_now(matter, now=now)):
        return later
    if person is not None and must_not_say(person, context=OPENER, reply=matter.reply):
        # No opener may be said to her, so nothing of hers can wait for one
        matter = replace(matter, opener=False, opener_out=False)
    known = person is not None
    mine = _in_order([way for way in ways if _may_use(way, matter, known=known)], matter)
    if matter.context.startswith(OPENER):
        return _opener_itself(mine, matter, now=now)
    if not mine:
        return Route(kind="task", reason="no usable address")
    sms = [way for way in mine if way.channel == "sms"]
    allowed = [way for way in sms if way.id == matter.address_id or may_use_sms(way, ways)]
    if matter.wish == "sms" and allowed:
        return _by_sms(allowed[0], matter, reason="WhatsApp failed")
    if any(way.channel == "whatsapp" for way in mine):
        return _by_whatsapp(mine, allowed, matter, now=now)
    if allowed:
        return _by_sms(allowed[0], matter, reason="SMS only")
    return Route(kind="task", reason=NOT_ALLOWED)


def _not_now(matter: Matter, *, now: datetime) -> Route | None:
    if matter.quiet_until is not None and matter.quiet_until > now:
        return Route(kind="later", reason=NOT_HER_HOUR, until=matter.quiet_until)
    if matter.other_held:
        return Route(kind="later", reason=OTHER_IS_HELD, until=now + LOOK_AGAIN)
    return None


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


def _by_whatsapp(
    mine: Sequence[Way], allowed: Sequence[Way], matter: Matter, *, now: datetime
) -> Route:
    """Free text where the window is open, else what is approved, else SMS where she allows it."""
    whatsapp = [way for way in mine if way.channel == "whatsapp"]
    way = next((each for each in whatsapp if window_open(each, now=now)), whatsapp[0])
    if window_open(way, now=now):
        kind = "session" if matter.interactive else "text"
        route: Route | None = Route(kind=kind, address_id=way.id, reason="window open")
        rests = way.rests == "sender"
    else:
        route = _outside(way, matter)
        rests = bool(way.rests)
    if route is not None and (not rests or route.kind == "wait" or _is_safe(matter)):
        return route
    if route is not None:
        return _instead(way, allowed, matter)
    if allowed:
        return _by_sms(allowed[0], matter, reason="no approved template")
    if any(each.channel == "sms" for each in mine):
        return Route(kind="task", reason=NOT_ALLOWED)
    return Route(kind="task", reason="no approved template and no SMS")


def _outside(way: Way, matter: Matter) -> Route | None:
    if matter.template:
        return Route(kind="template", address_id=way.id, reason="window closed")
    if matter.opener_out:
        return Route(kind="wait", address_id=way.id, reason="an opener is not answered yet")
    if matter.opener:
        return Route(kind="opener", address_id=way.id, reason="window closed, no own template")
    return None


def _instead(way: Way, allowed: Sequence[Way], matter: Matter) -> Route:
    """WhatsApp would do, but our sender rests: SMS where she allows it, for what cannot wait."""
    ends, until = matter.expires_at, way.until
    urgent = matter.reply or (ends is not None and until is not None and ends <= until)
    reason = ENOUGH_PEOPLE if way.rests == "people" else RESTS
    if allowed and not allowed[0].rests and (urgent or way.rests == "people"):
        return Route(kind="sms", address_id=allowed[0].id, reason=reason)
    return Route(kind="later", reason=reason, until=way.until)


def _by_sms(way: Way, matter: Matter, *, reason: str) -> Route:
    if way.rests and not _is_safe(matter):
        return Route(kind="later", reason=RESTS, until=way.until)
    return Route(kind="sms", address_id=way.id, reason=reason)


def _is_safe(matter: Matter) -> bool:
    """What is said to somebody in danger is tried whatever we know of our senders."""
    return matter.context.startswith(SAFE)


def _opener_itself(mine: Sequence[Way], matter: Matter, *, now: datetime) -> Route:
    whatsapp = [way for way in mine if way.channel == "whatsapp"]
    if not whatsapp or not matter.template:
        return Route(kind="stop", reason="the opener cannot be sent any more")
    if any(window_open(way, now=now) for way in whatsapp):
        return Route(kind="stop", reason="she wrote first")
    way = whatsapp[0]
    if way.rests:
        reason = ENOUGH_PEOPLE if way.rests == "people" else RESTS
        return Route(kind="later", reason=reason, until=way.until)
    return Route(kind="opener", address_id=way.id, reason="window closed")
