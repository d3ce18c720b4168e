"""Somebody wrote from an address nobody is enrolled with: keep it, tell staff, answer once."""

from collections.abc import Container
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session

from bot.actions.alert import raise_alert
from bot.actions.answer_cry import BOUND, MOST_REPLIES
from bot.actions.budget import strangers_had_enough
from bot.actions.called import says_help_now, says_safe_word
from bot.actions.gave_number import gave_number
from bot.actions.house import House
from bot.actions.notice import raise_quietly
from bot.actions.safe_reply import Cry, Towards, reply_safely
from bot.actions.say import queue
from bot.channels.base import Inbound
from bot.engine.understand import Heard, Kind, Question
from bot.store.addresses import hides_number
from bot.store.concerns import mark_safeguarding, replies_since
from bot.store.models import Address, Participant
from bot.store.tables import table
from bot.store.talk import Wrote

_ADDRESS = table(Address)

UNKNOWN = "unknown_sender"


def answer_stranger(
    db: Session,
    *,
    house: House,
    wrote: Wrote,
    message_id: int,
    inbound: Inbound,
    now: datetime,
) -> None:
    """One polite answer for good, with whom to ring. Words of harm are always answered."""
    language = guess_language(inbound.text, offered=house.catalogues.languages)
    reading = house.vocabulary.hear(
        inbound.text, language=language, question=Question(kind=Kind.ANY), now=now, zone=house.zone
    )
    calls = says_help_now(house, inbound.text)
    harm, level = calls or reading.heard is Heard.HARM, "red" if calls else reading.value
    kind = f"harm_{level}" if harm else UNKNOWN
    if not harm and _safe_word(db, house, wrote, inbound):
        kind = "safe_word"
    unanswered = harm or wrote.acknowledged_at is None
    enough = unanswered and strangers_had_enough(db, house, harm=harm, now=now)
    _tell(db, wrote, kind=kind, message_id=message_id, enough=enough, now=now)
    if not harm and not enough and hides_number(wrote.address):
        gave_number(
            db,
            address_id=wrote.address_id,
            message_id=message_id,
            text=inbound.text,
            now=now,
        )
    if reading.quiet:
        whose = f"address:{wrote.address_id}"
        raise_quietly(db, whose=whose, participant_id=None, message_id=message_id, now=now)
    stop = reading.heard is Heard.STOP or inbound.opt_out == "STOP"
    if stop or (wrote.state in ("stopped", "wrong") and not harm):
        # A wrong number stays wrong: after its STOP nobody may be taken for her
        stopped = stop and wrote.state != "wrong"
        _mark(db, wrote, state="stopped" if stopped else wrote.state, now=now)
    elif enough or not unanswered:
        return
    elif harm:
        cry = Cry(level=str(level), topics=reading.topics)
        towards = Towards(language=language, address_id=wrote.address_id, channel=inbound.channel)
        _answer_harm(db, house, wrote, cry=cry, towards=towards, now=now)
    else:
        _say_whom_to_ring(db, house, wrote, inbound, language=language, now=now)


def _tell(
    db: Session, wrote: Wrote, *, kind: str, message_id: int, enough: bool, now: datetime
) -> None:
    """Each message of harm is an alert of its own. Of others there is one for each address, and
    where strangers have had `enough`, one for them all."""
    subject = f"message:{message_id}"
    if kind == UNKNOWN:
        kind, subject = (
            ("too_many", "strangers") if enough else (UNKNOWN, f"address:{wrote.address_id}")
        )
    else:
        mark_safeguarding(db, message_id=message_id)
    raise_alert(db, kind=kind, subject=subject, message_id=message_id, now=now)


def _answer_harm(
    db: Session, house: House, wrote: Wrote, *, cry: Cry, towards: Towards, now: datetime
) -> None:
    """As somebody of ours is answered, in both languages: nobody knows who reads. It is not asked
    whether it is safe to write, for nobody would write to her."""
    since = now - BOUND
    if replies_since(db, since=since, address_id=wrote.address_id) >= MOST_REPLIES:
        return
    reply_safely(db, house=house, cry=cry, towards=towards, now=now)
    _mark(db, wrote, state=wrote.state, now=now)


def _say_whom_to_ring(
    db: Session, house: House, wrote: Wrote, inbound: Inbound, *, language: str, now: datetime
) -> None:
    hidden = hides_number(wrote.address)
    context = "standing.share_number" if hidden else "standing.unknown_sender"
    queue(
        db,
        participant_id=None,
        address_id=wrote.address_id,
        channel=inbound.channel,
        text=in_both_languages(house, context=context, language=language),
        language=language,
        context=context,
        now=now,
    )
    _mark(db, wrote, state=wrote.state, now=now)


def _safe_word(db: Session, house: House, wrote: Wrote, inbound: Inbound) -> bool:
    """Whether it is one: whoever holds her phone may have said that it is not hers."""
    her = db.get(Participant, wrote.participant_id) if wrote.participant_id is not None else None
    return says_safe_word(house, inbound.text, own=her.safe_word if her else "")


def _mark(db: Session, wrote: Wrote, *, state: str, now: datetime) -> None:
    row = update(_ADDRESS).where(_ADDRESS.c.id == wrote.address_id)
    db.execute(row.values(state=state, acknowledged_at=now))


def in_both_languages(house: House, *, context: str, language: str) -> str:
    """The text in her language and in English: nobody has approved a draft, or knows who reads."""
    words = {"org": house.charity, "phone": house.phone}
    english = house.catalogues.fill(context, language="en", words=words)
    if language == "en":
        return english
    hers = house.catalogues.fill(context, language=language, words=words)
    return hers if hers == english else f"{hers}\n\n{english}"


def guess_language(text: str, *, offered: Container[str]) -> str:
    """A hint from the letters alone, for somebody who was never asked. English where in doubt."""
    tag = "en"
    for letter in text:
        if letter in "پچژگ":
            tag = "fa"
            break
        if "\u0600" <= letter <= "\u06ff":
            tag = "ar"
        elif "\u1200" <= letter <= "\u137f":
            tag = "ti"
    return tag if tag in offered else "en"
