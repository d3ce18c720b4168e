"""How a cohort divides: barriers, languages, focus, reasons for leaving, the start. Pure.

Whatever is printed here must not let anybody be found: see `shares.broken_down`.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bot.programme.delivered import of_role
from bot.programme.goal_change import DROPPED
from bot.programme.heard import Heard
from bot.programme.impact_rows import ImpactRows
from bot.programme.impact_statements import BASELINE, BASELINE_FLOW, SURE
from bot.programme.sentences import BARRIERS
from bot.programme.shares import SMALL, Cell, broken_down

FOCUS = {
    "work": "getting ready for work",
    "volunteer": "volunteering",
    "study": "study",
    "skills": "new skills",
    "other": "something else",
}
LEAVING = {
    "": "no reason given",
    "moved": "moved house",
    "work": "found work",
    "study": "began to study",
    "health": "health",
    "children": "children",
    "time": "no time",
    "pair": "the pair did not suit",
    "asked": "asked to leave",
    "unreachable": "could not be reached",
    "next_cohort": "went on to another cohort",
}
ANOTHER = "another reason"


@dataclass(frozen=True, kw_only=True)
class Breakdown:
    """How a group divides, small cells hidden. Empty cells: too few to show any."""

    key: str
    text: str
    number: int
    eligible: int
    cells: tuple[Cell, ...]


def barriers(rows: ImpactRows, heard: Heard) -> Breakdown:
    """How many mentees named each at least once, in any week."""
    mentees = of_role(rows, "mentee")
    named: dict[int, set[str]] = {}
    for said in heard.every("goal_check_in", "barriers"):
        if said.enrolment_id in mentees:
            named.setdefault(said.enrolment_id, set()).update(
                key for key in said.value.split(",") if key in BARRIERS
            )
    counts = Counter(key for keys in named.values() for key in keys)
    return Breakdown(
        key="barriers",
        text="mentees named at least one",
        number=sum(1 for keys in named.values() if keys),
        eligible=len(mentees),
        cells=broken_down(
            [(key, text, counts[key]) for key, text in BARRIERS.items()], adds_up=False
        ),
    )


def languages(rows: ImpactRows) -> Breakdown:
    mentees = [one for one in rows.members if one.role == "mentee"]
    spoken = [one.language for one in mentees if one.language]  # none of who was forgotten
    return _groups("languages", "mentees", spoken, {}, eligible=len(spoken))


def focus(rows: ImpactRows) -> Breakdown:
    mentees = of_role(rows, "mentee")
    chosen = [
        goal.focus
        for goal in rows.goals
        if goal.state != DROPPED and goal.enrolment_id in mentees and goal.focus
    ]
    return _groups("focus", "goals", chosen, FOCUS, eligible=len(rows.goals))


def leaving(rows: ImpactRows) -> Breakdown:
    """Reasons are named only from the list: what staff typed otherwise may name somebody."""
    reasons = [one.end_reason for one in rows.members if one.state == "left"]
    known = [one if one in LEAVING else "another" for one in reasons]
    return _groups("leaving", "left", known, LEAVING, eligible=len(rows.members))


def baseline(rows: ImpactRows, heard: Heard) -> tuple[Breakdown, ...]:
    """How sure people said they were of themselves when they began."""
    return tuple(_started_out(rows, heard, *one) for one in BASELINE)


def _groups(
    key: str, text: str, found: Iterable[str], names: dict[str, str], *, eligible: int
) -> Breakdown:
    """The groups that there are, the largest first."""
    counts = Counter(found)

    def largest_first(one: str) -> tuple[int, str]:
        """Not among the small: their order would tell which of them is larger."""
        return (-counts[one] if counts[one] >= SMALL else 0, one)

    return Breakdown(
        key=key,
        text=text,
        number=counts.total(),
        eligible=eligible,
        cells=broken_down(
            [
                (one, names.get(one, ANOTHER if names else one), counts[one])
                for one in sorted(counts, key=largest_first)
            ],
            least=1,
        ),
    )


def _started_out(
    rows: ImpactRows, heard: Heard, key: str, role: str, step: str, text: str
) -> Breakdown:
    """How they said they started out: the scale in its own order."""
    known = frozenset(one for one, _ in SURE)
    answers = heard.chosen(BASELINE_FLOW, step, known=known)
    mine = [answers[one] for one in answers if one in of_role(rows, role)]
    counts = [(one, words, sum(1 for chosen in mine if one in chosen)) for one, words in SURE]
    return Breakdown(
        key=key,
        text=text,
        number=len(mine),
        eligible=len(of_role(rows, role)),
        cells=broken_down(counts) if len(mine) >= SMALL else (),
    )
