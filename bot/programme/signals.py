"""Signs that no word says: a fall, hard weeks, silence after one, writing at night. Pure.

A long voice note would be another; the channel does not say how long one is.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo

FELL_BY = 3  # a goal's rating, from one time to the next
NIGHT_ENDS = 5  # o'clock, her time; it begins at midnight
NIGHTS = 2  # within a week: one is nothing
WEEK = timedelta(days=7)

FELL, HARD_TWICE = "goal_fell", "hard_twice"
SILENT_AFTER_HARD, AT_NIGHT = "silent_after_hard", "wrote_at_night"
SIGNALS = (FELL, HARD_TWICE, SILENT_AFTER_HARD, AT_NIGHT)


def wrote_at_night(written: Iterable[datetime], *, zone: tzinfo, now: datetime) -> bool:
    """Whether she wrote in two nights of the last seven days; more in one night is still one."""
    local = [at.astimezone(zone) for at in written if now - WEEK < at <= now]
    return len({at.date() for at in local if at.hour < NIGHT_ENDS}) >= NIGHTS
