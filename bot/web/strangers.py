"""Somebody we do not know wrote: what was said at that address, and what waits for a person."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from bot.programme.sentences import stranger
from bot.store.media import attachments
from bot.store.pages import talk
from bot.store.pages.alerts import alerts_at
from bot.store.pages.strangers import stranger_at
from bot.web.access import may
from bot.web.alerts import MOST_ID, shown
from bot.web.bubbles import bubbles
from bot.web.here import parts, sight
from bot.web.reading import record_reading

page = Blueprint("strangers", __name__, url_prefix="/strangers")


@page.get(f"/<int(max={MOST_ID}):address_id>")
@may("read")
def conversation(address_id: int) -> ResponseReturnValue:
    """Everything said at one address while nobody was known by it. Opening it is recorded."""
    before = request.args.get("before", type=int)
    if before is not None and not 0 < before <= MOST_ID:
        abort(404)
    with parts().database.reading() as db:
        where = stranger_at(db, address_id=address_id, sight=sight())
        told = talk.messages_at(db, address_id=address_id, sight=sight(), before=before)
        alerts = alerts_at(db, address_id=address_id, sight=sight())
        files = attachments(db, [row.id for row in told if row.media])
    if where is None or not (told or before):
        abort(404)  # an address of somebody we know, who has a page of her own
    record_reading((), addresses=(address_id,))
    return render_template(
        "stranger.html",
        where=where,
        who=stranger(where.address),
        alerts=[shown(row) for row in alerts],
        bubbles=bubbles(told, library=parts().library, house=parts().house, files=files),
        older=told[0].id if len(told) == talk.PAGE else None,
        before=before,
    )
