"""A conversation as bubbles: what was said, in its language, what it means, what became of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.actions.house import House
from bot.library import Library
from bot.store.media import Attachment
from bot.store.pages.talk import MessageRow
from bot.web import words
from bot.web.filters import day

KINDS = {
    "audio": "A recording of the text above, sent just before it: she likes to listen.",
    "media": "A voice message, a picture or a file.",
    "location": "A place on the map.",
    "contact": "A contact card.",
    "form": "A form that WhatsApp showed her.",
    "call": "An answer to whether we may ring her on WhatsApp.",
    "unsupported": "Something that cannot be shown here.",
}
TROUBLES = {
    "waiting": "It is being fetched from Twilio. Load this page again in a minute.",
    "gone": "It has been erased.",
    "address": "It was not fetched: its address is none of Twilio's.",
    "redirects": "It was not fetched: its address is none of Twilio's.",
    "size": "It was not kept: it is larger than 16 MB. Ask her to send it in parts.",
    "kind": "It was not kept: it is no picture, sound, film or PDF. Ask her for a photo of it.",
    "empty": "There is nothing in it. Ask her to send it again.",
    "missing": "Twilio did not have it. Ask her to send it again.",
}
TICKS = {"sent": 1, "delivered": 2, "read": 3}


DETAILS = {  # what came beside words → how a page calls it; a place is one line
    "card": "Name on the card",
    "numbers": "Numbers on the card",
    "form": "What the form says",
    "call": "She answered",
    "type": "WhatsApp calls it",
    "raw": "As the network brought it",
}
FORWARDED = {
    "once": "Forwarded: these are somebody else’s words.",
    "often": "Forwarded many times: these are somebody else’s words.",
}


@dataclass(frozen=True, kw_only=True)
class File:
    """One attachment: how it is shown (audio, image, video, file), or why it is not."""

    id: int
    shown: str
    trouble: str


@dataclass(frozen=True, kw_only=True)
class Bubble:
    """One message as a page shows it. `ticks`: 0 none, 1 sent, 2 delivered, 3 read."""

    id: int
    ours: bool
    text: str
    language: str
    english: str
    choices: tuple[str, ...]
    understood: str
    kind: str
    channel: str
    state: str
    failed: bool
    ticks: int
    at: datetime
    files: tuple[File, ...] = ()
    forwarded: str = ""
    details: tuple[tuple[str, str], ...] = ()


def bubbles(
    rows: Iterable[MessageRow],
    *,
    library: Library,
    house: House,
    files: Mapping[int, Sequence[Attachment]] | None = None,
) -> tuple[Bubble, ...]:
    """`files`: what came with the messages, by message."""
    known = files or {}
    return tuple(
        _bubble(row, library=library, house=house, files=known.get(row.id, ())) for row in rows
    )


def _bubble(
    row: MessageRow, *, library: Library, house: House, files: Sequence[Attachment]
) -> Bubble:
    ours = row.direction == "out"
    return Bubble(
        id=row.id,
        ours=ours,
        text=row.text,
        language=row.language or "und",
        english=words.english(house, context=row.context, language=row.language, said=row.text)
        if ours
        else "",
        choices=tuple(label for _, label in row.choices or ()),
        understood=_understood(row, library),
        kind=f"Blanked on {day(row.blanked_at)}." if row.blanked_at else KINDS.get(row.kind, ""),
        channel={"whatsapp": "WhatsApp", "sms": "SMS"}.get(row.channel, row.channel),
        state=words.delivery(row.delivery, reason=row.reason, code=row.error_code)
        if ours
        else _inbound_state(row.state),
        failed=row.delivery == "failed",
        ticks=TICKS.get(row.delivery or "", 0),
        at=row.at,
        files=tuple(_file(one) for one in files),
        forwarded=FORWARDED.get((row.details or {}).get("forwarded", ""), ""),
        details=_details(row.details or {}),
    )


def _details(found: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """In plain text: nothing leads to a map, and nothing is looked up elsewhere."""
    place = [found[name] for name in ("place", "address") if found.get(name)]
    if "latitude" in found:
        place.append(f"{found['latitude']}, {found['longitude']}")
    lines = [("Where", " · ".join(place))] if place else []
    lines += [(label, found[name]) for name, label in DETAILS.items() if found.get(name)]
    return tuple(lines)


def _file(one: Attachment) -> File:
    how = one.content_type.partition("/")[0] if one.state == "kept" else ""
    return File(
        id=one.id,
        shown=(how if how in ("audio", "image", "video") else "file") if how else "",
        trouble=TROUBLES.get(one.reason or one.state, ""),
    )


def _understood(row: MessageRow, library: Library) -> str:
    if row.flow is None or row.step is None:
        return ""
    return words.meaning(
        library,
        flow=row.flow,
        step=row.step,
        value=row.value or "",
        number=row.number,
        skipped=bool(row.skipped),
    )


def _inbound_state(state: str) -> str:
    return {"parked": "Could not be handled; kept", "new": "Just came in"}.get(state, "")
