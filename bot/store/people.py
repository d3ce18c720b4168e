"""People by what the charity calls them: references, names of cohorts, numbers. For the import."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Table, func, select, update
from sqlmodel import Session as Db

from bot.errors import Refused
from bot.store.models import (
    Address,
    Cohort,
    Delivery,
    Enrolment,
    Message,
    Organisation,
    Pairing,
    Participant,
)
from bot.store.tables import table

Row = TypeVar("Row")
ID_DIGITS = 10  # of the database's integers

_COHORT: Table = table(Cohort)
_ORGANISATION: Table = table(Organisation)
_PARTICIPANT: Table = table(Participant)
_ADDRESS: Table = table(Address)
_ENROLMENT: Table = table(Enrolment)
_PAIRING: Table = table(Pairing)
_MESSAGE: Table = table(Message)
_DELIVERY: Table = table(Delivery)


def keep(db: Db, row: Row) -> Row:
    """Write a new or changed row now, so that it has its id and later reads find it."""
    db.add(row)
    db.flush()
    return row


def key_of(row: Participant | Cohort | Organisation | Enrolment | Pairing | Address) -> int:
    """The id of a row that is stored."""
    if row.id is None:
        raise LookupError(f"a {type(row).__name__} without an id was never stored")
    return row.id


def participant_by_reference(db: Db, reference: str) -> Participant | None:
    """Locked until the end of the transaction: her messages wait, and find her as changed."""
    hers = select(Participant).where(_PARTICIPANT.c.reference == reference)
    query = hers.with_for_update(key_share=True)
    return db.execute(query).scalar_one_or_none()


def participant_named(db: Db, name: str) -> int:
    """The id of whom the charity calls so; a bare number may also be our own id of her."""
    by_reference = select(_PARTICIPANT.c.id).where(_PARTICIPANT.c.reference == name)
    found: set[int] = set(db.execute(by_reference).scalars())
    if name.isascii() and name.isdigit() and len(name) < ID_DIGITS:
        by_id = select(_PARTICIPANT.c.id).where(_PARTICIPANT.c.id == int(name))
        found |= set(db.execute(by_id).scalars())
    if len(found) > 1:
        raise Refused("Two people could be meant: one has this reference, one this number here.")
    if not found:
        raise Refused("Nobody has this reference.")
    return found.pop()


def lock_participant(db: Db, participant_id: int) -> None:
    """Nobody else changes what concerns her until the end of the transaction.

    Alone, before anything is read of her: what is read in one statement with the lock is as it was
    before the waiting for it. Rows that refer to her may still be added: an alert that her
    mentor's answer raises must not wait for her own turn, which may wait for their session.
    """
    hers = select(_PARTICIPANT.c.id).where(_PARTICIPANT.c.id == participant_id)
    db.execute(hers.with_for_update(key_share=True))


def lock_with_addresses(db: Db, participant_id: int) -> tuple[str, ...]:
    """Her addresses first, then herself: in the order in which a message of hers does it."""
    hers = select(_ADDRESS.c.address).where(_ADDRESS.c.participant_id == participant_id)
    locked = db.execute(hers.order_by(_ADDRESS.c.id).with_for_update()).scalars().all()
    lock_participant(db, participant_id)
    return tuple(locked)


def participant_by_id(db: Db, participant_id: int) -> Participant:
    return db.get_one(Participant, participant_id)


def cohort_by_name(db: Db, name: str) -> Cohort | None:
    """However its letters are written: a typing slip must not found a second cohort."""
    rows = db.execute(select(Cohort).order_by(_COHORT.c.id)).scalars()
    return next((row for row in rows if row.name.casefold() == name.casefold()), None)


def organisation_by_name(db: Db, name: str) -> Organisation | None:
    rows = db.execute(select(Organisation).order_by(_ORGANISATION.c.id)).scalars()
    return next((row for row in rows if row.name.casefold() == name.casefold()), None)


def enrolments_of(db: Db, *, participant_id: int) -> Sequence[Enrolment]:
    query = select(Enrolment).where(_ENROLMENT.c.participant_id == participant_id)
    return db.execute(query.order_by(_ENROLMENT.c.id)).scalars().all()


def mentor_enrolment(db: Db, *, reference: str, cohort_id: int) -> Enrolment | None:
    """The active enrolment of that mentor in that cohort."""
    query = (
        select(Enrolment)
        .join(Participant, _PARTICIPANT.c.id == _ENROLMENT.c.participant_id)
        .where(
            _PARTICIPANT.c.reference == reference,
            _ENROLMENT.c.cohort_id == cohort_id,
            _ENROLMENT.c.role == "mentor",
            _ENROLMENT.c.state == "active",
        )
    )
    return db.execute(query).scalar_one_or_none()


def pairings_of(db: Db, *, mentee_id: int) -> Sequence[Pairing]:
    """Of a mentee's enrolment, ended ones too."""
    query = select(Pairing).where(_PAIRING.c.mentee_id == mentee_id).order_by(_PAIRING.c.id)
    return db.execute(query).scalars().all()


def addresses_of(db: Db, *, participant_id: int) -> Sequence[Address]:
    query = select(Address).where(_ADDRESS.c.participant_id == participant_id)
    return db.execute(query.order_by(_ADDRESS.c.id)).scalars().all()


def addresses_with_number(db: Db, number: str) -> Sequence[Address]:
    """Whoever's they are, on whatever channel; `number` is like +447700900123."""
    query = select(Address).where(_ADDRESS.c.address.in_((number, f"whatsapp:{number}")))
    return db.execute(query.order_by(_ADDRESS.c.id)).scalars().all()


def has_written(db: Db, *, participant_id: int) -> bool:
    """Whether she ever wrote to the bot."""
    query = select(func.count()).where(
        _MESSAGE.c.participant_id == participant_id, _MESSAGE.c.direction == "in"
    )
    return bool(db.execute(query).scalar_one())


def readdress_deliveries(db: Db, *, address_ids: Sequence[int], now: datetime) -> None:
    """What waits to go to these addresses is given back to the policy, to choose another one."""
    db.execute(
        update(_DELIVERY)
        .where(
            _DELIVERY.c.address_id.in_(address_ids), _DELIVERY.c.state.in_(("queued", "waiting"))
        )
        .values(address_id=None, state="queued", mode="", reason="", updated_at=now)
    )


def how_many_active(db: Db) -> int:
    """How many participants take part now."""
    taking_part = (
        select(func.count(_ENROLMENT.c.participant_id.distinct()))
        .join(_PARTICIPANT, _PARTICIPANT.c.id == _ENROLMENT.c.participant_id)
        .where(_ENROLMENT.c.state == "active", _PARTICIPANT.c.state == "active")
    )
    return int(db.execute(taking_part).scalar_one())
