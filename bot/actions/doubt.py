"""Is it still she who reads her phone? Where others do: after a long silence, or words in another
language than hers, nothing personal is said until she has answered a harmless question right.

Whoever answers wrong, or not at all, learns nothing; staff know from the first moment.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlmodel import Session

from bot.actions.alert import raise_alert
from bot.actions.apply import Sending, begin
from bot.actions.house import House
from bot.actions.incoming import Incoming, alert_about, say_standing
from bot.actions.may_start import SILENT_FOR
from bot.actions.open_door import open_door
from bot.actions.opening import About
from bot.actions.other_tongue import third_in_a_row
from bot.actions.silence import close_conversations, withdraw_queued
from bot.channels.policy import ALWAYS_SAID
from bot.store.models import Conversation, Message, Participant
from bot.store.tables import table
from bot.store.talk import Person

_PERSON, _MESSAGE, _TALK = table(Participant), table(Message), table(Conversation)

IS_IT_YOU = "is_it_you"
ASKED_FOR = timedelta(days=14)  # an answer shows for so long that she just writes so
WORTH = timedelta(days=2)  # how long the question waits to go out


def may_be_another(db: Session, incoming: Incoming) -> bool:
    """Whether this message gives a reason to doubt, and the doubt has now begun."""
    who = incoming.who
    if incoming.strange and who.state != "stopped" and who.held_at is None:
        _ask_her(db, incoming)  # the doubt began as it came in
        return True
    if not who.discreet or who.role != "mentee" or who.state == "stopped":
        return False
    if who.doubted_at is not None or who.held_at is not None:
        return False
    waits = who.talking.flow if who.talking is not None else ""
    if waits == "welcome" or not (_was_silent(db, incoming) or _writes_otherwise(db, incoming)):
        return False
    begin_doubt(db, participant_id=who.id, message_id=incoming.message_id, now=incoming.now)
    _ask_her(db, incoming)
    return True


def answer_while_in_doubt(db: Session, incoming: Incoming) -> None:
    """Whatever it is: a person reads it. No door opens, nothing of hers is said."""
    alert_about(db, incoming, "wrote_to_us")


def ask_who_reads(db: Session, *, house: House, who: Person, about: About, now: datetime) -> None:
    """We were about to write after a long silence: this question goes first, in her hours."""
    begin_doubt(db, participant_id=who.id, message_id=None, now=now)
    close_conversations(db, participant_id=who.id, reason="doubted", now=now)
    if not has_chosen(db, participant_id=who.id):
        return
    sending = Sending(priority=1, expires_at=now + WORTH)
    begin(db, house=house, who=who, flow=IS_IT_YOU, about=about, sending=sending, now=now)


def _ask_her(db: Session, incoming: Incoming) -> None:
    if has_chosen(db, participant_id=incoming.who.id):
        open_door(db, incoming, IS_IT_YOU)
    else:
        say_standing(db, incoming, "noted")


def has_chosen(db: Session, *, participant_id: int) -> bool:
    """Whether there is anything that only she can know. Else a person calls her."""
    chose = select(_PERSON.c.part_of_day, _PERSON.c.weekday).where(_PERSON.c.id == participant_id)
    row = db.execute(chose).one()
    return bool(row.part_of_day) or row.weekday is not None


def begin_doubt(db: Session, *, participant_id: int, message_id: int | None, now: datetime) -> None:
    """From now on nothing personal is said to her, and staff know. What answers a cry still goes,
    to where it came from."""
    row = update(_PERSON).where(_PERSON.c.id == participant_id)
    db.execute(row.values(doubted_at=now))
    withdraw_queued(db, participant_id=participant_id, reason="doubted", now=now, but=ALWAYS_SAID)
    raise_alert(
        db,
        kind="doubted",
        subject=f"doubted:participant:{participant_id}",
        participant_id=participant_id,
        message_id=message_id,
        now=now,
    )


def _was_silent(db: Session, incoming: Incoming) -> bool:
    before = select(func.max(_MESSAGE.c.at)).where(
        _MESSAGE.c.participant_id == incoming.who.id,
        _MESSAGE.c.direction == "in",
        _MESSAGE.c.id < incoming.message_id,
    )
    last = db.execute(before).scalar_one()
    return last is not None and incoming.now - last >= SILENT_FOR


def _writes_otherwise(db: Session, incoming: Incoming) -> bool:
    if third_in_a_row(db, incoming) is None:
        return False
    asked = select(_TALK.c.id).where(
        _TALK.c.participant_id == incoming.who.id,
        _TALK.c.flow == IS_IT_YOU,
        _TALK.c.started_at > incoming.now - ASKED_FOR,
    )
    return db.execute(asked.limit(1)).first() is None
