"""The list of people, one person's page, and what staff do there."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from bot.store.pages import people as people_rows
from bot.web.access import may
from bot.web.alerts import MOST_ID
from bot.web.here import parts, sight
from bot.web.people_list import chosen, listed, tools
from bot.web.person_acts import page as acts
from bot.web.person_consents import page as consents
from bot.web.person_data import page as data
from bot.web.person_page import person_page
from bot.web.person_parts import ShownGoal
from bot.web.wishes import page as wishes

__all__ = ["ShownGoal", "page"]

page = Blueprint("people", __name__, url_prefix="/people")
page.register_blueprint(wishes)
page.register_blueprint(acts)
page.register_blueprint(consents)
page.register_blueprint(data)


@page.get("")
@may("read")
def overview() -> ResponseReturnValue:
    """Everyone, or those of a cohort, of a role, or about whom an alert waits."""
    choice = chosen(request.args)
    with parts().database.reading() as db:
        everyone, pairs = (
            people_rows.people(db, sight=sight()),
            people_rows.paired(db, sight=sight()),
        )
    return render_template(
        "people.html",
        cohorts=listed(everyone, pairs, choice),
        tools=tools(everyone, choice),
        choice=choice,
        anybody=bool(everyone),
    )


@page.get(f"/<int(max={MOST_ID}):participant_id>")
@may("read")
def person(participant_id: int) -> ResponseReturnValue:
    """Everything about one person. Opening it is recorded: her words stand here."""
    return person_page(participant_id, before=request.args.get("before", type=int))
