"""Your account: her password, her second step, and the browsers in which she is signed in."""

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from bot.actions.choose_password import choose_password
from bot.actions.set_up_second_step import renew_recovery_codes
from bot.actions.sign_in import check_password
from bot.actions.sign_out import sign_out, sign_out_elsewhere
from bot.errors import Refused
from bot.store.second_steps import recovery_codes_left
from bot.store.sign_ins import sign_ins_of
from bot.web.access import may
from bot.web.here import begun, now, parts, phones_now, staff
from bot.web.visitor import visitor

page = Blueprint("account", __name__)


@page.get("/account")
@may("read", "administer")
def overview() -> ResponseReturnValue:
    return render_template("account.html", **_account())


def _account() -> dict[str, object]:
    here = begun()[1]
    with parts().database.reading() as db:
        sign_ins = sign_ins_of(db, staff_id=staff().id, now=now())
        left = recovery_codes_left(db, staff_id=staff().id)
    others = [one for one in sign_ins if one.id != here.id]
    return {"this_one": here, "others": others, "codes_left": left}


@page.post("/account/recovery-codes")
@may("read", "administer")
def renew_codes() -> ResponseReturnValue:
    try:
        codes = renew_recovery_codes(
            parts().database,
            staff=staff(),
            present=request.form.get("present", ""),
            key=parts().settings.secret_key,
            visitor=visitor(),
            now=now(),
            at=phones_now(),
        )
    except Refused as reason:
        return render_template("account.html", problem=str(reason), **_account()), 422
    # Not by a redirect: they would have to be kept somewhere for it, and are shown just this once
    return render_template("recovery_codes.html", codes=codes, email=staff().email)


@page.post("/account/sign-ins/<int:sign_in_id>/ended")
@may("read", "administer")
def end(sign_in_id: int) -> ResponseReturnValue:
    if not sign_out(parts().database, sign_in_id=sign_in_id, staff_id=staff().id, now=now()):
        abort(404)
    session["toast"] = "That browser is signed out."
    return redirect(url_for("account.overview"), 303)


@page.post("/account/sign-ins/others-ended")
@may("read", "administer")
def end_others() -> ResponseReturnValue:
    token = session["token"]
    sign_out_elsewhere(parts().database, token=token, staff_id=staff().id, now=now())
    session["toast"] = "You are signed out everywhere else."
    return redirect(url_for("account.overview"), 303)


@page.get("/password")
@may("read", "administer")
def password() -> ResponseReturnValue:
    return render_template("password.html", **_words())


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
        return render_template("password.html", problem=str(reason), **_words()), 422
    session.pop("by_link", None)
    session["toast"] = "Your password is saved. You are signed out everywhere else."
    after = "account.overview" if staff().totp_at else "second_step.set_up"
    return redirect(url_for(after), 303)


def _words() -> dict[str, object]:
    return {"ask_old": bool(staff().password) and not session.get("by_link")}


def _check_old_password() -> None:
    if not _words()["ask_old"]:
        return
    old = request.form.get("old_password", "")
    known = check_password(
        parts().database, email=staff().email, password=old, visitor=visitor(), now=now()
    )
    if known is None:
        raise Refused("Your present password is not right.")
