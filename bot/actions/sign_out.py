"""End a staff member's sign-ins: the one at hand, one of the others, or all the others."""

from datetime import datetime

from bot.actions.audit import audit
from bot.actions.invite import token_hash
from bot.store.database import Database
from bot.store.sign_ins import end_sign_ins


def sign_out(database: Database, *, sign_in_id: int, staff_id: int, now: datetime) -> bool:
    """Its token is worth nothing from now on, wherever a copy of it may be. False: no such one."""
    with database.transaction() as db:
        ended = end_sign_ins(db, staff_id=staff_id, only=sign_in_id, now=now)
        if ended:
            subjects = (f"staff:{staff_id}",)
            audit(db, staff_id=staff_id, action="signed out", subjects=subjects, now=now)
    return bool(ended)


def sign_out_elsewhere(database: Database, *, token: str, staff_id: int, now: datetime) -> None:
    """Only the browser with this token stays signed in."""
    with database.transaction() as db:
        end_sign_ins(db, staff_id=staff_id, but_token=token_hash(token), now=now)
        audit(
            db,
            staff_id=staff_id,
            action="signed out elsewhere",
            subjects=(f"staff:{staff_id}",),
            now=now,
        )
