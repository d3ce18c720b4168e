"""Alerts: what a person must look at. Open, noted (somebody has it), then closed with a note."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from bot.actions import exclude as conflict
from bot.actions.change_alert import change_alert
from bot.actions.recognise import CONFLICT
from bot.actions.release_hold import release_hold
from bot.errors import Refused
from bot.programme.sentences import alert_about, alert_because
from bot.programme.week import AlertRow
from bot.store.pages.alert_life import Round, StepRow, conflicts_of, steps_of
from bot.store.pages.alerts import alert, alerts_closed, alerts_to_do
from bot.store.pages.person import who
from bot.store.rota import TeamRow, team
from bot.web.access import may
from bot.web.alert_steps import lines
from bot.web.here import now, parts, sight, staff
from bot.web.signin import local_path
from bot.web.words import ABOUT_SENDING, WRITING, alert_detail, alert_help

page = Blueprint("alerts", __name__)

MOST_ID = 2**31 - 1
GROUPS = {"red": "At once", "amber": "By the next working day", "green": "This week"}


@page.get("/alerts")
@may("read", "administer")  # an administrator: what is about nobody
def overview() -> ResponseReturnValue:
    return _overview()


@page.post(f"/alerts/<int(max={MOST_ID}):alert_id>/noted")
@may("write", "administer")
def note(alert_id: int) -> ResponseReturnValue:
    """Somebody has it."""
    return _change(alert_id, to="noted")


@page.post(f"/alerts/<int(max={MOST_ID}):alert_id>/closed")
@may("write", "administer")
def close(alert_id: int) -> ResponseReturnValue:
    """It is dealt with; and she may be written to again, when staff say so."""
    return _change(alert_id, to="closed")


@page.post(f"/people/<int(max={MOST_ID}):participant_id>/released")
@may("safeguard")
def release(participant_id: int) -> ResponseReturnValue:
    """She can be written to again, though no concern is being closed now."""
    with parts().database.reading() as db:
        if who(db, participant_id=participant_id, sight=sight()) is None:
            abort(404)
    try:
        with parts().database.transaction() as db:
            released = release_hold(
                db,
                participant_id=participant_id,
                staff_id=staff().id,
                now=now(),
                zone=parts().house.zone,
            )
        session["toast"] = "She can be written to again." if released else "She was not held back."
    except Refused as reason:
        session["toast"] = str(reason)
    parts().wake.set()
    return redirect(url_for("people.person", participant_id=participant_id), 303)


def _change(alert_id: int, *, to: str) -> ResponseReturnValue:
    with parts().database.reading() as db:
        row = alert(db, alert_id=alert_id, sight=sight())
    if row is None:
        abort(404)
    release = request.form.get("release") == "yes" and staff().may("safeguard")
    try:
        change_alert(
            parts().database,
            alert_id=alert_id,
            to="noted" if to == "noted" else "closed",
            staff_id=staff().id,
            note=request.form.get("note", ""),
            release=release,
            now=now(),
            zone=parts().house.zone,
        )
    except Refused as reason:
        return _overview(problem=str(reason), problem_at=alert_id), 422
    parts().wake.set()
    session["toast"] = _toast(row, to=to, release=release)
    going_to = request.form.get("next")
    return redirect(local_path(going_to) if going_to else url_for("alerts.overview"), 303)


@page.post(f"/alerts/<int(max={MOST_ID}):alert_id>/excluded")
@may("safeguard")
def exclude(alert_id: int) -> ResponseReturnValue:
    """It is about one of the staff: from now on it goes round her."""
    return _round(alert_id, request.form.get("staff_id", default=0, type=int), out=True)


@page.post(f"/alerts/<int(max={MOST_ID}):alert_id>/included/<int(max={MOST_ID}):staff_id>")
@may("safeguard")
def include(alert_id: int, staff_id: int) -> ResponseReturnValue:
    """It is not about her after all."""
    return _round(alert_id, staff_id, out=False)


def _round(alert_id: int, staff_id: int, *, out: bool) -> ResponseReturnValue:
    try:
        with parts().database.transaction() as db:
            if alert(db, alert_id=alert_id, sight=sight()) is None:
                abort(404)
            change = conflict.exclude if out else conflict.include
            change(db, alert_id=alert_id, staff_id=staff_id, by=staff().id, now=now())
    except Refused as reason:
        return _overview(problem=str(reason)), 422
    parts().wake.set()
    session["toast"] = "It goes round her now." if out else "She sees it again."
    return redirect(url_for("alerts.overview"), 303)


def _toast(row: AlertRow, *, to: str, release: bool) -> str:
    name = alert_about(row.kind, row.name, address=row.address)
    about = f"{name}: " if name else ""
    if to == "noted":
        return f"{about}you have it."
    again = " She can be written to again." if release else ""
    return f"{about}closed.{again}"


def _overview(*, problem: str = "", problem_at: int | None = None) -> str:
    with parts().database.reading() as db:
        to_do, closed = alerts_to_do(db, sight=sight()), alerts_closed(db, sight=sight())
        told = _lives(db, [row.id for row in (*to_do, *closed)])
    return render_template(
        "alerts.html",
        groups=[
            (title, [shown(row, told) for row in to_do if row.level == level])
            for level, title in GROUPS.items()
        ],
        closed=[shown(row, told) for row in closed],
        problem=problem,
        problem_at=problem_at,
    )


@dataclass(frozen=True, kw_only=True)
class Lives:
    """What happened with some alerts, whom each goes round, and whom it could go round."""

    steps: Mapping[int, Sequence[StepRow]] = field(default_factory=dict)
    conflicts: Mapping[int, Sequence[Round]] = field(default_factory=dict)
    team: Sequence[TeamRow] = ()


def _lives(db: Session, alert_ids: Sequence[int]) -> Lives:
    """Only for those who may read records of harm."""
    if not staff().may("safeguard"):
        return Lives()
    return Lives(
        steps=steps_of(db, alert_ids), conflicts=conflicts_of(db, alert_ids), team=team(db)
    )


def shown(row: AlertRow, told: Lives = Lives()) -> dict[str, object]:
    """An alert as a page shows it: the row, and the words for it."""
    life = lines(told.steps.get(row.id, ()))
    may_go_round = row.state != "closed" and row.participant_id is not None
    return {
        "row": row,
        "about": alert_about(row.kind, row.name, address=row.address),
        "because": alert_because(row.kind),
        "detail": alert_detail(row.kind, row.detail),
        "help": alert_help(row.kind, agreed=row.agreed, detail=row.detail),
        "writing": WRITING.get(row.writing, ""),
        "read": "See the message" if row.kind in ABOUT_SENDING else "Read what she wrote",
        "whose": row.detail.rpartition(":")[2] if row.kind == CONFLICT else "",
        "life": life,
        "loud": life[-1].text if life and life[-1].loud and row.state == "open" else "",
        "round": told.conflicts.get(row.id, ()),
        "team": told.team if may_go_round else (),
    }
