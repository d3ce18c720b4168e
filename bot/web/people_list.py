"""The list of people as it is shown: who is chosen by the links above it, and states in words."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from flask import url_for

from bot.programme.lines import cohort_week
from bot.store.pages.people import ListedPerson, PairedWith
from bot.web import words
from bot.web.filters import day
from bot.web.here import now, parts

ROLES = {"mentee": "Mentees", "mentor": "Mentors"}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which people are asked for; None, "" and False: all of them."""

    cohort: int | None = None
    role: str = ""
    needs: bool = False

    @property
    def address(self) -> str:
        role, needs = self.role or None, "yes" if self.needs else None
        return url_for("people.overview", cohort=self.cohort, role=role, needs=needs)


@dataclass(frozen=True, kw_only=True)
class Tool:
    """One link above the list."""

    text: str
    address: str
    here: bool


@dataclass(frozen=True, kw_only=True)
class ShownPerson:
    """One line of the list. `states` in words, the most important first."""

    row: ListedPerson
    paired: tuple[PairedWith, ...]
    states: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ListedCohort:
    """A cohort with its people as the list shows them, group by group."""

    id: int
    title: str
    groups: tuple[tuple[str, tuple[ShownPerson, ...]], ...]


def chosen(asked: Mapping[str, str]) -> Choice:
    """What an address asks for; what it makes no sense of is left out."""
    cohort, role = asked.get("cohort", ""), asked.get("role", "")
    return Choice(
        cohort=int(cohort) if re.fullmatch("[0-9]{1,9}", cohort) else None,
        role=role if role in ROLES else "",
        needs=asked.get("needs") == "yes",
    )


def tools(everyone: Sequence[ListedPerson], choice: Choice) -> list[tuple[str, list[Tool]]]:
    """The links by which the list is narrowed, row by row, each keeping what else is chosen."""
    cohorts = {one.cohort_id: one.cohort for one in everyone}
    waiting = len({one.participant_id for one in everyone if _needs(one)})
    rows = [
        ("Cohort", [(name, replace(choice, cohort=key)) for key, name in cohorts.items()]),
        ("Role", [(name, replace(choice, role=key)) for key, name in ROLES.items()]),
    ]
    every = {"Cohort": replace(choice, cohort=None), "Role": replace(choice, role="")}
    shown = [
        (title, [_tool("All", every[title], choice), *(_tool(*one, choice) for one in row)])
        for title, row in rows
        if title != "Cohort" or len(cohorts) > 1
    ]
    needing = [
        _tool("All", replace(choice, needs=False), choice),
        _tool(f"Needs somebody ({waiting})", replace(choice, needs=True), choice),
    ]
    return [*shown, ("Alerts", needing)] if everyone else []


def _tool(text: str, leads_to: Choice, choice: Choice) -> Tool:
    return Tool(text=text, address=leads_to.address, here=leads_to == choice)


def _needs(one: ListedPerson) -> bool:
    return one.alerts > 0 or one.held


def listed(
    everyone: Iterable[ListedPerson], pairs: Iterable[PairedWith], choice: Choice
) -> list[ListedCohort]:
    """Cohort by cohort: those under way first, then those to come, then those that are over."""
    paired: dict[int, list[PairedWith]] = defaultdict(list)
    for pair in pairs:
        paired[pair.enrolment_id].append(pair)
    by_cohort: dict[int, list[ListedPerson]] = defaultdict(list)
    for one in everyone:
        if _is_chosen(one, choice):
            by_cohort[one.cohort_id].append(one)
    cohorts = sorted(by_cohort.values(), key=_running_first)
    return [_cohort(members, paired, choice) for members in cohorts]


def _is_chosen(one: ListedPerson, choice: Choice) -> bool:
    return (
        choice.cohort in (None, one.cohort_id)
        and choice.role in ("", one.role)
        and (not choice.needs or _needs(one))
    )


def _running_first(members: Sequence[ListedPerson]) -> tuple[bool, bool]:
    today = now().astimezone(parts().settings.timezone).date()
    weeks = (today - members[0].cohort_starts_on).days // 7
    return weeks >= members[0].cohort_weeks, weeks < 0


def _cohort(
    members: Sequence[ListedPerson], paired: Mapping[int, list[PairedWith]], choice: Choice
) -> ListedCohort:
    first = members[0]
    groups = (
        (name, tuple(_shown(one, paired, choice) for one in members if one.role == role))
        for role, name in ROLES.items()
    )
    return ListedCohort(
        id=first.cohort_id,
        title=cohort_week(
            first.cohort,
            starts_on=first.cohort_starts_on,
            weeks=first.cohort_weeks,
            today=now().astimezone(parts().settings.timezone).date(),
        ),
        groups=tuple((name, group) for name, group in groups if group),
    )


def _shown(
    one: ListedPerson, paired: Mapping[int, list[PairedWith]], choice: Choice
) -> ShownPerson:
    return ShownPerson(
        row=one,
        paired=tuple(paired.get(one.enrolment_id, ())),
        states=tuple(_states(one, choice)),
    )


def _states(one: ListedPerson, choice: Choice) -> Iterable[str]:
    """Why nothing is written to her, where that is so; then how many alerts wait, if asked for."""
    if one.held:
        yield "held after a concern"
    elif one.state == "paused":
        if one.paused_until is None:
            yield words.STATES["paused"]
        elif one.paused_until > now():
            yield f"paused until {day(one.paused_until)}"
    elif words.STATES.get(one.state):
        yield words.STATES[one.state]
    elif one.quiet_at is not None:
        yield f"quiet since {day(one.quiet_at)}"
    if words.ENROLMENTS.get(one.enrolment_state) and one.state != one.enrolment_state:
        yield words.ENROLMENTS[one.enrolment_state]
    if choice.needs and one.alerts:
        yield f"{one.alerts} alert{'' if one.alerts == 1 else 's'}"
