"""Phones in the browser: one for each invented person, played by hand. Runs on this machine only.

Every action is a form that works without JavaScript; the script only keeps the screens fresh.
"""

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from ipaddress import ip_address
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import (
    Flask,
    Response,
    abort,
    jsonify,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from bot.simulator import screen
from bot.simulator.codes import MISBEHAVIOURS
from bot.simulator.mailbox import Mailbox
from bot.simulator.records import Choice, Message, Phone
from bot.simulator.twilio import SimulatedTwilio

VOICE_NOTE = Path(__file__).with_name("static") / "voice-note.ogg"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "media-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
LIVE = "X-Live"  # sent by the script: answer briefly, it will ask for the screens itself
PLACE = {
    "MessageType": "location",
    "Latitude": "52.4797",
    "Longitude": "-1.9085",
    "Label": "Library of Birmingham",
}
SWITCHES = ("online", "blocks", "reads")
LONGEST_TEXT = 4096


class Control(Protocol):
    """What the page may ask of the demo around it."""

    def now(self) -> datetime:
        """The simulated moment."""

    def progress(self) -> str | None:
        """What a jump is doing at present; None when time flows."""

    def staff_link(self) -> str:
        """A fresh one-time link to the staff pages."""

    def jump_to_next_check_in(self) -> None:
        """Go to when the next check-in starts."""

    def jump_to_next_monday(self) -> None:
        """Go to Monday, nine o'clock."""

    def jump_to(self, when: datetime) -> None:
        """Go there; everything on the way happens."""


def phones_app(
    simulator: SimulatedTwilio,
    control: Control,
    *,
    zone: ZoneInfo | None = None,
    mailbox: Mailbox | None = None,
) -> Flask:
    """The page and its forms. May be mounted below any path. `mailbox`: staff's e-mail, shown."""
    app = Flask(__name__, static_folder="static", template_folder="templates")
    token = secrets.token_urlsafe(24)
    app.jinja_env.globals["token"] = token
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    _protect(app, token)
    _show(app, simulator, control, zone=zone or ZoneInfo("Europe/London"))
    _let_hear(app, simulator)
    _show_mail(app, mailbox, zone=zone or ZoneInfo("Europe/London"))
    _act(app, simulator)
    _move_time(app, simulator, control)
    return app


def _protect(app: Flask, token: str) -> None:
    @app.before_request
    def check() -> None:
        """Only this machine's own pages: no other site, no other name for this address."""
        if not _this_machine(urlsplit(f"//{request.host}").hostname or ""):
            abort(403)
        if request.method == "POST":
            given = request.form.get("token", "")
            if not hmac.compare_digest(given.encode(), token.encode()):
                abort(403)

    @app.after_request
    def harden(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
        return response


def _show(app: Flask, simulator: SimulatedTwilio, control: Control, *, zone: ZoneInfo) -> None:
    def clock() -> dict[str, object]:
        return {
            "now": screen.spoken_moment(control.now(), zone=zone),
            "progress": control.progress(),
            "tricks": [screen.spoken_trick(each) for each in simulator.mischief.planned()],
        }

    @app.get("/")
    def page() -> str:
        return render_template(
            "phones.html",
            screens=screen.screens(simulator, zone=zone),
            misbehaviours=MISBEHAVIOURS,
            state=screen.state(simulator),
            **clock(),
        )

    @app.get("/live")
    def live() -> AnyResponse:
        """What has changed since the state that the script knows."""
        state = screen.state(simulator)
        answer: dict[str, object] = {"state": state, **clock()}
        if request.args.get("since") != state:
            answer["phones"] = {
                each.id: {
                    "talk": render_template("_talk.html", screen=each),
                    "below": render_template("_below.html", screen=each),
                    "channel": each.reply_channel,
                }
                for each in screen.screens(simulator, zone=zone)
            }
        return jsonify(answer)


def _let_hear(app: Flask, simulator: SimulatedTwilio) -> None:
    @app.get("/<int:id>/sound/<sid>")
    def sound(id: int, sid: str) -> AnyResponse:
        """A recording that the bot sent to this phone."""
        if id >= len(simulator.phones):
            abort(404)
        sent = simulator.sent_to(simulator.phones[id].number)
        found = next((one for each in sent for one in each.media if one.sid == sid), None)
        if found is None:
            abort(404)
        return send_file(BytesIO(found.data), mimetype=found.content_type, conditional=True)


def _show_mail(app: Flask, mailbox: Mailbox | None, *, zone: ZoneInfo) -> None:
    @app.get("/mail")
    def mail() -> str:
        """What staff got by e-mail, the newest first."""
        letters = reversed(mailbox.letters) if mailbox else ()
        return render_template(
            "mail.html",
            letters=[
                {
                    "to": letter.to,
                    "subject": letter.subject,
                    "text": letter.text,
                    "at": screen.spoken_moment(letter.at, zone=zone),
                }
                for letter in letters
            ],
        )


def _act(app: Flask, simulator: SimulatedTwilio) -> None:
    """What her thumb does."""

    def phone(id: int) -> Phone:
        if id >= len(simulator.phones):
            abort(404)
        return simulator.phones[id]

    @app.post("/<int:id>/write")
    def write(id: int) -> AnyResponse:
        text = request.form.get("text", "").replace("\r\n", "\n")[:LONGEST_TEXT]
        channel = request.form.get("channel", "")
        if channel not in simulator.senders:
            abort(400)
        if text.strip():
            simulator.receive_from(phone(id).number, text, channel=channel)
        return _back(id)

    @app.post("/<int:id>/tap")
    def tap(id: int) -> AnyResponse:
        """A button or a row of one of the messages on her screen."""
        sid, chosen = request.form.get("sid", ""), request.form.get("choice", "")
        found = [each for each in simulator.talk_with(phone(id).number) if each.sid == sid]
        button, row = _choice(found, chosen)
        if button is None and row is None:
            abort(400)
        simulator.receive_from(phone(id).number, button=button, list_item=row, replied_to=sid)
        return _back(id)

    @app.post("/<int:id>/voice")
    def voice(id: int) -> AnyResponse:
        sample = [("audio/ogg", VOICE_NOTE.read_bytes())]
        simulator.receive_from(phone(id).number, media=sample)
        return _back(id)

    @app.post("/<int:id>/place")
    def place(id: int) -> AnyResponse:
        simulator.receive_from(phone(id).number, extra=PLACE)
        return _back(id)

    @app.post("/<int:id>/switch")
    def switch(id: int) -> AnyResponse:
        name = request.form.get("name", "")
        if name not in SWITCHES:
            abort(400)
        setattr(phone(id), name, not getattr(phone(id), name))
        return _back(id)


def _choice(
    found: list[Message], chosen: str
) -> tuple[tuple[str, str] | None, tuple[str, str] | None]:
    shown = found[0].shown if found else None
    if shown is None:
        return None, None

    def pick(choices: tuple[Choice, ...]) -> tuple[str, str] | None:
        return next(((each.id, each.title) for each in choices if each.id == chosen), None)

    return pick(shown.buttons), pick(shown.rows)


def _move_time(app: Flask, simulator: SimulatedTwilio, control: Control) -> None:
    """The bar on top."""
    jumps: dict[str, Callable[[], None]] = {
        "check-in": control.jump_to_next_check_in,
        "monday": control.jump_to_next_monday,
        "day": lambda: control.jump_to(control.now() + timedelta(days=1)),
    }

    @app.post("/jump")
    def jump() -> AnyResponse:
        where = jumps.get(request.form.get("to", ""))
        if where is None:
            abort(400)
        where()
        return _back()

    @app.post("/misbehave")
    def misbehave() -> AnyResponse:
        kind = request.form.get("kind", "")
        if kind in MISBEHAVIOURS:
            simulator.misbehave(kind)
        elif kind == "behave":
            simulator.behave()
            simulator.release_callbacks()
        return _back()

    @app.post("/staff")
    def staff() -> AnyResponse:
        return redirect(control.staff_link(), code=303)


def _back(id: int | None = None) -> AnyResponse:
    """To the page again; to the phone that was used, if any."""
    if LIVE in request.headers:
        return Response(status=204)
    anchor = None if id is None else f"phone-{id}"
    return redirect(url_for("page", _anchor=anchor), code=303)


def _this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
