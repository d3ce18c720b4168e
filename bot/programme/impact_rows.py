"""What a cohort's figures are counted from, as plain rows. The store reads them. Pure."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True)
class CohortRow:
    """A cohort and the targets it was given. Minutes are of one session, and of one mentor's
    training in total.
    """

    id: int
    name: str
    starts_on: date
    sessions: int
    session_minutes: int
    training_minutes: int


@dataclass(frozen=True, kw_only=True)
class MemberRow:
    """One enrolment. `may_print`: she has not taken back that her words may be printed."""

    enrolment_id: int
    name: str
    role: str
    state: str
    language: str
    organisation: str = ""
    end_reason: str = ""
    may_print: bool = True


@dataclass(frozen=True, kw_only=True)
class PairRow:
    """A mentor and a mentee, by their enrolments, whether or not they still meet."""

    pairing_id: int
    mentor_id: int
    mentee_id: int


@dataclass(frozen=True, kw_only=True)
class MeetingRow:
    """A session, and by whose word it counts: both, mentor, mentee or staff."""

    pairing_id: int
    state: str
    proof: str
    minutes: int | None


@dataclass(frozen=True, kw_only=True)
class SaidRow:
    """One answer, or one that was replaced. `value` is an option's key, several of them with commas
    between, or her words; `number` is a rating.
    """

    id: int
    enrolment_id: int
    flow: str
    step: str
    value: str
    at: datetime
    number: int | None = None
    language: str = ""
    skipped: bool = False
    replaced: bool = False


@dataclass(frozen=True, kw_only=True)
class GoalRow:
    """A mentee's goal. State: active, finished or dropped."""

    goal_id: int
    enrolment_id: int
    number: int
    focus: str
    state: str


@dataclass(frozen=True, kw_only=True)
class RatedRow:
    """One rating of a goal, 0 to 10, and the answer it came from, if it came from one."""

    goal_id: int
    rating: int
    at: datetime
    answer_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class AttendedRow:
    """The minutes that one participant was at one training."""

    enrolment_id: int
    minutes: int


@dataclass(frozen=True, kw_only=True)
class ImpactRows:
    """Everything that is known of one cohort, in any order."""

    cohort: CohortRow
    members: tuple[MemberRow, ...] = ()
    pairs: tuple[PairRow, ...] = ()
    meetings: tuple[MeetingRow, ...] = ()
    said: tuple[SaidRow, ...] = ()
    goals: tuple[GoalRow, ...] = ()
    ratings: tuple[RatedRow, ...] = ()
    attended: tuple[AttendedRow, ...] = ()
