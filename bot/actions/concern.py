"""Words of harm: an alert, one fixed safe reply, and nothing else until staff release her."""

from sqlalchemy import update
from sqlmodel import Session

from bot.actions.alert import raise_alert
from bot.actions.incoming import Incoming
from bot.actions.phrase import wording
from bot.actions.say import queue
from bot.actions.silence import close_conversations, withdraw_queued
from bot.actions.stranger import in_both_languages
from bot.store.models import Participant
from bot.store.tables import table

_PERSON = table(Participant)


def answer_concern(db: Session, incoming: Incoming, *, level: str) -> None:
    """Alert staff at once (`level` red or amber), stop what was going on, reply safely.

    Each message of harm is an alert of its own: a second cry is never folded into a first.
    """
    _fall_silent(db, incoming, kind=f"harm_{level}")
    _reply(db, incoming, f"standing.harm_{level}")


def answer_not_safe(db: Session, incoming: Incoming) -> None:
    """She chose that she needs help now: as words of the worst harm."""
    _fall_silent(db, incoming, kind="not_safe")
    _reply(db, incoming, "standing.harm_red")


def answer_safe_word(db: Session, incoming: Incoming) -> None:
    """Staff hear at once; whoever reads her phone sees only that a message was read."""
    _fall_silent(db, incoming, kind="safe_word")
    context = "standing.harm_red.discreet"
    text = incoming.house.catalogues.text(context, incoming.who.language)
    _queue(db, incoming, text=text, context=context)


def _fall_silent(db: Session, incoming: Incoming, *, kind: str) -> None:
    who, now = incoming.who, incoming.now
    raise_alert(
        db,
        kind=kind,
        subject=f"harm:message:{incoming.message_id}",
        participant_id=who.id,
        message_id=incoming.message_id,
        now=now,
    )
    withdraw_queued(db, participant_id=who.id, reason="concern", now=now)
    close_conversations(db, participant_id=who.id, reason="concern", now=now)
    if who.held_at is None:
        row = update(_PERSON).where(_PERSON.c.id == who.id)
        db.execute(row.values(held_at=now))


def _reply(db: Session, incoming: Incoming, base: str) -> None:
    house, who = incoming.house, incoming.who
    context = wording(house, base, discreet=who.discreet)
    if context == base:
        text = _approved_or_both(incoming, context)
    else:  # on a shared phone English beside her language would itself be a sign
        text = house.catalogues.text(context, who.language)
    _queue(db, incoming, text=text, context=context)


def _queue(db: Session, incoming: Incoming, *, text: str, context: str) -> None:
    who = incoming.who
    queue(
        db,
        participant_id=who.id,
        address_id=who.address_id,
        channel=who.channel,
        text=text,
        language=who.language,
        context=context,
        now=incoming.now,
    )


def _approved_or_both(incoming: Incoming, context: str) -> str:
    """A draft has been approved by nobody: the English stands beside it."""
    house, language = incoming.house, incoming.who.language
    known = house.catalogues.all_languages.get(language)
    if known is not None and known.status == "reviewed":
        words = {"org": house.charity, "phone": house.phone}
        return house.catalogues.fill(context, language=language, words=words)
    return in_both_languages(house, context=context, language=language)
