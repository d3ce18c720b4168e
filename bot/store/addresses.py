"""Addresses as they turn up: the two names WhatsApp has for one person are kept side by side."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlmodel import Session

from bot.store.models import Address
from bot.store.tables import insert_into, table
from bot.store.talk import Wrote

_ADDRESS = table(Address)
WHATSAPP = "whatsapp:"


def remember_addresses(
    db: Session,
    *,
    channel: str,
    addresses: Sequence[str],
    found: Sequence[Wrote],
    now: datetime,
) -> list[Wrote]:
    """Add those of `addresses` that are not in `found`, to the same participant if there is one."""
    known = {row.address for row in found}
    owner = next((row.participant_id for row in found if row.participant_id is not None), None)
    state = next((row.state for row in found), "usable")
    if not found:
        owner, state = _known_elsewhere(db, addresses)
    added = [
        _add(db, channel=channel, address=address, participant_id=owner, state=state, now=now)
        for address in addresses
        if address not in known
    ]
    return [*found, *added]


def said_of_sms(db: Session, *, participant_id: int) -> Sequence[bool | None]:
    """For each of her SMS numbers, whether it may be used when WhatsApp fails; None: not asked."""
    hers = select(_ADDRESS.c.fallback).where(*_sms_of(participant_id))
    return db.execute(hers).scalars().all()


def allow_sms(db: Session, *, participant_id: int, allowed: bool | None) -> None:
    """Write down, for all her SMS numbers, whether they may be used when WhatsApp fails."""
    hers = update(_ADDRESS).where(*_sms_of(participant_id))
    db.execute(hers.values(fallback=allowed))


def _sms_of(participant_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        _ADDRESS.c.participant_id == participant_id,
        _ADDRESS.c.channel == "sms",
        _ADDRESS.c.state != "wrong",
    )


def learn_address(
    db: Session,
    *,
    address: str,
    participant_id: int | None,
    now: datetime,
    heard_at: datetime | None = None,
) -> int:
    """One more WhatsApp address, hers or nobody's; its id. `heard_at`: she has just written."""
    row = insert_into(db, _ADDRESS).values(
        participant_id=participant_id,
        channel="whatsapp",
        address=address,
        kind=_kind(address),
        state="usable",
        state_reason="",
        last_inbound_at=heard_at,
        created_at=now,
    )
    # Two at once: the second takes the row that the first has made
    same = row.on_conflict_do_update(
        index_elements=["channel", "address"], set_={"address": row.excluded.address}
    )
    learnt: int = db.execute(same.returning(_ADDRESS.c.id)).scalar_one()
    return learnt


def other_accounts(db: Session, *, participant_id: int, but: str) -> Sequence[int]:
    """The accounts of hers that WhatsApp has named to us, beside that one."""
    return _others(db, participant_id=participant_id, kind="user_id", but=but)


def other_numbers(db: Session, *, participant_id: int, but: str) -> Sequence[int]:
    """Her numbers on WhatsApp, beside that one."""
    return _others(db, participant_id=participant_id, kind="phone", but=but)


def _others(db: Session, *, participant_id: int, kind: str, but: str) -> Sequence[int]:
    found = select(_ADDRESS.c.id).where(
        _ADDRESS.c.participant_id == participant_id,
        _ADDRESS.c.channel == "whatsapp",
        _ADDRESS.c.kind == kind,
        _ADDRESS.c.address != but,
        _ADDRESS.c.state != "wrong",
    )
    return db.execute(found).scalars().all()


def _known_elsewhere(db: Session, addresses: Sequence[str]) -> tuple[int | None, str]:
    """Whose number it is on another channel, and the state of the new address.

    STOP by SMS is hers, though she was on WhatsApp; a wrong number is wrong there too.
    """
    numbers = [address.removeprefix(WHATSAPP) for address in addresses]
    both = [form for number in numbers if number[:1] == "+" for form in (number, WHATSAPP + number)]
    row = select(_ADDRESS.c.participant_id, _ADDRESS.c.state).where(
        _ADDRESS.c.address.in_(both), _ADDRESS.c.participant_id.is_not(None)
    )
    found = db.execute(row.limit(1)).one_or_none() if both else None
    if found is None:
        return None, "usable"
    return (None, "wrong") if found.state == "wrong" else (found.participant_id, "usable")


def _add(
    db: Session,
    *,
    channel: str,
    address: str,
    participant_id: int | None,
    state: str,
    now: datetime,
) -> Wrote:
    # Two messages of a stranger at once: the second takes the row that the first has made
    row = db.execute(
        insert_into(db, _ADDRESS)
        .values(
            participant_id=participant_id,
            channel=channel,
            address=address,
            kind=_kind(address),
            state=state,
            state_reason="",
            last_inbound_at=now,
            created_at=now,
        )
        .on_conflict_do_update(index_elements=["channel", "address"], set_={"last_inbound_at": now})
        .returning(
            _ADDRESS.c.id, _ADDRESS.c.participant_id, _ADDRESS.c.state, _ADDRESS.c.acknowledged_at
        )
    ).one()
    return Wrote(
        address_id=row.id,
        address=address,
        participant_id=row.participant_id,
        state=row.state,
        acknowledged_at=row.acknowledged_at,
    )


def hides_number(address: str) -> bool:
    """Whether it is WhatsApp's own name for an account, which nobody can ring."""
    return _kind(address) == "user_id"


def _kind(address: str) -> str:
    """A phone number starts with + after its channel; WhatsApp's own names do not."""
    return "phone" if address.removeprefix(WHATSAPP).startswith("+") else "user_id"
