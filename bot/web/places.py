"""Settings: the pages that are not read every week, each with a sentence and who may open it."""

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from bot.web.access import Permission, may
from bot.web.here import staff

page = Blueprint("places", __name__)


@dataclass(frozen=True, kw_only=True)
class Place:
    """One page: the endpoint that opens it, what it is called, what one does there, who may."""

    endpoint: str
    title: str
    about: str
    permissions: frozenset[Permission]


READ: frozenset[Permission] = frozenset({"read"})
EVERYBODY: frozenset[Permission] = frozenset({"read", "administer"})
PLACES = (
    Place(
        endpoint="languages.overview",
        title="Languages",
        about="What is ready, who has reviewed it, and what WhatsApp says about its templates.",
        permissions=READ,
    ),
    Place(
        endpoint="signin.password",
        title="Your password",
        about="Choose a new one; you are then signed out everywhere else.",
        permissions=EVERYBODY,
    ),
)


@page.get("/settings")
@may("read", "administer")
def overview() -> ResponseReturnValue:
    mine = [place for place in PLACES if place.permissions & staff().permissions]
    return render_template("places.html", places=mine)
