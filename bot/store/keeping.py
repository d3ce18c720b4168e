"""What is kept how long: for each kind of data the rows whose time is over, and what they lose.

Nothing of somebody with an open concern or a hold is ever among them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlmodel import Session as Db

from bot.store.hers import (
    ADDRESS,
    ALERT,
    CHECK_IN,
    CONSENT,
    ENROLMENT,
    MESSAGE,
    PAIRING,
    PERSON,
)
from bot.store.models import Cohort
from bot.store.tables import table

COHORT = table(Cohort)
FINAL = ("delivered", "read", "failed", "cancelled")


@dataclass(frozen=True, kw_only=True)
class Cutoffs:
    """Whatever was over by then has been kept long enough. `copies`: Twilio erases its own."""

    words: datetime
    ratings: datetime
    consent: datetime
    safeguarding: datetime
    deliveries: datetime
    strangers: datetime
    sign_ins: datetime
    copies: bool


@dataclass(frozen=True, kw_only=True)
class Over:
    """Whose part has ended long enough ago: participants, enrolments and pairings, as queries."""

    participants: Any
    enrolments: Any
    pairings: Any


def over(db: Db, *, since: datetime, concerns: Collection[str]) -> Over:
    """`concerns`: the kinds of alert that are records of harm. An enrolment that nobody ended is
    over with its cohort and the time of its follow-up."""
    cohorts = _cohorts_over(db, since)
    ended_at = func.coalesce(ENROLMENT.c.ended_at, ENROLMENT.c.created_at)
    closed = and_(ENROLMENT.c.state != "active", ended_at <= since)
    forgotten = and_(ENROLMENT.c.state == "active", ENROLMENT.c.cohort_id.in_(cohorts))
    ahead = exists().where(CHECK_IN.c.enrolment_id == ENROLMENT.c.id, CHECK_IN.c.state == "planned")
    ended = and_(or_(closed, forgotten), or_(forgotten, ~ahead))
    kept = protected(concerns)
    running = select(ENROLMENT.c.participant_id).where(~ended)
    enrolments = select(ENROLMENT.c.id).where(ended, ENROLMENT.c.participant_id.not_in(kept))
    busy = select(ENROLMENT.c.id).where(ENROLMENT.c.participant_id.in_(kept))
    return Over(
        participants=select(PERSON.c.id).where(
            PERSON.c.created_at <= since, PERSON.c.id.not_in(running), PERSON.c.id.not_in(kept)
        ),
        enrolments=enrolments,
        pairings=select(PAIRING.c.id).where(
            or_(PAIRING.c.ended_at <= since, PAIRING.c.mentee_id.in_(enrolments)),
            PAIRING.c.mentee_id.not_in(busy),
            PAIRING.c.mentor_id.not_in(busy),
        ),
    )


def _cohorts_over(db: Db, since: datetime) -> Sequence[int]:
    rows = db.execute(
        select(COHORT.c.id, COHORT.c.starts_on, COHORT.c.weeks, COHORT.c.follow_up_weeks)
    )
    return [
        row.id
        for row in rows
        if row.starts_on + timedelta(weeks=row.weeks + row.follow_up_weeks) <= since.date()
    ]


def protected(concerns: Collection[str]) -> Any:
    """Those of whom nothing may go: held, on hold by law, or with a concern that is not closed."""
    worried = exists().where(
        ALERT.c.participant_id == PERSON.c.id,
        ALERT.c.state != "closed",
        or_(ALERT.c.level == "red", ALERT.c.kind.in_(concerns)),
    )
    return select(PERSON.c.id).where(
        or_(PERSON.c.legal_hold != "", PERSON.c.held_at.is_not(None), worried)
    )


def with_records(concerns: Collection[str]) -> Any:
    """Those of whom a record of harm is kept: whoever reads it must know who that is."""
    hers = ALERT.c.participant_id.is_not(None), ALERT.c.kind.in_(concerns)
    return select(ALERT.c.participant_id).where(*hers)


def evidence(concerns: Collection[str]) -> Any:
    """Messages that outlive others: a yes or no to consent, a STOP, what a concern is about."""
    agreed = select(CONSENT.c.message_id).where(CONSENT.c.message_id.is_not(None))
    kinds = (*concerns, "stopped")
    raised = select(ALERT.c.message_id).where(
        ALERT.c.message_id.is_not(None), ALERT.c.kind.in_(kinds)
    )
    return agreed.union(raised)


def of_strangers(cutoff: datetime) -> Any:
    """What nobody known has said or was told, unless somebody still has to act on it."""
    unknown = select(ADDRESS.c.id).where(ADDRESS.c.participant_id.is_(None))
    waiting = exists().where(
        ALERT.c.message_id == MESSAGE.c.id,
        ALERT.c.state != "closed",
        ALERT.c.level.in_(("red", "amber")),
    )
    return select(MESSAGE.c.id).where(
        MESSAGE.c.participant_id.is_(None),
        MESSAGE.c.at <= cutoff,
        or_(MESSAGE.c.address_id.is_(None), MESSAGE.c.address_id.in_(unknown)),
        ~waiting,
    )
