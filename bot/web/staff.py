"""Staff accounts: who may sign in, what she may do, whose people she sees. For administrators."""

from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from bot.actions.change_staff import change_staff, remove_staff
from bot.actions.invite import invite
from bot.actions.reset_second_step import reset_second_step
from bot.errors import Refused
from bot.store.cohorts import all_cohorts
from bot.store.pages.staff import AccountRow, accounts
from bot.store.sight import EVERYTHING
from bot.web.access import may
from bot.web.alerts import MOST_ID
from bot.web.here import now, parts
from bot.web.here import staff as me

page = Blueprint("staff", __name__, url_prefix="/staff")

ONE = f"/<int(max={MOST_ID}):staff_id>"
ROLES = {
    "coordinator": ("Coordinator", "reads and acts, without records of harm"),
    "safeguarding": ("Safeguarding lead", "a coordinator who also reads records of harm"),
    "reader": ("Reader", "reads, without records of harm, and changes nothing"),
    "administrator": (
        "Administrator",
        "looks after accounts and the log, and reads nobody’s words",
    ),
}


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What stands in a form of an account. `cohorts` None: all of them."""

    email: str = ""
    name: str = ""
    roles: tuple[str, ...] = ()
    cohorts: tuple[int, ...] | None = None


@page.get("")
@may("administer")
def overview() -> ResponseReturnValue:
    return _overview()


@page.post("")
@may("administer")
def add() -> ResponseReturnValue:
    """Her link is shown this once: not by a redirect, for which it would have to be kept."""
    typed = _typed()
    try:
        if not typed.roles:
            raise Refused("Please choose what she may do.")
        link = invite(
            parts().database,
            email=typed.email,
            name=typed.name,
            roles=typed.roles,
            cohorts=typed.cohorts,
            known=False,
            public_url=parts().settings.public_url,
            by=me().id,
            now=now(),
        )
    except Refused as reason:
        return _overview(problem=str(reason), typed=typed), 422
    return render_template("staff_link.html", link=link, whose=typed.name or typed.email)


@page.get(ONE)
@may("administer")
def account(staff_id: int) -> ResponseReturnValue:
    return _account(_row(staff_id))


@page.post(f"{ONE}/changed")
@may("administer")
def change(staff_id: int) -> ResponseReturnValue:
    row, typed = _row(staff_id), _typed()
    try:
        with parts().database.transaction() as db:
            change_staff(
                db,
                staff_id=staff_id,
                roles=typed.roles,
                cohorts=typed.cohorts,
                by=me().id,
                now=now(),
            )
    except Refused as reason:
        return _account(row, problem=str(reason), typed=typed), 422
    session["toast"] = f"{row.name}: saved. It counts from her next click on."
    return redirect(url_for("staff.account", staff_id=staff_id), 303)


@page.post(f"{ONE}/removed")
@may("administer")
def remove(staff_id: int) -> ResponseReturnValue:
    row = _row(staff_id)
    try:
        with parts().database.transaction() as db:
            remove_staff(db, staff_id=staff_id, by=me().id, now=now())
    except Refused as reason:
        return _account(row, problem=str(reason)), 422
    session["toast"] = f"{row.name} is signed out everywhere and comes in no more."
    return redirect(url_for("staff.overview"), 303)


@page.post(f"{ONE}/link")
@may("administer")
def link(staff_id: int) -> ResponseReturnValue:
    """Another one-time link, for one who has lost hers or her password."""
    return _link(_row(staff_id))


@page.post(f"{ONE}/second-step")
@may("administer")
def second_step(staff_id: int) -> ResponseReturnValue:
    """For one who has lost her phone and her recovery codes."""
    row = _row(staff_id)
    try:
        if me().id == staff_id:
            raise Refused("Nobody resets her own second step. Ask another administrator.")
        reset_second_step(parts().database, email=row.email, by=me().id, now=now())
    except Refused as reason:
        return _account(row, problem=str(reason)), 422
    return _link(row)


def _link(row: AccountRow) -> ResponseReturnValue:
    try:
        made = invite(
            parts().database,
            email=row.email,
            name=row.name,
            public_url=parts().settings.public_url,
            by=me().id,
            now=now(),
        )
    except Refused as reason:
        return _account(row, problem=str(reason)), 422
    return render_template("staff_link.html", link=made, whose=row.name)


def _row(staff_id: int) -> AccountRow:
    """Somebody who may sign in."""
    with parts().database.reading() as db:
        found = accounts(db, staff_id=staff_id)
    return found[0] if found and found[0].active else abort(404)


def _typed() -> Typed:
    chosen = tuple(int(one) for one in request.form.getlist("cohorts") if one.isdecimal())
    return Typed(
        email=request.form.get("email", "").strip(),
        name=request.form.get("name", "").strip(),
        roles=tuple(dict.fromkeys(request.form.getlist("roles"))),
        cohorts=chosen if request.form.get("sees") == "some" else None,
    )


def _overview(*, problem: str = "", typed: Typed | None = None) -> str:
    with parts().database.reading() as db:
        everybody, cohorts = accounts(db), all_cohorts(db, sight=EVERYTHING)
    return render_template(
        "staff.html",
        accounts=[row for row in everybody if row.active],
        gone=[row for row in everybody if not row.active],
        roles=ROLES,
        cohorts=cohorts,
        typed=typed or Typed(roles=("coordinator",)),
        problem=problem,
    )


def _account(row: AccountRow, *, problem: str = "", typed: Typed | None = None) -> str:
    with parts().database.reading() as db:
        cohorts = all_cohorts(db, sight=EVERYTHING)
    hers = None if row.everywhere else tuple(key for key, _ in row.cohorts)
    return render_template(
        "staff_account.html",
        row=row,
        own=row.id == me().id,
        roles=ROLES,
        cohorts=cohorts,
        typed=typed or Typed(roles=row.roles, cohorts=hers),
        problem=problem,
    )
