"""Whom nobody may write to again: fingerprints of addresses, made with a key of our own.

Without the key a fingerprint leads back to nothing: all numbers there are could else be tried.
"""

import hmac
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, func, select
from sqlmodel import Session as Db

from bot.store.models import DoNotContact
from bot.store.tables import changed, insert_into, table

_TABLE = table(DoNotContact)
PURPOSE = b"do-not-contact"  # the key serves nothing else
WHATSAPP = "whatsapp:"


def fingerprint(address: str, *, key: str) -> str:
    """The same for one number on every channel. `key`: the deployment's SECRET_KEY."""
    own = hmac.new(key.encode(), PURPOSE, sha256).digest()
    return hmac.new(own, address.removeprefix(WHATSAPP).encode(), sha256).hexdigest()


def keep_fingerprints(db: Db, addresses: Iterable[str], *, key: str, now: datetime) -> None:
    made = sorted({fingerprint(address, key=key) for address in addresses})
    if made:
        row = insert_into(db, _TABLE).on_conflict_do_nothing()
        db.execute(row, [{"fingerprint": each, "at": now} for each in made])


def must_not_be_written_to(db: Db, addresses: Iterable[str], *, key: str) -> bool:
    """Whether one of these was erased with somebody."""
    made = [fingerprint(address, key=key) for address in addresses]
    query = select(_TABLE.c.fingerprint).where(_TABLE.c.fingerprint.in_(made))
    return db.execute(query.limit(1)).first() is not None


def any_fingerprint(db: Db) -> bool:
    return bool(db.execute(select(func.count()).select_from(_TABLE)).scalar_one())


def let_go(db: Db, address: str, *, key: str) -> bool:
    """She asked to be written to again: False when there was nothing to let go of."""
    row = delete(_TABLE).where(_TABLE.c.fingerprint == fingerprint(address, key=key))
    return changed(db.execute(row)) > 0
