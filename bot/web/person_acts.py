"""What staff do about one person: a pause, its end, and the end of her part in a cohort."""

from datetime import UTC, datetime, time

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from bot.actions.end_enrolment import LEFT, end_enrolment
from bot.actions.pause import pause as pause_her
from bot.actions.resume import resume as resume_her
from bot.errors import Refused
from bot.programme.breakdowns import LEAVING
from bot.programme.term_words import read_day
from bot.store.pages import person_pairs
from bot.store.pages.person import Who, who
from bot.web.access import may
from bot.web.alerts import MOST_ID
from bot.web.filters import day
from bot.web.here import now, parts, sight, staff
from bot.web.person_page import Problem, person_page
from bot.web.person_sessions import enrolments

page = Blueprint("acts", __name__, url_prefix=f"/<int(max={MOST_ID}):participant_id>")

OUTCOMES = {"left": "She has left", "completed": "She has completed it"}
NEEDLESS = frozenset({"next_cohort"})  # a reason that only joining another cohort gives


@page.post("/paused")
@may("write")
def pause(participant_id: int) -> ResponseReturnValue:
    """Until a day, or until somebody says so."""
    _who(participant_id)
    reason, typed = request.form.get("reason", ""), request.form.get("until", "").strip()
    try:
        until = _start_of(typed)
        with parts().database.transaction() as db:
            pause_her(
                db,
                participant_id=participant_id,
                until=until,
                reason=reason,
                staff_id=staff().id,
                now=now(),
            )
    except Refused as why:
        problem = Problem(text=str(why), reason=reason, until=typed)
        return person_page(participant_id, problem=problem), 422
    back = f"until {day(until)}" if until else "until you say that she is back"
    session["toast"] = f"Paused {back}. She may write at any time."
    return _back(participant_id)


@page.post("/resumed")
@may("write")
def resume(participant_id: int) -> ResponseReturnValue:
    _who(participant_id)
    try:
        with parts().database.transaction() as db:
            resume_her(db, participant_id=participant_id, staff_id=staff().id, now=now())
    except Refused as why:
        return person_page(participant_id, problem=Problem(text=str(why))), 422
    session["toast"] = "She is back. What fell into the pause is not asked afterwards."
    return _back(participant_id)


@page.get("/left")
@may("write")
def leaving(participant_id: int) -> ResponseReturnValue:
    """What will happen, before it does."""
    return _leaving(_who(participant_id))


@page.post("/left")
@may("write")
def leave(participant_id: int) -> ResponseReturnValue:
    """Only with the box ticked: a person has talked with her, or has tried to."""
    her = _who(participant_id)
    try:
        enrolment_id = _asked_for(participant_id)
        if request.form.get("talked") != "yes":
            raise Refused("Please talk with her first, and tick the box.")
        with parts().database.transaction() as db:
            pairs = end_enrolment(
                db,
                enrolment_id=enrolment_id,
                state=request.form.get("state", ""),
                reason=request.form.get("reason", ""),
                staff_id=staff().id,
                now=now(),
            )
    except Refused as why:
        return _leaving(her, problem=str(why)), 422
    parts().wake.set()
    session["toast"] = "It is written down. Nothing is deleted." + (
        " Please tell the other of her pair that it has ended: no message does." if pairs else ""
    )
    return _back(participant_id)


def _who(participant_id: int) -> Who:
    with parts().database.reading() as db:
        found = who(db, participant_id=participant_id, sight=sight())
    return found or abort(404)


def _back(participant_id: int) -> ResponseReturnValue:
    return redirect(url_for("people.person", participant_id=participant_id), 303)


def _start_of(typed: str) -> datetime | None:
    """The first moment of that day by the charity's clock; None when no day was given."""
    if not typed:
        return None
    try:
        local = datetime.combine(read_day(typed), time(), parts().settings.timezone)
        return local.astimezone(UTC)
    except ValueError:
        raise Refused("Please give the day like 2026-12-24.") from None


def _asked_for(participant_id: int) -> int:
    """The enrolment that the form names, if it is hers."""
    typed = request.form.get("enrolment", "")
    with parts().database.reading() as db:
        hers = person_pairs.enrolments(db, participant_id=participant_id, sight=sight())
    found = next((row.id for row in hers if str(row.id) == typed), None)
    if found is None:
        raise Refused("Please choose which cohort.")
    return found


def _leaving(her: Who, *, problem: str = "") -> str:
    with parts().database.reading() as db:
        hers = person_pairs.enrolments(db, participant_id=her.id, sight=sight())
        pairs = person_pairs.pairs(db, participant_id=her.id, sight=sight())
    going_on = [row for row in hers if row.state == "active"]
    return render_template(
        "person_left.html",
        who=her,
        problem=problem,
        enrolments=enrolments(going_on),
        pairs=[pair for pair in pairs if pair.state != "ended"],
        outcomes=OUTCOMES,
        reasons={key: text for key, text in LEAVING.items() if key not in NEEDLESS},
        chosen={
            "state": request.form.get("state", LEFT),
            "reason": request.form.get("reason", ""),
            "enrolment": request.form.get("enrolment", ""),
            "talked": request.form.get("talked") == "yes",
        },
    )
