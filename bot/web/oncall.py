"""On call: the rota and its gaps, who is on it and when, hours of cover, phone numbers."""

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session as Db

from bot.actions import change_rota as change
from bot.actions.on_call import rota_now
from bot.errors import Refused
from bot.phone_numbers import read_number
from bot.programme.holidays import MIDNIGHT
from bot.programme.oncall import (
    LEAD,
    RANKS,
    Rota,
    gaps,
    is_open,
    local_day,
    next_opening,
    on_call,
    ready,
)
from bot.programme.oncall_words import gap_sentence, read_cover, time_of, weekdays_in_words
from bot.programme.term_words import read_day
from bot.programme.week import WEEKDAYS
from bot.store.rota import team
from bot.web.access import may
from bot.web.alerts import MOST_ID
from bot.web.here import now, parts, staff

page = Blueprint("oncall", __name__, url_prefix="/on-call")


@page.get("")
@may("safeguard", "administer")
def overview() -> ResponseReturnValue:
    return _overview()


@page.post("/duties")
@may("safeguard", "administer")
def add() -> ResponseReturnValue:
    """Put a staff member on call."""
    form = request.form
    try:
        first, last = (read_day(form.get(name, "")) for name in ("starts_on", "ends_on"))
        with parts().database.transaction() as db:
            change.put_on_call(
                db,
                staff_id=form.get("staff_id", default=0, type=int),
                rank=form.get("rank", default=0, type=int),
                starts_on=first,
                ends_on=last,
                weekdays=form.getlist("weekday", type=int),
                by=staff().id,
                now=now(),
            )
    except (Refused, ValueError) as reason:
        return _overview("duty", str(reason)), 422
    return _done("She is on the rota.")


@page.post(f"/duties/<int(max={MOST_ID}):duty_id>/removed")
@may("safeguard", "administer")
def remove(duty_id: int) -> ResponseReturnValue:
    """Take a duty off the rota."""
    try:
        with parts().database.transaction() as db:
            change.take_off_call(db, duty_id=duty_id, by=staff().id, now=now())
    except Refused as reason:
        return _overview("rota", str(reason)), 422
    return _done("That duty is off the rota.")


@page.post("/cover")
@may("safeguard", "administer")
def cover() -> ResponseReturnValue:
    """Set the hours in which somebody is on call."""
    try:
        hours = read_cover(
            (request.form.get(f"from-{day}", ""), request.form.get(f"to-{day}", ""))
            for day in range(len(WEEKDAYS))
        )
        with parts().database.transaction() as db:
            change.change_cover(db, hours, by=staff().id, now=now())
    except (Refused, ValueError) as reason:
        return _overview("cover", str(reason)), 422
    return _done("The hours of cover are changed.")


@page.post(f"/phones/<int(max={MOST_ID}):staff_id>")
@may("safeguard", "administer")
def phone(staff_id: int) -> ResponseReturnValue:
    """Set the number on which a staff member is called."""
    written = request.form.get("phone", "").strip()
    try:
        number = read_number(written) if written else ""
        with parts().database.transaction() as db:
            change.change_phone(db, staff_id=staff_id, phone=number, by=staff().id, now=now())
    except ValueError as reason:
        return _overview(f"phone-{staff_id}", f"This {reason}."), 422
    except Refused as reason:
        return _overview(f"phone-{staff_id}", str(reason)), 422
    return _done("Her number is kept." if number else "She has no number any more.")


def _done(toast: str) -> ResponseReturnValue:
    parts().wake.set()
    session["toast"] = toast
    return redirect(url_for("oncall.overview"), 303)


def _overview(problem_at: str = "", problem: str = "") -> str:
    with parts().database.reading() as db:
        return _page(db, problem_at=problem_at, problem=problem)


def _page(db: Db, *, problem_at: str, problem: str) -> str:
    rota, house = rota_now(db, parts().house, now=now()), parts().house
    today = local_day(rota, now())
    return render_template(
        "on_call.html",
        open=is_open(rota, now()),
        opens=next_opening(rota, now()),
        ready=ready(rota, now()),
        gaps=[gap_sentence(gap) for gap in gaps(rota, now())],
        now_on_call=[(RANKS[duty.rank], duty) for duty in on_call(rota, today)],
        duties=_duties(rota),
        cover=_cover(rota),
        team=team(db),
        ranks=RANKS,
        lead=LEAD,
        weekdays=tuple(enumerate(WEEKDAYS)),
        ways=house.ways,
        today=today,
        typed=request.form,
        problem_at=problem_at,
        problem=problem,
    )


def _duties(rota: Rota) -> list[dict[str, object]]:
    return [
        {
            "row": duty,
            "rank": RANKS[duty.rank],
            "days": weekdays_in_words(sorted(duty.weekdays)),
            "reached": " and ".join(WAYS[way] for way in duty.ways) or "no way: add her number",
        }
        for duty in sorted(rota.duties, key=lambda one: (one.starts_on, one.rank, one.id))
    ]


WAYS = {"sms": "SMS", "email": "e-mail"}


def _cover(rota: Rota) -> list[dict[str, object]]:
    found = []
    for day, name in enumerate(WEEKDAYS):
        hours = rota.cover.get(day)
        first, last = (time_of(hours[0]), time_of(hours[1] % MIDNIGHT)) if hours else ("", "")
        found.append({"day": day, "name": name, "first": first, "last": last})
    return found
