"""How goals moved, as counts: never one average, which would hide whom it went worse for. Pure.

Three points or more are clear progress (goal-based outcomes, 0 to 10); one or two some.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.programme.heard import Heard
from bot.programme.impact_rows import GoalRow, ImpactRows, RatedRow, SaidRow
from bot.programme.shares import SMALL, percent

CLEAR = 3
NOW, THEN = ("end_survey", "goal_now"), ("end_survey", "goal_then")
ACTIVE, DROPPED = "active", "dropped"
SINCE_START, IN_HINDSIGHT = "since the start", "in hindsight"


@dataclass(frozen=True, kw_only=True)
class Change:
    """How many goals moved how far. Without counts when fewer than five could be compared."""

    clear: int | None  # +3 or more
    some: int | None  # +1 or +2
    same: int | None
    less: int | None
    answered: int
    eligible: int
    response: int | None


def since_start(rows: ImpactRows, heard: Heard) -> Change:
    """Each goal from its first rating to its last; for the first goal, what she said at the end is
    the last. Goals that she dropped are not counted.
    """
    goals = [goal for goal in rows.goals if goal.state != DROPPED]
    at_the_end = _at_the_end(rows, goals, heard)
    changes = []
    for goal in goals:
        said = at_the_end.get(goal.goal_id)
        ratings = _ratings(rows, goal, but=said.id if said else None)
        if said is not None and said.number is not None:
            ratings.append(said.number)
        if len(ratings) > 1:
            changes.append(ratings[-1] - ratings[0])
    return _counted(changes, eligible=len(goals))


def in_hindsight(rows: ImpactRows, heard: Heard, *, eligible: int) -> Change:
    """What she says now less what she says now that it was at the start: the yardstick is one."""
    now, then = heard.newest(*NOW), heard.newest(*THEN)
    changes = [
        said.number - was
        for enrolment, said in now.items()
        if said.number is not None
        and enrolment in then
        and (was := then[enrolment].number) is not None
    ]
    return _counted(changes, eligible=max(eligible, len(changes)))


def more_modest(since: Change, hindsight: Change) -> str:
    """Which of the two claims less: a smaller share of clear progress, then of any progress. Empty
    when they claim the same, or one of them says nothing.
    """
    if since.clear is None or hindsight.clear is None:
        return ""
    for one, other in (
        (since.clear, hindsight.clear),
        (_nearer(since), _nearer(hindsight)),
    ):
        claims, counter = one * hindsight.answered, other * since.answered
        if claims != counter:
            return SINCE_START if claims < counter else IN_HINDSIGHT
    return ""


def _nearer(change: Change) -> int:
    return (change.clear or 0) + (change.some or 0)


def _at_the_end(rows: ImpactRows, goals: Iterable[GoalRow], heard: Heard) -> dict[int, SaidRow]:
    """What the end survey heard, by the goal it was about: the one it is a rating of; where that
    cannot be seen, the first that she still had.
    """
    rated = {one.answer_id: one.goal_id for one in rows.ratings if one.answer_id is not None}
    first: dict[int, int] = {}
    for goal in sorted(goals, key=lambda goal: (goal.number, goal.goal_id)):
        if goal.state == ACTIVE:
            first.setdefault(goal.enrolment_id, goal.goal_id)
    return {
        goal_id: said
        for enrolment, said in heard.newest(*NOW).items()
        if said.number is not None
        and (goal_id := rated.get(said.id, first.get(enrolment))) is not None
    }


def _ratings(rows: ImpactRows, goal: GoalRow, *, but: int | None = None) -> list[int]:
    """Oldest first, without the one that came from the answer `but`."""

    def when(one: RatedRow) -> tuple[object, ...]:
        return (one.at, one.answer_id or 0, one.rating)

    mine = [one for one in rows.ratings if one.goal_id == goal.goal_id]
    return [one.rating for one in sorted(mine, key=when) if but is None or one.answer_id != but]


def _counted(changes: list[int], *, eligible: int) -> Change:
    enough = len(changes) >= SMALL
    return Change(
        clear=sum(1 for one in changes if one >= CLEAR) if enough else None,
        some=sum(1 for one in changes if 0 < one < CLEAR) if enough else None,
        same=sum(1 for one in changes if one == 0) if enough else None,
        less=sum(1 for one in changes if one < 0) if enough else None,
        answered=len(changes),
        eligible=eligible,
        response=percent(len(changes), eligible),
    )
