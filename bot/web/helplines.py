"""Helplines: the numbers that somebody in danger is given, who checked them, and when."""

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from bot.actions import change_helpline as changes
from bot.errors import Refused
from bot.programme.helplines import ANYTHING, TOPICS, chosen, is_due, is_free
from bot.store.helplines import HelplineRow, helplines
from bot.web.access import may
from bot.web.alerts import MOST_ID
from bot.web.here import now, parts, staff

page = Blueprint("helplines", __name__, url_prefix="/helplines")
LINE = f"/<int(max={MOST_ID}):helpline_id>"


@page.get("")
@may("safeguard", "administer")
def overview() -> ResponseReturnValue:
    return _overview()


@page.post(f"{LINE}/checked")
@may("safeguard", "administer")
def checked(helpline_id: int) -> ResponseReturnValue:
    """Whoever is signed in rang it today."""
    try:
        with parts().database.transaction() as db:
            line = changes.check_helpline(
                db,
                helpline_id=helpline_id,
                name=staff().name or staff().email,
                today=now().astimezone(parts().house.zone).date(),
                staff_id=staff().id,
                now=now(),
            )
    except Refused as reason:
        return _overview(problem=str(reason)), 422
    session["toast"] = f"{line.name}: checked today."
    return redirect(url_for("helplines.overview", _anchor=f"line-{helpline_id}"), 303)


@page.post(f"{LINE}/changed")
@may("safeguard", "administer")
def changed(helpline_id: int) -> ResponseReturnValue:
    """Another number, or on or off."""
    try:
        with parts().database.transaction() as db:
            line = changes.change_helpline(
                db,
                helpline_id=helpline_id,
                number=request.form.get("number", ""),
                active=request.form.get("active") == "yes",
                staff_id=staff().id,
                now=now(),
            )
    except Refused as reason:
        return _overview(problem=str(reason), problem_at=helpline_id), 422
    session["toast"] = f"{line.name}: kept."
    return redirect(url_for("helplines.overview", _anchor=f"line-{helpline_id}"), 303)


def _overview(*, problem: str = "", problem_at: int | None = None) -> str:
    with parts().database.reading() as db:
        lines = helplines(db)
    today = now().astimezone(parts().house.zone).date()
    usual = chosen(lines)
    return render_template(
        "helplines.html",
        usual=usual[0] if usual else None,
        lines=[_shown(line, said=_is_said(line, lines)) for line in lines],
        due=sum(is_due(line, today=today) for line in lines),
        due_ids=frozenset(line.id for line in lines if is_due(line, today=today)),
        problem=problem,
        problem_at=problem_at,
    )


def _is_said(line: HelplineRow, lines: tuple[HelplineRow, ...]) -> bool:
    """Whether it is what somebody is given who writes of that topic."""
    return line in chosen(lines, topics=(line.topic,))


def _shown(line: HelplineRow, *, said: bool) -> dict[str, object]:
    topic = TOPICS.get(line.topic, line.topic)
    if said:
        use = "Said in every safe reply" if line.topic == ANYTHING else f"Said second: {topic}"
    elif not line.active:
        use = f"Off: {topic}"
    else:
        why = "another comes first" if is_free(line.number) else "not free to ring"
        use = f"Only for you: {topic} ({why})"
    return {"row": line, "use": use}
