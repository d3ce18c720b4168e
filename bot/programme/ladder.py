"""How long the bot waits for an answer, how it grows quiet, and how much it may send. Pure.

PROGRAMME.md 2.12: silence leads to a person, not to nagging. Moments here are steps only; the
caller moves them into allowed hours.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

WEEK = timedelta(days=7)
STARTS_WITHIN = timedelta(hours=1)  # after its time, at the latest, if nothing is in the way
COORDINATOR_AFTER = 2  # sessions in a row that a mentor leaves unreported


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """A cohort's steps. `light_after` and `quiet_after` are weekly questions left unanswered."""

    reminder_hours: int = 24
    close_hours: int = 72
    light_after: int = 2
    quiet_after: int = 3
    hello_weeks: int = 4


def reminder_due(asked_at: datetime, ladder: Ladder, hard: bool = False) -> datetime:
    """When the one reminder goes out, unless the question closes first."""
    return asked_at + timedelta(hours=_step(ladder.reminder_hours, hard))


def closes_at(asked_at: datetime, ladder: Ladder, hard: bool = False) -> datetime:
    """When the question closes, silently."""
    return asked_at + timedelta(hours=_step(ladder.close_hours, hard))


def weekly_step(unanswered_in_a_row: int, ladder: Ladder, hard: bool = False) -> str:
    """ask, light (one easy question instead) or quiet (nothing; a person calls her).

    `unanswered_in_a_row`: the weekly questions she left unanswered just before this one.
    """
    if unanswered_in_a_row >= _step(ladder.quiet_after, hard):
        return "quiet"
    return "light" if unanswered_in_a_row >= _step(ladder.light_after, hard) else "ask"


def hello_due(quiet_since: datetime, last_hello: datetime | None, ladder: Ladder) -> datetime:
    """When one who is quiet next gets a line of hello. One from an earlier quiet time is over."""
    since = max(quiet_since, last_hello or quiet_since)
    return since + timedelta(weeks=ladder.hello_weeks)


def unreported_step(unreported_in_a_row: int) -> str:
    """For a mentor: ask, or coordinator when a person should call her instead."""
    return "coordinator" if unreported_in_a_row >= COORDINATOR_AFTER else "ask"


def _step(length: int, hard: bool) -> int:
    """After a hard week every step is half as long, rounded up."""
    return -(-length // 2) if hard else length


def cap(role: str, most_mentee: int, most_mentor: int, pairings: int) -> int:
    """Most messages a week that the bot starts, all flows together.

    A mentor has hers for each active pairing, so that a second mentee does not halve the first's.
    """
    return most_mentor * max(pairings, 1) if role == "mentor" else most_mentee


def may_write(
    sent_last_week: int, cap: int, *, planned_next_week: int = 0, droppable: bool
) -> bool:
    """Whether one more may be started: below the cap, counting the seven days before now.

    What may be dropped goes only where it takes no room from what the coming week has planned.
    """
    taken = sent_last_week + (planned_next_week if droppable else 0)
    return taken < cap


def busiest(sent: Iterable[datetime], planned: Iterable[datetime], now: datetime) -> int:
    """How full the fullest seven days are that one more message now would fall into."""
    went, coming = list(sent), [moment for moment in planned if moment < now + WEEK]
    ends = [now, *(moment for moment in coming if moment > now)]
    return max(
        sum(moment > end - WEEK + STARTS_WITHIN for moment in went)
        + sum(moment <= end for moment in coming)
        for end in ends
    )


# Which goes first when several are due and the cap has room for fewer: the smallest number
RANK: Mapping[str, int] = MappingProxyType(
    {
        "welcome": 0,
        "goal_setting": 1,
        "starting_out": 2,
        # Asked once: a week that is full of sessions must not crowd them out
        "mid_point": 5,
        "mid_point_mentor": 5,
        "end_survey": 6,
        "end_survey_mentor": 6,
        "follow_up": 7,
        "training_invite": 8,
        "goal_shared": 9,
        "session_remind": 10,  # tomorrow it is too late
        "session_move": 11,
        "session_propose": 12,
        "session_confirm": 13,
        "session_arrange": 14,
        "goal_check_in": 21,
        "light_check_in": 21,  # in the place of a goal_check_in
        "training_feedback": 41,
        "hello": 90,
    }
)
RANK_OF_OTHERS = 60  # a flow that nobody has ranked comes before a hello


def rank(flow: str) -> int:
    """The flow's place in the order of importance; the smallest goes first."""
    return RANK.get(flow, RANK_OF_OTHERS)
