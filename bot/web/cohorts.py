"""Cohorts: the list, the settings of one, its breaks. Every change is shown before it is made."""

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session as Db

from bot.actions import change_cohort as change
from bot.actions.hold import hold_everything, release_everything
from bot.actions.replan import Otherwise
from bot.errors import Refused
from bot.programme.plan_words import Changes
from bot.programme.terms import Terms
from bot.store.cohorts import Calendar, all_cohorts, calendar_of, cohort_with_id
from bot.web.access import may
from bot.web.alerts import MOST_ID
from bot.web.cohort_forms import Typed, TypedBreak, fields, texts_of, typed, typed_break
from bot.web.cohort_pages import (
    form,
    preview_of_break,
    preview_of_removal,
    preview_of_settings,
    problem_of,
)
from bot.web.here import now, parts, sight, staff
from bot.web.signin import local_path

page = Blueprint("cohorts", __name__, url_prefix="/cohorts")

COHORT = f"/<int(max={MOST_ID}):cohort_id>"
HOLIDAY = f"{COHORT}/holidays/<int(max={MOST_ID}):holiday_id>"
OTHERWISE = "Something else changed in between. This is what would change now."


@page.get("")
@may("read")
def overview() -> ResponseReturnValue:
    with parts().database.reading() as db:
        found = all_cohorts(db, sight=sight())
    today = now().astimezone(parts().settings.timezone).date()
    return render_template("cohorts.html", cohorts=found, today=today)


@page.get("/new")
@may("write")
def new() -> ResponseReturnValue:
    _everywhere()
    today = now().astimezone(parts().settings.timezone).date()
    terms = Terms(name="", starts_on=today, zone=parts().settings.tz_name)
    return render_template("cohort_new.html", groups=fields(texts_of(terms), {}), problem="")


@page.post("/new")
@may("write")
def create() -> ResponseReturnValue:
    """A cohort without anybody in it yet."""
    _everywhere()
    today = now().astimezone(parts().settings.timezone).date()
    found = typed(request.form, before=Terms(name="", starts_on=today))
    with parts().database.transaction() as db:
        problems = {**change.term_problems(db, terms=found.terms), **found.problems}
        if not problems:
            key = change.create_cohort(db, terms=found.terms, staff_id=staff().id, now=now())
    if problems:
        groups = fields(found.texts, problems)
        return render_template("cohort_new.html", groups=groups, problem=problem_of(problems)), 422
    session["toast"] = f"{found.terms.name.strip()} is there. People come in with the import."
    return redirect(url_for("cohorts.cohort", cohort_id=key), 303)


@page.get(COHORT)
@may("read")
def cohort(cohort_id: int) -> ResponseReturnValue:
    with parts().database.reading() as db:
        calendar = _calendar(db, cohort_id)
    return form(calendar)


@page.post(f"{COHORT}/preview")
@may("write")
def preview(cohort_id: int) -> ResponseReturnValue:
    """What these settings would change. Nothing is written."""
    with parts().database.reading() as db:
        calendar = _calendar(db, cohort_id)
        found = typed(request.form, before=calendar.terms)
        problems = _problems(db, found, cohort_id=cohort_id)
        if problems:
            return form(calendar, texts=found.texts, problems=problems), 422
        changes = _change(db, cohort_id, found, apply=False)
    return preview_of_settings(calendar, found, changes)


@page.post(COHORT)
@may("write")
def confirm(cohort_id: int) -> ResponseReturnValue:
    """Exactly what was shown; where that is not what would happen now, it is shown again."""
    try:
        with parts().database.transaction() as db:
            calendar = _calendar(db, cohort_id)
            found = typed(request.form, before=calendar.terms)
            problems = _problems(db, found, cohort_id=cohort_id)
            if problems:
                return form(calendar, texts=found.texts, problems=problems), 422
            _change(db, cohort_id, found, apply=True)
    except Otherwise as instead:
        return preview_of_settings(calendar, found, instead.changes, notice=OTHERWISE), 409
    session["toast"] = f"{found.terms.name.strip()}: the settings are changed."
    return redirect(url_for("cohorts.cohort", cohort_id=cohort_id), 303)


@page.post(f"{COHORT}/holidays/preview")
@may("write")
def preview_holiday(cohort_id: int) -> ResponseReturnValue:
    """What a break would change."""
    found = typed_break(request.form)
    with parts().database.reading() as db:
        calendar = _calendar(db, cohort_id)
        try:
            changes = _add(db, cohort_id, found, apply=False)
        except Refused as reason:
            return form(calendar, break_typed=found, break_problem=str(reason)), 422
    return preview_of_break(calendar, found, changes)


@page.post(f"{COHORT}/holidays")
@may("write")
def add_holiday(cohort_id: int) -> ResponseReturnValue:
    found = typed_break(request.form)
    try:
        with parts().database.transaction() as db:
            calendar = _calendar(db, cohort_id)
            _add(db, cohort_id, found, apply=True)
    except Refused as reason:
        return form(calendar, break_typed=found, break_problem=str(reason)), 422
    except Otherwise as instead:
        return preview_of_break(calendar, found, instead.changes, notice=OTHERWISE), 409
    session["toast"] = f"{found.name} is kept free."
    return redirect(url_for("cohorts.cohort", cohort_id=cohort_id) + "#breaks", 303)


@page.post(f"{HOLIDAY}/preview")
@may("write")
def preview_removal(cohort_id: int, holiday_id: int) -> ResponseReturnValue:
    """What would come back without a break."""
    with parts().database.reading() as db:
        calendar = _calendar(db, cohort_id)
        changes = _remove(db, calendar, holiday_id, apply=False)
    return preview_of_removal(calendar, holiday_id, changes)


@page.post(f"{HOLIDAY}/removed")
@may("write")
def remove_holiday(cohort_id: int, holiday_id: int) -> ResponseReturnValue:
    try:
        with parts().database.transaction() as db:
            calendar = _calendar(db, cohort_id)
            _remove(db, calendar, holiday_id, apply=True)
    except Otherwise as instead:
        return preview_of_removal(calendar, holiday_id, instead.changes, notice=OTHERWISE), 409
    session["toast"] = "The break is removed."
    return redirect(url_for("cohorts.cohort", cohort_id=cohort_id) + "#breaks", 303)


@page.post("/hold")
@may("write")
def hold() -> ResponseReturnValue:
    """From now on the bot starts nothing with anybody."""
    with parts().database.transaction() as db:
        done = hold_everything(db, staff_id=staff().id, now=now())
    session["toast"] = "Everything is held." if done else "Everything was held already."
    return redirect(url_for("cohorts.overview"), 303)


@page.post("/release")
@may("write")
def release() -> ResponseReturnValue:
    """Whoever may hold everything need not see everybody; whoever lets it go again must."""
    _everywhere()
    with parts().database.transaction() as db:
        done = release_everything(db, staff_id=staff().id, now=now())
    parts().wake.set()
    session["toast"] = "Messages go out again." if done else "Nothing was held."
    going_to = request.form.get("next")
    return redirect(local_path(going_to) if going_to else url_for("cohorts.overview"), 303)


def _everywhere() -> None:
    """What concerns every cohort, or one that nobody sees yet, is for who sees them all."""
    if sight().cohorts is not None:
        abort(403)


def _calendar(db: Db, cohort_id: int) -> Calendar:
    if not sight().cohort(cohort_id) or cohort_with_id(db, cohort_id=cohort_id) is None:
        abort(404)
    return calendar_of(db, cohort_id=cohort_id)


def _problems(db: Db, found: Typed, *, cohort_id: int) -> dict[str, str]:
    return {
        **change.term_problems(db, terms=found.terms, cohort_id=cohort_id),
        **found.problems,
    }


def _shown() -> str:
    """The digest of the preview that is confirmed; without a preview "", which is none."""
    return request.form.get("shown", "")


def _change(db: Db, cohort_id: int, found: Typed, *, apply: bool) -> Changes:
    return change.change_cohort(
        db,
        cohort_id=cohort_id,
        terms=found.terms,
        staff_id=staff().id,
        now=now(),
        apply=apply,
        shown=_shown(),
    )


def _add(db: Db, cohort_id: int, found: TypedBreak, *, apply: bool) -> Changes:
    if found.everywhere and sight().cohorts is not None:
        raise Refused("Only somebody who sees every cohort can add a break for all of them.")
    if found.problem or found.starts_on is None or found.ends_on is None:
        raise Refused(found.problem)
    return change.add_holiday(
        db,
        cohort_id=None if found.everywhere else cohort_id,
        name=found.name,
        starts_on=found.starts_on,
        ends_on=found.ends_on,
        staff_id=staff().id,
        now=now(),
        apply=apply,
        shown=_shown(),
    )


def _remove(db: Db, calendar: Calendar, holiday_id: int, *, apply: bool) -> Changes:
    """Only a break of this cohort: what was confirmed must be what stood on its page."""
    row = next((each for each in calendar.breaks if each.id == holiday_id), None)
    if row is None:
        abort(404)
    if row.everywhere:
        _everywhere()
    try:
        return change.remove_holiday(
            db,
            holiday_id=holiday_id,
            staff_id=staff().id,
            now=now(),
            apply=apply,
            shown=_shown(),
        )
    except Refused:
        abort(404)
