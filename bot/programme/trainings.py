"""When a training is spoken of: the invitation the day before, its word, the question after. Pure.

Moments are aware UTC; `minutes` is how long the training lasts.
"""

from datetime import datetime, timedelta

from bot.programme.hours import Hours, at_her_time, next_allowed

WORD_FROM = timedelta(minutes=30)  # people come early, and the slide is up
WORD_UNTIL = timedelta(hours=3)  # after the end: sent from the train, when there is a network
LONGEST_MINUTES = 8 * 60
SEARCHED_DAYS = 7
FEEDBACK_AFTER = timedelta(hours=1)
FEEDBACK_WITHIN = timedelta(days=7)  # later nobody remembers


def ends_at(starts_at: datetime, *, minutes: int) -> datetime:
    return starts_at + timedelta(minutes=minutes)


def is_on(starts_at: datetime, *, minutes: int, now: datetime) -> bool:
    """Whether its word counts now."""
    end = ends_at(starts_at, minutes=minutes)
    return starts_at - WORD_FROM <= now <= end + WORD_UNTIL


def invitation_due(
    starts_at: datetime, *, hours: Hours, part_of_day: str, now: datetime
) -> datetime | None:
    """At her part of the day before, or of the last day before it that allows anything.

    Where that is over, as soon as is allowed. None: it begins before anything may be sent.
    """
    due = max(_days_before(starts_at, hours, part_of_day), next_allowed(now, hours))
    return due if due < starts_at else None


def feedback_due(
    starts_at: datetime, *, minutes: int, hours: Hours, now: datetime
) -> datetime | None:
    """An hour after its end or now, in allowed hours; None when it is too long ago to ask."""
    end = ends_at(starts_at, minutes=minutes)
    due = next_allowed(max(end + FEEDBACK_AFTER, now), hours)
    return due if due <= end + FEEDBACK_WITHIN else None


def _days_before(starts_at: datetime, hours: Hours, part_of_day: str) -> datetime:
    first = starts_at.astimezone(hours.zone).date()
    for back in range(1, SEARCHED_DAYS + 1):
        day = first - timedelta(days=back)
        at = at_her_time(day, hours, part_of_day)
        if at.astimezone(hours.zone).date() == day:
            return at
    return next_allowed(starts_at - timedelta(days=1), hours)
