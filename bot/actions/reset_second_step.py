"""Take a staff member's second step away, for one who has lost her phone and her recovery codes."""

from datetime import datetime

from bot.actions.audit import audit
from bot.actions.invite import plain_email
from bot.errors import Refused
from bot.store.database import Database
from bot.store.second_steps import forget_second_step
from bot.store.sign_ins import end_links, end_sign_ins
from bot.store.staff import staff_by_email


def reset_second_step(database: Database, *, email: str, by: int | None, now: datetime) -> None:
    """Her sign-ins end and her password goes, too: only a new link lets her in. `by` is whoever
    did it, None on the server. `Refused` when there is no such staff member.
    """
    with database.transaction() as db:
        staff = staff_by_email(db, email=plain_email(email))
        if staff is None:
            raise Refused("No staff member who may sign in has that address; see `staff list`.")
        forget_second_step(db, staff_id=staff.id)
        end_sign_ins(db, staff_id=staff.id, now=now)
        end_links(db, staff_id=staff.id, now=now)
        subjects = (f"staff:{staff.id}",)
        audit(db, staff_id=by, action="reset the second step", subjects=subjects, now=now)
