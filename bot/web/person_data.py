"""Her data: a copy for her, erasing her, and the hold that keeps her records for the law."""

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from bot.actions.may_forget import keep_for_law
from bot.errors import Refused
from bot.store.hers import PERSON
from bot.store.pages.person import who
from bot.web.access import may
from bot.web.alerts import MOST_ID
from bot.web.here import now, parts, sight, staff

page = Blueprint("data", __name__, url_prefix=f"/<int(max={MOST_ID}):participant_id>/data")


@page.get("")
@may("safeguard")
def overview(participant_id: int) -> ResponseReturnValue:
    return _page(participant_id)


@page.post("/hold")
@may("safeguard")
def hold(participant_id: int) -> ResponseReturnValue:
    """With a reason nothing of hers may be erased; without one it may again."""
    lift = request.form.get("lift") == "yes"
    reason = "" if lift else request.form.get("reason", "")
    try:
        if not lift and not reason.strip():
            raise Refused("Please say why her records must be kept.")
        _page(participant_id)  # 404 where she is not this staff member's to see
        with parts().database.transaction() as db:
            keep_for_law(
                db, participant_id=participant_id, reason=reason, staff_id=staff().id, now=now()
            )
    except Refused as why:
        return _page(participant_id, problem=str(why), reason=reason), 422
    session["toast"] = "The hold is lifted." if lift else "Nothing of hers is erased from now on."
    return redirect(url_for("people.data.overview", participant_id=participant_id), 303)


def _page(participant_id: int, *, problem: str = "", reason: str = "") -> str:
    with parts().database.reading() as db:
        her = who(db, participant_id=participant_id, sight=sight()) or abort(404)
        held = select(PERSON.c.legal_hold).where(PERSON.c.id == participant_id)
        kept = db.execute(held).scalar_one()
    return render_template("person_data.html", who=her, held=kept, problem=problem, reason=reason)
