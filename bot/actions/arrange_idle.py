"""Pairs with nothing ahead: on the third day after, the mentor is asked when they meet next."""

from datetime import datetime, timedelta

from bot.actions.house import House
from bot.actions.plan import plan_once
from bot.programme.calendar import WEEKS_OF_GRACE, local_moment
from bot.store.unsettled import idle_pairs

THIRD_DAY = timedelta(days=3)


def arrange_idle(house: House, *, now: datetime) -> int:
    """How many mentors will be asked. Once after a last session, and in no cohort long over."""
    today = now.astimezone(house.zone).date()
    before = local_moment(today - THIRD_DAY + timedelta(days=1), 0, house.zone)
    with house.database.reading() as db:
        idle = [
            one
            for one in idle_pairs(db, now=now, before=before)
            if today < one.starts_on + timedelta(weeks=one.weeks + WEEKS_OF_GRACE)
        ]
    if idle:
        with house.database.transaction() as db:
            for one in idle:
                plan_once(
                    db,
                    enrolment_id=one.mentor_id,
                    flow="session_arrange",
                    slot=f"arrange-after-{one.session_id}",
                    due_at=now,
                    session_id=one.session_id,
                )
    return len(idle)
