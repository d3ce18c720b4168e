"""One delivery with everything its way depends on, read and locked in one go."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlmodel import Session

from bot.actions.alert import raise_alert
from bot.store.models import Address, Delivery, Message, Participant
from bot.store.tables import table

_DELIVERY = table(Delivery)
_MESSAGE = table(Message)
_PERSON = table(Participant)
_ADDRESS = table(Address)


@dataclass(frozen=True, kw_only=True)
class Case:
    """`person` is None for somebody nobody enrolled; `addresses` are hers, by id."""

    delivery: Row[Any]
    message: Row[Any]
    person: Row[Any] | None
    addresses: dict[int, Row[Any]]
    now: datetime


def lock_person(db: Session, participant_id: int | None) -> Row[Any] | None:
    """Her own row is the lock for all that is done about her: a STOP waits for it, or is first.

    Always before a row of the outbox: who locks in another order waits for ever.
    """
    if participant_id is None:
        return None
    return db.execute(
        select(_PERSON).where(_PERSON.c.id == participant_id).with_for_update(key_share=True)
    ).first()


def load_case(db: Session, delivery: Row[Any], *, person: Row[Any] | None, now: datetime) -> Case:
    """Read the rest of it."""
    mine = _ADDRESS.c.id == delivery.address_id
    if person is not None:
        mine = _ADDRESS.c.participant_id == person.id
    return Case(
        delivery=delivery,
        message=db.execute(select(_MESSAGE).where(_MESSAGE.c.id == delivery.message_id)).one(),
        person=person,
        addresses={row.id: row for row in db.execute(select(_ADDRESS).where(mine))},
        now=now,
    )


def change(db: Session, case: Case, **values: object) -> None:
    """Change the delivery of the case."""
    db.execute(
        update(_DELIVERY)
        .where(_DELIVERY.c.id == case.delivery.id)
        .values(**values, updated_at=case.now)
    )


def subject_of(kind: str, delivery: Row[Any]) -> str:
    """What such an alert is about: her; the delivery where nobody knows who she is."""
    who = delivery.participant_id
    return f"{kind}:participant:{who}" if who else f"{kind}:delivery:{delivery.id}"


def tell_about(db: Session, case: Case, *, kind: str, detail: str) -> None:
    """One alert about her, or about the delivery."""
    raise_alert(
        db,
        kind=kind,
        subject=subject_of(kind, case.delivery),
        participant_id=case.delivery.participant_id,
        message_id=case.message.id,
        delivery_id=case.delivery.id,
        detail=detail,
        now=case.now,
    )
