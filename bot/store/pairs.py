"""A pair with its two sides: who they are, and whether each can be written to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, or_, select, update
from sqlmodel import Session as Db

from bot.store.models import Cohort, Enrolment, Pairing, Participant, Session
from bot.store.sessions import sessions_of_pair
from bot.store.tables import table

SESSION, PAIRING, COHORT = table(Session), table(Pairing), table(Cohort)
MENTOR = table(Enrolment).alias("mentor")
MENTEE = table(Enrolment).alias("mentee")


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of a pair, with what decides whether she can be written to."""

    role: str
    enrolment_id: int
    participant_id: int
    enrolment_state: str
    state: str
    paused_until: datetime | None
    held_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A pair, with what its sessions need of its cohort."""

    id: int
    state: str
    session_minutes: int
    zone: str
    mentor: Side
    mentee: Side

    def side(self, role: str) -> Side:
        return self.mentor if role == "mentor" else self.mentee

    def other(self, role: str) -> Side:
        return self.mentee if role == "mentor" else self.mentor


_PERSONS = {role: table(Participant).alias(f"{role}_person") for role in ("mentor", "mentee")}
_SIDES = [
    column.label(f"{role}_{name}")
    for role, hers in (("mentor", MENTOR), ("mentee", MENTEE))
    for name, column in (
        ("enrolment_id", hers.c.id),
        ("participant_id", hers.c.participant_id),
        ("enrolment_state", hers.c.state),
        ("state", _PERSONS[role].c.state),
        ("paused_until", _PERSONS[role].c.paused_until),
        ("held_at", _PERSONS[role].c.held_at),
    )
]
_PAIRS = (
    select(
        PAIRING.c.id,
        PAIRING.c.state,
        COHORT.c.session_minutes,
        COHORT.c.zone,
        *_SIDES,
    )
    .select_from(PAIRING)
    .join(MENTOR, MENTOR.c.id == PAIRING.c.mentor_id)
    .join(MENTEE, MENTEE.c.id == PAIRING.c.mentee_id)
    .join(_PERSONS["mentor"], _PERSONS["mentor"].c.id == MENTOR.c.participant_id)
    .join(_PERSONS["mentee"], _PERSONS["mentee"].c.id == MENTEE.c.participant_id)
    .join(COHORT, COHORT.c.id == MENTEE.c.cohort_id)
)


def _pair(row: Row[Any]) -> Pair:
    def side(role: str) -> Side:
        start = f"{role}_"
        found = {
            name.removeprefix(start): value
            for name, value in row._mapping.items()
            if name.startswith(start)
        }
        return Side(role=role, **found)

    return Pair(
        id=row.id,
        state=row.state,
        session_minutes=row.session_minutes,
        zone=row.zone,
        mentor=side("mentor"),
        mentee=side("mentee"),
    )


def pair_of_session(db: Db, *, session_id: int) -> Pair | None:
    """The pair whose session that is, its row locked on PostgreSQL."""
    its = select(SESSION.c.pairing_id).where(SESSION.c.id == session_id).scalar_subquery()
    return _only(db, PAIRING.c.id == its)


def pair_by_id(db: Db, *, pairing_id: int) -> Pair | None:
    """That pair."""
    return _only(db, PAIRING.c.id == pairing_id)


def pair_meant(db: Db, *, enrolment_id: int) -> Pair | None:
    """Her pair where no session tells which: the only active one; of several the newest, which
    is the one a text names, but only while that has no session yet. Else nobody can tell."""
    hers = or_(PAIRING.c.mentor_id == enrolment_id, PAIRING.c.mentee_id == enrolment_id)
    active = _PAIRS.where(hers, PAIRING.c.state == "active").order_by(PAIRING.c.id.desc())
    rows = db.execute(active.with_for_update(of=PAIRING, key_share=True)).all()
    if not rows or (len(rows) > 1 and sessions_of_pair(db, pairing_id=rows[0].id)):
        return None
    return _pair(rows[0])


def _only(db: Db, which: Any) -> Pair | None:
    row = db.execute(_PAIRS.where(which).with_for_update(of=PAIRING, key_share=True)).first()
    return _pair(row) if row is not None else None


def set_pairing(db: Db, *, pairing_id: int, state: str) -> None:
    """Active or paused."""
    db.execute(update(PAIRING).where(PAIRING.c.id == pairing_id).values(state=state))
