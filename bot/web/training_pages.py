"""What the pages of trainings show of the rows: sentences, groups, tables. Reads nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.programme.sentences import hours
from bot.programme.shares import broken_down
from bot.store.pages.trainings import CohortRow, Listed, Trained, TrainingRow
from bot.web.filters import full

AUDIENCES = {"mentor": "mentors", "mentee": "mentees", "everyone": "everyone"}
COMING = {
    "yes": "comes",
    "part": "comes to a part of it",
    "no": "cannot come",
    "": "has not said",
}
USEFUL = {"very": "very useful", "ok": "OK", "not": "not useful"}
SOURCES = {"word": "sent the word", "staff": "ticked by staff"}
NO_ORGANISATION = "On their own account"
COLUMNS = (
    "training",
    "when",
    "length",
    "name",
    "id",
    "role",
    "coming",
    "minutes there",
    "known by",
)
LETTER_WIDTH = 78  # in a drawing where letters are 100 high: wide enough for capitals


@dataclass(frozen=True, kw_only=True)
class ShownTraining:
    """A training with its moment by the cohort's clock, as a sentence."""

    row: TrainingRow
    when: str
    audience: str


@dataclass(frozen=True, kw_only=True)
class Hours:
    """One person's hours. `done`: she has reached the target."""

    who: Trained
    hours: str
    done: bool


@dataclass(frozen=True, kw_only=True)
class OrganisationHours:
    """An organisation's mentors and hours together. None: too few to show."""

    name: str
    mentors: int | None
    hours: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """One person on the list of a training. `checked` and `typed` stand in the form."""

    who: Listed
    coming: str
    source: str
    checked: bool
    typed: str
    missing: int
    problem: str = ""


def shown(training: TrainingRow, cohort: CohortRow) -> ShownTraining:
    local = training.starts_at.astimezone(ZoneInfo(cohort.zone))
    return ShownTraining(
        row=training, when=full(local), audience=AUDIENCES.get(training.audience, "everyone")
    )


def hours_of_role(
    everyone: Sequence[Trained], role: str, *, target: int | None = None
) -> list[Hours]:
    """Whoever is there, and whoever has left with hours."""
    return [
        Hours(
            who=one,
            hours=hours(one.minutes),
            done=target is not None and one.minutes >= target,
        )
        for one in everyone
        if one.role == role and (one.state == "active" or one.minutes)
    ]


def organisations(everyone: Sequence[Trained]) -> list[OrganisationHours]:
    """Mentors' hours by organisation. Small groups are hidden: nobody is to be found in them."""
    members: dict[str, list[int]] = {}
    for one in everyone:
        if one.role == "mentor":
            members.setdefault(one.organisation, []).append(one.minutes)
    groups = [
        (name, name or NO_ORGANISATION, len(members[name]))
        for name in sorted(members, key=lambda name: (not name, name))
    ]
    return [
        OrganisationHours(
            name=cell.text,
            mentors=cell.number,
            hours="" if cell.hidden else hours(sum(members[cell.key])),
        )
        for cell in broken_down(groups, least=1)
    ]


def lines(
    people: Sequence[Listed],
    *,
    training: TrainingRow,
    typed: Mapping[int, tuple[bool, str]],
    problems: Mapping[int, str],
) -> list[Line]:
    """The list; `typed` is what stood in a form that was not accepted."""
    return [
        Line(
            who=one,
            coming=COMING.get(one.coming, COMING[""]),
            source=SOURCES.get(one.source, ""),
            checked=typed.get(one.enrolment_id, (one.minutes is not None, ""))[0],
            typed=_typed(one, training, typed),
            missing=training.minutes - (one.minutes or 0),
            problem=problems.get(one.enrolment_id, ""),
        )
        for one in people
    ]


def answered(people: Sequence[Listed]) -> list[tuple[str, list[Listed]]]:
    """Who said what about coming; answers that nobody gave are left out."""
    groups = [
        (words, [one for one in people if one.coming == key]) for key, words in COMING.items()
    ]
    return [(words, found) for words, found in groups if found]


def useful(people: Sequence[Listed]) -> list[tuple[str, int]]:
    """How many found it how useful: counts, never names."""
    counts = [(words, sum(one.useful == key for one in people)) for key, words in USEFUL.items()]
    return counts if any(count for _, count in counts) else []


def slide_width(word: str) -> int:
    """How wide the drawing of a word is."""
    return max(4, len(word) + 1) * LETTER_WIDTH


def table_row(one: Listed, training: TrainingRow, *, zone: ZoneInfo) -> tuple[str, ...]:
    """A line of the download, in the order of COLUMNS."""
    return (
        training.title,
        f"{training.starts_at.astimezone(zone):%Y-%m-%d %H:%M}",
        str(training.minutes),
        one.name,
        one.reference,
        one.role,
        COMING.get(one.coming, ""),
        "" if one.minutes is None else str(one.minutes),
        SOURCES.get(one.source, ""),
    )


def _typed(one: Listed, training: TrainingRow, typed: Mapping[int, tuple[bool, str]]) -> str:
    if one.enrolment_id in typed:
        return typed[one.enrolment_id][1]
    return str(training.minutes if one.minutes is None else one.minutes)
