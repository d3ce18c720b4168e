"""Count a try to sign in before anything is looked at, and refuse one too many.

The counts are in the database: a restart or a second process forgets none. They are kept apart by
where a try comes from, so that whoever hammers an account from elsewhere closes it to himself and
not to its owner. A browser in which she has signed in before has a count of its own, which nobody
else can use up (OWASP, "device cookies"); and a one-time link is not counted at all.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Literal

from bot.errors import Refused
from bot.store.database import Database
from bot.store.sign_ins import count_try, forget_tries

SOON, A_DAY = timedelta(minutes=15), timedelta(days=1)
TRIES_FROM_ONE_PLACE = 10  # for one account, in a quarter of an hour
TRIES_PER_ADDRESS = 100  # for all accounts, in a quarter of an hour: an office shares one
# In a day, from all browsers together that are not known as hers. A code has only six digits
TRIES_PER_ACCOUNT = {"password": 100, "code": 30}
TOO_MANY = "Too many tries. Please wait 15 minutes and try again, or ask for a one-time link."


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Where a try comes from. `browser` is said in a few words. `mark` is the mark of a browser in
    which somebody has signed in before, and `known_to` whose account that was (`account_key`).
    """

    address: str = ""
    browser: str = ""
    mark: str = ""
    known_to: str = ""


def admit(
    database: Database,
    *,
    kind: Literal["password", "code"],
    email: str,
    visitor: Visitor,
    now: datetime,
) -> tuple[str, ...]:
    """The counts that a success forgets. `Refused` after too many tries, known account or not."""
    most = _most(kind=kind, account=account_key(email), visitor=visitor)
    with database.transaction() as db:
        over = [
            key
            for key, (tries, within) in most.items()
            if count_try(db, key=key, within=within, now=now) > tries
        ]
    if over:
        raise Refused(TOO_MANY)
    return tuple(key for key in most if ":place:" in key)


def forget(database: Database, *, keys: Iterable[str], now: datetime) -> None:
    """After a success."""
    with database.transaction() as db:
        forget_tries(db, keys=keys, before=now - A_DAY)


def account_key(email: str) -> str:
    """What stands for an account where its address should not."""
    return hashlib.sha256(email.encode(errors="replace")).hexdigest()[:32]


def one_visitor(address: str) -> bool:
    """Whether it is one visitor's: a nearby one is a proxy's, behind which everybody stands."""
    try:
        return ip_address(address).is_global
    except ValueError:
        return False


def _most(*, kind: str, account: str, visitor: Visitor) -> dict[str, tuple[int, timedelta]]:
    """How many tries each count allows, and within what time."""
    if visitor.mark and visitor.known_to == account:
        return {f"{kind}:place:{account}:{visitor.mark}": (TRIES_FROM_ONE_PLACE, SOON)}
    where = account_key(visitor.address) if one_visitor(visitor.address) else ""
    most = {
        f"{kind}:place:{account}:{where}": (TRIES_FROM_ONE_PLACE, SOON),
        f"{kind}:account:{account}": (TRIES_PER_ACCOUNT[kind], A_DAY),
    }
    if where:
        most[f"{kind}:address:{where}"] = (TRIES_PER_ADDRESS, SOON)
    return most
