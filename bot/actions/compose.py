"""What a message can go out as: its look, and the approved templates that say exactly the same.

Only reads. `claim` decides with it, and turns the outcome into something to send.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import Row, or_, select
from sqlmodel import Session

from bot.catalogues import Catalogues
from bot.channels.base import WHATSAPP
from bot.channels.policy import OPENER
from bot.channels.rendering import Shape, shape
from bot.channels.wording import Wording, make_wording, stands_in, values
from bot.library import Library
from bot.spoken_links import Links
from bot.store.models import Template
from bot.store.tables import table

_TEMPLATE = table(Template)
UTILITY = "utility"  # what we submit wordings as; WhatsApp may take them for something dearer


@dataclass(frozen=True, kw_only=True)
class Voice:
    """What speaks a text: which wording a recording belongs to, and where it is fetched."""

    library: Library
    links: Links


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What the sender always has at hand. `charity` is its neutral display name, `kinds` the
    channels that have a sender and `senders` which, `owner` the name on its leases, `zone` whose
    nights are hers; with `daily_people` at most WhatsApp lets us begin in a day."""

    catalogues: Catalogues
    charity: str
    senders: Mapping[str, str]
    owner: str
    zone: tzinfo
    daily_people: int | None = None
    voice: Voice | None = None  # None: nothing is spoken

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(self.senders)


@dataclass(frozen=True, kw_only=True)
class Filled:
    """An approved template with its values. `text` is what she reads; "" when an older wording
    stands in, of which only the shape is known. `category` is what WhatsApp charges it as."""

    content_sid: str
    category: str
    variables: dict[str, str]
    text: str


def direction(desk: Desk, language: str) -> str:
    """ltr or rtl."""
    known = desk.catalogues.all_languages.get(language)
    return known.direction if known else "ltr"


def look(desk: Desk, message: Any) -> Shape:
    """How the message looks within WhatsApp's window."""
    return shape(
        message.text,
        message.choices or (),
        layout=message.layout,
        direction=direction(desk, message.language),
        capabilities=WHATSAPP,
    )


def session_sid(db: Session, key: str, *, now: datetime) -> str | None:
    """The generic content of that key; "" when making it failed lately, None: make it first."""
    row = db.execute(
        select(_TEMPLATE).where(_TEMPLATE.c.key == key).order_by(_TEMPLATE.c.id.desc())
    ).first()
    if row is None or (row.state == "failed" and (row.not_before is None or row.not_before <= now)):
        return None
    return str(row.content_sid) if row.state == "session" and row.content_sid else ""


def own_template(db: Session, desk: Desk, message: Any) -> Filled | None:
    """An approved template in the message's language that says what it says, if there is one."""
    language = desk.catalogues.all_languages.get(message.language)
    if language is None or language.template is None or not desk.catalogues.has(message.context):
        return None
    wording = _wording(
        desk,
        context=message.context,
        tag=message.language,
        code=language.template,
        choices=message.choices or (),
        layout=message.layout,
    )
    return _filled(db, desk, wording=wording, tag=message.language, said=message.text)


@dataclass(frozen=True, kw_only=True)
class Opener:
    """An opener ready to be said: its text, its language, its button."""

    context: str
    language: str
    text: str
    choices: tuple[tuple[str, str], ...]
    filled: Filled


def opener(db: Session, desk: Desk, *, language: str, name: str, discreet: bool) -> Opener | None:
    """The first approved opener of her language's chain, around one sentence in her own."""
    catalogues = desk.catalogues
    known = catalogues.all_languages.get(language)
    sentence = " ".join(catalogues.text(f"{OPENER}_sentence", language).split())
    words = {"name": name, "org": desk.charity, "sentence": sentence}
    context = f"{OPENER}.discreet" if discreet else OPENER
    for tag in dict.fromkeys((language, *(known.fallback if known else ()), "en")):
        code = catalogues.all_languages[tag].template if tag in catalogues.all_languages else None
        if code is None:
            continue
        choices = opener_choices(desk.catalogues, tag)
        wording = _wording(desk, context=context, tag=tag, code=code, choices=choices)
        said = catalogues.fill(context, language=tag, words=words)
        if filled := _filled(db, desk, wording=wording, tag=tag, said=said):
            return Opener(
                context=context, language=tag, text=said, choices=tuple(choices), filled=filled
            )
    return None


def opener_choices(catalogues: Catalogues, tag: str) -> list[tuple[str, str]]:
    """The opener's one button."""
    return [("open", catalogues.text("standing.open", tag))]


def _wording(
    desk: Desk,
    *,
    context: str,
    tag: str,
    code: str,
    choices: Sequence[Sequence[str]],
    layout: str = "",
) -> Wording:
    return make_wording(
        context=context,
        language=code,
        text=desk.catalogues.text(context, tag),
        choices=choices,
        direction=direction(desk, tag),
        samples={},
        layout=layout,
    )


def _filled(db: Session, desk: Desk, *, wording: Wording, tag: str, said: str) -> Filled | None:
    row = _approved(db, wording)
    found = values(text=desk.catalogues.text(wording.context, tag), filled=said) if row else None
    if row is None or found is None:
        return None
    variables = {str(n): found[name] for n, name in enumerate(wording.variables, start=1)}
    text = wording.body
    for number, value in variables.items():
        text = text.replace(f"{{{{{number}}}}}", value)
    current = row.digest == wording.digest
    return Filled(
        content_sid=str(row.content_sid),
        category=(row.category or UTILITY).lower(),
        variables=variables,
        text=text if current else "",
    )


def _approved(db: Session, wording: Wording) -> Row[Any] | None:
    """This very wording if it is approved, for whichever text, else the newest older one of this
    text that can stand in for it."""
    rows = db.execute(
        select(_TEMPLATE)
        .where(
            _TEMPLATE.c.language == wording.language,
            or_(_TEMPLATE.c.key == wording.key, _TEMPLATE.c.digest == wording.digest),
            _TEMPLATE.c.state == "approved",
            _TEMPLATE.c.content_sid.is_not(None),
        )
        .order_by(_TEMPLATE.c.id.desc())
    ).all()
    exact = next((row for row in rows if row.digest == wording.digest), None)
    return exact or next((row for row in rows if stands_in(row.digest, wording)), None)
