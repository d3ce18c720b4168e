"""How far each text is at WhatsApp, in each language, and what goes out meanwhile. Only reads."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session

from bot.actions.plan_templates import all_wordings
from bot.catalogues import Catalogues
from bot.channels.policy import OPENER
from bot.channels.wording import Wording, stands_in
from bot.languages import SOURCE
from bot.library import Library
from bot.store.models import Template
from bot.store.tables import table

USABLE = "approved"

_TEMPLATE = table(Template)


@dataclass(frozen=True, kw_only=True)
class Surveyed:
    """One text in one language. State: "" when it was never written down, else WhatsApp's.

    `meanwhile`: "" (its own template goes), "older" (an older wording of it), the tag of the
    language whose opener goes, or "none": SMS where she has it, else a task for staff.
    """

    wording: Wording
    tag: str
    state: str = ""
    reason: str = ""
    category: str = ""
    looked_at: datetime | None = None
    meanwhile: str = ""


def survey_templates(
    db: Session, *, library: Library, catalogues: Catalogues
) -> tuple[Surveyed, ...]:
    """In the order of the languages, then of the conversations."""
    rows = db.execute(
        select(_TEMPLATE).where(_TEMPLATE.c.state != "session").order_by(_TEMPLATE.c.id.desc())
    ).all()
    tags = {one.template: tag for tag, one in catalogues.languages.items() if one.template}
    openers = {
        tags[row.language]
        for row in rows
        if row.state == USABLE and row.key == f"{OPENER}@{row.language}" and row.language in tags
    }
    return tuple(
        _one(
            wording,
            tag=tags[wording.language],
            rows=rows,
            opener=opener_of(catalogues, tags[wording.language], openers),
        )
        for wording in all_wordings(library, catalogues)
    )


def opener_of(catalogues: Catalogues, tag: str, approved: Collection[str]) -> str:
    """The first language of the chain of this one whose opener is approved; "" without any."""
    chain = (tag, *catalogues.all_languages[tag].fallback, SOURCE)
    return next((one for one in chain if one in approved), "")


def _one(wording: Wording, *, tag: str, rows: Sequence[Row[Any]], opener: str) -> Surveyed:
    same = [
        row
        for row in rows
        if row.language == wording.language
        and (row.key == wording.key or row.digest == wording.digest)
    ]
    row = next((row for row in same if row.digest == wording.digest), None)
    older = any(row.state == USABLE and stands_in(row.digest, wording) for row in same)
    meanwhile = "older" if older else opener or "none"
    if wording.context.startswith(OPENER):
        meanwhile = "none"
    if row is None:
        return Surveyed(wording=wording, tag=tag, meanwhile=meanwhile)
    return Surveyed(
        wording=wording,
        tag=tag,
        state=row.state,
        reason=row.reason,
        category=row.category,
        looked_at=row.updated_at,
        meanwhile="" if row.state == USABLE else meanwhile,
    )
