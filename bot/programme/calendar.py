"""When things happen: local wall-clock times, allowed hours, and how late is too late. Pure.

A moment is aware UTC; a day and a minute of it are the charity's own wall clock in `zone`.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

OPENS, CLOSES = time(9), time(20)  # the bot starts nothing outside these hours
CONFIRM_AFTER = timedelta(minutes=45)  # from a session's planned end
GOALS_MINUTE = 10 * 60
OPEN_FOR = timedelta(hours=72)  # how long a question waits for her
UNANSWERED_FOR = timedelta(days=14)  # the first one does not close: then staff call her
SILENT_BEFORE_INTERRUPTING = timedelta(hours=12)  # before something else may be asked
ASKED_ONCE = frozenset({"welcome", "goal_setting"})  # in an enrolment: they wait, never lapse
PUT_OFF_EVERY = timedelta(days=1)  # one that waits for a concern or a pause, so as not to be late
WEEKS_OF_GRACE = 2  # after a cohort's end, for sessions that began late
USEFUL = {  # how late a check-in of this flow may still start
    "welcome": timedelta(days=3650),  # she is never too late to be welcomed
    "goal_setting": timedelta(days=14),
    "goal_check_in": timedelta(days=3),
    "session_confirm": timedelta(days=5),
}
USUALLY_USEFUL = timedelta(days=3)


def local_moment(day: date, minute: int, zone: tzinfo) -> datetime:
    """That minute of that day by the wall clock (600 is 10:00).

    When clocks change, a time that is missing moves on by the hour that is missing, and of one
    that comes twice the first is meant.
    """
    hour, minute = divmod(minute, 60)
    return datetime.combine(day, time(hour, minute), tzinfo=zone).astimezone(UTC)


def allowed(now: datetime, zone: tzinfo) -> bool:
    """Whether the bot may start something now: from 09:00 to just before 20:00 local time."""
    return OPENS <= now.astimezone(zone).time() < CLOSES


def next_allowed(moment: datetime, zone: tzinfo) -> datetime:
    """The moment itself when it is in allowed hours, else the next opening."""
    local = moment.astimezone(zone)
    if OPENS <= local.time() < CLOSES:
        return moment.astimezone(UTC)
    day = local.date() if local.time() < OPENS else local.date() + timedelta(days=1)
    return local_moment(day, OPENS.hour * 60 + OPENS.minute, zone)


def useful_until(flow: str, due_at: datetime) -> datetime:
    """The last moment at which a check-in due then may still start."""
    return due_at + USEFUL.get(flow, USUALLY_USEFUL)


def goals_due(now: datetime, zone: tzinfo) -> datetime:
    """Tomorrow at ten: after consent she has heard enough for one day."""
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return next_allowed(local_moment(tomorrow, GOALS_MINUTE, zone), zone)


def weekly(
    starts_on: date, *, weekday: int, minute: int, weeks: int, zone: tzinfo
) -> Iterator[tuple[int, datetime]]:
    """(week's number from 1, moment) for each week of a cohort; Monday is weekday 0."""
    first = starts_on + timedelta(days=(weekday - starts_on.weekday()) % 7)
    for week in range(weeks):
        yield week + 1, local_moment(first + timedelta(weeks=week), minute, zone)


def check_in_weeks(
    starts_on: date, *, weekday: int, minute: int, weeks: int, goals_at: datetime, zone: tzinfo
) -> list[tuple[int, datetime]]:
    """The weekly check-ins still to come, the first on a later day than her goals are asked."""
    goals_on = goals_at.astimezone(zone).date()
    planned = weekly(starts_on, weekday=weekday, minute=minute, weeks=weeks, zone=zone)
    return [(week, at) for week, at in planned if at.astimezone(zone).date() > goals_on]


def session_starts(
    starts_on: date,
    *,
    weekday: int,
    minute: int,
    weeks: int,
    most: int,
    now: datetime,
    zone: tzinfo,
) -> list[datetime]:
    """The weekly sessions still to come of a pair, at most `most`, soon after the end at latest."""
    planned = weekly(
        starts_on, weekday=weekday, minute=minute, weeks=weeks + WEEKS_OF_GRACE, zone=zone
    )
    return [at for _, at in planned if at > now][:most]


def confirm_due(starts_at: datetime, *, minutes: int, zone: tzinfo) -> datetime:
    """When the mentor is asked how a session went."""
    return next_allowed(starts_at + timedelta(minutes=minutes) + CONFIRM_AFTER, zone)
