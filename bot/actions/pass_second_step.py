"""Pass the second step: from here on the sign-in opens pages, by a new token only."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from bot.actions.admit import Visitor, admit, forget
from bot.actions.audit import audit
from bot.actions.invite import token_hash
from bot.actions.second_step import take_code
from bot.store.database import Database
from bot.store.second_steps import recovery_codes_left
from bot.store.sign_ins import renew_sign_in
from bot.store.staff import StaffRow


@dataclass(frozen=True, kw_only=True)
class Passed:
    """The new token; and how many recovery codes are left, where she used one."""

    token: str
    codes_left: int | None


def pass_second_step(
    database: Database,
    *,
    staff: StaffRow,
    token: str,
    code: str,
    key: str,
    visitor: Visitor,
    now: datetime,
    at: datetime,
) -> Passed | None:
    """None when the code is not good, or used; `Refused` after too many tries. `at` is the time by
    which codes count, `now` the time of this house: in the demo they differ.
    """
    tries = admit(database, kind="code", email=staff.email, visitor=visitor, now=now)
    new, left = secrets.token_urlsafe(32), None
    with database.transaction() as db:
        kind = take_code(db, staff_id=staff.id, code=code, key=key, at=at)
        renewed = {"token_hash": token_hash(token), "new_hash": token_hash(new)}
        if not kind or not renew_sign_in(db, **renewed, now=now):
            return None
        if kind == "recovery":
            left = recovery_codes_left(db, staff_id=staff.id)
        audit(
            db,
            staff_id=staff.id,
            action="passed the second step",
            subjects=(f"staff:{staff.id}",),
            detail=kind,
            now=now,
        )
    forget(database, keys=tries, now=now)
    return Passed(token=new, codes_left=left)
