"""When things happen: local wall-clock times, allowed hours, and how late is too late. Pure.

A moment is aware UTC; a day and a minute of it are the charity's own wall clock in `zone`.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

CONFIRM_AFTER = timedelta(minutes=45)  # from a session's planned end
UNANSWERED_FOR = timedelta(days=14)  # the first one does not close: then staff call her
SILENT_BEFORE_INTERRUPTING = timedelta(hours=12)  # half answered, before something else is asked
UNTOUCHED_BEFORE_INTERRUPTING = timedelta(hours=2)  # a question that she has not begun to answer
ASKED_ONCE = frozenset({"welcome", "goal_setting"})  # in an enrolment: they wait, never lapse
PUT_OFF_EVERY = timedelta(days=1)  # one that waits for a concern or a pause, so as not to be late
WEEKS_OF_GRACE = 2  # after a cohort's end, for sessions that began late
ONCE_IN_A_PROGRAMME = (  # its figures rest on these: they may wait for a week with room
    "starting_out",
    "mid_point",
    "mid_point_mentor",
    "end_survey",
    "end_survey_mentor",
    "follow_up",
)
USEFUL = {  # how late a check-in of this flow may still start
    "welcome": timedelta(days=3650),  # she is never too late to be welcomed
    "goal_setting": timedelta(days=14),
    "goal_shared": timedelta(days=14),  # told once: two sessions' questions may fill a week
    "goal_check_in": timedelta(days=3),
    "session_remind": timedelta(hours=20),  # not when the session has begun
    "session_confirm": timedelta(days=5),
    "training_invite": timedelta(hours=15),  # not when it has begun
    **dict.fromkeys(ONCE_IN_A_PROGRAMME, timedelta(days=14)),
}
USUALLY_USEFUL = timedelta(days=3)


def local_moment(day: date, minute: int, zone: tzinfo) -> datetime:
    """That minute of that day by the wall clock (600 is 10:00).

    When clocks change, a time that is missing moves on by the hour that is missing, and of one
    that comes twice the first is meant.
    """
    hour, minute = divmod(minute, 60)
    return datetime.combine(day, time(hour, minute), tzinfo=zone).astimezone(UTC)


def useful_until(flow: str, due_at: datetime) -> datetime:
    """The last moment at which a check-in due then may still start."""
    return due_at + USEFUL.get(flow, USUALLY_USEFUL)


def weekly(
    starts_on: date, *, weekday: int, minute: int, weeks: int, zone: tzinfo
) -> Iterator[tuple[int, datetime]]:
    """(week's number from 1, moment) for each week of a cohort; Monday is weekday 0."""
    first = starts_on + timedelta(days=(weekday - starts_on.weekday()) % 7)
    for week in range(weeks):
        yield week + 1, local_moment(first + timedelta(weeks=week), minute, zone)
