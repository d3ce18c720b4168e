"""The second step: asked for after the password, set up by whoever has none, and or set up anew."""

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from bot.actions.pass_second_step import pass_second_step
from bot.actions.second_step import secret_of, seed_for
from bot.actions.set_up_second_step import set_up_second_step
from bot.errors import Refused
from bot.web.access import begun as whoever_began
from bot.web.here import begun, now, parts, phones_now
from bot.web.signin import local_path, next_step
from bot.web.visitor import know_browser, visitor

page = Blueprint("second_step", __name__)

WRONG = "That code is not right, or has been used. Wait for the next one and try again."


@page.get("/sign-in/code")
@whoever_began
def code() -> ResponseReturnValue:
    if begun()[1].passed_at or next_step() != "second_step.code":
        return redirect(local_path(request.args.get("next")), 303)
    return render_template("code.html", next=request.args.get("next", ""))


@page.post("/sign-in/code")
@whoever_began
def check() -> ResponseReturnValue:
    her, going_to = begun()[0], request.form.get("next", "")
    try:
        passed = pass_second_step(
            parts().database,
            staff=her,
            token=session["token"],
            code=request.form.get("code") or request.form.get("recovery", ""),
            key=parts().settings.secret_key,
            visitor=visitor(),
            now=now(),
            at=phones_now(),
        )
    except Refused as reason:
        return render_template("code.html", next=going_to, problem=str(reason)), 429
    if passed is None:
        return render_template("code.html", next=going_to, problem=WRONG), 422
    _renewed(passed.token)
    know_browser(her.email)
    if passed.codes_left is not None:
        session["toast"] = f"That recovery code is used up. You have {passed.codes_left} left."
    return redirect(local_path(going_to), 303)


@page.get("/second-step")
@whoever_began
def set_up() -> ResponseReturnValue:
    if _owes_code():
        return redirect(url_for("second_step.code"), 303)
    return render_template("second_step.html", **_offer())


@page.post("/second-step")
@whoever_began
def save() -> ResponseReturnValue:
    if _owes_code():
        return redirect(url_for("second_step.code"), 303)
    her = begun()[0]
    try:
        made = set_up_second_step(
            parts().database,
            staff=her,
            token=session["token"],
            code=request.form.get("code", ""),
            present=request.form.get("present", ""),
            key=parts().settings.secret_key,
            visitor=visitor(),
            now=now(),
            at=phones_now(),
        )
    except Refused as reason:
        return render_template("second_step.html", problem=str(reason), **_offer()), 422
    _renewed(made.token)
    know_browser(her.email)
    # Not by a redirect: they would have to be kept somewhere for it, and are shown just this once
    return render_template("recovery_codes.html", codes=made.codes, email=her.email)


def _owes_code() -> bool:
    """She has a second step and has not passed it: no other is set up in its place."""
    her, here = begun()
    return her.totp_at is not None and here.passed_at is None


def _offer() -> dict[str, object]:
    """A secret for her app, the same for as long as she sets up: nothing is kept before a code of
    it was given.
    """
    import segno  # with pyotp: needed on the day that she sets it up, by nothing else
    from pyotp import TOTP

    her, here = begun()
    secret = secret_of(seed_for(session["token"]), key=parts().settings.secret_key)
    address = TOTP(secret).provisioning_uri(
        name=her.email, issuer_name=parts().settings.charity_name
    )
    picture = segno.make(address, error="m", micro=False)
    return {
        "qr": picture.svg_data_uri(scale=4, border=4, dark="#000", light="#fff"),
        "groups": [secret[place : place + 4] for place in range(0, len(secret), 4)],
        "address": address,
        "ask_present": her.totp_at is not None,
        "optional": here.passed_at is not None and her.totp_at is None,
    }


def _renewed(token: str) -> None:
    """The sign-in goes on by another token; whatever else the browser held, it holds no longer."""
    by_link = session.get("by_link", False)
    session.clear()
    session["token"] = token
    if by_link:
        session["by_link"] = True
