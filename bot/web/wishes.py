"""What she wished for: when and how she is written to. Shown, and changed on her behalf."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from bot.actions.change_wishes import Wishes, change_wishes
from bot.errors import Refused
from bot.programme.holidays import HOLD_BACKS
from bot.programme.plan_words import Changes, Line
from bot.programme.week import WEEKDAYS
from bot.store.addresses import said_of_sms
from bot.store.pages.person import Who, who
from bot.web.access import may
from bot.web.alerts import MOST_ID
from bot.web.cohort_forms import exact
from bot.web.filters import day
from bot.web.here import now, parts, sight, staff
from bot.web.reading import record_reading

page = Blueprint("wishes", __name__, url_prefix=f"/<int(max={MOST_ID}):participant_id>/wishes")

PARTS_OF_DAY = {
    "": "No wish",
    "morning": "In the morning",
    "afternoon": "In the afternoon",
    "evening": "In the evening",
}
LISTENS = {
    "": "Not said",
    "read": "She reads messages",
    "listen": "She listens to messages",
    "both": "She reads and listens",
}
SMS = {"": "Not asked", "yes": "Yes, send an SMS then", "no": "No SMS"}
CHANGED = {
    "language": "her language",
    "discreet": "who reads her phone",
    "part_of_day": "the time of day",
    "weekday": "the weekday",
    "listens": "reading or listening",
    "safe_word": "her safe word",
    "hold_backs": "the days on which we stay silent",
    "sms_fallback": "SMS, should WhatsApp fail",
}
NEAR = timedelta(days=366)  # how long before its list of days ends staff hear of it
MOST_LINES = 6  # of what moved, on the page afterwards


@dataclass(frozen=True, kw_only=True)
class ShownWishes:
    """Each wish in words. `warnings`: calendars whose days are soon no longer known."""

    part_of_day: str
    weekday: str
    listens: str
    silent: tuple[str, ...]
    warnings: tuple[str, ...]


@page.get("")
@may("write")
def form(participant_id: int) -> ResponseReturnValue:
    """Her safe word stands here: opening it is recorded."""
    return _form(_who(participant_id))


@page.post("")
@may("write")
def change(participant_id: int) -> ResponseReturnValue:
    """What is planned moves with it; what moved is shown on her page."""
    her = _who(participant_id)
    try:
        wishes = _typed()
        with parts().database.transaction() as db:
            done = change_wishes(
                db,
                house=parts().house,
                participant_id=participant_id,
                wishes=wishes,
                staff_id=staff().id,
                now=now(),
            )
    except Refused as reason:
        return _form(her, problem=str(reason)), 422
    parts().wake.set()
    session["toast"] = _toast(done.changed, done.plan)
    session["moved"] = _moved(done.plan)
    return redirect(url_for("people.person", participant_id=participant_id), 303)


def shown_wishes(her: Who) -> ShownWishes:
    calendars = tuple(her.hold_backs or ())
    return ShownWishes(
        part_of_day=PARTS_OF_DAY.get(her.part_of_day, her.part_of_day),
        weekday=f"On {WEEKDAYS[her.weekday]}s" if her.weekday is not None else "No wish",
        listens=LISTENS.get(her.listens, her.listens),
        silent=tuple(HOLD_BACKS[name].label if name in HOLD_BACKS else name for name in calendars),
        warnings=tuple(warnings(calendars, today=_today())),
    )


def warnings(calendars: Iterable[str], *, today: date) -> Iterable[str]:
    """Where a calendar blocks nothing any more, or soon will not."""
    for name in calendars:
        calendar = HOLD_BACKS.get(name)
        if calendar is None:
            yield f"There is no calendar called {name} any more: its days are not kept free."
        elif calendar.known_until is not None and calendar.known_until - today < NEAR:
            until = day(calendar.known_until)
            yield f"{calendar.label}: its days are known until {until} only, and free after that."


def _who(participant_id: int) -> Who:
    with parts().database.reading() as db:
        found = who(db, participant_id=participant_id, sight=sight())
    return found or abort(404)


def _today() -> date:
    return now().astimezone(parts().settings.timezone).date()


def _form(her: Who, *, problem: str = "") -> str:
    """As it stands, or as it was typed."""
    record_reading([her.id])
    typed = request.form if problem else None
    calendars = typed.getlist("hold_backs") if typed is not None else list(her.hold_backs or ())
    offered = parts().catalogues.languages
    languages = {her.language: parts().catalogues.all_languages.get(her.language)} | dict(offered)
    weekday = WEEKDAYS[her.weekday].lower() if her.weekday is not None else ""
    with parts().database.reading() as db:
        said = said_of_sms(db, participant_id=her.id)
    return render_template(
        "person_wishes.html",
        who=her,
        problem=problem,
        parts_of_day=PARTS_OF_DAY,
        weekdays={"": "No wish", **{name.lower(): name for name in WEEKDAYS}},
        listens=LISTENS,
        sms=SMS if said else {},
        languages=[(tag, one) for tag, one in languages.items() if one is not None],
        calendars=HOLD_BACKS.values(),
        warnings=tuple(warnings(calendars, today=_today())),
        chosen={
            "part_of_day": typed.get("part_of_day", "") if typed else her.part_of_day,
            "weekday": typed.get("weekday", "") if typed else weekday,
            "listens": typed.get("listens", "") if typed else her.listens,
            "sms_fallback": typed.get("sms_fallback", "") if typed else _said_of_sms(said),
            "language": typed.get("language", "") if typed else her.language,
            "discreet": typed.get("discreet") == "yes" if typed else her.discreet,
            "safe_word": typed.get("safe_word", "") if typed else her.safe_word,
            "hold_backs": calendars,
        },
    )


def _said_of_sms(said: Sequence[bool | None]) -> str:
    first = next(iter(said), None)
    return "" if first is None else ("yes" if first else "no")


def _typed() -> Wishes:
    """What the form says. `Refused` for a weekday there is not."""
    days = [name.lower() for name in WEEKDAYS]
    weekday = request.form.get("weekday", "")
    sms = request.form.get("sms_fallback", "")
    if sms not in SMS:
        raise Refused("There is no such answer about SMS to choose.")
    if weekday not in ("", *days):
        raise Refused("There is no such weekday to choose.")
    return Wishes(
        language=request.form.get("language", ""),
        discreet=request.form.get("discreet") == "yes",
        part_of_day=request.form.get("part_of_day", ""),
        weekday=days.index(weekday) if weekday else None,
        listens=request.form.get("listens", ""),
        safe_word=" ".join(request.form.get("safe_word", "").split()),
        hold_backs=tuple(dict.fromkeys(request.form.getlist("hold_backs"))),
        sms_fallback=sms == "yes" if sms else None,
    )


def _toast(changed: Sequence[str], plan: Changes) -> str:
    if not changed:
        return "Nothing was changed: that is how it stands already."
    said = f"Changed: {', '.join(CHANGED.get(name, name) for name in changed)}."
    return said if plan.lines else f"{said} Nothing that is planned moves."


def _moved(plan: Changes) -> list[str]:
    """The first lines of what moved, and how many more there are."""
    zone = parts().settings.timezone
    lines = [_line(line, zone=zone) for line in plan.lines]
    more = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], f"and {more} more"] if more > 0 else lines


def _line(line: Line, *, zone: ZoneInfo) -> str:
    year = now().astimezone(zone).year
    becomes = exact(line.becomes, zone=zone, year=year)
    if line.was is None:
        return f"{line.what} is new: {becomes}"
    was = exact(line.was, zone=zone, year=year)
    return f"{line.what}: {becomes} instead of {was}" if becomes else f"{line.what}: not any more"
