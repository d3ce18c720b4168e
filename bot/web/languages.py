"""The languages: what is ready, who has reviewed it, and what WhatsApp says about its templates."""

from collections import defaultdict

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from bot.actions.approve import approved_languages
from bot.store.pages.templates import TemplateRow, speakers, templates
from bot.web import words
from bot.web.access import may
from bot.web.here import parts, sight

page = Blueprint("languages", __name__, url_prefix="/languages")


@page.get("")
@may("read", "administer")
def overview() -> ResponseReturnValue:
    with parts().database.reading() as db:
        spoken_to, known = speakers(db, sight=sight()), templates(db)
        ready = approved_languages(db, catalogues=parts().catalogues)
    by_text: dict[str, list[tuple[TemplateRow, str]]] = defaultdict(list)
    for row in known:
        text, _, _ = row.key.rpartition("@")
        by_text[text or row.key].append((row, words.TEMPLATES.get(row.state, row.state)))
    catalogues = parts().catalogues
    return render_template(
        "languages.html",
        languages=catalogues.all_languages.values(),
        offered=frozenset(catalogues.languages),
        speakers=spoken_to,
        ready=ready,
        templates=by_text,
        reviewers={tag: parts().vocabulary.reviewers(tag) for tag in catalogues.all_languages},
    )
