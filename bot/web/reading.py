"""Reading somebody's words leaves a trace: who read whose, and when."""

from collections.abc import Iterable

from bot.actions.audit import audit
from bot.web.here import now, parts, staff


def record_reading(participants: Iterable[int], *, addresses: Iterable[int] = ()) -> None:
    """One entry for each participant, and for each stranger's address, whose words are shown."""
    subjects = [f"participant:{who}" for who in dict.fromkeys(participants)]
    subjects += [f"address:{whose}" for whose in dict.fromkeys(addresses)]
    if not subjects:
        return
    with parts().database.transaction() as db:
        audit(db, staff_id=staff().id, action="read", subjects=subjects, now=now())
