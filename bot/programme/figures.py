"""The week's numbers: sessions, goals, barriers and messages, each with the people behind it. Pure.

Clear progress is three points or more above the first rating (goal-based outcomes, 0 to 10).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from bot.programme.lines import Figure, Line
from bot.programme.sentences import barrier, hours
from bot.programme.week import (
    AnswerRow,
    DeliveryRow,
    GoalRow,
    PairRow,
    PersonRow,
    RatingRow,
    SessionRow,
    WeekRows,
)

CLEAR_PROGRESS = 3
People = Mapping[int, PersonRow]

SESSIONS = {
    "both": ("held, reported by both", "Both sides said that they met."),
    "one": ("held, reported by one", "One side said that they met; the other has not said yet."),
    "staff": ("held, by the word of staff", "Staff found out that they met, and wrote it down."),
    "moved": ("moved", "Moved to another time. It is not a miss."),
    "missed": ("missed", "Reported as not held, for any reason."),
    "cancelled": ("called off in time", "Called off before it was to begin. It is not a miss."),
    "disputed": (
        "reported differently",
        "One side said that they met, the other that they did not. It does not count.",
    ),
    "unreported": ("over, nobody has said yet", "Planned to be over by now; no report so far."),
    "planned": ("still to come", "Planned for later this week."),
    "proposed": ("not agreed yet", "One side named a time; the other has not said yes yet."),
}
SAME_NAME = ("missed", "cancelled", "disputed", "unreported", "proposed")
MESSAGES = {
    "sent": (
        "sent",
        "Messages of ours that left, or that Twilio has taken.",
        ("accepted", "sent", "delivered", "read"),
    ),
    "delivered": ("delivered", "Messages that reached her phone.", ("delivered", "read")),
    "read": ("read", "Messages she opened. SMS never says so.", ("read",)),
    "failed": ("not delivered", "Messages that could not be delivered.", ("failed",)),
    "waiting": (
        "waiting to go",
        "Messages that have not left yet.",
        ("queued", "waiting", "sending", "unknown"),
    ),
}


def session_kind(row: SessionRow, *, upto: datetime) -> str:
    """What became of a session: a key of SESSIONS. Its state already brings both words together;
    one that was held against a word, or without any, was settled by staff."""
    if row.state == "held":
        said = [met for met in (row.mentor_met, row.mentee_met) if met]
        if not said or set(said) != {"yes"}:
            return "staff"
        return "both" if len(said) == 2 else "one"
    if row.state == "rescheduled":
        return "moved"
    if row.state in SAME_NAME:
        return row.state
    return "planned" if row.starts_at > upto else "unreported"


def session_figures(rows: WeekRows, *, upto: datetime) -> tuple[Figure, ...]:
    """Every kind of session of the week, the empty ones too."""
    pairs = {pair.pairing_id: pair for pair in rows.pairs}
    lines: dict[str, list[Line]] = defaultdict(list)
    for row in rows.sessions:
        if row.pairing_id in pairs:
            kind = session_kind(row, upto=upto)
            lines[kind].append(_session_line(row, pairs[row.pairing_id]))
    return tuple(
        Figure(
            key=f"sessions-{kind}",
            number=len(lines[kind]),
            text=text,
            counted=counted,
            lines=tuple(lines[kind]),
        )
        for kind, (text, counted) in SESSIONS.items()
    )


def _session_line(row: SessionRow, pair: PairRow) -> Line:
    length = f", {hours(row.minutes)}" if row.minutes else ""
    return Line(
        name=f"{pair.mentee} and {pair.mentor}",
        because=f"session {row.number}{length}",
        pairing_id=pair.pairing_id,
        at=row.starts_at,
    )


def goal_figures(
    rows: WeekRows, *, people: People, start: datetime
) -> tuple[tuple[Figure, ...], tuple[Line, ...]]:
    """Goals rated in the week against the rating before, and the good news among them."""
    history: dict[int, list[RatingRow]] = defaultdict(list)
    for row in rows.ratings:
        history[row.goal_id].append(row)
    moves: dict[str, list[Line]] = defaultdict(list)
    news = [_new_goal(row, people) for row in rows.goals if row.participant_id in people]
    for ratings in history.values():
        before = [row for row in ratings if row.at < start]
        newest = ratings[-1]
        if newest.at < start or newest.participant_id not in people:
            continue
        line = _goal_line(ratings, people[newest.participant_id].name)
        if newest.rating - ratings[0].rating >= CLEAR_PROGRESS:
            moves["clear"].append(line)
        if not before:
            moves["first"].append(line)
            continue
        moves[_move(newest.rating - before[-1].rating)].append(line)
        if newest.rating > before[-1].rating and line in moves["clear"]:
            news.append(line)
    return tuple(_goal_figure(key, moves[key]) for key in GOALS), tuple(news)


GOALS = {
    "up": ("up", "Goals she now rates higher than the time before."),
    "same": ("the same", "Goals she rates the same as the time before."),
    "down": ("down", "Goals she now rates lower than the time before. It says nothing about her."),
    "first": ("rated for the first time", "Goals that had no rating before this week."),
    "clear": (
        "up by 3 or more since the start",
        "Goals rated in this week at least three points above their first rating: clear progress.",
    ),
}


def _goal_figure(key: str, lines: list[Line]) -> Figure:
    text, counted = GOALS[key]
    return Figure(
        key=f"goals-{key}", number=len(lines), text=text, counted=counted, lines=tuple(lines)
    )


def _move(difference: int) -> str:
    if difference == 0:
        return "same"
    return "up" if difference > 0 else "down"


def _goal_line(ratings: list[RatingRow], name: str) -> Line:
    first, newest = ratings[0], ratings[-1]
    because = f"is at {newest.rating} of 10"
    if len(ratings) > 1:
        because += f", and started at {first.rating}"
    return Line(
        name=name,
        because=f"{because}{':' if newest.words else '.'}",
        participant_id=newest.participant_id,
        at=newest.at,
        words=newest.words,
        language=newest.language,
    )


def _new_goal(row: GoalRow, people: People) -> Line:
    return Line(
        name=people[row.participant_id].name,
        because="set a goal:" if row.words else "set a goal in a voice message.",
        participant_id=row.participant_id,
        at=row.at,
        words=row.words,
        language=row.language,
    )


def barrier_figures(answers: Iterable[AnswerRow], people: People) -> tuple[Figure, ...]:
    """What was in the way, the most frequent first."""
    named: dict[str, list[Line]] = defaultdict(list)
    for row in answers:
        if row.step != "barriers" or row.participant_id not in people:
            continue
        for key in filter(None, row.value.split(",")):
            named[key].append(
                Line(
                    name=people[row.participant_id].name,
                    because=f"named {barrier(key)}.",
                    participant_id=row.participant_id,
                    at=row.at,
                )
            )
    return tuple(
        Figure(
            key=f"barrier-{key}",
            number=len(lines),
            text=barrier(key),
            counted="People who named this as something in the way, in this week.",
            lines=tuple(lines),
        )
        for key, lines in sorted(named.items(), key=lambda item: (-len(item[1]), item[0]))
    )


def message_figures(deliveries: Iterable[DeliveryRow], people: People) -> tuple[Figure, ...]:
    """Messages of the week by what became of them. Delivered ones count as sent, too."""
    rows = tuple(deliveries)
    return tuple(_message_figure(key, rows, people) for key in MESSAGES)


def _message_figure(key: str, rows: tuple[DeliveryRow, ...], people: People) -> Figure:
    text, counted, states = MESSAGES[key]
    numbers: dict[int | None, int] = defaultdict(int)
    for row in rows:
        if row.state in states:
            numbers[row.participant_id] += row.number
    lines = tuple(
        Line(
            name=people[who].name,
            because=f"{number} {'message' if number == 1 else 'messages'}",
            participant_id=who,
        )
        for who, number in numbers.items()
        if who is not None and who in people
    )
    return Figure(
        key=f"messages-{key}",
        number=sum(numbers.values()),
        text=text,
        counted=counted,
        lines=lines,
    )
