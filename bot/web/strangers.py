"""Somebody we do not know wrote: what was said at that address, what waits for a person, and whose
it is, where staff say so."""

from typing import cast

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from bot.actions.say_whose import NOTES, Whose, link_stranger, say_whose
from bot.errors import Refused
from bot.phone_numbers import numbers_in
from bot.programme.sentences import stranger
from bot.store.addresses import hides_number
from bot.store.media import attachments
from bot.store.pages import talk
from bot.store.pages.alerts import alerts_at
from bot.store.pages.strangers import (
    conflict_at,
    people_with,
    person_called,
    stranger_at,
    words_at,
)
from bot.web.access import may
from bot.web.alerts import MOST_ID, shown
from bot.web.bubbles import bubbles
from bot.web.here import now, parts, sight, staff
from bot.web.person_parts import readable
from bot.web.reading import record_reading

page = Blueprint("strangers", __name__, url_prefix="/strangers")


@page.get(f"/<int(max={MOST_ID}):address_id>")
@may("read")
def conversation(address_id: int) -> ResponseReturnValue:
    """Everything said at one address while nobody was known by it. Opening it is recorded."""
    return _conversation(address_id)


def _conversation(address_id: int, *, problem: str = "") -> str:
    before = request.args.get("before", type=int)
    if before is not None and not 0 < before <= MOST_ID:
        abort(404)
    with parts().database.reading() as db:
        where = stranger_at(db, address_id=address_id, sight=sight())
        told = talk.messages_at(db, address_id=address_id, sight=sight(), before=before)
        alerts = alerts_at(db, address_id=address_id, sight=sight())
        said = "\n".join(words_at(db, address_id=address_id, sight=sight()))
        matches = people_with(db, numbers=numbers_in(said), sight=sight())
        files = attachments(db, [row.id for row in told if row.media])
    if where is None or not (told or before):
        abort(404)  # an address of somebody we know, who has a page of her own
    unknown = where.participant_id is None and staff().may("write")
    record_reading((), addresses=(address_id,))
    return render_template(
        "stranger.html",
        where=where,
        who=stranger(where.address),
        alerts=[shown(row) for row in alerts],
        bubbles=bubbles(told, library=parts().library, house=parts().house, files=files),
        older=told[0].id if len(told) == talk.PAGE else None,
        before=before,
        linking=unknown,
        matches=matches if unknown else (),
        hides_number=hides_number(where.address),
        problem=problem,
    )


@page.post(f"/<int(max={MOST_ID}):address_id>/hers")
@may("write")
def link(address_id: int) -> ResponseReturnValue:
    """It is she: one press beside a match, or her reference typed."""
    reference = request.form.get("reference", "").strip()
    with parts().database.reading() as db:
        where = stranger_at(db, address_id=address_id, sight=sight())
        her = person_called(db, reference=reference, sight=sight())
    if where is None:
        abort(404)
    try:
        if her is None:
            raise Refused("Nobody has this reference. Please look at her page for it.")
        with parts().database.transaction() as db:
            link_stranger(
                db, address_id=address_id, participant_id=her.id, staff_id=staff().id, now=now()
            )
    except Refused as why:
        return _conversation(address_id, problem=str(why)), 422
    session["toast"] = "From now on whoever writes from there is she. What was said before stays."
    return redirect(url_for("people.person", participant_id=her.id), 303)


@page.get(f"/<int(max={MOST_ID}):address_id>/whose")
@may("read")
def whose(address_id: int) -> ResponseReturnValue:
    """A WhatsApp account and a number that do not go together: both people, and who may decide."""
    return _whose(address_id)


@page.post(f"/<int(max={MOST_ID}):address_id>/whose")
@may("write")
def decide(address_id: int) -> ResponseReturnValue:
    """Recorded, with who decided."""
    with parts().database.reading() as db:
        found = conflict_at(db, account_id=address_id, sight=sight()) or abort(404)
    try:
        chosen = request.form.get("whose", "")
        if chosen not in NOTES or found.hidden or (chosen == "account" and not found.account_of):
            raise Refused("Please choose one of the answers.")
        with parts().database.transaction() as db:
            say_whose(
                db,
                account_id=found.account_id,
                number_id=found.number_id,
                whose=cast(Whose, chosen),
                staff_id=staff().id,
                now=now(),
            )
    except Refused as why:
        answer = _whose(address_id, problem=str(why))
        return (answer, 422) if isinstance(answer, str) else answer
    parts().wake.set()
    session["toast"] = "It is written down."
    return redirect(url_for("people.person", participant_id=found.number_of.id), 303)


def _whose(address_id: int, *, problem: str = "") -> ResponseReturnValue:
    with parts().database.reading() as db:
        found = conflict_at(db, account_id=address_id, sight=sight())
    if found is None:  # decided since, or not hers to see
        session["toast"] = "Nothing is to be decided there."
        return redirect(url_for("alerts.overview"), 303)
    both = [one.id for one in (found.number_of, found.account_of) if one is not None]
    record_reading(both, addresses=(found.account_id,))
    return render_template(
        "whose.html",
        found=found,
        number=readable(found.number),
        same=found.account_of is not None and found.account_of.id == found.number_of.id,
        problem=problem,
    )
