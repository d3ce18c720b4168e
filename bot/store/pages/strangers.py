"""An address from which somebody wrote whom we do not know."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session

from bot.store.models import Address, Alert, Message, Participant
from bot.store.sight import Sight
from bot.store.tables import table

ADDRESS = table(Address)
PERSON = table(Participant)
ALERT, MESSAGE = table(Alert), table(Message)
NEWEST = 20  # messages in which a number is looked for


@dataclass(frozen=True, kw_only=True)
class StrangerRow:
    """The address. Participant and name are those of whoever it stands with, rightly or wrongly."""

    address_id: int
    channel: str
    address: str
    state: str
    last_inbound_at: datetime | None
    participant_id: int | None
    name: str | None


def stranger_at(db: Session, *, address_id: int, sight: Sight) -> StrangerRow | None:
    """None, too, where it has become known since whose it is, and she is not hers to see."""
    if not sight.strangers:
        return None
    seen = or_(ADDRESS.c.participant_id.is_(None), sight.of_person(ADDRESS.c.participant_id))
    statement = (
        select(
            ADDRESS.c.id.label("address_id"),
            ADDRESS.c.channel,
            ADDRESS.c.address,
            ADDRESS.c.state,
            ADDRESS.c.last_inbound_at,
            ADDRESS.c.participant_id,
            PERSON.c.name,
        )
        .outerjoin(PERSON, PERSON.c.id == ADDRESS.c.participant_id)
        .where(ADDRESS.c.id == address_id, seen)
    )
    row = db.execute(statement).one_or_none()
    return StrangerRow(**row._mapping) if row else None


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Somebody whose an address may be."""

    id: int
    reference: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """A WhatsApp account and a number that do not go together. `account_of`: whose the account was
    known as; None where that is nobody, or (`hidden`) somebody whom this staff member cannot see.
    """

    account_id: int
    account: str
    number_id: int
    number: str
    number_of: Candidate
    account_of: Candidate | None
    hidden: bool


def conflict_at(db: Session, *, account_id: int, sight: Sight) -> Conflict | None:
    """What staff are asked about that account; None where nothing is asked, or not of her."""
    asked = select(ALERT.c.detail).where(
        ALERT.c.subject == f"addresses:{account_id}",
        ALERT.c.state != "closed",
        sight.of_person(ALERT.c.participant_id),
        sight.not_about_her(),
    )
    detail = db.execute(asked).scalar_one_or_none() or ""
    number_id = detail.removeprefix("address:").partition(":")[0]
    if not number_id.isdecimal():
        return None
    rows = db.execute(
        select(
            ADDRESS.c.id,
            ADDRESS.c.address,
            ADDRESS.c.participant_id,
            sight.of_person(ADDRESS.c.participant_id).label("seen"),
            PERSON.c.reference,
            PERSON.c.name,
        )
        .outerjoin(PERSON, PERSON.c.id == ADDRESS.c.participant_id)
        .where(ADDRESS.c.id.in_((account_id, int(number_id))))
    ).all()
    by_id = {row.id: row for row in rows}
    account, number = by_id.get(account_id), by_id.get(int(number_id))
    if account is None or number is None or number.participant_id is None or not number.seen:
        return None
    known = account.participant_id is not None
    return Conflict(
        account_id=account.id,
        account=account.address,
        number_id=number.id,
        number=number.address,
        number_of=_candidate(number),
        account_of=_candidate(account) if known and account.seen else None,
        hidden=known and not account.seen,
    )


def words_at(db: Session, *, address_id: int, sight: Sight) -> Sequence[str]:
    """What was last said at an address while nobody was known by it, numbers of cards with it."""
    said = (
        select(MESSAGE.c.text, MESSAGE.c.details)
        .where(
            MESSAGE.c.address_id == address_id,
            MESSAGE.c.participant_id.is_(None),
            MESSAGE.c.direction == "in",
            ~sight.keeps(),
        )
        .order_by(MESSAGE.c.id.desc())
        .limit(NEWEST)
    )
    return [f"{row.text} \n {(row.details or {}).get('numbers', '')}" for row in db.execute(said)]


def people_with(db: Session, *, numbers: Collection[str], sight: Sight) -> Sequence[Candidate]:
    """Who of those she sees has one of these numbers, and it is not known to be wrong."""
    forms = [form for number in numbers for form in (number, f"whatsapp:{number}")]
    found = (
        select(PERSON.c.id, PERSON.c.reference, PERSON.c.name)
        .join(ADDRESS, ADDRESS.c.participant_id == PERSON.c.id)
        .where(ADDRESS.c.address.in_(forms), ADDRESS.c.state != "wrong")
        .where(sight.of_person(PERSON.c.id))
        .distinct()
        .order_by(PERSON.c.id)
    )
    return [Candidate(**row._mapping) for row in db.execute(found)] if forms else []


def person_called(db: Session, *, reference: str, sight: Sight) -> Candidate | None:
    """By the charity's own reference."""
    found = select(PERSON.c.id, PERSON.c.reference, PERSON.c.name).where(
        PERSON.c.reference == reference, sight.of_person(PERSON.c.id)
    )
    row = db.execute(found).one_or_none()
    return Candidate(**row._mapping) if row else None


def _candidate(row: Any) -> Candidate:
    return Candidate(id=row.participant_id, reference=row.reference, name=row.name)
