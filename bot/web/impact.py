"""A cohort's report: its figures as they stand now, and as they were when somebody froze them."""

from flask import Blueprint, Response, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from bot.actions.freeze_report import figures_of, freeze_report
from bot.errors import Refused
from bot.programme import impact_words as words
from bot.programme.impact import Impact, digest
from bot.programme.quotes import Quote, quotes
from bot.programme.thawed import thawed_pair
from bot.store.impact import all_cohorts, participants_of, read_impact_rows
from bot.store.reports import FrozenReport, report, reports
from bot.web import impact_page as drawn
from bot.web.access import may
from bot.web.alerts import MOST_ID
from bot.web.here import now, parts, sight, staff
from bot.web.reading import record_reading
from bot.web.sheets import sheet, wanted_format

page = Blueprint("impact", __name__)


@page.get("/reports")
@may("read")
def overview() -> ResponseReturnValue:
    """Every cohort, and every report that was frozen."""
    with parts().database.reading() as db:
        cohorts, frozen = all_cohorts(db, sight=sight()), reports(db, sight=sight())
    return render_template("impact_reports.html", cohorts=cohorts, frozen=frozen)


@page.get(f"/cohorts/<int(max={MOST_ID}):cohort_id>/impact")
@may("read")
def cohort(cohort_id: int) -> ResponseReturnValue:
    """The figures as they stand now."""
    return _cohort(cohort_id)


@page.post(f"/cohorts/<int(max={MOST_ID}):cohort_id>/impact")
@may("write")
def freeze(cohort_id: int) -> ResponseReturnValue:
    """Keep these figures: what is answered later no longer changes them."""
    _seen(cohort_id)
    try:
        with parts().database.transaction() as db:
            report_id = freeze_report(
                db,
                cohort_id=cohort_id,
                title=request.form.get("title", ""),
                staff_id=staff().id,
                now=now(),
            )
    except Refused as reason:
        return _cohort(cohort_id, problem=str(reason)), 422
    session["toast"] = "Frozen. These figures stay as they are."
    return redirect(url_for("impact.frozen", report_id=report_id), 303)


@page.get(f"/reports/<int(max={MOST_ID}):report_id>")
@may("read")
def frozen(report_id: int) -> ResponseReturnValue:
    """The figures as they were frozen."""
    with parts().database.reading() as db:
        kept = report(db, report_id=report_id, sight=sight()) or abort(404)
        told, before = thawed_pair(kept.figures)
        printable = _printable(db, cohort_id=kept.cohort_id, ids=frozenset(told.quotes))
    return _shown(told, before, printable, cohort_id=kept.cohort_id, kept=kept)


def _seen(cohort_id: int) -> None:
    if not sight().cohort(cohort_id):
        abort(404)


def _cohort(cohort_id: int, *, problem: str = "") -> str | Response:
    _seen(cohort_id)
    with parts().database.reading() as db:
        try:
            told, before = thawed_pair(figures_of(db, cohort_id=cohort_id))
        except Refused:
            abort(404)
        printable = _printable(db, cohort_id=cohort_id, ids=frozenset(told.quotes))
        earlier = reports(db, cohort_id=cohort_id, sight=sight())
    return _shown(told, before, printable, cohort_id=cohort_id, earlier=earlier, problem=problem)


def _printable(
    db: Session, *, cohort_id: int, ids: frozenset[int]
) -> tuple[tuple[Quote, ...], tuple[int, ...]]:
    """The words that may be printed today, and whose they are: consent can be taken back."""
    rows = read_impact_rows(db, cohort_id=cohort_id)
    found = tuple(one for one in quotes(rows) if one.answer_id in ids) if rows else ()
    return found, participants_of(db, enrolments=tuple(one.enrolment_id for one in found))


def _shown(
    told: Impact,
    before: Impact | None,
    printable: tuple[tuple[Quote, ...], tuple[int, ...]],
    *,
    cohort_id: int,
    kept: FrozenReport | None = None,
    earlier: tuple[FrozenReport, ...] = (),
    problem: str = "",
) -> str | Response:
    if wanted_format():
        name = f"report-{kept.id}" if kept else f"cohort-{cohort_id}-impact"
        return sheet(name, words.COLUMNS, words.table(told, before))
    quoted, whose = printable
    record_reading(whose)
    return render_template(
        "impact.html",
        told=told,
        before=before,
        quoted=quoted,
        kept=kept,
        fits=kept is None or digest(kept.figures) == kept.digest,
        cohort_id=cohort_id,
        earlier=earlier,
        problem=problem,
        words=words,
        headlines=drawn.lines(told.headlines(), before),
        statements=[
            (key, title, drawn.lines(told.told(key), before)) for key, title in words.PARTS.items()
        ],
        changes=[drawn.change_line(one) for one in (told.goals, told.goals_in_hindsight)],
        started=[one for one in told.baseline if one.number],
        funnel=drawn.count_bars(told.funnel),
        hours=drawn.hours_bar(told.hours),
        barriers=drawn.cell_bars(told.barriers.cells),
        languages=drawn.cell_bars(told.languages.cells),
        focus=drawn.cell_bars(told.focus.cells),
        leaving=drawn.cell_bars(told.leaving.cells),
    )
