"""The languages: what is ready, who has reviewed it, and how many are spoken to in it."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from bot.actions.approve import approved_languages
from bot.store.pages.templates import speakers
from bot.web.access import may
from bot.web.here import parts, sight

page = Blueprint("languages", __name__, url_prefix="/languages")


@page.get("")
@may("read", "administer")
def overview() -> ResponseReturnValue:
    with parts().database.reading() as db:
        spoken_to = speakers(db, sight=sight())
        ready = approved_languages(db, catalogues=parts().catalogues)
    catalogues = parts().catalogues
    return render_template(
        "languages.html",
        languages=catalogues.all_languages.values(),
        offered=frozenset(catalogues.languages),
        speakers=spoken_to,
        ready=ready,
        reviewers={tag: parts().vocabulary.reviewers(tag) for tag in catalogues.all_languages},
    )
