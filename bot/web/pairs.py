"""One pair: its sessions and by whose word they count, and what staff can put right."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session as Db

from bot.actions.correct_session import Correction, correct_session
from bot.actions.end_pair import end_pair
from bot.actions.enter_session import enter_session
from bot.actions.pause_pairing import pause_pairing
from bot.actions.resume_pairing import resume_pairing
from bot.errors import Refused
from bot.programme.lines import cohort_week
from bot.programme.sentences import hours
from bot.store.pages import pair as rows
from bot.store.pages import person
from bot.store.pages.alerts import alerts_of
from bot.web import words
from bot.web.access import may
from bot.web.alerts import MOST_ID, shown
from bot.web.charts import GoalChart, goal_chart
from bot.web.filters import full
from bot.web.here import now, parts, sight, staff
from bot.web.reading import record_reading
from bot.web.training_form import YEARS

page = Blueprint("pairs", __name__, url_prefix=f"/pairs/<int(max={MOST_ID}):pairing_id>")

STATES = {
    "proposed": "Proposed, not agreed yet",
    "planned": "Planned",
    "held": "Held",
    "missed": "Missed",
    "disputed": "Reported differently",
    "rescheduled": "Moved",
    "cancelled": "Called off in time",
    "unreported": "Nobody has said",
}
SAY = {  # what staff can say of a session
    "held": "They met",
    "missed": "They did not meet",
    "cancelled": "It was called off in time",
    "rescheduled": "It was moved",
    "planned": "It is still to come",
}
PROOFS = {
    "both": "both",
    "mentor": "the mentor alone",
    "mentee": "the mentee alone",
    "staff": "staff",
}
PLACES = {"": "Not said", "phone": "Phone", "video": "Video", "in_person": "In person"}
REASONS = {
    "other_time": "another time was wanted",
    "not_this_week": "not that week",
    "no_answer": "nobody agreed in time",
    "unclear": "each names the other",
    "paused": "the pair paused",
    "ended": "the pair ended",
}
FIELDS = {"state": "state", "minutes": "minutes", "starts_at": "time", "place": "place"}
DOTS = {"held": "both", "cancelled": "rescheduled"}


@dataclass(frozen=True, kw_only=True)
class ShownSession:
    """One session in words. `local` is its start for a form; `past`: it has begun."""

    row: rows.SessionRow
    dot: str
    state: str
    why: str
    by: str
    place: str
    mentor: str
    mentee: str
    local: str
    past: bool


@dataclass(frozen=True, kw_only=True)
class ShownGoal:
    """A goal of hers with its line."""

    goal: person.GoalRow
    chart: GoalChart | None


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why a form was refused, and which: a session's id, or the name of another form."""

    text: str
    at: int | str


@page.get("")
@may("read")
def overview(pairing_id: int) -> ResponseReturnValue:
    """Both reports of each session stand here: opening it is recorded. `?correct=` a session."""
    return _page(pairing_id, correct=request.args.get("correct", type=int))


@page.post(f"/sessions/<int(max={MOST_ID}):session_id>")
@may("write")
def correct(pairing_id: int, session_id: int) -> ResponseReturnValue:
    """Staff know better what became of a session, or when it is."""

    def act(db: Db) -> str:
        known = rows.sessions(db, pairing_id=pairing_id)
        if all(one.id != session_id for one in known):
            abort(404)
        correction = Correction(
            state=request.form.get("state") or None,
            minutes=_minutes(),
            starts_at=_moment(),
            place=request.form.get("place"),
        )
        correct_session(
            db,
            session_id=session_id,
            staff_id=staff().id,
            correction=correction,
            why=request.form.get("why", ""),
            now=now(),
        )
        return "The session is corrected."

    return _do(pairing_id, act, at=session_id)


@page.post("/sessions")
@may("write")
def enter(pairing_id: int) -> ResponseReturnValue:
    """One that took place and that nobody had planned."""

    def act(db: Db) -> str:
        starts_at, minutes = _moment(), _minutes()
        if starts_at is None:
            raise Refused("Please say on which day and at what time they met.")
        if minutes is None:
            raise Refused("Please say how many minutes they met.")
        enter_session(
            db,
            pairing_id=pairing_id,
            staff_id=staff().id,
            starts_at=starts_at,
            minutes=minutes,
            place=request.form.get("place", ""),
            why=request.form.get("why", ""),
            now=now(),
        )
        return "The session is written down."

    return _do(pairing_id, act, at="enter")


@page.post("/paused")
@may("write")
def pause(pairing_id: int) -> ResponseReturnValue:
    def act(db: Db) -> str:
        pause_pairing(db, pairing_id=pairing_id, staff_id=staff().id, now=now())
        return "The pair rests. Neither is asked about sessions until it meets again."

    return _do(pairing_id, act, at="state")


@page.post("/resumed")
@may("write")
def resume(pairing_id: int) -> ResponseReturnValue:
    def act(db: Db) -> str:
        resume_pairing(db, pairing_id=pairing_id, staff_id=staff().id, now=now())
        return "The pair meets again."

    return _do(pairing_id, act, at="state")


@page.post("/ended")
@may("write")
def end(pairing_id: int) -> ResponseReturnValue:
    def act(db: Db) -> str:
        why = request.form.get("why", "")
        end_pair(db, pairing_id=pairing_id, staff_id=staff().id, why=why, now=now())
        return "The pair has ended. Please tell both: no message does."

    return _do(pairing_id, act, at="end")


def _do(pairing_id: int, act: Callable[[Db], str], *, at: int | str) -> ResponseReturnValue:
    """Do it and show the pair as it now is; or say in its form why not."""
    with parts().database.reading() as db:
        if rows.pair(db, pairing_id=pairing_id, sight=sight()) is None:
            abort(404)
    try:
        with parts().database.transaction() as db:
            told = act(db)
    except Refused as reason:
        return _page(pairing_id, correct=at, problem=Problem(text=str(reason), at=at)), 422
    parts().wake.set()
    session["toast"] = told
    return redirect(url_for("pairs.overview", pairing_id=pairing_id), 303)


def _minutes() -> int | None:
    typed = request.form.get("minutes", "").strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= 4):
        raise Refused("Minutes are a number, such as 60.")
    return int(typed)


def _moment() -> datetime | None:
    """The charity's own wall clock, as a browser sends it; nothing when it was left empty."""
    typed = request.form.get("starts_at", "").strip()
    if not typed:
        return None
    try:
        local = datetime.fromisoformat(typed)
    except ValueError:
        local = None
    if local is None or local.tzinfo is not None or local.year not in YEARS:
        raise Refused("Please give day and time like 2026-11-24 17:30.")
    return local.replace(tzinfo=parts().settings.timezone).astimezone(UTC)


def _page(
    pairing_id: int, *, correct: int | str | None = None, problem: Problem | None = None
) -> str:
    with parts().database.reading() as db:
        pair = rows.pair(db, pairing_id=pairing_id, sight=sight())
        if pair is None:
            abort(404)
        said = rows.reports(db, pairing_id=pairing_id)
        sessions = [_shown(row, said) for row in rows.sessions(db, pairing_id=pairing_id)]
        changes = [_changed(row) for row in rows.changes(db, pairing_id=pairing_id)]
        both = (pair.mentee_id, pair.mentor_id)
        alerts = [one for who in both for one in alerts_of(db, participant_id=who, sight=sight())]
        goals = _goals(db, pair.mentee_id)
    record_reading(both)
    held = [one.row for one in sessions if one.row.state == "held"]
    return render_template(
        "pair.html",
        pair=pair,
        where=cohort_week(
            pair.cohort,
            starts_on=pair.starts_on,
            weeks=pair.weeks,
            today=now().astimezone(parts().settings.timezone).date(),
        ),
        sessions=sessions,
        correcting=next((one for one in sessions if one.row.id == correct), None),
        held=len(held),
        minutes=sum(row.minutes or 0 for row in held),
        changes=changes,
        alerts=[shown(row) for row in alerts if row.state != "closed"],
        goals=goals,
        say=SAY,
        places=PLACES,
        problem=problem,
    )


def _shown(row: rows.SessionRow, said: dict[tuple[int, str], person.ReportRow]) -> ShownSession:
    dot, proof = DOTS.get(row.state, row.state), row.proof or _proof(row, said)
    if row.state == "held" and proof in ("mentor", "mentee"):
        dot = "one"
    past = row.starts_at <= now()
    if row.state == "planned" and past:
        dot = "unreported"
    return ShownSession(
        row=row,
        dot=dot,
        state=STATES.get(row.state, row.state),
        why=_why(row),
        by=PROOFS.get(proof, ""),
        place=PLACES.get(row.place, row.place) if row.place else "",
        mentor=words.report(said.get((row.id, "mentor"))),
        mentee=words.report(said.get((row.id, "mentee"))),
        local=row.starts_at.astimezone(parts().settings.timezone).strftime("%Y-%m-%dT%H:%M"),
        past=past,
    )


def _proof(row: rows.SessionRow, said: dict[tuple[int, str], person.ReportRow]) -> str:
    """By whose word an old one counts, of which that was not written down."""
    if row.state != "held":
        return ""
    met = [role for role in ("mentor", "mentee") if _met(said.get((row.id, role)))]
    return "both" if len(met) == 2 else next(iter(met), "")


def _met(report: person.ReportRow | None) -> bool:
    return report is not None and report.met == "yes"


def _why(row: rows.SessionRow) -> str:
    """What more there is to say of its state, in one breath."""
    reason = words.REASONS.get(row.reason) or REASONS.get(row.reason, "")
    instead = f"to session {row.moved_to}" if row.moved_to else ""
    named = f"named by the {row.proposed_by}" if row.state == "proposed" else ""
    return ", ".join(filter(None, (instead, named, reason)))


def _changed(row: rows.ChangeRow) -> dict[str, object]:
    return {
        "row": row,
        "field": FIELDS.get(row.field, row.field),
        "old": _said(row.field, row.old),
        "new": _said(row.field, row.new),
    }


def _said(field: str, value: str) -> str:
    """A value of the history in words."""
    if not value:
        return "nothing"
    if field == "state":
        return STATES.get(value, value).lower()
    if field == "minutes":
        return hours(int(value))
    if field == "starts_at":
        return full(datetime.fromisoformat(value).astimezone(parts().settings.timezone))
    return PLACES.get(value, value).lower()


def _goals(db: Db, participant_id: int) -> list[ShownGoal]:
    history: dict[int, list[person.EntryRow]] = defaultdict(list)
    for entry in person.entries(db, participant_id=participant_id, sight=sight()):
        history[entry.goal_id].append(entry)
    return [
        ShownGoal(
            goal=goal,
            chart=goal_chart(
                [
                    (entry.at, entry.rating)
                    for entry in history[goal.id]
                    if entry.kind == "rating" and entry.rating is not None
                ]
            ),
        )
        for goal in person.goals(db, participant_id=participant_id, sight=sight())
        if goal.state == "active"
    ]
