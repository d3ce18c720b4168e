"""Give a participant the numbers that the charity has for her.

A number that changed must not leave a message going to the wrong phone: the old one becomes
`wrong` on every channel, unless the charity still names it, and what waits for it goes elsewhere.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session as Db

from bot.errors import Refused
from bot.store.models import Address
from bot.store.people import (
    addresses_of,
    addresses_with_number,
    keep,
    key_of,
    participant_by_id,
    readdress_deliveries,
)

CHANGED = "changed"  # why an address is wrong: the charity has another one for her


@dataclass(frozen=True, kw_only=True)
class Readdressed:
    """What changed, in words for staff; `moved`: an old number is not used any more."""

    changes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    moved: bool = False


def readdress(
    db: Db, *, participant_id: int, numbers: Mapping[str, str], now: datetime
) -> Readdressed:
    """`numbers`: channel → number like +447700900123. A channel that is not named stays as it is.

    Raises `Refused` when a number is somebody else's.
    """
    before = addresses_of(db, participant_id=participant_id)
    current = {
        channel: _hers(db, participant_id=participant_id, channel=channel, number=number, now=now)
        for channel, number in numbers.items()
    }
    news = {channel for channel, (_, became) in current.items() if became}
    moved = {row.channel for row in before if row.kind == "phone"} & news
    old = _left_behind(before, [address for address, _ in current.values()], moved=moved)
    _keep_what_she_allows(db, before, [address for address, _ in current.values()])
    for address in old:
        address.state, address.state_reason = "wrong", CHANGED
        keep(db, address)
    readdress_deliveries(db, address_ids=[key_of(address) for address in old], now=now)
    return Readdressed(
        changes=tuple(
            f"{channel} has a new number, the old one is not used any more"
            if channel in moved
            else f"{channel} added"
            for channel in numbers
            if channel in news
        ),
        notes=tuple(
            f"nothing goes to the {channel} number, which is {address.state}"
            for channel, (address, became) in current.items()
            if address.state != "usable"
        ),
        moved=bool(moved),
    )


def _hers(
    db: Db, *, participant_id: int, channel: str, number: str, now: datetime
) -> tuple[Address, bool]:
    """The address, hers from now on, and whether that is news."""
    known = addresses_with_number(db, number)
    _refuse_if_taken(db, known, participant_id=participant_id, channel=channel)
    address = next((row for row in known if row.channel == channel), None)
    if address is None:
        text = f"whatsapp:{number}" if channel == "whatsapp" else number
        address = Address(
            participant_id=participant_id, channel=channel, address=text, created_at=now
        )
    elif address.participant_id is None:
        address.participant_id = participant_id  # a stopped one stays so: she said it there
        if address.state == "wrong":
            address.state, address.state_reason = "usable", ""
    elif address.participant_id != participant_id:
        address.participant_id, address.last_inbound_at = participant_id, None
        address.state, address.state_reason = "usable", ""
    elif address.state == "wrong" and address.state_reason == CHANGED:
        address.state, address.state_reason = "usable", ""
    else:
        return address, False
    return keep(db, address), True


def _keep_what_she_allows(db: Db, before: Sequence[Address], current: Sequence[Address]) -> None:
    """Whether SMS may be used was her answer, whatever number it goes to."""
    said = [row.fallback for row in before if row.channel == "sms" and row.fallback is not None]
    for address in current:
        if address.channel == "sms" and address not in before:
            address.fallback = said[-1] if said else None
            keep(db, address)


def _refuse_if_taken(
    db: Db, known: Sequence[Address], *, participant_id: int, channel: str
) -> None:
    for address in known:
        other = address.participant_id if address.channel == channel else None
        if other is not None and other != participant_id and address.state != "wrong":
            reference = participant_by_id(db, other).reference
            raise Refused(f"{channel} is already the number of {reference}")


def _left_behind(
    before: Sequence[Address], current: Sequence[Address], *, moved: Collection[str]
) -> list[Address]:
    """What she had where the number is another now, and the same numbers on other channels."""
    others = [row for row in before if row.state != "wrong" and row not in current]
    gone = {_number(row) for row in others if row.channel in moved}
    gone -= {_number(row) for row in current}
    return [row for row in others if row.channel in moved or _number(row) in gone]


def _number(address: Address) -> str:
    return address.address.removeprefix("whatsapp:")
