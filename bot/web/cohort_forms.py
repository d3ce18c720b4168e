"""A cohort's settings as a form: what was typed, what is wrong with it, what would change."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo

from bot.programme.plan_words import SESSION, Changes, Line
from bot.programme.term_words import (
    BY_KEY,
    GROUPS,
    NO,
    PLANS,
    SETTINGS,
    YES,
    Kind,
    Setting,
    read,
    read_day,
    shown,
    spoken,
)
from bot.programme.terms import Terms, with_values
from bot.programme.week import MONTHS, WEEKDAYS
from bot.web.filters import day

CHOICES: Mapping[Kind, tuple[tuple[str, str], ...]] = {
    Kind.WEEKDAY: tuple((name.lower(), name) for name in WEEKDAYS),
    Kind.PLAN: tuple(PLANS.items()),
    Kind.YES_NO: ((YES, "Yes"), (NO, "No")),
}
INPUTS: Mapping[Kind, str] = {Kind.NUMBER: "number", Kind.CLOCK: "time", Kind.DAY: "date"}


@dataclass(frozen=True, kw_only=True)
class Field:
    """One setting on the page: a list to choose from where there are choices, else an input."""

    setting: Setting
    value: str
    problem: str
    type: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Typed:
    """A form as it was sent: the settings, as far as they could be read, and what could not be."""

    terms: Terms
    texts: Mapping[str, str]
    problems: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class TypedBreak:
    """A break as it was sent. The days are None where they could not be read."""

    name: str
    starts_on: date | None
    ends_on: date | None
    everywhere: bool
    problem: str = ""


def typed(form: Mapping[str, str], *, before: Terms) -> Typed:
    """What is not in the form stays as it was."""
    texts = {
        setting.key: form.get(setting.key, shown(getattr(before, setting.key), setting.kind))
        for setting in SETTINGS
    }
    values: dict[str, object] = {}
    problems: dict[str, str] = {}
    for key, text in texts.items():
        try:
            values[key] = read(text, BY_KEY[key].kind)
        except ValueError as reason:
            problems[key] = str(reason)
    return Typed(terms=with_values(before, values), texts=texts, problems=problems)


def fields(texts: Mapping[str, str], problems: Mapping[str, str]) -> list[tuple[str, list[Field]]]:
    """The form, group by group."""
    return [
        (
            title,
            [
                Field(
                    setting=setting,
                    value=texts[setting.key],
                    problem=problems.get(setting.key, ""),
                    type=INPUTS.get(setting.kind, "text"),
                    choices=CHOICES.get(setting.kind, ()),
                )
                for setting in group
            ],
        )
        for title, group in GROUPS.items()
    ]


def texts_of(terms: Terms) -> dict[str, str]:
    return {each.key: shown(getattr(terms, each.key), each.kind) for each in SETTINGS}


def settings_changed(before: Terms, after: Terms) -> list[tuple[str, str, str]]:
    """(label, as it is, as it would be) of each setting that changes."""
    return [
        (setting.label, _spoken(before, setting), _spoken(after, setting))
        for setting in SETTINGS
        if getattr(before, setting.key) != getattr(after, setting.key)
    ]


def _spoken(terms: Terms, setting: Setting) -> str:
    value = getattr(terms, setting.key)
    return day(value) if isinstance(value, date) else spoken(value, setting)


def counts(changes: Changes) -> list[str]:
    """How many move, appear and vanish, and of how many people; nothing where nothing does."""
    found = [
        f"{len(lines)} {one if len(lines) == 1 else more}"
        for lines, one, more in (
            (changes.moved, "moves", "move"),
            (changes.added, "is new", "are new"),
            (changes.removed, "vanishes", "vanish"),
        )
        if lines
    ]
    people = f"{changes.people} {'person' if changes.people == 1 else 'people'}"
    return [*found, f"{people} in all"] if found else []


def by_person(
    changes: Changes, *, zone: tzinfo, now: datetime
) -> list[tuple[Line, list[dict[str, str]]]]:
    """The changes as rows of a page: a line that names her, then all of hers."""
    people: dict[int, list[Line]] = {}
    for line in changes.lines:
        people.setdefault(line.participant_id, []).append(line)
    year = now.astimezone(zone).year
    return [
        (lines[0], [_row(line, zone=zone, year=year) for line in lines])
        for lines in people.values()
    ]


def _row(line: Line, *, zone: tzinfo, year: int) -> dict[str, str]:
    longer = line.flow == SESSION and line.was == line.becomes
    note = f", {line.minutes} minutes" if longer else ""
    return {
        "what": line.what,
        "kind": line.kind,
        "was": exact(line.was, zone=zone, year=year),
        "becomes": exact(line.becomes, zone=zone, year=year) + note,
    }


def exact(moment: datetime | None, *, zone: tzinfo, year: int) -> str:
    """A moment by the cohort's clock, with its weekday: Thu 3 December, 10:00."""
    if moment is None:
        return ""
    local = moment.astimezone(zone)
    which = "" if local.year == year else f" {local.year}"
    weekday, month = WEEKDAYS[local.weekday()][:3], MONTHS[local.month - 1]
    return f"{weekday} {local.day} {month}{which}, {local:%H:%M}"


def typed_break(form: Mapping[str, str]) -> TypedBreak:
    """A single day may leave the last day out."""
    first = form.get("starts_on", "")
    found = TypedBreak(
        name=form.get("name", "").strip(),
        starts_on=None,
        ends_on=None,
        everywhere=form.get("everywhere") == YES,
    )
    try:
        starts_on = read_day(first)
        ends_on = read_day(form.get("ends_on", "") or first)
    except ValueError as reason:
        return replace(found, problem=str(reason))
    return replace(found, starts_on=starts_on, ends_on=ends_on)
