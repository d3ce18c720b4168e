"""Record what a staff member read or did. Ids and states only, never words."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from bot.store.audit import keep_audit


def audit(
    db: Session,
    *,
    staff_id: int | None,
    action: str,
    subjects: Iterable[str],
    now: datetime,
    detail: str = "",
) -> None:
    """Append one entry for each subject, such as participant:12."""
    keep_audit(db, staff_id=staff_id, action=action, subjects=subjects, detail=detail, now=now)
