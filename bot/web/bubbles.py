"""A conversation as bubbles: what was said, in its language, what it means, what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.actions.house import House
from bot.library import Library
from bot.store.pages.talk import MessageRow
from bot.web import words

KINDS = {
    "media": "A voice message or a picture. It can be listened to in Twilio's console.",
    "location": "A place on the map.",
    "contact": "A contact card.",
    "unsupported": "Something that cannot be shown here.",
}
TICKS = {"sent": 1, "delivered": 2, "read": 3}


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


def bubbles(rows: Iterable[MessageRow], *, library: Library, house: House) -> tuple[Bubble, ...]:
    return tuple(_bubble(row, library=library, house=house) for row in rows)


def _bubble(row: MessageRow, *, library: Library, house: House) -> Bubble:
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
        kind=KINDS.get(row.kind, ""),
        channel={"whatsapp": "WhatsApp", "sms": "SMS"}.get(row.channel, row.channel),
        state=words.delivery(row.delivery, reason=row.reason, code=row.error_code)
        if ours
        else _inbound_state(row.state),
        failed=row.delivery == "failed",
        ticks=TICKS.get(row.delivery or "", 0),
        at=row.at,
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
