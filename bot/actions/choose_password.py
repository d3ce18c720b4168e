"""Set a staff member's password, which signs her out everywhere else and ends her links."""

from datetime import datetime

from bot.actions.audit import audit
from bot.actions.invite import token_hash
from bot.actions.sign_in import HASHER, LONGEST_PASSWORD
from bot.errors import Refused
from bot.store.database import Database
from bot.store.sign_ins import end_links, end_sign_ins
from bot.store.staff import keep_password

SHORTEST_PASSWORD = 12


def choose_password(
    database: Database, *, staff_id: int, email: str, password: str, token: str, now: datetime
) -> None:
    """`Refused` when it is too short, too long or her own address. Length is what counts."""
    if len(password) < SHORTEST_PASSWORD:
        raise Refused(f"Please use at least {SHORTEST_PASSWORD} characters. Four words will do.")
    if len(password) > LONGEST_PASSWORD:
        raise Refused(f"Please use at most {LONGEST_PASSWORD} characters.")
    if password.strip().lower() == email or len(set(password)) < 4:
        raise Refused("That is too easy to guess. Four words that do not belong together are good.")
    hashed = HASHER.hash(password)
    with database.transaction() as db:
        keep_password(db, staff_id=staff_id, password=hashed)
        end_sign_ins(db, staff_id=staff_id, but_token=token_hash(token), now=now)
        end_links(db, staff_id=staff_id, now=now)
        audit(
            db,
            staff_id=staff_id,
            action="chose a password",
            subjects=(f"staff:{staff_id}",),
            now=now,
        )
