"""Sign a staff member in, by password or by her one-time link. Tokens are new each time.

Tries are counted before a password is looked at, per account and per public network address, in
the database: a restart or a second process forgets none. An unknown account costs the same work.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.actions.audit import audit
from bot.actions.invite import plain_email, token_hash
from bot.errors import Refused
from bot.store.database import Database
from bot.store.staff import (
    StaffRow,
    count_try,
    forget_tries,
    link_is_good,
    open_sign_in,
    staff_by_email,
    take_link,
)

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP: 19 MiB, t=2
NOBODYS = HASHER.hash(secrets.token_hex(16))  # what an unknown account is compared with
LONGEST_PASSWORD = 1024  # longer ones cost work and add nothing
TRIES_WITHIN = timedelta(minutes=15)
TRIES_PER_ACCOUNT, TRIES_PER_ADDRESS = 10, 100  # an office shares one address


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """Who she is, and the token that her browser keeps."""

    staff: StaffRow
    token: str


def sign_in(
    database: Database, *, email: str, password: str, address: str, now: datetime
) -> SignedIn | None:
    """None when email and password do not belong together; `Refused` after too many tries."""
    email = plain_email(email)
    most = {_bucket("account", email): TRIES_PER_ACCOUNT}
    if one_visitor(address):
        most[_bucket("address", address)] = TRIES_PER_ADDRESS
    with database.transaction() as db:
        tries = {key: count_try(db, key=key, within=TRIES_WITHIN, now=now) for key in most}
    if any(tries[key] > most[key] for key in most):
        raise Refused("Too many tries. Please wait 15 minutes and try again.")
    with database.reading() as db:
        staff = staff_by_email(db, email=email)
    matches = _matches(staff.password if staff else "", password)
    if staff is None or not matches:
        return None
    with database.transaction() as db:
        forget_tries(db, keys=most)
    return _open(database, staff=staff, how="password", now=now)


def good_link(database: Database, *, token: str, now: datetime) -> bool:
    """Whether a one-time link would work. Asking does not use it: previews of links look, too."""
    with database.reading() as db:
        return link_is_good(db, token_hash=token_hash(token), now=now)


def sign_in_by_link(database: Database, *, token: str, now: datetime) -> SignedIn | None:
    """Use a one-time link up. None when it is unknown, old or used."""
    with database.transaction() as db:
        staff = take_link(db, token_hash=token_hash(token), now=now)
    return _open(database, staff=staff, how="link", now=now) if staff else None


def _open(database: Database, *, staff: StaffRow, how: str, now: datetime) -> SignedIn:
    token = secrets.token_urlsafe(32)
    with database.transaction() as db:
        open_sign_in(db, staff_id=staff.id, token_hash=token_hash(token), now=now)
        audit(
            db,
            staff_id=staff.id,
            action="signed in",
            subjects=(f"staff:{staff.id}",),
            detail=how,
            now=now,
        )
    return SignedIn(staff=staff, token=token)


def one_visitor(address: str) -> bool:
    """Whether the peer is a visitor: one nearby is a proxy, behind which everybody stands."""
    try:
        return ip_address(address).is_global
    except ValueError:
        return False


def _matches(kept: str, password: str) -> bool:
    """Compare, always with the same work. Somebody without a password has none that matches."""
    if len(password) > LONGEST_PASSWORD:
        password = ""
    try:
        matches = HASHER.verify(kept or NOBODYS, password)
    except (VerificationError, InvalidHashError):
        return False
    return matches and bool(kept)


def _bucket(kind: str, value: str) -> str:
    return f"{kind}:{hashlib.sha256(value.encode(errors='replace')).hexdigest()[:32]}"
