"""Set up a second step, or another one in its place, and make recovery codes."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.actions.admit import Visitor, admit, forget
from bot.actions.audit import audit
from bot.actions.invite import token_hash
from bot.actions.second_step import (
    matching_step,
    new_recovery_codes,
    plain_code,
    secret_of,
    seed_for,
    take_code,
)
from bot.errors import Refused
from bot.store.database import Database
from bot.store.second_steps import keep_recovery_codes, keep_second_step, seed_of
from bot.store.sign_ins import end_sign_ins, renew_sign_in
from bot.store.staff import StaffRow

NOT_GOOD = "That code is not the one your app shows now. Wait for the next one and try again."
OLD_NOT_GOOD = "That is no code of your present app, and no unused recovery code."


@dataclass(frozen=True, kw_only=True)
class SetUp:
    """The new token of this sign-in, and recovery codes to be shown once."""

    token: str
    codes: tuple[str, ...]


def set_up_second_step(
    database: Database,
    *,
    staff: StaffRow,
    token: str,
    code: str,
    present: str,
    key: str,
    visitor: Visitor,
    now: datetime,
    at: datetime,
) -> SetUp:
    """`Refused` when `code` is not the new app's, or when she has a second step already and
    `present` is no code of it. Every other sign-in of hers ends.
    """
    tries = admit(database, kind="code", email=staff.email, visitor=visitor, now=now)
    seed, new = seed_for(token), secrets.token_urlsafe(32)
    step = matching_step(secret_of(seed, key=key), code=plain_code(code), at=at)
    if step is None:
        raise Refused(NOT_GOOD)
    with database.transaction() as db:
        _present_code(db, staff_id=staff.id, code=present, key=key, at=at)
        if not renew_sign_in(db, token_hash=token_hash(token), new_hash=token_hash(new), now=now):
            raise Refused("You are signed out. Please sign in again.")
        keep_second_step(db, staff_id=staff.id, seed=seed, step=step, now=now)
        codes = _recovery_codes(db, staff_id=staff.id)
        end_sign_ins(db, staff_id=staff.id, but_token=token_hash(new), now=now)
        _audit(db, staff_id=staff.id, action="set up a second step", now=now)
    forget(database, keys=tries, now=now)
    return SetUp(token=new, codes=codes)


def renew_recovery_codes(
    database: Database,
    *,
    staff: StaffRow,
    present: str,
    key: str,
    visitor: Visitor,
    now: datetime,
    at: datetime,
) -> tuple[str, ...]:
    """New ones, to be shown once; the old ones work no longer. `Refused` without a present code."""
    tries = admit(database, kind="code", email=staff.email, visitor=visitor, now=now)
    with database.transaction() as db:
        if not take_code(db, staff_id=staff.id, code=present, key=key, at=at):
            raise Refused(OLD_NOT_GOOD)
        codes = _recovery_codes(db, staff_id=staff.id)
        _audit(db, staff_id=staff.id, action="made recovery codes", now=now)
    forget(database, keys=tries, now=now)
    return codes


def _present_code(db: Session, *, staff_id: int, code: str, key: str, at: datetime) -> None:
    """Asked in the same transaction: nobody slips a second step in before hers."""
    if seed_of(db, staff_id=staff_id) and not take_code(
        db, staff_id=staff_id, code=code, key=key, at=at
    ):
        raise Refused(OLD_NOT_GOOD)


def _recovery_codes(db: Session, *, staff_id: int) -> tuple[str, ...]:
    codes = new_recovery_codes()
    hashes = [token_hash(plain_code(one)) for one in codes]
    keep_recovery_codes(db, staff_id=staff_id, hashes=hashes)
    return codes


def _audit(db: Session, *, staff_id: int, action: str, now: datetime) -> None:
    audit(db, staff_id=staff_id, action=action, subjects=(f"staff:{staff_id}",), now=now)
