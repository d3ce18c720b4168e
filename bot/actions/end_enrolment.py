"""Somebody's part in a cohort ends: she has left, or has completed it. Nothing is deleted.

No message tells anybody. Her pairs end too, and for each an alert asks a person to tell the other
one, who learns only that it ended.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlmodel import Session as Db

from bot.actions.alert import raise_alert
from bot.actions.audit import audit
from bot.actions.plan import unplan_session
from bot.actions.silence import close_conversations, withdraw_queued
from bot.errors import Refused
from bot.programme.breakdowns import LEAVING
from bot.store.models import CheckIn, Conversation, Delivery, Enrolment, Message, Pairing
from bot.store.people import keep, lock_participant, participant_by_id
from bot.store.planned import active_enrolments, end_pairing, skip_planned
from bot.store.sessions import close_talks_about, sessions_of_pair
from bot.store.tables import table

LEFT, COMPLETED = "left", "completed"
AFTER_THE_END = frozenset({"follow_up"})  # who has completed it is still asked, months later
TELL_THE_OTHER = "pair_ended"  # the kind of alert

_TALK, _CHECK_IN = table(Conversation), table(CheckIn)
_DELIVERY, _MESSAGE, _PAIRING = table(Delivery), table(Message), table(Pairing)


def end_enrolment(
    db: Db, *, enrolment_id: int, state: str, reason: str, staff_id: int | None, now: datetime
) -> int:
    """`state`: left or completed; `reason`: a key of LEAVING. How many pairs it ended.

    `Refused`: it has ended already, or there is no such reason.
    """
    if state not in (LEFT, COMPLETED) or reason not in LEAVING:
        raise Refused("Please choose whether she has left or completed it, and why.")
    enrolment = db.get(Enrolment, enrolment_id)
    if enrolment is None:
        raise Refused("This enrolment does not exist.")
    who = enrolment.participant_id
    lock_participant(db, who)
    db.refresh(enrolment)
    if enrolment.state != "active":
        raise Refused("This has ended already.")
    enrolment.state, enrolment.ended_at, enrolment.end_reason = state, now, reason
    keep(db, enrolment)
    skip_planned(
        db,
        enrolment_id=enrolment_id,
        reason=LEFT,
        but=AFTER_THE_END if state == COMPLETED else frozenset(),
    )
    _fall_silent(db, participant_id=who, enrolment_id=enrolment_id, now=now)
    pairings = _pairings(db, enrolment_id)
    for pairing in pairings:
        _end_pair(db, pairing, participant_id=who, reason=reason, now=now)
    subjects = (f"participant:{who}", f"enrolment:{enrolment_id}")
    detail = f"{state} {reason}".strip()
    audit(db, staff_id=staff_id, action="ended", subjects=subjects, detail=detail, now=now)
    return len(pairings)


def _fall_silent(db: Db, *, participant_id: int, enrolment_id: int, now: datetime) -> None:
    """Where she goes on in another cohort only what belongs to this one is taken back."""
    if active_enrolments(db, participant_id=participant_id):
        _close_here(db, enrolment_id=enrolment_id, now=now)
        return
    close_conversations(db, participant_id=participant_id, reason=LEFT, now=now)
    withdraw_queued(db, participant_id=participant_id, reason=LEFT, now=now)
    if not _still_asked(db, enrolment_id=enrolment_id):
        person = participant_by_id(db, participant_id)
        person.state, person.paused_until = LEFT, None
        keep(db, person)


def _still_asked(db: Db, *, enrolment_id: int) -> bool:
    """Whether the question that comes months after the end is planned."""
    hers = _CHECK_IN.c.enrolment_id == enrolment_id, _CHECK_IN.c.state == "planned"
    return db.execute(select(_CHECK_IN.c.id).where(*hers).limit(1)).first() is not None


def _close_here(db: Db, *, enrolment_id: int, now: datetime) -> None:
    here = _TALK.c.enrolment_id == enrolment_id
    waiting = (here, _TALK.c.state.in_(("open", "held")))
    asked = select(_TALK.c.check_in_id).where(*waiting)
    skipped = update(_CHECK_IN).where(_CHECK_IN.c.id.in_(asked), _CHECK_IN.c.state == "asked")
    db.execute(skipped.values(state="skipped", reason=LEFT))
    ended = {"state": "abandoned", "ended_at": now, "updated_at": now}
    db.execute(update(_TALK).where(*waiting).values(**ended))
    said = select(_MESSAGE.c.id).join(_TALK, _TALK.c.id == _MESSAGE.c.conversation_id).where(here)
    queued = _DELIVERY.c.message_id.in_(said), _DELIVERY.c.state.in_(("queued", "waiting"))
    withdrawn = {"state": "cancelled", "reason": LEFT, "updated_at": now}
    db.execute(update(_DELIVERY).where(*queued).values(**withdrawn))


def _pairings(db: Db, enrolment_id: int) -> Sequence[Pairing]:
    hers = or_(_PAIRING.c.mentee_id == enrolment_id, _PAIRING.c.mentor_id == enrolment_id)
    query = select(Pairing).where(hers, _PAIRING.c.state != "ended")
    return db.execute(query.order_by(_PAIRING.c.id)).scalars().all()


def _end_pair(db: Db, pairing: Pairing, *, participant_id: int, reason: str, now: datetime) -> None:
    """Whatever the other one was being asked about a session to come is taken back too."""
    pairing_id = pairing.id or 0
    for one in sessions_of_pair(db, pairing_id=pairing_id):
        if one.state == "proposed" or (one.state == "planned" and one.starts_at > now):
            unplan_session(db, session_id=one.id, reason=LEFT, now=now)
            close_talks_about(db, session_id=one.id, reason=LEFT, now=now)
    end_pairing(db, pairing, now=now, reason=reason)
    tell_the_other(db, pairing_id=pairing_id, participant_id=participant_id, now=now)


def tell_the_other(db: Db, *, pairing_id: int, participant_id: int, now: datetime) -> None:
    """Staff tell her (`participant_id`) that her pair has ended: no message does."""
    raise_alert(
        db,
        kind=TELL_THE_OTHER,
        subject=f"tell:pairing:{pairing_id}",
        participant_id=participant_id,
        detail=LEFT,
        now=now,
    )
