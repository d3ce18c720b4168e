"""Signing in and out: by a one-time link, or by email and password. The session is in the database;
the browser keeps only its token.
"""

import re
from datetime import timedelta

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from bot.actions.choose_password import choose_password
from bot.actions.invite import token_hash
from bot.actions.sign_in import SignedIn, good_link, sign_in, sign_in_by_link
from bot.actions.sign_out import sign_out
from bot.errors import Refused
from bot.store.staff import StaffRow, seen, signed_in
from bot.web.access import may, public
from bot.web.here import now, parts, staff

page = Blueprint("signin", __name__)

IDLE, LONGEST = timedelta(hours=2), timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)  # a row is not rewritten for every click
LOCAL_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
WRONG = "That email and password do not belong together."


def who() -> StaffRow | None:
    """Whoever the browser's token belongs to, if it is still good."""
    token = session.get("token")
    if not token:
        return None
    moment, kept = now(), token_hash(token)
    with parts().database.reading() as db:
        found = signed_in(
            db, token_hash=kept, seen_since=moment - IDLE, created_since=moment - LONGEST
        )
    if found is None:
        return None
    staff_row, seen_at = found
    if moment - seen_at > SEEN_EVERY:
        with parts().database.transaction() as db:
            seen(db, token_hash=kept, now=moment)
    return staff_row


def local_path(path: str | None) -> str:
    """Where to go after signing in: a page of ours and nothing else."""
    return path if path and LOCAL_PATH.fullmatch(path) else url_for("weeks.this_week")


@page.get("/sign-in")
@public
def form() -> ResponseReturnValue:
    if g.staff is not None:
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
            address=request.remote_addr or "",
            now=now(),
        )
    except Refused as reason:
        return _again(email=email, going_to=going_to, problem=str(reason), status=429)
    if signed is None:
        return _again(email=email, going_to=going_to, problem=WRONG, status=422)
    _open(signed)
    return redirect(local_path(going_to), 303)


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
    signed = sign_in_by_link(parts().database, token=token, now=now())
    if signed is None:
        return render_template("link.html", token=token, good=False), 410
    _open(signed)
    session["by_link"] = True  # she need not know the old password
    return redirect(
        url_for("signin.password" if not signed.staff.password else "weeks.this_week"), 303
    )


@page.get("/password")
@may("read", "administer")
def password() -> ResponseReturnValue:
    return render_template("password.html", **_password_words())


@page.post("/password")
@may("read", "administer")
def save_password() -> ResponseReturnValue:
    try:
        _check_old_password()
        choose_password(
            parts().database,
            staff_id=staff().id,
            email=staff().email,
            password=request.form.get("password", ""),
            token=session["token"],
            now=now(),
        )
    except Refused as reason:
        return render_template("password.html", problem=str(reason), **_password_words()), 422
    session.pop("by_link", None)
    session["toast"] = "Your password is saved. You are signed out everywhere else."
    return redirect(url_for("weeks.this_week"), 303)


def _password_words() -> dict[str, object]:
    return {"ask_old": bool(staff().password) and not session.get("by_link")}


def _check_old_password() -> None:
    if not _password_words()["ask_old"]:
        return
    known = sign_in(
        parts().database,
        email=staff().email,
        password=request.form.get("old_password", ""),
        address=request.remote_addr or "",
        now=now(),
    )
    if known is None:
        raise Refused("Your present password is not right.")
    sign_out(parts().database, token=known.token, staff_id=staff().id, now=now())


@page.post("/sign-out")
@public
def leave() -> ResponseReturnValue:
    if g.staff is not None:
        sign_out(parts().database, token=session["token"], staff_id=g.staff.id, now=now())
    session.clear()
    return redirect(url_for("signin.form"), 303)


def _open(signed: SignedIn) -> None:
    """A new session: whatever the browser held before, it holds no longer."""
    session.clear()
    session["token"] = signed.token
