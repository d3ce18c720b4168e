"""What an answer changes in the programme, by the `means` of its question."""

from sqlalchemy import or_, select, update
from sqlmodel import Session as Db

from bot.actions import (
    meaning_of_goals,
    meaning_of_her,
    meaning_of_sessions,
    meaning_of_training,
)
from bot.actions.effect import Change, Effect, Meaning
from bot.actions.meaning_of_her import consent_row
from bot.actions.plan import plan_all
from bot.actions.plan_training import plan_trainings_of
from bot.actions.welcome_again import tomorrow, welcome_again
from bot.store.models import Address, Participant
from bot.store.planned import active_enrolments, skip_welcomes
from bot.store.tables import table
from bot.store.talk import Person

# Who would not say how long is not paused; who names no other time has turned this one down; who
# does not say what she chose has not shown that it is she
EVEN_SKIPPED = frozenset({"pause_for", "session_when", "shows_herself"})

_PERSON = table(Participant)
_ADDRESS = table(Address)


def mean(db: Db, change: Change) -> Effect:
    """Make the answer's meaning real. A skipped question changes nothing, but for EVEN_SKIPPED."""
    means = change.answered.means
    if means is None or (change.answered.skipped and means not in EVEN_SKIPPED):
        return Effect()
    return _MEANINGS[means](db, change)


def _right_number(db: Db, change: Change) -> Effect:
    value = change.answered.value
    if value == "wrong":
        _mark_wrong(db, change.who)
    elif value == "later" and change.talk.enrolment_id is not None:
        due_at = tomorrow(change.now, change.house.zone)
        welcome_again(db, enrolment_id=change.talk.enrolment_id, due_at=due_at)
    return Effect()


def _mark_wrong(db: Db, who: Person) -> None:
    """Whatever may be the same phone: that channel, that number, WhatsApp's own name for it."""
    found = select(_ADDRESS.c.address).where(_ADDRESS.c.id == who.address_id)
    number = (db.execute(found).scalar_one_or_none() or "").removeprefix("whatsapp:")
    rows = update(_ADDRESS).where(
        _ADDRESS.c.participant_id == who.id,
        or_(
            _ADDRESS.c.channel == who.channel,
            _ADDRESS.c.kind == "user_id",
            _ADDRESS.c.address.in_((number, f"whatsapp:{number}")),
        ),
    )
    db.execute(rows.values(state="wrong", state_reason="wrong_person"))


def _language(db: Db, change: Change) -> Effect:
    tag = change.answered.value
    db.execute(update(_PERSON).where(_PERSON.c.id == change.who.id).values(language=tag))
    return Effect(language=tag)


def _consent_messages(db: Db, change: Change) -> Effect:
    """Asked once and answered once, however many cohorts she is in."""
    value = change.answered.value
    if value not in ("yes", "no"):
        return Effect()
    db.add(consent_row(change, kind="messages", given=value == "yes"))
    db.flush()
    skip_welcomes(db, participant_id=change.who.id, reason="answered")
    if value == "yes":
        plan_all(db, participant_id=change.who.id, now=change.now)
        for enrolment_id in active_enrolments(db, participant_id=change.who.id):
            plan_trainings_of(db, enrolment_id=enrolment_id, now=change.now)
        if change.who.role == "mentor":  # a mentee is asked after her first goal
            return Effect(opens="starting_out")
    return Effect()


def _nothing(_: Db, __: Change) -> Effect:
    """The answer itself is all there is to keep."""
    return Effect()


_MEANINGS: dict[str, Meaning] = {
    "right_number": _right_number,
    "language": _language,
    "consent_messages": _consent_messages,
    "not_safe": _nothing,  # `respond` hears it before any answer
    **meaning_of_her.MEANINGS,
    **meaning_of_goals.MEANINGS,
    **meaning_of_sessions.MEANINGS,
    **meaning_of_training.MEANINGS,
}
