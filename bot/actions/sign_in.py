"""Sign a staff member in, by password or by her one-time link. Tokens are new each time.

A password alone opens nothing: the second step comes after it (`pass_second_step`), or is set up
first. A link was handed to her in person, and opens pages until she has a second step.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.actions.admit import Visitor, admit, forget
from bot.actions.audit import audit
from bot.actions.invite import plain_email, token_hash
from bot.store.database import Database
from bot.store.sign_ins import link_is_good, open_sign_in, take_link
from bot.store.staff import StaffRow, staff_by_email

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP: 19 MiB, t=2
NOBODYS = HASHER.hash(secrets.token_hex(16))  # what an unknown account is compared with
LONGEST_PASSWORD = 1024  # longer ones cost work and add nothing


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """Who she is, the token that her browser keeps, and whether it opens pages."""

    staff: StaffRow
    token: str
    passed: bool


def sign_in(
    database: Database, *, email: str, password: str, visitor: Visitor, now: datetime
) -> SignedIn | None:
    """None when email and password do not belong together; `Refused` after too many tries."""
    staff = check_password(database, email=email, password=password, visitor=visitor, now=now)
    if staff is None:
        return None
    return enter(database, staff=staff, how="password", passed=False, visitor=visitor, now=now)


def check_password(
    database: Database, *, email: str, password: str, visitor: Visitor, now: datetime
) -> StaffRow | None:
    """Whose they are. An unknown account costs the same work, and is counted the same."""
    email = plain_email(email)
    tries = admit(database, kind="password", email=email, visitor=visitor, now=now)
    with database.reading() as db:
        staff = staff_by_email(db, email=email)
    matches = _matches(staff.password if staff else "", password)
    if staff is None or not matches:
        return None
    forget(database, keys=tries, now=now)
    return staff


def good_link(database: Database, *, token: str, now: datetime) -> bool:
    """Whether a one-time link would work. Asking does not use it: previews of links look, too."""
    with database.reading() as db:
        return link_is_good(db, token_hash=token_hash(token), now=now)


def sign_in_by_link(
    database: Database, *, token: str, visitor: Visitor, now: datetime
) -> SignedIn | None:
    """Use a one-time link up. None when it is unknown, old or used."""
    with database.transaction() as db:
        staff = take_link(db, token_hash=token_hash(token), now=now)
    if staff is None:
        return None
    passed = staff.totp_at is None
    return enter(database, staff=staff, how="link", passed=passed, visitor=visitor, now=now)


def sign_in_by_provider(
    database: Database, *, email: str, passed: bool, visitor: Visitor, now: datetime
) -> SignedIn | None:
    """For an address that the charity's provider vouches for. `passed`: its second step counts.
    None when no staff member has that address.
    """
    with database.reading() as db:
        staff = staff_by_email(db, email=plain_email(email))
    if staff is None:
        return None
    return enter(database, staff=staff, how="provider", passed=passed, visitor=visitor, now=now)


def enter(
    database: Database,
    *,
    staff: StaffRow,
    how: str,
    passed: bool,
    visitor: Visitor,
    now: datetime,
) -> SignedIn:
    """Open a sign-in for whoever has shown who she is."""
    token = secrets.token_urlsafe(32)
    with database.transaction() as db:
        open_sign_in(
            db,
            staff_id=staff.id,
            token_hash=token_hash(token),
            browser=visitor.browser,
            passed_at=now if passed else None,
            now=now,
        )
        audit(
            db,
            staff_id=staff.id,
            action="signed in",
            subjects=(f"staff:{staff.id}",),
            detail=how,
            now=now,
        )
    return SignedIn(staff=staff, token=token, passed=passed)


def _matches(kept: str, password: str) -> bool:
    """Compare, always with the same work. Somebody without a password has none that matches."""
    if len(password) > LONGEST_PASSWORD:
        password = ""
    try:
        matches = HASHER.verify(kept or NOBODYS, password)
    except (VerificationError, InvalidHashError):
        return False
    return matches and bool(kept)
