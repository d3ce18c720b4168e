"""The audit log: who of the staff read or did what. Read only; nothing here can be changed."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from bot.store.pages import audit as rows
from bot.web.access import may
from bot.web.alerts import MOST_ID
from bot.web.here import parts, sight, staff

page = Blueprint("audit", __name__, url_prefix="/audit")

# What an entry is about, in words; a participant stands with her name
ABOUT = {
    "participant": "participant",
    "address": "somebody who is not known here, address",
    "staff": "staff member",
    "house": "everything",
}


@page.get("")
@may("administer", "safeguard")
def overview() -> ResponseReturnValue:
    """All of it for administrators; for a safeguarding lead what is about people she sees."""
    participant_id, staff_id, before = (_asked(one) for one in ("participant", "staff", "before"))
    with parts().database.reading() as db:
        found = rows.logged(
            db,
            sight=sight(),
            everything=staff().may("administer"),
            participant_id=participant_id,
            staff_id=staff_id,
            before=before,
        )
    return render_template(
        "audit.html",
        entries=[(row, row.action.replace("_", " "), about(row.subject)) for row in found],
        narrowed=participant_id is not None or staff_id is not None,
        asked={"participant": participant_id, "staff": staff_id},
        older=found[-1].id if len(found) == rows.PAGE else None,
        before=before,
    )


def about(subject: str) -> str:
    """An entry's subject as people say it: pairing 3."""
    kind, _, number = subject.partition(":")
    return f"{ABOUT.get(kind, kind.replace('_', ' '))} {number}".strip()


def _asked(name: str) -> int | None:
    typed = request.args.get(name)
    if typed is None:
        return None
    if not (typed.isascii() and typed.isdecimal() and 0 < int(typed[:11]) <= MOST_ID):
        abort(404)
    return int(typed)
