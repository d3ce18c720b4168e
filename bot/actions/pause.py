"""Stop writing to one participant for a while. She keeps her place, and may write at any time.

A break, or news in her life: which of the two is kept as one word in the record, never more.
"""

from datetime import datetime

from sqlmodel import Session as Db

from bot.actions.audit import audit
from bot.actions.silence import take_break
from bot.errors import Refused
from bot.store.people import lock_participant, participant_by_id

REASONS = ("asked", "bad_news", "ill", "away", "other")


def pause(
    db: Db,
    *,
    participant_id: int,
    now: datetime,
    until: datetime | None = None,
    reason: str = "asked",
    staff_id: int | None = None,
) -> None:
    """`until` None: till somebody starts her again. What has not gone out is withdrawn.

    `Refused`: she stopped messages or has left, or `until` is past.
    """
    if reason not in REASONS:
        raise Refused("Please choose why.")
    if until is not None and until <= now:
        raise Refused("Please choose a day that is still to come.")
    lock_participant(db, participant_id)
    if participant_by_id(db, participant_id).state not in ("active", "paused"):
        raise Refused("Nothing is sent to her as it is: there is nothing to pause.")
    take_break(db, participant_id=participant_id, until=until, now=now)
    audit(
        db,
        staff_id=staff_id,
        action="paused",
        subjects=(f"participant:{participant_id}",),
        detail=reason,
        now=now,
    )
