"""One message of a known participant on its way through a turn, and the short answers to it."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.actions.alert import raise_alert
from bot.actions.house import House
from bot.actions.know import common_words
from bot.actions.phrase import wording
from bot.actions.say import is_on_its_way, queue
from bot.actions.talk import Source
from bot.channels.base import Inbound
from bot.engine.understand import Heard, Question, Reading
from bot.store.talk import Person

DELETE_WANTED = "delete_wanted"
WANTED = {  # what staff hear of, whatever she is answered
    Heard.HELP: "wants_person",
    Heard.LEAVE: "leaving",
    Heard.DELETE: DELETE_WANTED,
    Heard.DATA: "data_wanted",
}


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """Who wrote what, when, and the id under which it is kept. `strange`: by another account of
    WhatsApp than hers, so it may be somebody else by now."""

    house: House
    who: Person
    message_id: int
    inbound: Inbound
    now: datetime
    strange: bool = False

    @property
    def source(self) -> Source:
        """Her own words, for the answer they become."""
        return Source(
            message_id=self.message_id, words=self.inbound.text, language=self.who.language
        )


def hear(incoming: Incoming, question: Question, *, text: str | None = None) -> Reading:
    """What her words come to, asked that; or one `text` of several that she saw."""
    return incoming.house.vocabulary.hear(
        incoming.inbound.text if text is None else text,
        language=incoming.who.language,
        question=question,
        now=incoming.now,
        zone=incoming.house.zone,
    )


def say_standing(
    db: Session,
    incoming: Incoming,
    key: str,
    *,
    language: str | None = None,
    extra: dict[str, str] | None = None,
) -> None:
    """Answer with one of the standing texts, in the harmless wording on a shared phone; with none
    where she is answered no more just now."""
    house, who = incoming.house, incoming.who
    if who.muted:
        return
    hers = language or who.language
    context = wording(house, f"standing.{key}", discreet=who.discreet)
    words = common_words(house, name=who.name, language=hers) | (extra or {})
    text = house.catalogues.fill(context, language=hers, words=words)
    if is_on_its_way(
        db, participant_id=who.id, address_id=who.address_id, text=text, now=incoming.now
    ):
        return
    queue(
        db,
        participant_id=who.id,
        address_id=who.address_id,
        channel=who.channel,
        text=text,
        language=hers,
        context=context,
        now=incoming.now,
    )


def alert_about(db: Session, incoming: Incoming, kind: str, *, subject: str | None = None) -> None:
    """Tell staff about her; one alert of a kind stays one while it is open."""
    raise_alert(
        db,
        kind=kind,
        subject=subject or f"{kind}:participant:{incoming.who.id}",
        participant_id=incoming.who.id,
        message_id=incoming.message_id,
        now=incoming.now,
    )
