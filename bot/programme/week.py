"""A week of the programme, Monday to Sunday by the charity's clock, and what is known about it.

The rows are what `bot.store.weeks` reads and `bot.programme.summary` sums up. Pure.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
LABEL = re.compile(r"([0-9]{4})-W([0-9]{2})", re.ASCII)
FIRST_YEAR, LAST_YEAR = 2020, 2199  # what a link can sensibly ask for


@dataclass(frozen=True, order=True)
class Week:
    """An ISO week: 2026-W47."""

    monday: date

    @property
    def label(self) -> str:
        year, number, _ = self.monday.isocalendar()
        return f"{year}-W{number:02d}"

    @property
    def title(self) -> str:
        """The week as people say it: 16 to 22 November 2026."""
        sunday = self.monday + timedelta(days=6)
        first = str(self.monday.day)
        if self.monday.month != sunday.month:
            first += f" {MONTHS[self.monday.month - 1]}"
        if self.monday.year != sunday.year:
            first += f" {self.monday.year}"
        return f"{first} to {sunday.day} {MONTHS[sunday.month - 1]} {sunday.year}"

    def start(self, zone: tzinfo) -> datetime:
        return _midnight(self.monday, zone)

    def end(self, zone: tzinfo) -> datetime:
        """The first moment after it. A week may last an hour more or less than 168."""
        return _midnight(self.monday + timedelta(days=7), zone)

    def moved(self, weeks: int) -> "Week":
        return Week(self.monday + timedelta(days=7 * weeks))


def read_week(label: str) -> Week | None:
    """The week of a label such as 2026-W47; None when there is none."""
    found = LABEL.fullmatch(label)
    if found is None or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        return None
    try:
        return Week(date.fromisocalendar(int(found[1]), int(found[2]), 1))
    except ValueError:
        return None


def week_of(moment: datetime, zone: tzinfo) -> Week:
    day = moment.astimezone(zone).date()
    return Week(day - timedelta(days=day.weekday()))


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


@dataclass(frozen=True, kw_only=True)
class PersonRow:
    """One active enrolment. `heard` says whether she wrote in the last two weeks."""

    participant_id: int
    enrolment_id: int
    name: str
    role: str
    state: str
    held: bool
    language: str
    cohort: str
    cohort_starts_on: date
    cohort_weeks: int
    first_asked_at: datetime | None
    last_inbound_at: datetime | None
    heard: bool
    last_delivery: str = ""  # the state of the newest one, known for silent people only


@dataclass(frozen=True, kw_only=True)
class AlertRow:
    """One alert, with the people's names. `note` is what staff wrote, never her words.

    `address_id` and `address` are there when a stranger wrote; `agreed` says whether the person
    has agreed to messages, `writing` what she said when asked whether it is safe to write to her.
    """

    id: int
    kind: str
    level: str
    state: str
    participant_id: int | None
    name: str
    held: bool
    detail: str
    times: int
    message_id: int | None
    opened_at: datetime
    noted_at: datetime | None
    noted_by: str
    closed_at: datetime | None
    closed_by: str
    note: str
    address_id: int | None = None
    address: str = ""
    agreed: bool = True
    writing: str = ""


@dataclass(frozen=True, kw_only=True)
class TogetherRow:
    """The two whom an alert is about, found by its `detail`; `at`: when their session began."""

    detail: str
    pairing_id: int
    mentee: str
    mentor: str
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class PairRow:
    """One active pairing and what it adds up to so far. Minutes; instants."""

    pairing_id: int
    mentee_id: int
    mentee: str
    mentor_id: int
    mentor: str
    cohort: str
    cohort_starts_on: date
    cohort_weeks: int
    target_minutes: int
    paired_at: datetime
    held_minutes: int
    last_held_at: datetime | None
    next_at: datetime | None
    paused: bool = False  # one of the two has paused


@dataclass(frozen=True, kw_only=True)
class SessionRow:
    """One session that was to start in the week, and what each side said ("" for nothing)."""

    pairing_id: int
    number: int
    starts_at: datetime
    planned_minutes: int
    state: str
    minutes: int | None
    mentor_met: str
    mentee_met: str


@dataclass(frozen=True, kw_only=True)
class RatingRow:
    """One rating (0 to 10) of a goal that was rated in the week, oldest first."""

    goal_id: int
    participant_id: int
    words: str
    language: str
    rating: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class AnswerRow:
    """What she said about her week: the option's key, or several joined by commas."""

    participant_id: int
    step: str
    value: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class AskedRow:
    """One check-in that was asked in this week or in the one before."""

    participant_id: int
    asked_at: datetime
    answered: bool


@dataclass(frozen=True, kw_only=True)
class DeliveryRow:
    """How many of one person's messages of the week have come to one state."""

    participant_id: int | None
    state: str
    number: int


@dataclass(frozen=True, kw_only=True)
class WroteRow:
    """One message outside any question. A stranger has an address instead of a participant."""

    message_id: int
    participant_id: int | None
    name: str
    text: str
    language: str
    kind: str
    at: datetime
    address_id: int | None = None
    address: str = ""
    kept: bool = False  # its words are not for whoever reads


@dataclass(frozen=True, kw_only=True)
class GoalRow:
    """One goal that she set in the week."""

    participant_id: int
    words: str
    language: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class WeekRows:
    """Everything that is known about one week, read at `now`."""

    people: tuple[PersonRow, ...] = ()
    alerts: tuple[AlertRow, ...] = ()
    together: tuple[TogetherRow, ...] = ()
    pairs: tuple[PairRow, ...] = ()
    sessions: tuple[SessionRow, ...] = ()
    ratings: tuple[RatingRow, ...] = ()
    answers: tuple[AnswerRow, ...] = ()
    asked: tuple[AskedRow, ...] = ()
    deliveries: tuple[DeliveryRow, ...] = ()
    wrote: tuple[WroteRow, ...] = ()
    goals: tuple[GoalRow, ...] = ()
    templates_waiting: int = 0
    templates_refused: int = 0
