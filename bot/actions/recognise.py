"""Who is behind an address? A phone number, and WhatsApp's own name for an account, may be one's.

Both are learnt from what comes in and from receipts. Where they do not go together nothing is
merged: staff are asked whose it is, and until then nothing personal is said there.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from bot.actions.alert import raise_alert
from bot.channels.base import Inbound
from bot.store.addresses import learn_address, other_accounts, other_numbers, remember_addresses
from bot.store.models import Address, Alert
from bot.store.tables import table
from bot.store.talk import Wrote, heard_from

_ADDRESS, _ALERT = table(Address), table(Alert)
CONFLICT = "address_conflict"


@dataclass(frozen=True, kw_only=True)
class Recognised:
    """Where it came from. `strange`: from now on it may be somebody else who writes from there."""

    wrote: Wrote
    strange: bool = False


def recognise(db: Session, inbound: Inbound, *, now: datetime) -> Recognised:
    """The address it came from; WhatsApp's second name for her is kept beside the first."""
    names = [inbound.address]
    if inbound.user_id and inbound.user_id != inbound.address:
        names.append(inbound.user_id)
    found = heard_from(db, channel=inbound.channel, addresses=names, at=now)
    strange = False
    if len(found) < len(names):
        known = {row.address for row in found}
        found, strange = _with_new_ones(db, inbound, names, found, now=now)
        if not strange and len(names) > 1:
            strange = _is_another_number(db, names, found, known=known, now=now)
    wrote = next(row for row in found if row.address == inbound.address)
    owners = {row.participant_id for row in found if row.participant_id is not None}
    stray = next((row for row in found if row.participant_id is None), None)
    if stray is not None and wrote.participant_id is not None:
        # An account that wrote to us as a stranger, and now from her number
        hers = wrote.participant_id
        if _is_news(db, hers=hers, account=stray.address, account_id=stray.address_id):
            strange = _ask_whose(db, number=wrote, account=stray, now=now)
    if len(owners) > 1:
        account = next(row for row in found if row.address != inbound.address)
        strange = _ask_whose(db, number=wrote, account=account, now=now)
    return Recognised(wrote=wrote, strange=strange)


def learn_from_receipt(db: Session, *, address_id: int, user_id: str, now: datetime) -> int | None:
    """A receipt names the account that got a message of ours. The participant in doubt, if any: it
    may be somebody else's phone by now. Opens no window: nobody has written."""
    rows = db.execute(
        select(_ADDRESS.c.id, _ADDRESS.c.address, _ADDRESS.c.participant_id).where(
            (_ADDRESS.c.id == address_id)
            | ((_ADDRESS.c.channel == "whatsapp") & (_ADDRESS.c.address == user_id))
        )
    ).all()
    sent_to = next((row for row in rows if row.id == address_id), None)
    if sent_to is None or sent_to.participant_id is None or sent_to.address == user_id:
        return None
    account = next((row for row in rows if row.id != address_id), None)
    hers: int = sent_to.participant_id
    if account is not None and account.participant_id == hers:
        return None
    strange = account is not None
    if account is not None and account.participant_id is None:
        strange = _is_news(db, hers=hers, account=user_id, account_id=account.id)
    if account is None:
        strange = bool(other_accounts(db, participant_id=hers, but=user_id))
        owner = None if strange else hers
        learnt = learn_address(db, address=user_id, participant_id=owner, now=now)
    else:
        learnt = account.id
    if not strange:
        return None
    asked = _ask(db, number_id=address_id, account_id=learnt, participant_id=hers, now=now)
    return hers if asked else None


def _with_new_ones(
    db: Session, inbound: Inbound, names: list[str], found: list[Wrote], *, now: datetime
) -> tuple[list[Wrote], bool]:
    """With the names that we did not know. A second account at one number stays nobody's."""
    number = next((row for row in found if row.address == inbound.address), None)
    hers = number.participant_id if number is not None and len(names) > 1 else None
    if number is not None and hers and other_accounts(db, participant_id=hers, but=names[1]):
        learnt = learn_address(db, address=names[1], participant_id=None, now=now, heard_at=now)
        asked = _ask(
            db, number_id=number.address_id, account_id=learnt, participant_id=hers, now=now
        )
        return [number], asked
    channel = inbound.channel
    return remember_addresses(db, channel=channel, addresses=names, found=found, now=now), False


def _is_another_number(
    db: Session, names: list[str], found: list[Wrote], *, known: set[str], now: datetime
) -> bool:
    """A known account that writes from a number we did not know, while she has another one: the
    account is the same, so it is hers; but staff hear of the number, and are sure first."""
    number = next(row for row in found if row.address == names[0])
    if number.participant_id is None or names[1] not in known:
        return False
    if not other_numbers(db, participant_id=number.participant_id, but=names[0]):
        return False
    account = next(row for row in found if row.address == names[1])
    return _ask_whose(db, number=number, account=account, now=now)


def _is_news(db: Session, *, hers: int, account: str, account_id: int) -> bool:
    """Whether that account of nobody's is another one than hers, and staff were never asked."""
    if not other_accounts(db, participant_id=hers, but=account):
        return False
    asked = select(_ALERT.c.id).where(_ALERT.c.subject == f"addresses:{account_id}")
    return db.execute(asked.limit(1)).first() is None


def _ask_whose(db: Session, *, number: Wrote, account: Wrote, now: datetime) -> bool:
    """Staff are asked once; whether that is news."""
    return _ask(
        db,
        number_id=number.address_id,
        account_id=account.address_id,
        participant_id=number.participant_id,
        now=now,
    )


def _ask(
    db: Session, *, number_id: int, account_id: int, participant_id: int | None, now: datetime
) -> bool:
    subject = f"addresses:{account_id}"
    asked = select(_ALERT.c.id).where(_ALERT.c.subject == subject, _ALERT.c.state != "closed")
    if db.execute(asked).first() is not None:
        return False
    raise_alert(
        db,
        kind=CONFLICT,
        subject=subject,
        participant_id=participant_id,
        detail=f"address:{number_id}:{account_id}",
        now=now,
    )
    return True
