"""Trainings: a cohort's list with hours, one training with who was there, the word on the slide."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from bot.actions import change_training as changes
from bot.actions.attend import Tick, tick_list
from bot.errors import Refused
from bot.programme.sentences import hours
from bot.programme.trainings import ends_at
from bot.store.pages import trainings as rows
from bot.store.pages.trainings import CohortRow, Listed, TrainingRow
from bot.web import training_form as forms
from bot.web import training_pages as drawn
from bot.web.access import may
from bot.web.alerts import MOST_ID
from bot.web.here import now, parts, sight, staff
from bot.web.sheets import sheet, wanted_format

page = Blueprint("trainings", __name__)

COHORT = f"/cohorts/<int(max={MOST_ID}):cohort_id>/trainings"
TRAINING = f"/trainings/<int(max={MOST_ID}):training_id>"
Typed = Mapping[int, tuple[bool, str]]


@page.get("/trainings")
@may("read")
def overview() -> ResponseReturnValue:
    """Every cohort with its next training."""
    with parts().database.reading() as db:
        cohorts, everything = rows.cohorts(db, sight=sight()), rows.trainings(db, sight=sight())
    listed = []
    for cohort in cohorts:
        hers = [one for one in everything if one.cohort_id == cohort.id]
        ahead = [drawn.shown(one, cohort) for one in hers if one.starts_at > now()]
        listed.append({"cohort": cohort, "number": len(hers), "next": next(iter(ahead), None)})
    return render_template("trainings_overview.html", listed=listed)


@page.get(COHORT)
@may("read")
def cohort(cohort_id: int) -> ResponseReturnValue:
    """A cohort's trainings and everybody's hours; `?format=csv` or xlsx: who was where."""
    with parts().database.reading() as db:
        about = _cohort(db, cohort_id)
        found = rows.trainings(db, cohort_id=cohort_id, sight=sight())
        everyone = rows.trained(db, cohort_id=cohort_id)
        people = rows.listed(db, cohort_id=cohort_id) if wanted_format() else ()
    if wanted_format():
        return _sheet(f"trainings-{cohort_id}", about, found, people)
    target = about.training_minutes
    return render_template(
        "trainings.html",
        cohort=about,
        ahead=[drawn.shown(one, about) for one in found if one.starts_at > now()],
        begun=[drawn.shown(one, about) for one in found if one.starts_at <= now()],
        mentors=drawn.hours_of_role(everyone, "mentor", target=target),
        mentees=drawn.hours_of_role(everyone, "mentee"),
        for_mentees=any(one.audience != "mentor" for one in found),
        organisations=drawn.organisations(everyone),
        target=hours(target),
    )


@page.get(f"{COHORT}/new")
@may("write")
def new(cohort_id: int) -> ResponseReturnValue:
    with parts().database.reading() as db:
        about = _cohort(db, cohort_id)
    return _form(about, fields=forms.EMPTY)


@page.post(COHORT)
@may("write")
def add(cohort_id: int) -> ResponseReturnValue:
    fields = forms.typed(request.form)
    with parts().database.transaction() as db:
        about = _cohort(db, cohort_id)
        draft, wrong = _draft(db, about, fields)
        if wrong:
            return _form(about, fields=fields, problems=wrong), 422
        training_id = changes.add_training(
            db, cohort_id=cohort_id, draft=draft, staff_id=staff().id, now=now()
        )
    session["toast"] = "Added. Everybody it is for is invited the day before."
    return redirect(url_for("trainings.training", training_id=training_id), 303)


@page.get(TRAINING)
@may("read")
def training(training_id: int) -> ResponseReturnValue:
    """Who comes, who was there, who missed it, how useful it was."""
    return _page(training_id)


@page.get(f"{TRAINING}/slide")
@may("read")
def slide(training_id: int) -> ResponseReturnValue:
    """The word, large, for the screen or the wall."""
    with parts().database.reading() as db:
        row, about = _training(db, training_id)
    if not row.word:
        abort(404)
    return render_template(
        "training_slide.html",
        training=drawn.shown(row, about),
        cohort=about,
        width=drawn.slide_width(row.word),
    )


@page.get(f"{TRAINING}/change")
@may("write")
def edit(training_id: int) -> ResponseReturnValue:
    with parts().database.reading() as db:
        row, about = _training(db, training_id)
    return _form(about, fields=forms.filled(row, zone=ZoneInfo(about.zone)), training=row)


@page.post(f"{TRAINING}/changed")
@may("write")
def change(training_id: int) -> ResponseReturnValue:
    fields = forms.typed(request.form)
    with parts().database.transaction() as db:
        row, about = _training(db, training_id)
        draft, wrong = _draft(db, about, fields, training_id=training_id)
        if wrong:
            return _form(about, fields=fields, problems=wrong, training=row), 422
        told = changes.change_training(
            db, training_id=training_id, draft=draft, staff_id=staff().id, now=now()
        )
    session["toast"] = f"Saved. {_told(told, 'for the old time')}".strip()
    return redirect(url_for("trainings.training", training_id=training_id), 303)


@page.post(f"{TRAINING}/removed")
@may("write")
def remove(training_id: int) -> ResponseReturnValue:
    try:
        with parts().database.transaction() as db:
            _, about = _training(db, training_id)
            told = changes.remove_training(
                db, training_id=training_id, staff_id=staff().id, now=now()
            )
    except Refused as reason:
        return _page(training_id, problem=str(reason)), 422
    session["toast"] = f"Removed. {_told(told, 'already')}".strip()
    return redirect(url_for("trainings.cohort", cohort_id=about.id), 303)


@page.post(f"{TRAINING}/attendance")
@may("write")
def tick(training_id: int) -> ResponseReturnValue:
    """The list as staff ticked it."""
    with parts().database.transaction() as db:
        row, _ = _training(db, training_id)
        people = rows.listed(db, cohort_id=row.cohort_id, training_id=training_id)
        typed = {one.enrolment_id: _typed(one.enrolment_id) for one in people if _sent(one)}
        longest = row.minutes
        wrong = {
            who: f"Please give 1 to {longest} minutes."
            for who, (there, minutes) in typed.items()
            if there and not 1 <= (forms.number(minutes) or 0) <= longest
        }
        if not wrong and row.starts_at <= now():
            ticks = {who: _tick(who, *said) for who, said in typed.items()}
            changed = tick_list(
                db, training_id=training_id, ticks=ticks, staff_id=staff().id, now=now()
            )
    if wrong or row.starts_at > now():
        problem = "Some minutes are not right." if wrong else "It has not begun yet."
        return _page(training_id, typed=typed, problems=wrong, problem=problem), 422
    session["toast"] = "Saved." if changed else "Nothing was changed."
    return redirect(url_for("trainings.training", training_id=training_id), 303)


@page.post(f"{TRAINING}/made-up")
@may("write")
def make_up(training_id: int) -> ResponseReturnValue:
    """She was there for the make-up: these minutes come on top."""
    enrolment_id = forms.number(request.form.get("enrolment_id", "")) or 0
    more = forms.number(request.form.get("minutes", "")) or 0
    with parts().database.transaction() as db:
        row, _ = _training(db, training_id)
        people = rows.listed(db, cohort_id=row.cohort_id, training_id=training_id)
        who = next((one for one in people if one.enrolment_id == enrolment_id), None)
        if who is None:
            abort(404)
        fits = 1 <= more <= row.minutes - (who.minutes or 0) and row.starts_at <= now()
        if fits:
            ticks = {enrolment_id: Tick(was=who.minutes, minutes=(who.minutes or 0) + more)}
            tick_list(db, training_id=training_id, ticks=ticks, staff_id=staff().id, now=now())
    if not fits:
        return _page(training_id, problem=f"{who.name} did not miss that many minutes."), 422
    session["toast"] = f"{who.name}: {hours(more)} more."
    return redirect(url_for("trainings.training", training_id=training_id), 303)


def _page(
    training_id: int,
    *,
    typed: Typed | None = None,
    problems: Mapping[int, str] | None = None,
    problem: str = "",
) -> str | Response:
    with parts().database.reading() as db:
        row, about = _training(db, training_id)
        people = rows.listed(db, cohort_id=row.cohort_id, training_id=training_id)
    if wanted_format():
        return _sheet(f"training-{training_id}", about, (row,), people)
    lines = drawn.lines(people, training=row, typed=typed or {}, problems=problems or {})
    over = ends_at(row.starts_at, minutes=row.minutes) <= now()
    return render_template(
        "training.html",
        training=drawn.shown(row, about),
        cohort=about,
        lines=lines,
        answered=drawn.answered(people),
        begun=row.starts_at <= now(),
        missed=[one for one in lines if over and one.missing > 0 and one.who.state == "active"],
        over=over,
        useful=drawn.useful(people),
        problem=problem,
    )


def _form(
    about: CohortRow,
    *,
    fields: Mapping[str, str],
    problems: Mapping[str, str] | None = None,
    training: TrainingRow | None = None,
) -> str:
    return render_template(
        "training_form.html",
        cohort=about,
        fields=fields,
        problems=problems or {},
        training=training,
        audiences=drawn.AUDIENCES,
    )


def _draft(
    db: Session, about: CohortRow, fields: Mapping[str, str], *, training_id: int | None = None
) -> tuple[changes.Draft, dict[str, str]]:
    draft, unread = forms.read(fields, zone=ZoneInfo(about.zone), now=now())
    wrong = changes.problems(
        db,
        house=parts().house,
        cohort_id=about.id,
        draft=draft,
        now=now(),
        training_id=training_id,
    )
    return draft, wrong | unread


def _cohort(db: Session, cohort_id: int) -> CohortRow:
    found = rows.cohorts(db, cohort_id=cohort_id, sight=sight())
    return found[0] if found else abort(404)


def _training(db: Session, training_id: int) -> tuple[TrainingRow, CohortRow]:
    found = rows.trainings(db, training_id=training_id, sight=sight())
    if not found:
        abort(404)
    return found[0], _cohort(db, found[0].cohort_id)


def _sheet(
    name: str, about: CohortRow, found: Sequence[TrainingRow], people: Sequence[Listed]
) -> Response:
    by_id, zone = {one.id: one for one in found}, ZoneInfo(about.zone)
    return sheet(
        name,
        drawn.COLUMNS,
        [drawn.table_row(one, by_id[one.training_id], zone=zone) for one in people],
    )


def _sent(one: Listed) -> bool:
    """Whether her line stood in the form: somebody may have come to the list since."""
    return f"was-{one.enrolment_id}" in request.form


def _typed(enrolment_id: int) -> tuple[bool, str]:
    there = request.form.get(f"there-{enrolment_id}") == "yes"
    return there, request.form.get(f"minutes-{enrolment_id}", "").strip()


def _tick(enrolment_id: int, there: bool, minutes: str) -> Tick:
    was = forms.number(request.form.get(f"was-{enrolment_id}", ""))
    return Tick(was=was, minutes=forms.number(minutes) if there else None)


def _told(number: int, how: str) -> str:
    if not number:
        return ""
    people = "One person was" if number == 1 else f"{number} people were"
    return f"{people} invited {how}: please tell them."
