"""What the phones page shows, worked out before any template: bubbles, ticks, times, one sentence.

Pure but for reading the simulated account.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from bot.simulator.codes import ERRORS, MISBEHAVIOURS
from bot.simulator.mischief import Trick
from bot.simulator.records import Choice, Message, Phone
from bot.simulator.twilio import SimulatedTwilio

NEWEST = 40  # messages on a screen; the staff pages have them all
NOT_YET = ("accepted", "scheduled", "queued", "sent")
TICKS = {"sent": "Sent", "delivered": "Delivered", "read": "Read"}
LOST = ("failed", "undelivered")


@dataclass(frozen=True, kw_only=True)
class Bubble:
    """One message on a screen. `mine`: she wrote it. `trouble`: it never reached her, and why.
    `sounds`: recordings of ours, by their ids: she can hear them."""

    sid: str
    mine: bool
    text: str
    time: str
    ticks: str  # "", sent, delivered, read
    ticks_said: str
    channel: str  # named only where it is not the phone's usual one
    voice: bool
    sounds: tuple[str, ...]
    picture: bool
    buttons: tuple[Choice, ...]
    rows: tuple[Choice, ...]
    list_label: str
    trouble: str
    first: bool  # the first of its side in a row: it has the little tail
    newest: bool


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day of the talk."""

    said: str
    bubbles: tuple[Bubble, ...]


@dataclass(frozen=True, kw_only=True)
class Screen:
    """One phone with everything around it."""

    id: int
    name: str
    about: str
    language: str  # own name of the language
    tag: str
    direction: str
    channel: str  # whatsapp or sms: how the phone looks
    reply_channel: str  # where a text typed now goes to
    initial: str
    days: tuple[Day, ...]
    typing: bool
    happened: str
    happened_badly: bool
    window: str
    online: bool
    blocks: bool
    reads: bool


def screens(simulator: SimulatedTwilio, *, zone: ZoneInfo) -> list[Screen]:
    """Every phone, in the order in which they were added."""
    return [
        screen(simulator, phone, id=place, zone=zone)
        for place, phone in enumerate(simulator.phones)
    ]


def screen(simulator: SimulatedTwilio, phone: Phone, *, id: int, zone: ZoneInfo) -> Screen:
    talk = simulator.talk_with(phone.number)
    usual = "whatsapp" if phone.whatsapp else "sms"
    reached = [each for each in talk if each.inbound or each.status not in (*NOT_YET, *LOST)]
    language, direction = spoken_language(phone.language)
    happened, badly = what_happened(simulator, talk)
    return Screen(
        id=id,
        name=phone.name,
        about=phone.about,
        language=language,
        tag=phone.language,
        direction=direction,
        channel=usual,
        reply_channel=reached[-1].channel if reached else usual,
        initial=phone.name[:1],
        days=days(talk[-NEWEST:], usual=usual, tag=phone.language, zone=zone),
        typing=_typing(simulator, phone, talk),
        happened=happened,
        happened_badly=badly,
        window=_window(simulator, phone, zone=zone),
        online=phone.online,
        blocks=phone.blocks,
        reads=phone.reads,
    )


def days(talk: list[Message], *, usual: str, tag: str, zone: ZoneInfo) -> tuple[Day, ...]:
    """Bubbles under the days on which they were written."""
    found: dict[str, list[Bubble]] = {}
    before: Message | None = None
    shown = [each for each in talk if each.status not in NOT_YET or each.status == "sent"]
    for message in shown:
        day = spoken_day(message.created_at, zone=zone, tag=tag)
        first = before is None or before.inbound != message.inbound or day not in found
        found.setdefault(day, []).append(
            _bubble(message, usual=usual, zone=zone, first=first, newest=message is shown[-1])
        )
        before = message
    return tuple(Day(said=day, bubbles=tuple(bubbles)) for day, bubbles in found.items())


def _bubble(message: Message, *, usual: str, zone: ZoneInfo, first: bool, newest: bool) -> Bubble:
    shown = message.shown
    media = [each.content_type.partition("/")[0] for each in message.media]
    return Bubble(
        sid=message.sid,
        mine=message.inbound,
        text=message.body,
        time=message.created_at.astimezone(zone).strftime("%H:%M"),
        ticks="" if message.inbound else message.status if message.status in TICKS else "",
        ticks_said="" if message.inbound else TICKS.get(message.status, ""),
        channel="" if message.channel == usual else "SMS" if message.channel == "sms" else "chat",
        voice=message.inbound and "audio" in media,
        sounds=() if message.inbound or message.status in LOST else _sounds(message),
        picture="image" in media,
        buttons=shown.buttons if shown else (),
        rows=shown.rows if shown else (),
        list_label=shown.list_label if shown else "",
        trouble=_trouble(message),
        first=first,
        newest=newest,
    )


def _sounds(message: Message) -> tuple[str, ...]:
    return tuple(each.sid for each in message.media if each.content_type.startswith("audio/"))


def what_happened(simulator: SimulatedTwilio, talk: list[Message]) -> tuple[str, bool]:
    """One sentence about the newest message, and whether it is bad news."""
    if not talk:
        return "Nothing has happened yet.", False
    newest = talk[-1]
    if newest.inbound:
        answers = [each for each in simulator.hooks if each.form.get("MessageSid") == newest.sid]
        if not answers:
            return "She has written; the webhook has not answered yet.", False
        if answers[-1].status is None:
            return "She has written, but the webhook could not be reached.", True
        good = answers[-1].status < 300
        return f"She has written, and the webhook answered {answers[-1].status}.", not good
    if newest.status in LOST:
        return f"The bot's message did not reach her: {_trouble(newest)}", True
    kind = "An approved template" if _opener(simulator, newest) else "The bot's message"
    said = {
        "sent": f"{kind} is on its way to her.",
        "delivered": f"{kind} has arrived.",
        "read": f"{kind} has arrived and she has read it.",
        "canceled": f"{kind} was taken back.",
    }
    return said.get(newest.status, f"{kind} waits at Twilio."), False


def _opener(simulator: SimulatedTwilio, message: Message) -> bool:
    return simulator.shelf.approval(message.content_sid).status == "approved"


def _trouble(message: Message) -> str:
    if message.status not in LOST:
        return ""
    code = message.error_code or 0
    return f"{ERRORS[code][1]} ({code})" if code in ERRORS else f"error {code}"


def _typing(simulator: SimulatedTwilio, phone: Phone, talk: list[Message]) -> bool:
    until = simulator.typing.get(phone.number)
    if until is not None and until > simulator.clock():
        return True
    waiting = [each for each in talk[-3:] if not each.inbound and each.steps]
    return phone.online and any(each.status in ("queued", "accepted") for each in waiting)


def _window(simulator: SimulatedTwilio, phone: Phone, *, zone: ZoneInfo) -> str:
    if not phone.whatsapp:
        return "SMS only."
    closes = simulator.window_closes(phone.number)
    if closes is None or closes <= simulator.clock():
        return "The 24-hour window is closed: only an approved template reaches her."
    local = closes.astimezone(zone)
    return f"The 24-hour window is open until {local:%A} {local:%H:%M}."


def spoken_language(tag: str) -> tuple[str, str]:
    """The language's own name, and its direction."""
    locale = _locale(tag)
    if locale is None:
        return tag, "ltr"
    own = locale.get_display_name() or tag
    return own[:1].upper() + own[1:], locale.text_direction


def _locale(tag: str) -> Locale | None:
    try:
        return Locale.parse(tag.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return None


def spoken_day(moment: datetime, *, zone: ZoneInfo, tag: str = "en") -> str:
    """As people say it, in her language: her phone speaks it too."""
    local = moment.astimezone(zone)
    return format_date(local.date(), "EEEE d MMMM", locale=_locale(tag) or "en")


def spoken_moment(moment: datetime, *, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{spoken_day(moment, zone=zone)} {local.year}, {local:%H:%M}"


def spoken_trick(trick: Trick) -> str:
    times = "" if trick.times == 1 else f" ({trick.times} times)"
    return f"{MISBEHAVIOURS[trick.kind]}{times}"


def state(simulator: SimulatedTwilio) -> str:
    """Changes whenever any screen may look different."""
    now = simulator.clock()
    typing = sum(until > now for until in simulator.typing.values())
    switches = "".join(
        f"{phone.online:d}{phone.blocks:d}{phone.reads:d}" for phone in simulator.phones
    )
    parts = (simulator.ledger.changes, len(simulator.hooks), typing, switches)
    return "-".join(str(each) for each in parts)
