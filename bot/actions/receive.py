"""Take in one message: keep it, understand it, make it real. One transaction, one commit.

Whatever happens meanwhile, her words are on disk before the channel hears "thank you".
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from bot.actions.alert import raise_alert
from bot.actions.called import is_safe_word, needs_help_now
from bot.actions.concern import answer_concern, answer_not_safe, answer_safe_word
from bot.actions.doors import stop
from bot.actions.doubt import begin_doubt
from bot.actions.house import House
from bot.actions.incoming import Incoming
from bot.actions.notice import notice
from bot.actions.recognise import recognise
from bot.actions.respond import respond
from bot.actions.say import queue
from bot.actions.stranger import answer_stranger
from bot.channels.base import Inbound
from bot.channels.segments import count
from bot.engine.understand import Heard, Kind, Question
from bot.store.database import once_more, unavailable
from bot.store.media import expect_media
from bot.store.people import lock_participant
from bot.store.talk import (
    Person,
    Writing,
    Wrote,
    keep_inbound,
    person_writing,
)


@dataclass(frozen=True, kw_only=True)
class Received:
    """What became of it: new, known (already had its effect), or parked."""

    state: str


class _Known(Exception):
    """This message id has had its effect: leave everything, the window too, as it is."""


def receive(house: House, inbound: Inbound, *, now: datetime) -> Received:
    """Handle one message that came in, exactly once for its id.

    Raises what the database raises when it is down: nothing is half done, the channel tries again.
    """
    try:
        once_more(lambda: _handle(house, inbound, now=now))
    except _Known:
        return Received(state="known")
    except Exception as error:  # the raw message must survive any fault of ours
        if unavailable(error):
            raise
        return _set_aside(house, inbound, now=now, error=type(error).__name__)
    return Received(state="new")


def _handle(house: House, inbound: Inbound, *, now: datetime) -> None:
    with house.database.transaction() as db:
        _take(db, house=house, inbound=inbound, now=now)


def _set_aside(house: House, inbound: Inbound, *, now: datetime, error: str) -> Received:
    """Parked, and a cry for help or STOP in it still heard, unless that is what fails."""
    try:
        return _park(house, inbound, now=now, error=error, listen=True)
    except Exception as second:  # the message itself must be kept all the same
        if unavailable(second):
            raise
        return _park(house, inbound, now=now, error=error, listen=False)


def _take(db: Session, *, house: House, inbound: Inbound, now: datetime) -> None:
    found = recognise(db, inbound, now=min(inbound.sent_at or now, now))
    wrote = found.wrote
    who = _hers(db, wrote, house=house, inbound=inbound, now=now)
    message_id = keep_inbound(db, inbound_values(inbound, wrote=wrote, who=who, now=now))
    if message_id is None:
        raise _Known
    if inbound.media:
        expect_media(db, message_id=message_id, count=len(inbound.media), now=now)
    if who is None:
        answer_stranger(
            db, house=house, wrote=wrote, message_id=message_id, inbound=inbound, now=now
        )
        return
    incoming = Incoming(house=house, who=who, message_id=message_id, inbound=inbound, now=now)
    strange = found.strange and who.doubted_at is None
    if strange:
        begin_doubt(db, participant_id=who.id, message_id=message_id, now=now)
    respond(db, replace(incoming, strange=strange))


def inbound_values(
    inbound: Inbound, *, wrote: Wrote, who: Person | None, now: datetime
) -> dict[str, object]:
    """One row of `message` that came in, with the conversation that was waiting for it."""
    return {
        "participant_id": who.id if who else None,
        "address_id": wrote.address_id,
        "conversation_id": who.talking.id if who and who.talking else None,
        "language": who.language if who else "",
        "direction": "in",
        "channel": inbound.channel,
        "external_id": inbound.external_id,
        "kind": inbound.kind,
        "text": inbound.text,
        "parts": count(inbound.text).parts if inbound.channel == "sms" else 0,
        "button": inbound.button,
        "replied_to": inbound.replied_to,
        "media": [[item.url, item.content_type] for item in inbound.media] or None,
        "details": dict(inbound.details) or None,
        "at": min(inbound.sent_at or now, now),
    }


def _park(house: House, inbound: Inbound, *, now: datetime, error: str, listen: bool) -> Received:
    """Understanding failed: her message is kept, staff are told, she gets a plain apology."""
    with house.database.transaction() as db:
        found = recognise(db, inbound, now=min(inbound.sent_at or now, now))
        wrote = found.wrote
        who = _hers(db, wrote, house=house, inbound=inbound, now=now)
        values = inbound_values(inbound, wrote=wrote, who=who, now=now)
        held = who is not None and who.held_at is not None
        parked_as = {"state": "parked", "error": error, "safeguarding": held}
        message_id = keep_inbound(db, values | parked_as)
        if message_id is None:
            return Received(state="known")
        if inbound.media:
            expect_media(db, message_id=message_id, count=len(inbound.media), now=now)
        raise_alert(
            db,
            kind="parked",
            subject=f"message:{message_id}",
            participant_id=wrote.participant_id,
            message_id=message_id,
            detail=error,
            now=now,
        )
        if who is None:
            return Received(state="parked")
        if found.strange and who.doubted_at is None:  # it is said once, and must not be lost
            begin_doubt(db, participant_id=who.id, message_id=message_id, now=now)
        parked = Incoming(house=house, who=who, message_id=message_id, inbound=inbound, now=now)
        if listen and _heard_a_door(db, parked):
            return Received(state="parked")
        if who.state == "active" and who.held_at is None and not who.muted:
            queue(
                db,
                participant_id=who.id,
                address_id=who.address_id,
                channel=who.channel,
                text=house.catalogues.text("standing.sorry", who.language),
                language=who.language,
                context="standing.sorry",
                now=now,
            )
    return Received(state="parked")


def _heard_a_door(db: Session, incoming: Incoming) -> bool:
    """Harm, a call for a person and STOP need no conversation: whatever failed, they are heard."""
    reading = incoming.house.vocabulary.hear(
        incoming.inbound.text,
        language=incoming.who.language,
        question=Question(kind=Kind.ANY),
        now=incoming.now,
        zone=incoming.house.zone,
    )
    if reading.quiet:
        notice(db, incoming)
    if reading.heard is Heard.HARM:
        answer_concern(db, incoming, heard=reading)
    elif is_safe_word(incoming):
        answer_safe_word(db, incoming)
    elif needs_help_now(incoming):
        answer_not_safe(db, incoming)
    elif reading.heard is Heard.STOP or incoming.inbound.opt_out == "STOP":
        stop(db, incoming)
    else:
        return False
    return True


def _hers(
    db: Session, wrote: Wrote, *, house: House, inbound: Inbound, now: datetime
) -> Person | None:
    """Whose address it is; nobody's where somebody else has said "wrong person" from it."""
    if wrote.participant_id is None or wrote.state == "wrong":
        return None
    if db.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        lock_participant(db, wrote.participant_id)
    return person_writing(
        db,
        Writing(words=inbound.text, at=now, most_replies=house.most_replies),
        participant_id=wrote.participant_id,
        address_id=wrote.address_id,
        channel=inbound.channel,
    )
