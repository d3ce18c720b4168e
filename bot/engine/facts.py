"""The closed list of conditions that flows may name, and what is known when they are asked.

A flow says `when="has_goal"`, never an expression; what a name means is decided here, once, as a
pure function of what is known about her and what she has answered so far in this conversation.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.engine.names import BARRIERS

FELL_BY = 2  # a rating that fell by two asks what made it hard
MOST_GOALS = 3
TYPED, SPOKEN = "typed", "spoken"  # what a position remembers of her own words: never the words

CALLS = ("call", "b_low", "b_housing", "b_children", "b_english")  # a yes here is a wish for a call
ARRANGED = ("b_travel", "b_lawyer", "b_phone")  # a yes here is something for staff to send


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """What the shell knows about a participant when her turn comes. Ratings are 0 to 10."""

    role: str = "mentee"
    goals: int = 0
    first_rating: int | None = None
    last_rating: int | None = None
    has_step: bool = False  # the goal in turn has a small step to ask about
    discreet: bool = False  # others read her phone
    facts: frozenset[str] = frozenset()  # names.FACTS: what only the shell can know
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


def _own_phone(known: Snapshot, answers: Answers) -> bool:
    """Whether nobody else reads her phone. What she has just said counts before what we knew."""
    said = answers.get("phone")
    return not known.discreet if not said else said == "no"


def _may_name_barriers(known: Snapshot, answers: Answers) -> bool:
    return _own_phone(known, answers) and _was_hard(known, answers)


def _barriers(answers: Answers) -> tuple[str, ...]:
    """What she named, in the order of BARRIERS."""
    named = answers.get("barriers", "").split(",")
    return tuple(barrier for barrier in BARRIERS if barrier in named)


def _first_barrier(barrier: str) -> Condition:
    def is_first(known: Snapshot, answers: Answers) -> bool:
        return _own_phone(known, answers) and _barriers(answers)[:1] == (barrier,)

    return is_first


def _hard_without_barriers(_: Snapshot, answers: Answers) -> bool:
    return answers.get("week") == "hard" and not _barriers(answers)


def _pair_due(known: Snapshot, answers: Answers) -> bool:
    """Only where nothing was hard: so a check-in never has more than five messages."""
    return "pair_due" in known.facts and not _was_hard(known, answers)


def _said_yes(*steps: str) -> Condition:
    return lambda _, answers: any(answers.get(step) == "yes" for step in steps)


def _chose(step: str, option: str) -> Condition:
    return lambda _, answers: answers.get(step) == option


def _has_fact(fact: str) -> Condition:
    return lambda known, _: fact in known.facts


def _has_next(known: Snapshot, answers: Answers) -> bool:
    """Not for her who has just said that it is not good with her mentor."""
    return "has_next" in known.facts and answers.get("pair") != "not_good"


def _wants_own_word(known: Snapshot, answers: Answers) -> bool:
    return _own_phone(known, answers) and answers.get("safe_word") == "another"


def _has_own_word(known: Snapshot, answers: Answers) -> bool:
    return _own_phone(known, answers) and answers.get("safe_word_own") == TYPED


def _has_moment(_: Snapshot, answers: Answers) -> bool:
    """She named a day and a time, which is kept as ISO text: it begins with the year."""
    return answers.get("when", "")[:1].isdigit()


def _has_length(_: Snapshot, answers: Answers) -> bool:
    return bool(answers.get("more") or answers.get("minutes") not in (None, "", "more"))


CONDITIONS: dict[str, Condition] = {
    "is_mentee": lambda known, _: known.role == "mentee",
    "is_mentor": lambda known, _: known.role == "mentor",
    "own_phone": lambda known, answers: known.role == "mentee" and _own_phone(known, answers),
    "shared_phone": lambda known, answers: not _own_phone(known, answers),
    "wants_own_word": _wants_own_word,
    "has_own_word": _has_own_word,
    "has_goal": lambda known, _: known.goals > 0,
    "has_goal_2": _has_fact("has_goal_2"),
    "has_goal_3": _has_fact("has_goal_3"),
    "has_step": lambda known, _: known.has_step,
    "has_new_goal": lambda _, answers: bool(answers.get("words")),
    "has_typed_goal": _chose("words", TYPED),
    "can_add_goal": lambda known, answers: known.goals < MOST_GOALS and bool(answers.get("words")),
    "week_was_hard": _was_hard,
    "may_name_barriers": _may_name_barriers,
    **{f"first_barrier_{barrier}": _first_barrier(barrier) for barrier in BARRIERS},
    "hard_without_barriers": _hard_without_barriers,
    "wants_call": _said_yes(*CALLS),
    "wants_arranging": _said_yes(*ARRANGED),
    "pair_due": _pair_due,
    "pair_trouble": _chose("pair", "not_good"),
    "wants_pair_pause": _said_yes("pair_pause"),
    "goal_rose": _rose,
    "has_moment": _has_moment,
    "has_agreed": _said_yes("good"),
    "has_length": _has_length,
    "has_pause": lambda _, answers: bool(answers.get("how_long")),
    "has_language": lambda _, answers: bool(answers.get("language")),
    "has_quote": lambda _, answers: bool(answers.get("different")),
    "every_second": _has_fact("every_second"),
    "has_next": _has_next,
    "has_sms": _has_fact("has_sms"),
    "sms_unasked": _has_fact("sms_unasked"),
}

# These never hold on a phone that others read, so what they lead to needs no second wording
OWN_PHONE_ONLY = frozenset(
    {
        "own_phone",
        "wants_own_word",
        "has_own_word",
        "may_name_barriers",
        *(f"first_barrier_{barrier}" for barrier in BARRIERS),
    }
)
