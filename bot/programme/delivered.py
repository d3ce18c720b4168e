"""What a cohort was given: pairs, sessions and their hours, training, and each organisation's part.
Pure.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.programme.impact_rows import ImpactRows, MeetingRow
from bot.programme.shares import broken_down, percent

PROOF = {"both": "both", "mentor": "one", "mentee": "one", "staff": "staff"}
SESSIONS = {
    "held": "held",
    "rescheduled": "moved",
    "missed": "missed",
    "disputed": "reported differently by the two",
    "unreported": "over, and nobody said",
    "cancelled": "called off in time",
}
NO_ORGANISATION = "on their own account"


@dataclass(frozen=True, kw_only=True)
class Count:
    """A number with what it counts."""

    key: str
    text: str
    number: int


@dataclass(frozen=True, kw_only=True)
class Hours:
    """Minutes of sessions that were held, by whose word, and the target: so many sessions of so
    many minutes for each mentee with a mentor. `unmeasured` sessions were held, nobody said how
    long.
    """

    both: int
    one: int
    staff: int
    total: int
    target: int
    percent: int | None
    unmeasured: int


@dataclass(frozen=True, kw_only=True)
class Training:
    """Minutes of training of everybody in one role. Mentors have a target, each the same."""

    role: str
    people: int
    came: int
    minutes: int
    each: int | None  # the target of one person
    target: int | None  # and of all of them
    percent: int | None
    reached: int | None  # how many reached their own


@dataclass(frozen=True, kw_only=True)
class Employer:
    """An organisation's part, in total only. Without numbers when its group is hidden."""

    name: str
    hidden: str
    mentors: int | None
    session_minutes: int | None
    training_minutes: int | None


def hours(rows: ImpactRows) -> Hours:
    held = _held(rows.meetings)
    minutes: Counter[str] = Counter()
    for one in held:
        minutes[PROOF.get(one.proof, "staff")] += one.minutes or 0
    target = rows.cohort.sessions * rows.cohort.session_minutes * len(matched(rows, "mentee"))
    total = minutes.total()
    return Hours(
        both=minutes["both"],
        one=minutes["one"],
        staff=minutes["staff"],
        total=total,
        target=target,
        percent=percent(total, target),
        unmeasured=sum(1 for one in held if one.minutes is None),
    )


def sessions(rows: ImpactRows) -> tuple[Count, ...]:
    """What became of them; those still ahead are not counted."""
    states = Counter(one.state for one in rows.meetings)
    return tuple(Count(key=key, text=text, number=states[key]) for key, text in SESSIONS.items())


def funnel(rows: ImpactRows) -> tuple[Count, ...]:
    """How far the mentees came: enrolled, matched, met once, met half as often as planned, met as
    often as planned. Sessions with an earlier mentor count.
    """
    mentee_of = {pair.pairing_id: pair.mentee_id for pair in rows.pairs}
    met = Counter(
        mentee_of[one.pairing_id] for one in _held(rows.meetings) if one.pairing_id in mentee_of
    )
    enrolled = sum(1 for one in rows.members if one.role == "mentee")
    planned = rows.cohort.sessions
    steps = sorted({1, (planned + 1) // 2, planned} - {0})
    return (
        Count(key="enrolled", text="enrolled", number=enrolled),
        Count(key="matched", text="matched with a mentor", number=len(matched(rows, "mentee"))),
        *(
            Count(
                key=f"met_{times}",
                text="met once" if times == 1 else f"met {times} times",
                number=sum(1 for number in met.values() if number >= times),
            )
            for times in steps
        ),
    )


def training(rows: ImpactRows) -> tuple[Training, ...]:
    """Mentors against their target, then mentees."""
    minutes = _trained(rows)
    return tuple(
        _training(rows, minutes, role=role, each=each)
        for role, each in (("mentor", rows.cohort.training_minutes), ("mentee", None))
    )


def employers(rows: ImpactRows) -> tuple[Employer, ...]:
    """Each organisation's mentors and hours, by name. Small ones are hidden, and as many more as it
    takes that nobody can reckon them from the totals.
    """
    mentors: dict[str, list[int]] = defaultdict(list)
    for one in rows.members:
        if one.role == "mentor":
            mentors[one.organisation].append(one.enrolment_id)
    met, trained = _met(rows), _trained(rows)
    cells = broken_down(
        [
            (name, name or NO_ORGANISATION, len(mentors[name]))
            for name in sorted(mentors, key=lambda name: (not name, name))
        ],
        least=1,
    )
    return tuple(
        Employer(
            name=cell.text,
            hidden=cell.hidden,
            mentors=cell.number,
            session_minutes=_summed(met, mentors[cell.key]) if not cell.hidden else None,
            training_minutes=_summed(trained, mentors[cell.key]) if not cell.hidden else None,
        )
        for cell in cells
    )


def matched(rows: ImpactRows, role: str) -> frozenset[int]:
    """The enrolments of a role that have, or had, somebody to meet."""
    mentees = role == "mentee"
    paired = {pair.mentee_id if mentees else pair.mentor_id for pair in rows.pairs}
    return frozenset(
        one.enrolment_id for one in rows.members if one.role == role and one.enrolment_id in paired
    )


def of_role(rows: ImpactRows, role: str) -> frozenset[int]:
    """Everybody of a role, by enrolment."""
    return frozenset(one.enrolment_id for one in rows.members if one.role == role)


def _held(meetings: Iterable[MeetingRow]) -> list[MeetingRow]:
    return [one for one in meetings if one.state == "held"]


def _training(
    rows: ImpactRows, minutes: Mapping[int, int], *, role: str, each: int | None
) -> Training:
    people = [one.enrolment_id for one in rows.members if one.role == role]
    came = [minutes[one] for one in people if minutes[one]]
    target = None if each is None else each * len(people)
    return Training(
        role=role,
        people=len(people),
        came=len(came),
        minutes=sum(came),
        each=each,
        target=target,
        percent=None if target is None else percent(sum(came), target),
        reached=None if each is None else sum(1 for one in people if minutes[one] >= each),
    )


def _trained(rows: ImpactRows) -> Counter[int]:
    minutes: Counter[int] = Counter()
    for one in rows.attended:
        minutes[one.enrolment_id] += one.minutes
    return minutes


def _met(rows: ImpactRows) -> Counter[int]:
    """Minutes held, by the mentor's enrolment."""
    mentor_of = {pair.pairing_id: pair.mentor_id for pair in rows.pairs}
    minutes: Counter[int] = Counter()
    for one in _held(rows.meetings):
        if one.pairing_id in mentor_of:
            minutes[mentor_of[one.pairing_id]] += one.minutes or 0
    return minutes


def _summed(minutes: Mapping[int, int], enrolments: Iterable[int]) -> int:
    return sum(minutes[one] for one in enrolments)
