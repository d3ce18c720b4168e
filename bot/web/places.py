"""Settings: the pages that are not read every week, each with a sentence and who may open it."""

from dataclasses import dataclass

from flask import Blueprint, render_template, url_for
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
SAFETY: frozenset[Permission] = frozenset({"safeguard", "administer"})
EVERYBODY: frozenset[Permission] = frozenset({"read", "administer"})
PLACES = (
    Place(
        endpoint="oncall.overview",
        title="On call",
        about="Who is called when somebody may be in danger, in which hours, and on which number.",
        permissions=frozenset({"safeguard", "administer"}),
    ),
    Place(
        endpoint="languages.overview",
        title="Languages",
        about="What is ready, who has reviewed it, and how many are spoken to in it.",
        permissions=EVERYBODY,
    ),
    Place(
        endpoint="wordings.overview",
        title="WhatsApp templates",
        about="Which texts WhatsApp has approved, in each language, and what goes out meanwhile.",
        permissions=EVERYBODY,
    ),
    Place(
        endpoint="approvals.overview",
        title="Approvals",
        about="What we say in danger, in each language, and which two people have approved it.",
        permissions=SAFETY,
    ),
    Place(
        endpoint="helplines.overview",
        title="Helplines",
        about="The numbers that somebody in danger is given, who rang them last, and when.",
        permissions=SAFETY,
    ),
    Place(
        endpoint="kept.overview",
        title="What is kept",
        about="How long each kind of data stays, what goes tonight, and what Twilio still holds.",
        permissions=SAFETY,
    ),
    Place(
        endpoint="costs.overview",
        title="Costs",
        about="What messages cost this month, what it will come to, and the months before.",
        permissions=EVERYBODY,
    ),
    Place(
        endpoint="account.overview",
        title="Your account",
        about="Your password, your second step, and where you are signed in.",
        permissions=EVERYBODY,
    ),
    Place(
        endpoint="staff.overview",
        title="Staff",
        about="Who may sign in, what she may do, and whose people she sees.",
        permissions=frozenset({"administer"}),
    ),
    Place(
        endpoint="audit.overview",
        title="Who read and did what",
        about="Whose words were opened, and what was changed, by whom and when.",
        permissions=frozenset({"administer", "safeguard"}),
    ),
)

# What stands above every page: its name there, the endpoint, what it is called, who may open it
ABOVE: tuple[tuple[str, str, str, frozenset[Permission]], ...] = (
    ("week", "weeks.this_week", "This week", READ),
    ("people", "people.overview", "People", READ),
    ("cohorts", "cohorts.overview", "Cohorts", READ),
    ("alerts", "alerts.overview", "Alerts", EVERYBODY),
    ("conversations", "conversations.overview", "Conversations", READ),
    ("trainings", "trainings.overview", "Trainings", READ),
    ("reports", "impact.overview", "Reports", READ),
    ("places", "places.overview", "Settings", EVERYBODY),
)


def above(permissions: frozenset[str]) -> list[tuple[str, str, str]]:
    """The links above every page that somebody with these permissions may follow."""
    return [
        (name, url_for(endpoint), text)
        for name, endpoint, text, needed in ABOVE
        if needed & permissions
    ]


@page.get("/settings")
@may("read", "administer")
def overview() -> ResponseReturnValue:
    mine = [place for place in PLACES if place.permissions & staff().permissions]
    return render_template("places.html", places=mine)
