"""WhatsApp's templates: each text in each language, how far it is, and what goes meanwhile."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from bot.actions.look_again import look_again
from bot.actions.note_approval import WAITING_STATES
from bot.actions.survey_templates import USABLE, Surveyed, survey_templates
from bot.channels.verdicts import verdict, why
from bot.languages import Language
from bot.web import words
from bot.web.access import may
from bot.web.here import now, parts, staff

page = Blueprint("wordings", __name__, url_prefix="/templates")

DISCREET = ".discreet"
MARKETING = "MARKETING"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One text in one language. `level` is an icon's name: tick, green (it waits), amber."""

    tag: str
    language: str
    level: str
    state: str
    why: str
    meanwhile: str
    looked_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One text; `flow` and `step` are where it stands among the conversations."""

    flow: str
    step: str
    name: str
    shared_phone: bool
    cells: tuple[Cell | None, ...]  # by language; None where it is not needed

    @property
    def done(self) -> bool:
        """Approved wherever it is needed."""
        return all(cell is None or cell.level == "tick" for cell in self.cells)


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """One that cannot be used, or costs more: what happened, and what to do."""

    name: str
    flow: str
    step: str
    tag: str
    language: str
    what: str


@page.get("")
@may("read", "administer")
def overview() -> ResponseReturnValue:
    catalogues = parts().catalogues
    with parts().database.reading() as db:
        found = survey_templates(db, library=parts().library, catalogues=catalogues)
    offered = catalogues.languages.values()
    columns = [one for one in offered if one.template]
    rows = _rows(found, columns)
    approved = Counter(one.tag for one in found if one.state == USABLE)
    return render_template(
        "wordings.html",
        begun=any(one.state for one in found),
        counts=[
            (one, approved[one.tag], sum(each.tag == one.tag for each in found)) for one in columns
        ],
        without=[(one, _opener_words(one)) for one in offered if one.template is None],
        languages=columns,
        rows=[row for row in rows if not row.done],
        done=[row for row in rows if row.done],
        troubles=_troubles(found),
        looked_at=max((one.looked_at for one in found if one.looked_at), default=None),
        on_whatsapp=parts().settings.twilio_whatsapp_from is not None,
    )


@page.post("/look-again")
@may("administer")
def again() -> ResponseReturnValue:
    with parts().database.transaction() as db:
        number = look_again(db, staff_id=staff().id, now=now())
    session["toast"] = (
        f"WhatsApp is asked about {number} of them. Load this page again in a few minutes."
        if number
        else "They are being looked at already. Load this page again in a few minutes."
    )
    return redirect(url_for("wordings.overview"), 303)


def _rows(found: Sequence[Surveyed], columns: Sequence[Language]) -> list[Row]:
    texts: dict[str, dict[str, Cell]] = {}
    for one in found:
        texts.setdefault(one.wording.context, {})[one.tag] = _cell(one)
    return [
        Row(
            **_place(context),
            shared_phone=context.endswith(DISCREET),
            cells=tuple(cells.get(column.tag) for column in columns),
        )
        for context, cells in texts.items()
    ]


def _place(context: str) -> dict[str, str]:
    said = context.removesuffix(DISCREET)
    flow, _, step = said.partition(".")
    return {"flow": flow, "step": step, "name": words.text_at(said)}


def _cell(one: Surveyed) -> Cell:
    return Cell(
        tag=one.tag,
        language=_language(one.tag).english_name,
        level=_level(one),
        state=_state(one),
        why="" if one.state == "paused" else why(one.reason),
        meanwhile=_meanwhile(one.meanwhile),
        looked_at=one.looked_at,
    )


def _state(one: Surveyed) -> str:
    if one.state == USABLE and one.category == MARKETING:
        return "approved, but as marketing"
    return words.TEMPLATES.get(one.state, "not sent to WhatsApp yet")


def _level(one: Surveyed) -> str:
    if one.state == USABLE:
        return "amber" if one.category == MARKETING else "tick"
    return "green" if one.state in ("", *WAITING_STATES) else "amber"


def _meanwhile(key: str) -> str:
    if key in ("", "older", "none"):
        return {"": "", "older": "an older wording", "none": "SMS, or a task for you"}[key]
    return f"an opener in {_language(key).english_name}"


def _troubles(found: Sequence[Surveyed]) -> list[Trouble]:
    """Where two texts say the same, WhatsApp has one of them: said once."""
    first = {
        (one.tag, one.wording.digest): one for one in reversed(found) if _level(one) == "amber"
    }
    return [_trouble(one) for one in reversed(first.values())]


def _trouble(one: Surveyed) -> Trouble:
    what = verdict(MARKETING if one.state == USABLE else one.state, one.reason)
    return Trouble(
        **_place(one.wording.context),
        tag=one.tag,
        language=_language(one.tag).english_name,
        what=what,
    )


def _language(tag: str) -> Language:
    return parts().catalogues.all_languages[tag]


def _opener_words(language: Language) -> str:
    names = [_language(tag).english_name for tag in language.fallback]
    return " or ".join(names)
