"""End one sign-in."""

from datetime import datetime

from bot.actions.audit import audit
from bot.actions.invite import token_hash
from bot.store.database import Database
from bot.store.staff import end_sign_in


def sign_out(database: Database, *, token: str, staff_id: int, now: datetime) -> None:
    """The token is worth nothing from now on, wherever a copy of it may be."""
    with database.transaction() as db:
        end_sign_in(db, token_hash=token_hash(token), now=now)
        audit(db, staff_id=staff_id, action="signed out", subjects=(f"staff:{staff_id}",), now=now)
