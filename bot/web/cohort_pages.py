"""The pages of a cohort as they are drawn: its form, and what a change would do."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from flask import abort, render_template, url_for

from bot.programme.plan_words import Changes
from bot.programme.planning import end_day
from bot.store.cohorts import Calendar
from bot.web.cohort_forms import (
    Typed,
    TypedBreak,
    by_person,
    counts,
    fields,
    settings_changed,
    texts_of,
)
from bot.web.here import now


def form(
    calendar: Calendar,
    *,
    texts: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    break_typed: TypedBreak | None = None,
    break_problem: str = "",
) -> str:
    return render_template(
        "cohort.html",
        calendar=calendar,
        ends_on=end_day(calendar.terms),
        groups=fields(texts or texts_of(calendar.terms), problems or {}),
        problem=problem_of(problems or {}),
        break_typed=break_typed,
        break_problem=break_problem,
    )


def problem_of(problems: Mapping[str, str]) -> str:
    if not problems:
        return ""
    return "Nothing was changed yet: please look at what is marked below."


def preview_of_settings(
    calendar: Calendar, found: Typed, changes: Changes, *, notice: str = ""
) -> str:
    return _preview(
        calendar,
        changes,
        title="New settings",
        settings=settings_changed(calendar.terms, found.terms),
        action=url_for("cohorts.confirm", cohort_id=calendar.cohort_id),
        hidden=found.texts,
        notice=notice,
    )


def preview_of_break(
    calendar: Calendar, found: TypedBreak, changes: Changes, *, notice: str = ""
) -> str:
    hidden = {
        "name": found.name,
        "starts_on": str(found.starts_on),
        "ends_on": str(found.ends_on),
        "everywhere": "yes" if found.everywhere else "no",
    }
    return _preview(
        calendar,
        changes,
        title=f"A break: {found.name}",
        action=url_for("cohorts.add_holiday", cohort_id=calendar.cohort_id),
        hidden=hidden,
        notice=notice,
    )


def preview_of_removal(
    calendar: Calendar, holiday_id: int, changes: Changes, *, notice: str = ""
) -> str:
    row = next((each for each in calendar.breaks if each.id == holiday_id), None)
    if row is None:
        abort(404)
    action = url_for("cohorts.remove_holiday", cohort_id=calendar.cohort_id, holiday_id=holiday_id)
    return _preview(
        calendar, changes, title=f"Without {row.name}", action=action, hidden={}, notice=notice
    )


def _preview(
    calendar: Calendar,
    changes: Changes,
    *,
    title: str,
    action: str,
    hidden: Mapping[str, str],
    settings: list[tuple[str, str, str]] | None = None,
    notice: str = "",
) -> str:
    return render_template(
        "cohort_preview.html",
        calendar=calendar,
        title=title,
        action=action,
        hidden=hidden,
        settings=settings,
        notice=notice,
        digest=changes.digest,
        counts=counts(changes),
        people=by_person(changes, zone=ZoneInfo(calendar.terms.zone), now=now()),
        number=len(changes.lines),
    )
