"""Approvals: the texts for safety, beside their English, and who has approved the wording."""

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from bot.actions.approve import approve
from bot.errors import Refused
from bot.languages import SOURCE
from bot.safety_texts import CONTEXTS, NEEDED, approved, digest, wordings
from bot.store.approvals import ApprovalRow, approvals, approvals_by_language
from bot.web.access import may
from bot.web.here import now, parts, staff

page = Blueprint("approvals", __name__, url_prefix="/approvals")
TITLES = {
    "harm_red": "Danger, while somebody is on call",
    "harm_red_closed": "Danger, while we are closed",
    "harm_red_soon": "Danger, where no day can be promised",
    "harm_amber": "Something that worries us",
    "help": "After HELP",
    "talk_to": "Whom to ring",
    "safe_to_write": "Is it safe to write?",
    "write_here": "After “Yes”",
    "harm_red.discreet": "Danger, on a phone that others read, and after the safe word",
    "harm_amber.discreet": "Something that worries us, on a phone that others read",
    "help.discreet": "After HELP, on a phone that others read",
}


@page.get("")
@may("safeguard", "administer")
def overview() -> ResponseReturnValue:
    """`?language=ar`; else the first that is not the source."""
    return _overview(_language(request.args.get("language", "")))


@page.post("")
@may("safeguard", "administer")
def keep() -> ResponseReturnValue:
    """What somebody who reads the language approves, as she read it."""
    language = _language(request.form.get("language", ""))
    ticked = (one.partition(":") for one in request.form.getlist("texts"))
    try:
        with parts().database.transaction() as db:
            new = approve(
                db,
                catalogues=parts().catalogues,
                language=language,
                texts=[(context, read) for context, _, read in ticked],
                name=request.form.get("name", ""),
                staff_id=staff().id,
                now=now(),
            )
    except Refused as reason:
        return _overview(language, problem=str(reason)), 422
    session["toast"] = (
        f"Kept: {new} {'approval' if new == 1 else 'approvals'}."
        if new
        else "She had approved all of them already: another person is needed."
    )
    return redirect(url_for("approvals.overview", language=language), 303)


def _language(tag: str) -> str:
    known = [one for one in parts().catalogues.all_languages if one != SOURCE] or [SOURCE]
    tag = tag or known[0]
    return tag if tag in parts().catalogues.all_languages else abort(404)


def _overview(language: str, *, problem: str = "") -> str:
    catalogues = parts().catalogues
    with parts().database.reading() as db:
        rows, everything = approvals(db, language=language), approvals_by_language(db)
    ready = approved(catalogues, language, everything.get(language, ()))
    return render_template(
        "approvals.html",
        language=catalogues.all_languages[language],
        languages=[
            (one, len(approved(catalogues, tag, everything.get(tag, ()))))
            for tag, one in catalogues.all_languages.items()
        ],
        texts=[_shown(context, language, rows, ready) for context in CONTEXTS],
        missing=len(CONTEXTS) - len(ready),
        needed=NEEDED,
        number=len(CONTEXTS),
        problem=problem,
        typed=request.form.get("name", "") if problem else "",
    )


def _shown(
    context: str, language: str, rows: tuple[ApprovalRow, ...], ready: frozenset[str]
) -> dict[str, object]:
    catalogues = parts().catalogues
    now_said = digest(catalogues, context=context, language=language)
    key = context.removeprefix("standing.")
    said = wordings(catalogues, context=context, language=language)
    english = wordings(catalogues, context=context, language=SOURCE)
    mine = [row for row in rows if row.context == context]
    return {
        "id": key.replace(".", "-"),
        "title": TITLES[key],
        "value": f"{context}:{now_said}",
        "said": said[0],
        "choices": said[1:],
        "english": english[0],
        "english_choices": english[1:],
        "by": [row for row in mine if row.digest == now_said],
        "reworded": sum(row.digest != now_said for row in mine),
        "ready": context in ready,
    }
