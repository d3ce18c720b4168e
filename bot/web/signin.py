"""Signing in and out: by a one-time link, or by email and password. The sign-in is in the database;
the browser keeps only its token. The second step comes after it (`bot/web/second_step.py`).
"""

import re

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from bot.actions.invite import token_hash
from bot.actions.sign_in import SignedIn, good_link, sign_in, sign_in_by_link
from bot.actions.sign_out import sign_out
from bot.errors import Refused
from bot.store.sign_ins import SEEN_EVERY, SignInRow, seen, signed_in
from bot.store.staff import StaffRow
from bot.web.access import public
from bot.web.here import begun, now, parts
from bot.web.visitor import know_browser, visitor

page = Blueprint("signin", __name__)

LOCAL_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
WRONG = "That email and password do not belong together."


def look_who() -> None:
    """Note whose sign-in the browser's token is, if it is still good: `g.begun`. She is `g.staff`,
    for whom pages open, once it has passed.
    """
    g.begun = _who()
    g.staff = g.begun[0] if g.begun and g.begun[1].passed_at else None


def _who() -> tuple[StaffRow, SignInRow] | None:
    token = session.get("token")
    if not token:
        return None
    kept = token_hash(token)
    with parts().database.reading() as db:
        found = signed_in(db, token_hash=kept, now=now())
    if found is None or now() - found[1].seen_at <= SEEN_EVERY:
        return found
    with parts().database.transaction() as db:  # ended since we looked? Then so it stays
        return found if seen(db, token_hash=kept, now=now()) else None


def next_step() -> str:
    """The page of what is missing before any other page opens."""
    if g.begun is None:
        return "signin.form"
    return "second_step.code" if begun()[0].totp_at else "second_step.set_up"


def local_path(path: str | None) -> str:
    """Where to go after signing in: a page of ours and nothing else."""
    return path if path and LOCAL_PATH.fullmatch(path) else url_for("weeks.this_week")


@page.get("/sign-in")
@public
def form() -> ResponseReturnValue:
    if g.begun is not None:
        return redirect(local_path(request.args.get("next")), 303)
    return render_template("sign_in.html", next=request.args.get("next", ""))


@page.post("/sign-in")
@public
def enter() -> ResponseReturnValue:
    email, going_to = request.form.get("email", ""), request.form.get("next", "")
    try:
        signed = sign_in(
            parts().database,
            email=email,
            password=request.form.get("password", ""),
            visitor=visitor(),
            now=now(),
        )
    except Refused as reason:
        return _again(email=email, going_to=going_to, problem=str(reason), status=429)
    if signed is None:
        return _again(email=email, going_to=going_to, problem=WRONG, status=422)
    remember(signed)
    return redirect(local_path(going_to), 303)  # the gate asks for the second step first


def _again(*, email: str, going_to: str, problem: str, status: int) -> ResponseReturnValue:
    words = {"email": email, "next": going_to, "problem": problem}
    return render_template("sign_in.html", **words), status


@page.get("/sign-in/link/<token>")
@public
def link(token: str) -> ResponseReturnValue:
    """Only looks: programs that preview links must not use it up."""
    good = good_link(parts().database, token=token, now=now())
    return render_template("link.html", token=token, good=good), 200 if good else 410


@page.post("/sign-in/link/<token>")
@public
def use_link(token: str) -> ResponseReturnValue:
    signed = sign_in_by_link(parts().database, token=token, visitor=visitor(), now=now())
    if signed is None:
        return render_template("link.html", token=token, good=False), 410
    remember(signed)
    session["by_link"] = True  # she need not know the old password
    return redirect(url_for(_after_link(signed)), 303)


def _after_link(signed: SignedIn) -> str:
    if not signed.passed:
        return "second_step.code"
    return "second_step.set_up" if signed.staff.password else "account.password"


@page.post("/sign-out")
@public
def leave() -> ResponseReturnValue:
    if g.begun is not None:
        her, here = begun()
        sign_out(parts().database, sign_in_id=here.id, staff_id=her.id, now=now())
    session.clear()
    return redirect(url_for("signin.form"), 303)


def remember(signed: SignedIn) -> None:
    """A new session: whatever the browser held before, it holds no longer."""
    session.clear()
    session["token"] = signed.token
    if signed.passed:
        know_browser(signed.staff.email)
