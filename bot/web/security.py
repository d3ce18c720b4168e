"""What stands before and after every page: who may, the form token, and the headers.

A page may load only our own style and script; nothing may frame it, keep it or learn of it.
"""

from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from bot.settings import Settings
from bot.store.database import unavailable
from bot.web import filters, signin
from bot.web.access import BEGUN, MACHINE, PUBLIC, access_here

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self'; "
    "script-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
# What somebody sent: shown by our pages, but powerless when it is opened by itself
OF_A_FILE = "default-src 'none'; sandbox; frame-ancestors 'none'"
# Where one of our texts is recorded: the microphone, and hearing it before it is sent to us
RECORDS = frozenset({"recordings.one", "recordings.keep"})
FILES = frozenset({"media.file", "recordings.file", "spoken.file"})
HSTS = "max-age=31536000; includeSubDomains"
FOR_EVER = "public, max-age=31536000, immutable"
STATIC = Path(__file__).parent / "static"
WITH_MICROPHONE = {
    name: HEADERS[name].replace(before, after)
    for name, before, after in (
        ("Content-Security-Policy", "media-src 'self'", "media-src 'self' blob:"),
        ("Permissions-Policy", "microphone=()", "microphone=(self)"),
    )
}
KIND_WORDS = {
    400: (
        "That did not work",
        "The page was too old, or the form was not complete. Go back, load the page again and "
        "try once more.",
    ),
    404: ("There is nothing here", "The address may be mistyped, or what was here is gone."),
    405: ("That did not work", "This address is not a page to open."),
    413: ("That was too much at once", "Please send less."),
    503: (
        "Please try again in a minute",
        "The database does not answer just now. Nothing is lost; messages wait.",
    ),
}
# Whom to ask, by what the page needs. The first that fits says it
NOT_HERS = (
    (
        frozenset({"write"}),
        "You may read this, but not change it",
        "Ask a coordinator to do it, or ask whoever looks after staff accounts here to let you.",
    ),
    (
        frozenset({"read"}),
        "Your account does not show people",
        "It is for looking after the house. Ask a coordinator about a person; whoever looks after "
        "staff accounts can let you see people, too.",
    ),
    (
        frozenset({"safeguard"}),
        "This is for the safeguarding lead",
        "If you worry about somebody, tell the safeguarding lead now; do not wait for this page.",
    ),
)
NEEDS_ANOTHER = (
    "This is for somebody else",
    "Ask an administrator: whoever looks after staff accounts here.",
)


def protect(app: Flask, settings: Settings) -> None:
    """Put the gate, the headers, the kind error pages and the filters on an app."""
    https = urlsplit(settings.public_url).scheme == "https"
    app.config.update(
        SECRET_KEY=settings.secret_key,
        CHARITY_NAME=settings.charity_name,
        HAS_PROVIDER=settings.oidc_issuer is not None,
        SESSION_COOKIE_NAME="__Host-routes" if https else "routes",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        WTF_CSRF_CHECK_DEFAULT=False,  # the gate asks, where a page wants it
        WTF_CSRF_TIME_LIMIT=None,  # it lives as long as the sign-in
        WTF_CSRF_SSL_STRICT=False,  # it would ask for the referrer that we forbid to be sent
    )
    csrf = CSRFProtect(app)
    filters.register(app, version=_version())

    @app.before_request
    def gate() -> ResponseReturnValue | None:
        return _gate(csrf)

    @app.after_request
    def headers(response: Response) -> Response:
        response.headers.update(HEADERS)
        if request.endpoint in FILES and response.status_code < 400:  # else it is a page of ours
            response.headers["Content-Security-Policy"] = OF_A_FILE
        elif request.endpoint in RECORDS:
            response.headers.update(WITH_MICROPHONE)
        if https:
            response.headers["Strict-Transport-Security"] = HSTS
        is_file = (request.endpoint or "").endswith("static") and response.status_code == 200
        response.headers["Cache-Control"] = FOR_EVER if is_file else "no-store"
        return response

    app.register_error_handler(HTTPException, _kindly)
    app.register_error_handler(SQLAlchemyError, _database_trouble)


def _gate(csrf: CSRFProtect) -> ResponseReturnValue | None:
    """First where a form comes from, then who sends it, then whether she may."""
    access = access_here()
    if access == MACHINE:
        return None
    if request.endpoint is None:  # a kind 404, with the way back for whoever is signed in
        signin.look_who()
        return None
    if access is None:
        abort(403)
    if request.headers.get("Sec-Fetch-Site", "none") == "cross-site" and request.method != "GET":
        abort(400)
    if any("\0" in value for _, value in request.form.items(multi=True)):
        abort(400)  # no keyboard types it, and PostgreSQL keeps no text that holds it
    csrf.protect()
    signin.look_who()
    if access == PUBLIC or (access == BEGUN and g.begun is not None):
        return None
    if g.staff is None:
        here = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for(signin.next_step(), next=here), 303)
    if not access & g.staff.permissions:
        abort(403)
    return None


def _kindly(error: HTTPException) -> ResponseReturnValue | AnyResponse:
    """A page that says what to do next. Machines get the bare answer."""
    if error.code is None or error.code < 400 or access_here() == MACHINE:
        return error.get_response()
    title, advice = KIND_WORDS.get(error.code, ("Something went wrong on our side", ""))
    if error.code == 403:
        title, advice = _whom_to_ask()
    if isinstance(error, CSRFError):
        title, advice = KIND_WORDS[400]
    page = render_template("error.html", title=title, advice=advice)
    return page, error.code


def _whom_to_ask() -> tuple[str, str]:
    needs, her = access_here() or frozenset(), g.get("staff")
    reads = her is not None and her.may("read")
    for permission, title, advice in NOT_HERS:
        if permission & needs and (reads or "write" not in permission):
            return title, advice
    return NOT_HERS[1][1:] if not reads and "write" in needs else NEEDS_ANOTHER


def _database_trouble(error: SQLAlchemyError) -> ResponseReturnValue | AnyResponse:
    if not unavailable(error):
        raise error
    g.staff = g.begun = None  # nothing more is asked of the database
    title, advice = KIND_WORDS[503]
    return render_template("error.html", title=title, advice=advice), 503


def _version() -> str:
    """What changes in the address of our files when one of them changes."""
    content = b"".join(path.read_bytes() for path in sorted(STATIC.iterdir()) if path.is_file())
    return sha256(content).hexdigest()[:10]
