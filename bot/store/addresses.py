"""Addresses as they turn up: the two names WhatsApp has for one person are kept side by side."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.store.models import Address
from bot.store.tables import insert_into, table
from bot.store.talk import Wrote

_ADDRESS = table(Address)


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
    added = [
        _add(db, channel=channel, address=address, participant_id=owner, state=state, now=now)
        for address in addresses
        if address not in known
    ]
    return [*found, *added]


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


def _kind(address: str) -> str:
    """A phone number starts with + after its channel; WhatsApp's own names do not."""
    return "phone" if address.removeprefix("whatsapp:").startswith("+") else "user_id"
