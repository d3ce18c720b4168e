"""What is kept how long: what would go tonight, and what Twilio still holds."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from bot.actions.erase_copies import copies_left
from bot.actions.retain import NIGHTLY, would_go
from bot.kept_for import NAMES, cutoffs, spans
from bot.store.unsettled import marked_at
from bot.web.access import may
from bot.web.here import now, parts

page = Blueprint("kept", __name__, url_prefix="/kept")


@page.get("")
@may("safeguard", "administer")
def overview() -> ResponseReturnValue:
    settings = parts().settings
    going = would_go(parts().house, cutoffs(settings, now=now()), now=now())
    kept = spans(settings)
    with parts().database.reading() as db:
        left, last = copies_left(db), marked_at(db, name=NIGHTLY)
    return render_template(
        "kept.html",
        kinds=[(NAMES[name], kept[name], sum(rows.values())) for name, rows in going.items()],
        left=left,
        last=last,
        hours=settings.keep_twilio_hours,
    )
