"""Take all rows of one person in the transaction at hand, and write down what that was.

Her enrolments end first, as when she leaves. Then her rows go, what others said of her is blanked,
and what stays of her is a nameless row to which hours and counts belong.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, or_, select
from sqlmodel import Session as Db

from bot.actions.audit import audit
from bot.actions.end_enrolment import LEFT, end_enrolment, tell_the_other
from bot.actions.erase_copies import keep_leftovers
from bot.actions.own_words import OwnWords
from bot.store.do_not_contact import keep_fingerprints
from bot.store.erasing import Step, count, counted, erasing, take
from bot.store.hers import (
    DELIVERY,
    MEDIA,
    MESSAGE,
    PAIRING,
    RECEIPT,
    Hers,
    her_messages,
    hers,
    steps,
)
from bot.store.mentions import blot_out, mentioned
from bot.store.models import Erasure
from bot.store.planned import active_enrolments
from bot.store.tables import table

_ERASURE = table(Erasure)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What erasing her takes: the steps in their order, Twilio's ids, names of our files."""

    one: Hers
    steps: Sequence[Step]
    sids: tuple[str, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Erased:
    """What was taken."""

    id: int
    receipt: str
    counts: Mapping[str, int]
    sids: tuple[str, ...]
    files: tuple[str, ...]


def plan_erasure(db: Db, *, participant_id: int, asked: OwnWords, now: datetime) -> Plan:
    one = hers(db, participant_id=participant_id)
    about = mentioned(db, one, free=asked, now=now)
    pseudonym = f"forgotten-{secrets.token_hex(4)}"
    return Plan(
        one=one,
        steps=(*about.steps, *steps(one, pseudonym=pseudonym)),
        sids=_sids(db, one, others=about.messages),
        files=_files(db, one),
    )


def counts_of(db: Db, plan: Plan) -> dict[str, int]:
    """How many rows of each table it would touch."""
    return counted((step.name, count(db, step)) for step in plan.steps)


def erase_person(
    db: Db,
    *,
    participant_id: int,
    asked: OwnWords,
    copies: Iterable[str],
    key: str,
    staff_id: int | None,
    now: datetime,
) -> Erased:
    """`copies`: further ids of messages that Twilio holds of her."""
    paired = _end(db, participant_id, staff_id=staff_id, now=now)
    plan = plan_erasure(db, participant_id=participant_id, asked=asked, now=now)
    with erasing(db, now=now):
        taken = [(step.name, take(db, step)) for step in plan.steps]
        counts = counted([*taken, ("mentions", blot_out(db, plan.one))])
    keep_fingerprints(db, plan.one.addresses, key=key, now=now)
    for pairing_id in paired:  # what asked for it went with her rows
        tell_the_other(db, pairing_id=pairing_id, participant_id=participant_id, now=now)
    receipt = secrets.token_hex(8)
    row = insert(_ERASURE).values(receipt=receipt, staff_id=staff_id, counts=counts, at=now)
    erasure_id: int = db.execute(row.returning(_ERASURE.c.id)).scalar_one()
    sids = tuple(dict.fromkeys((*plan.sids, *copies)))
    keep_leftovers(db, sids, erasure_id=erasure_id, now=now)
    subjects = (f"participant:{participant_id}", f"erasure:{erasure_id}")
    audit(db, staff_id=staff_id, action="forgot", subjects=subjects, now=now)
    return Erased(id=erasure_id, receipt=receipt, counts=counts, sids=sids, files=plan.files)


def _end(db: Db, participant_id: int, *, staff_id: int | None, now: datetime) -> Sequence[int]:
    """The pairs that end with it: the other one of each has to be told by a person."""
    going_on = active_enrolments(db, participant_id=participant_id)
    either = or_(PAIRING.c.mentee_id.in_(going_on), PAIRING.c.mentor_id.in_(going_on))
    pairs = select(PAIRING.c.id).where(either, PAIRING.c.state != "ended").order_by(PAIRING.c.id)
    paired = db.execute(pairs).scalars().all()
    for enrolment_id in going_on:
        end_enrolment(
            db, enrolment_id=enrolment_id, state=LEFT, reason="", staff_id=staff_id, now=now
        )
    db.flush()
    db.expunge_all()  # what follows is written past the session: nothing stale may come after it
    return paired


def _sids(db: Db, one: Hers, *, others: Sequence[int]) -> tuple[str, ...]:
    """The channel's ids of her messages, and of those of others that speak of her."""
    messages = or_(MESSAGE.c.id.in_(her_messages(one)), MESSAGE.c.id.in_(others))
    ids = select(MESSAGE.c.id).where(messages)
    deliveries = select(DELIVERY.c.id).where(DELIVERY.c.message_id.in_(ids))
    found = select(MESSAGE.c.external_id).where(messages, MESSAGE.c.external_id.is_not(None))
    sent = select(DELIVERY.c.sid).where(DELIVERY.c.message_id.in_(ids), DELIVERY.c.sid.is_not(None))
    told = select(RECEIPT.c.sid).where(RECEIPT.c.delivery_id.in_(deliveries))
    return tuple(db.execute(found.union(sent, told)).scalars())


def _files(db: Db, one: Hers) -> tuple[str, ...]:
    kept = MEDIA.c.message_id.in_(her_messages(one)), MEDIA.c.file != ""
    return tuple(db.execute(select(MEDIA.c.file).where(*kept)).scalars())
