"""The closed lists that flows may name: conditions, placeholders, meanings and flags.

A flow says `when="has_goal"`, never an expression; what a name means is decided here, once, as a
pure function of what is known about her and what she has answered so far in this conversation.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

FELL_BY = 2  # a rating that fell by two asks what made it hard
MOST_GOALS = 3
TYPED, SPOKEN = "typed", "spoken"  # what a position remembers of her own words: never the words


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """What the shell knows about a participant when her turn comes. Ratings are 0 to 10."""

    role: str = "mentee"
    goals: int = 0
    first_rating: int | None = None
    last_rating: int | None = None
    check_ins_answered: int = 0
    has_step: bool = False  # the goal in turn has a small step to ask about
    discreet: bool = False  # others read her phone
    words: Mapping[str, str] = field(default_factory=dict)  # placeholder → what it stands for
    languages: tuple[tuple[str, str], ...] = ()  # (tag, own name), her likely ones first


Answers = Mapping[str, str]
Condition = Callable[[Snapshot, Answers], bool]


def _rating_now(answers: Answers) -> int | None:
    value = answers.get("rating", "")
    return int(value) if value.isdecimal() else None


def _fell(known: Snapshot, answers: Answers) -> bool:
    now = _rating_now(answers)
    return now is not None and known.last_rating is not None and known.last_rating - now >= FELL_BY


def _rose(known: Snapshot, answers: Answers) -> bool:
    now = _rating_now(answers)
    return now is not None and known.first_rating is not None and now > known.first_rating


def _was_hard(known: Snapshot, answers: Answers) -> bool:
    return (
        answers.get("week") == "hard" or answers.get("step") == "not_yet" or _fell(known, answers)
    )


def _wants_care(_: Snapshot, answers: Answers) -> bool:
    return answers.get("week") == "hard" or bool(answers.get("barriers"))


def _has_length(_: Snapshot, answers: Answers) -> bool:
    return bool(answers.get("more") or answers.get("minutes") not in (None, "", "more"))


CONDITIONS: dict[str, Condition] = {
    "is_mentee": lambda known, _: known.role == "mentee",
    "is_mentor": lambda known, _: known.role == "mentor",
    "has_goal": lambda known, _: known.goals > 0,
    "has_step": lambda known, _: known.has_step,
    "has_new_goal": lambda _, answers: bool(answers.get("words")),
    "has_typed_goal": lambda _, answers: answers.get("words") == TYPED,
    "can_add_goal": lambda known, answers: known.goals < MOST_GOALS and bool(answers.get("words")),
    "week_was_hard": _was_hard,
    "may_name_barriers": lambda known, answers: not known.discreet and _was_hard(known, answers),
    "may_want_a_call": _wants_care,
    "goal_rose": _rose,
    "goal_did_not_rise": lambda known, answers: not _rose(known, answers),
    "wants_call": lambda _, answers: answers.get("call") == "yes",
    "has_length": _has_length,
    "third_week": lambda known, _: known.check_ins_answered % 3 == 2,
}

PLACEHOLDERS = frozenset(
    {
        "name",  # her first or safe name
        "other",  # the first name of the other one of the pair
        "org",  # the charity's neutral display name
        "who",  # the coordinator, or "our team"
        "phone",  # whom to ring
        "goal",  # her goal, in her own words
        "first",  # her first rating of that goal
        "now",  # her newest rating of that goal
        "day",  # the weekday of her check-in, in her language
        "number",  # this session's number
        "target",  # how many sessions are planned
        "hours",  # time spent together so far
        "when",  # weekday, day and month of the session, in her language
        "sentence",  # one sentence in her language, inside an English template
        "answer",  # the answer just changed, as its label
    }
)

MEANINGS = frozenset(
    {
        "right_number",  # yes | wrong | later
        "language",
        "consent_messages",
        "consent_sensitive",
        "consent_sharing",
        "discreet",  # no | sometimes | yes
        "focus",
        "goal_words",
        "goal_confirmed",
        "goal_rating",
        "goal_step",
        "goal_progress",  # the weekly rating of the goal in turn
        "session_met",  # yes | no | moved
        "session_minutes",
        "session_feeling",
        "session_reason",
    }
)

FLAGS = frozenset(
    {
        "wrong_person",
        "declined",
        "wants_person",
        "wants_call",
        "other_language",
        "pair_trouble",
        "session_trouble",
        "not_understood",
        "harm_red",
        "harm_amber",
    }
)
