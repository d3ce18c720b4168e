"""The standing words: STOP, START, HELP, LATER, and a language's own name."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import or_, select, update
from sqlmodel import Session

from bot.actions.answer_cry import answer_cry, said_of_writing
from bot.actions.carry_on import repeat_question
from bot.actions.incoming import Incoming, alert_about, say_standing
from bot.actions.safe_reply import Cry
from bot.actions.silence import close_conversations, withdraw_queued
from bot.actions.welcome_again import goals_again, tomorrow, welcome_again
from bot.actions.withdraw import SHARED, Saying, withdraw
from bot.store.consents import consented
from bot.store.models import Address, Message, Participant
from bot.store.planned import has_goal
from bot.store.tables import table
from bot.store.talk import Person

_PERSON = table(Participant)
_ADDRESS = table(Address)
_MESSAGE = table(Message)

CONFIRMED = "standing.stopped"
CONFIRM_EVERY = timedelta(hours=1)  # STOP, START, STOP: she has been told how to come back


def stop(db: Session, incoming: Incoming) -> None:
    """Final in this transaction, on every channel. One confirmation, unless the carrier gave it."""
    who, now = incoming.who, incoming.now
    already = who.state == "stopped"
    _set_state(db, who.id, "stopped")
    _mark_addresses(db, who.id, before="usable", after="stopped")
    close_conversations(db, participant_id=who.id, reason="stopped", now=now)
    if already:
        return  # what is queued is the confirmation, or the answer to a cry for help
    withdraw_queued(db, participant_id=who.id, reason="stopped", now=now)
    alert_about(db, incoming, "stopped")
    if said_of_writing(db, incoming) == "call" or incoming.inbound.opt_out == "STOP":
        return
    if not _confirmed_lately(db, incoming):
        say_standing(db, incoming, "stopped")


def _confirmed_lately(db: Session, incoming: Incoming) -> bool:
    said = select(_MESSAGE.c.id).where(
        _MESSAGE.c.participant_id == incoming.who.id,
        _MESSAGE.c.context == CONFIRMED,
        _MESSAGE.c.at > incoming.now - CONFIRM_EVERY,
    )
    return db.execute(said.limit(1)).first() is not None


def start_again(db: Session, incoming: Incoming) -> bool:
    """START opens the channel it came by; whether it did, and she is written to again. Whoever
    never agreed is welcomed again first; whoever is in no cohort any more is promised nothing, a
    person reads it."""
    who, now = incoming.who, incoming.now
    if is_overtaken(db, incoming):
        alert_about(db, incoming, "wrote_to_us")
        return False
    open_channel(db, who)
    if who.state == "left":
        alert_about(db, incoming, "wrote_to_us")
        return False
    _set_state(db, who.id, "active")
    lead = incoming.house.catalogues.text("standing.started", who.language)
    held = who.held_at is not None  # after a concern: no machine writes to her
    # While somebody else may read there her question is not said either
    doubted = incoming.strange or who.doubted_at is not None
    told = held or who.muted or who.state != "active" or doubted
    if not told and repeat_question(db, incoming, language=None, lead=lead):
        return True  # she had not stopped: her question is still there
    if who.enrolment_id is None:
        alert_about(db, incoming, "wrote_to_us")
        if not held:
            say_standing(db, incoming, "noted")
        return True
    if not held and incoming.inbound.opt_out != "START":
        say_standing(db, incoming, "started")
    zone = incoming.house.zone
    if not consented(db, participant_id=who.id):
        welcome_again(db, enrolment_id=who.enrolment_id, due_at=now)
    elif who.role == "mentee" and not has_goal(db, enrolment_id=who.enrolment_id):
        goals_again(db, enrolment_id=who.enrolment_id, due_at=tomorrow(now, zone))
    return True


def is_overtaken(db: Session, incoming: Incoming) -> bool:
    """A START that reaches us late, after what she sent when she had sent it already: her STOP,
    which is the newer word of hers, stands."""
    sent_at = incoming.inbound.sent_at
    if sent_at is None or incoming.who.state != "stopped":
        return False
    newer = select(_MESSAGE.c.id).where(
        _MESSAGE.c.participant_id == incoming.who.id,
        _MESSAGE.c.direction == "in",
        _MESSAGE.c.at > sent_at,
    )
    return db.execute(newer.limit(1)).first() is not None


def do_not_share(db: Session, incoming: Incoming) -> None:
    """ "Do not share": at once, and it changes nothing else."""
    take_back(db, incoming, SHARED)
    say_standing(db, incoming, "not_shared")


def take_back(db: Session, incoming: Incoming, kinds: Iterable[str]) -> None:
    """A no of hers in her own words, or by a tap: into the ledger, and made so."""
    who, inbound, waited = incoming.who, incoming.inbound, incoming.who.talking
    saying = Saying(
        how="said",
        language=who.language,
        channel=who.channel,
        message_id=incoming.message_id,
        prompt_id=waited.prompt_id if waited is not None and inbound.button else None,
        reply=inbound.text,
    )
    withdraw(db, participant_id=who.id, kinds=kinds, saying=saying, now=incoming.now)


def help_wanted(db: Session, incoming: Incoming) -> None:
    """A person will contact her; her open question stays open."""
    alert_about(db, incoming, "wants_person")
    answer_cry(db, incoming, Cry(level="help"))


def switch_language(db: Session, incoming: Incoming, tag: str) -> None:
    """From now on in that language."""
    row = update(_PERSON).where(_PERSON.c.id == incoming.who.id)
    db.execute(row.values(language=tag))


def _set_state(db: Session, participant_id: int, state: str) -> None:
    row = update(_PERSON).where(_PERSON.c.id == participant_id)
    db.execute(row.values(state=state))


def open_channel(db: Session, who: Person) -> None:
    """Both names that WhatsApp has for her: it does not show the same one every time."""
    rows = update(_ADDRESS).where(
        _ADDRESS.c.participant_id == who.id,
        _ADDRESS.c.channel == who.channel,
        or_(_ADDRESS.c.id == who.address_id, _ADDRESS.c.state == "stopped"),
    )
    db.execute(rows.values(state="usable", state_reason=""))


def _mark_addresses(db: Session, participant_id: int, *, before: str, after: str) -> None:
    rows = update(_ADDRESS).where(
        _ADDRESS.c.participant_id == participant_id,
        _ADDRESS.c.state == before,
    )
    db.execute(rows.values(state=after))
