"""Staff say whose a WhatsApp account is, where two of its names did not go together; or whose the
address is from which somebody wrote whom we did not know. Nobody else can: a number that somebody
types, or a card that she sends, proves nothing.
"""

from datetime import datetime
from typing import Literal

from sqlalchemy import select, update
from sqlmodel import Session as Db

from bot.actions.audit import audit
from bot.actions.be_sure import be_sure
from bot.actions.note_step import note_step
from bot.actions.readdress import CHANGED
from bot.errors import Refused
from bot.store.addresses import other_accounts
from bot.store.models import Address, Alert
from bot.store.people import lock_participant, readdress_deliveries
from bot.store.tables import table

_ADDRESS, _ALERT = table(Address), table(Alert)
NOT_HERS = "not_hers"
NOTES = {
    "number": "It is whoever has the number here.",
    "account": "It is whoever the account was known as.",
    "nobody": "It is none of ours.",
}
Whose = Literal["number", "account", "nobody"]


def say_whose(
    db: Db, *, account_id: int, number_id: int, whose: Whose, staff_id: int, now: datetime
) -> None:
    """The account and the number belong together, and this is whose they are. Not hers any more:
    nothing goes there, and whoever writes from it is a stranger. Closes what staff were asked."""
    if not _close(db, account_id=account_id, note=NOTES[whose], staff_id=staff_id, now=now):
        raise Refused("Somebody else was quicker: this has already been decided.")
    account, number = db.get_one(Address, account_id), db.get_one(Address, number_id)
    was, other = number.participant_id, account.participant_id
    if was is None or (whose == "account" and other is None):
        raise Refused("It has become known since whose it is. Please look again.")
    lock_participant(db, was)
    if whose == "number":
        _give(db, account_id, to=was)
        be_sure(db, participant_id=was, staff_id=staff_id, now=now)
    else:
        _take_number(db, number, now=now)
        if whose == "account" and other is not None:
            _give(db, number_id, to=other)
        else:
            _give(db, account_id, to=None)
    subjects = [f"address:{account_id}", f"participant:{was}"]
    subjects += [f"participant:{other}"] if other not in (None, was) else []
    audit(db, staff_id=staff_id, action="said whose", subjects=subjects, detail=whose, now=now)


def link_stranger(
    db: Db, *, address_id: int, participant_id: int, staff_id: int, now: datetime
) -> None:
    """From now on whoever writes from there is she. A STOP that was said there stays one."""
    lock_participant(db, participant_id)
    mine = (_ADDRESS.c.id == address_id, _ADDRESS.c.participant_id.is_(None))
    if db.execute(select(_ADDRESS.c.id).where(*mine)).first() is None:
        raise Refused("It has become known since whose it is. Please look again.")
    _give(db, address_id, to=participant_id)
    subjects = (f"address:{address_id}", f"participant:{participant_id}")
    audit(db, staff_id=staff_id, action="linked", subjects=subjects, now=now)


def _give(db: Db, address_id: int, *, to: int | None) -> None:
    """Hers, in the place of the account she had before; or nobody's."""
    address = db.get_one(Address, address_id)
    if to is not None and address.kind == "user_id":
        former = other_accounts(db, participant_id=to, but=address.address)
        gone = update(_ADDRESS).where(_ADDRESS.c.id.in_(former))
        db.execute(gone.values(state="wrong", state_reason=CHANGED))
    state = "stopped" if address.state == "stopped" else "usable"
    row = update(_ADDRESS).where(_ADDRESS.c.id == address_id)
    db.execute(row.values(participant_id=to, state=state, state_reason=""))


def _take_number(db: Db, number: Address, *, now: datetime) -> None:
    """On every channel: what waits for her goes elsewhere."""
    bare = number.address.removeprefix("whatsapp:")
    hers = update(_ADDRESS).where(
        _ADDRESS.c.participant_id == number.participant_id,
        _ADDRESS.c.address.in_((bare, f"whatsapp:{bare}")),
    )
    gone = hers.values(state="wrong", state_reason=NOT_HERS).returning(_ADDRESS.c.id)
    readdress_deliveries(db, address_ids=list(db.execute(gone).scalars()), now=now)


def _close(db: Db, *, account_id: int, note: str, staff_id: int, now: datetime) -> bool:
    closed = db.execute(
        update(_ALERT)
        .where(_ALERT.c.subject == f"addresses:{account_id}", _ALERT.c.state != "closed")
        .values(state="closed", closed_at=now, closed_by=staff_id, note=note)
        .returning(_ALERT.c.id)
    ).scalars()
    ids = list(closed)
    note_step(db, ids, kind="closed", staff_id=staff_id, now=now)
    return bool(ids)
