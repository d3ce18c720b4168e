"""What two people's reports of one session add up to, and what each may be told of it. Pure.

Neither side may ever learn what the other said. So no task here names a side, and what a person
is told (`own_view`) rests on her own reports wherever she made one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

OPEN_STATES = frozenset({"proposed", "planned"})
FINAL_STATES = frozenset(
    {"held", "missed", "disputed", "rescheduled", "cancelled", "unreported"},
)
# These break no row of others, and join none
NEVER_WAS = OPEN_STATES | {"rescheduled", "cancelled"}

SAME_LENGTH = 15  # minutes: two memories of one meeting are rarely nearer
ONE_SIDED_SHARE = 4  # a quarter of a pair's held sessions, or more
ONE_SIDED_AFTER = 3  # held sessions: of fewer, a share says nothing

# (mentor, mentee) → state; "" is silence. Where PROGRAMME.md 2.5 has no row, `outcome` says why.
_STATES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("yes", "yes"): "held",
        ("yes", ""): "held",
        ("", "yes"): "held",
        ("yes", "no"): "disputed",
        ("no", "yes"): "disputed",
        ("yes", "moved"): "disputed",
        ("no", "no"): "missed",
        ("no", ""): "missed",
        ("", "no"): "missed",
        ("moved", "yes"): "rescheduled",
        ("moved", "no"): "rescheduled",
        ("moved", "moved"): "rescheduled",
        ("moved", ""): "rescheduled",
        ("no", "moved"): "rescheduled",
        ("", "moved"): "rescheduled",
    }
)
# A flow says "me" and "her"; stored, a reason names the role.
_NAMED = {
    "mentor": {"me": "mentor", "her": "mentee"},
    "mentee": {"me": "mentee", "her": "mentor"},
}
_PEOPLE = ("mentor", "mentee")


@dataclass(frozen=True)
class Said:
    """One side's report. `met`: yes, no or moved. `minutes`: None when she gave no length."""

    met: str
    minutes: int | None = None
    feeling: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        if self.met not in ("yes", "no", "moved"):
            raise ValueError("met is yes, no or moved")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a session counts as. Until `final`, time or the other side's word may change it.

    `proof` (both, mentor, mentee) is whose word a held session rests on. `tasks` are kinds of
    alert. `missed_by`: mentor, mentee, forgot, other, unclear, or "" when nobody gave a reason.
    """

    state: str
    minutes: int | None = None
    proof: str = ""
    tasks: tuple[str, ...] = ()
    ask_mentor_again: bool = False
    final: bool = False
    missed_by: str = ""


class Settled(Protocol):
    """A session with its result, such as an Outcome or a row."""

    @property
    def state(self) -> str: ...
    @property
    def proof(self) -> str: ...


def outcome(
    mentor: Said | None,
    mentee: Said | None,
    *,
    over: bool,
    planned_minutes: int,
    asked_again: bool = False,
) -> Outcome:
    """PROGRAMME.md 2.5. `over`: whoever is silent has had her 72 hours. Not for what staff settled.

    Rows that the table leaves open, and why they are so:
    - One side says "did not", the other is silent: missed, on one word like a meeting held.
    - One side says "moved", the other "did not" or nothing: rescheduled, for not meeting is what
      moving means, and a moved session is never a miss.
    - The mentor says "met", the mentee "moved": disputed. The table lets "moved" win over
      anything only when the mentor says it, who then claims no hours. Here hours are claimed that
      she does not confirm, and the safest is that they do not count until a person has asked.
    - The mentor is silent: one more ask whether the mentee said "met" or "did not", so that the
      ask itself does not tell which. After that (`asked_again`) staff are told.
    """
    words = (mentor.met if mentor else "", mentee.met if mentee else "")
    state = _STATES.get(words, "unreported" if over else "planned")
    unheard = over and mentor is None and words[1] in ("yes", "no")
    return Outcome(
        state=state,
        minutes=_minutes(mentor, mentee, planned_minutes) if state == "held" else None,
        proof=_proof(mentor, mentee) if state == "held" else "",
        tasks=tuple(_tasks(mentor, mentee, state=state, unheard=unheard and asked_again)),
        ask_mentor_again=unheard and not asked_again,
        final=over or words[0] == "moved" or "" not in words,
        missed_by=_missed_by(mentor, mentee) if state == "missed" else "",
    )


def counts(state: str) -> bool:
    """Whether a session in that state counts towards the target."""
    return state == "held"


def one_sided_share(sessions: Iterable[Settled]) -> bool:
    """Whether a quarter or more of a pair's held sessions rest on one word, of three or more."""
    proofs = [session.proof for session in sessions if counts(session.state)]
    alone = sum(proof in _PEOPLE for proof in proofs)
    return len(proofs) >= ONE_SIDED_AFTER and alone * ONE_SIDED_SHARE >= len(proofs)


def missed_in_a_row(states: Sequence[str], n: int = 2) -> bool:
    """Whether the last `n` sessions of a pair, oldest first, were missed; moving is no miss."""
    return _last_are("missed", states, n)


def unreported_in_a_row(states: Sequence[str], n: int = 2) -> bool:
    """Whether of the last `n` sessions of a pair, oldest first, nobody said anything."""
    return _last_are("unreported", states, n)


@dataclass(frozen=True, kw_only=True)
class Towards:
    """Minutes held and aimed at. `left` is never below 0; `percent` may pass 100."""

    minutes: int
    target: int
    left: int
    percent: int


def hours_towards(
    minutes_list: Iterable[int | None], target_sessions: int, session_minutes: int
) -> Towards:
    """How far a pair has come. None is a held session of unknown length: it adds no minutes."""
    minutes = sum(length or 0 for length in minutes_list)
    target = target_sessions * session_minutes
    percent = minutes * 100 // target if target else 100
    return Towards(minutes=minutes, target=target, left=max(target - minutes, 0), percent=percent)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One session as one side may see it: what she said herself, and the session's own row.

    What the other side said has no place here. `settled`: the row's state is final.
    """

    said: Said | None
    state: str
    minutes: int | None
    settled: bool


@dataclass(frozen=True, kw_only=True)
class View:
    """What one side may be told: sessions that count, and minutes where lengths are known."""

    count: int
    minutes: int


def own_view(sessions: Iterable[Seen]) -> View:
    """Her own report where she made one, else the settled result; never a provisional one.

    So a dispute, another length, or the other's silence never changes what she is told. Where
    she stayed silent until the session closed, she is told the programme's record. A length
    that she did not give adds nothing: the record's could be the other side's.
    """
    lengths = [_own_length(seen) for seen in sessions if _own_word(seen)]
    return View(count=len(lengths), minutes=sum(length or 0 for length in lengths))


def _own_word(seen: Seen) -> bool:
    if seen.said:
        return seen.said.met == "yes"
    return seen.settled and counts(seen.state)


def _own_length(seen: Seen) -> int | None:
    return seen.said.minutes if seen.said else seen.minutes


def _minutes(mentor: Said | None, mentee: Said | None, planned: int) -> int | None:
    """The mentor's length, the smaller when they are far apart, or the only one given.

    When both say they met and neither gave a length, the planned one counts: two people were
    asked whether they met as planned and said yes, and those who type least should not lose
    their hours. One word alone is too little for that: the session counts, its hours do not.
    """
    lengths = [side.minutes for side in (mentor, mentee) if side and side.minutes is not None]
    if not lengths:
        return planned if mentor and mentee else None
    return min(lengths) if _far_apart(mentor, mentee) else lengths[0]


def _far_apart(mentor: Said | None, mentee: Said | None) -> bool:
    if not mentor or not mentee or mentor.minutes is None or mentee.minutes is None:
        return False
    return abs(mentor.minutes - mentee.minutes) > SAME_LENGTH


def _proof(mentor: Said | None, mentee: Said | None) -> str:
    if mentor and mentee:
        return "both"
    return "mentor" if mentor else "mentee"


def _tasks(mentor: Said | None, mentee: Said | None, *, state: str, unheard: bool) -> Iterable[str]:
    """What staff are asked to do. None tells who said what, not even by being there."""
    said = [side for side in (mentor, mentee) if side]
    if state == "disputed":
        yield "disputed"
        # Of either side, for an alert that only a mentee can cause would tell on her
        if any(side.met == "yes" and side.feeling == "not_good" for side in said):
            yield "disputed_not_good"
    if state == "held" and _far_apart(mentor, mentee):
        yield "length_differs"
    if any(side.feeling == "not_good" for side in said):
        yield "session_trouble"
    if unheard:
        yield "one_sided"


def _missed_by(mentor: Said | None, mentee: Said | None) -> str:
    """A person whom they name; two different ones are unclear. Then "forgot", then "other"."""
    reasons = {_reason("mentor", mentor), _reason("mentee", mentee)}
    named = [person for person in _PEOPLE if person in reasons]
    if named:
        return named[0] if len(named) == 1 else "unclear"
    return next((reason for reason in ("forgot", "other") if reason in reasons), "")


def _reason(role: str, said: Said | None) -> str:
    word = said.reason if said else ""
    word = _NAMED[role].get(word, word)
    return word if word in (*_PEOPLE, "forgot", "") else "other"


def _last_are(state: str, states: Sequence[str], n: int) -> bool:
    took_place = [each for each in states if each not in NEVER_WAS]
    return len(took_place) >= n and all(each == state for each in took_place[-n:])
