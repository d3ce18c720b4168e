"""The one answer to somebody who may be in danger: fixed texts, one after the other.

She is heard; who reads it and when; what to do now; whom to ring; whether it is safe to write. No
question about what happened. A language whose texts nobody approved has the English beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.actions.approve import approved_texts
from bot.actions.house import House
from bot.actions.on_call import rota_now
from bot.actions.say import is_on_its_way, queue
from bot.languages import SOURCE
from bot.programme.helplines import Helpline, chosen, said
from bot.programme.oncall import local_day, next_opening, reached
from bot.safety_texts import (
    AMBER,
    BLAND,
    CHOICES,
    CLOSED,
    HELP,
    RED,
    SAFE_TO_WRITE,
    SOON,
    TALK_TO,
)
from bot.store.concerns import ENGLISH
from bot.store.helplines import helplines_at_hand


@dataclass(frozen=True, kw_only=True)
class Cry:
    """What she is answered to: red, amber or help. `topics` are what it is about, the most
    urgent first."""

    level: str
    topics: tuple[str, ...] = ()

    @property
    def base(self) -> str:
        """The text that stands for it, whatever is said in the end."""
        return {"red": RED, "amber": AMBER, "help": HELP}[self.level]

    @property
    def begins(self) -> str:
        """How the contexts of all such answers begin."""
        return "standing.help" if self.level == "help" else "standing.harm"


@dataclass(frozen=True, kw_only=True)
class Towards:
    """Where it goes. `known`: she is somebody of ours, so her language is known, too."""

    language: str
    address_id: int | None
    channel: str
    participant_id: int | None = None
    asks: bool = False  # whether it is safe to write

    @property
    def known(self) -> bool:
        return self.participant_id is not None


def reply_safely(db: Session, *, house: House, cry: Cry, towards: Towards, now: datetime) -> None:
    """Queue it: one message, or by SMS one in each language, so that a lost part of the English
    cannot take hers with it."""
    key, texts = _texts(db, house=house, cry=cry, towards=towards, now=now)
    together = texts if towards.channel == "sms" else ["\n\n".join(texts)]
    for number, text in enumerate(together):
        _queue(
            db,
            towards,
            text=text,
            context=f"standing.{key}{ENGLISH if number else ''}",
            choices=_choices(house, towards) if towards.asks and number == 0 else (),
            now=now,
        )


def reply_blandly(
    db: Session, *, house: House, context: str, towards: Towards, now: datetime
) -> None:
    """In words that anybody may read on her phone. English beside them would be a sign."""
    text = house.catalogues.text(context, towards.language)
    _queue(db, towards, text=text, context=context, choices=(), now=now)


def bland(cry: Cry) -> str:
    """The harmless wording of that answer."""
    return BLAND if cry.level == "red" else f"standing.{cry.base}.discreet"


def _texts(
    db: Session, *, house: House, cry: Cry, towards: Towards, now: datetime
) -> tuple[str, list[str]]:
    """Its first text, and the whole answer in her language; then in English, unless hers has been
    approved."""
    lines = chosen(helplines_at_hand(db, now=now), topics=cry.topics)
    key, day = _when(db, house, cry, now=now)
    keys = [key, *([TALK_TO] if lines else []), *([SAFE_TO_WRITE] if towards.asks else [])]
    contexts = tuple(f"standing.{one}" for one in keys)
    languages = [towards.language]
    if not (towards.known and _may_stand_alone(db, house, towards.language, contexts)):
        languages += [SOURCE]
    said_in = (
        _said(house, contexts, language=language, lines=lines, day=day) for language in languages
    )
    return key, list(dict.fromkeys(said_in))


def _when(db: Session, house: House, cry: Cry, *, now: datetime) -> tuple[str, datetime | None]:
    """Which text says honestly when it will be read, and the day that it names: today while
    somebody is on call, else the day on which somebody is again, if anybody is."""
    if cry.level != "red":
        return cry.base, None
    rota = rota_now(db, house, now=now)
    opening = next_opening(rota, now)
    if opening is None or not reached(rota, local_day(rota, opening)):
        return SOON, None
    return (RED, None) if opening <= now else (CLOSED, opening)


def _may_stand_alone(db: Session, house: House, language: str, contexts: Sequence[str]) -> bool:
    if language == SOURCE:
        return True
    return approved_texts(db, catalogues=house.catalogues, language=language).issuperset(contexts)


def _said(
    house: House,
    contexts: Sequence[str],
    *,
    language: str,
    lines: Sequence[Helpline],
    day: datetime | None,
) -> str:
    catalogues = house.catalogues
    words = {"org": house.charity, "helplines": said(lines)}
    if day is not None:
        words["day"] = catalogues.spoken_day(day, language=language, zone=house.zone)
    return "\n\n".join(catalogues.fill(one, language=language, words=words) for one in contexts)


def _choices(house: House, towards: Towards) -> tuple[tuple[str, str], ...]:
    text = house.catalogues.text
    return tuple((key, text(f"standing.safe_{key}", towards.language)) for key in CHOICES)


def _queue(
    db: Session,
    towards: Towards,
    *,
    text: str,
    context: str,
    choices: Sequence[tuple[str, str]],
    now: datetime,
) -> None:
    hers = towards.participant_id
    if hers is not None and is_on_its_way(
        db, participant_id=hers, address_id=towards.address_id, text=text, now=now
    ):
        return
    queue(
        db,
        participant_id=towards.participant_id,
        address_id=towards.address_id,
        channel=towards.channel,
        text=text,
        language=towards.language,
        context=context,
        choices=choices,
        now=now,
    )
