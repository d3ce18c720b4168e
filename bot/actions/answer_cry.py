"""Whether a participant who cries for help is answered, and how: safely, or in bland words."""

from datetime import timedelta

from sqlmodel import Session

from bot.actions.incoming import Incoming
from bot.actions.safe_reply import Cry, Towards, bland, reply_blandly, reply_safely
from bot.store.concerns import Concern, concern_of, replies_since

BOUND = timedelta(days=1)
MOST_REPLIES = 3  # in that time: each cry is an alert, but a loop must not spend money
MOST_AFTER_STOP = 1


def answer_cry(db: Session, incoming: Incoming, cry: Cry, *, watched: bool = False) -> None:
    """`watched`: whoever else reads her phone must see nothing in it.

    After STOP too, for she has just written to us herself, by this very channel: one fixed answer
    that asks nothing. STOP ends what we begin; it does not mean that a cry is left alone.
    """
    who, now = incoming.who, incoming.now
    concern = _concern(db, incoming)
    answer = concern.answer
    doubted = incoming.strange or who.doubted_at is not None
    watched = watched or concern.watched or who.discreet or doubted
    if answer == "call" or _had_enough(db, incoming, cry):
        return
    towards = Towards(
        participant_id=who.id,
        address_id=who.address_id,
        channel=who.channel,
        language=who.language,
        asks=cry.level != "help" and who.state != "stopped" and answer == "",
    )
    if watched or answer == "later":
        reply_blandly(db, house=incoming.house, context=bland(cry), towards=towards, now=now)
    else:
        reply_safely(db, house=incoming.house, cry=cry, towards=towards, now=now)


def said_of_writing(db: Session, incoming: Incoming) -> str:
    """What she answered since she is held: yes, call, later; "" where she has not."""
    return _concern(db, incoming).answer


def _concern(db: Session, incoming: Incoming) -> Concern:
    """What came before this cry, while she is held."""
    held_at = incoming.who.held_at
    none = Concern(alert_id=0, level="", answer="")
    if held_at is None:
        return none
    return concern_of(db, participant_id=incoming.who.id, since=held_at) or none


def _had_enough(db: Session, incoming: Incoming, cry: Cry) -> bool:
    """Only what she was answered since she is held counts: before that no loop can have begun."""
    who = incoming.who
    if who.held_at is None:
        return False
    most = MOST_AFTER_STOP if who.state == "stopped" else MOST_REPLIES
    since = max(incoming.now - BOUND, who.held_at)
    return replies_since(db, begins=cry.begins, since=since, participant_id=who.id) >= most
