"""For machines: is the process up, is it ready, and how is it doing. No person's data."""

import hmac

from flask import Blueprint, Response, abort, current_app, request

from bot.parts import Parts
from bot.store.metrics import read_metrics
from bot.store.migrations import at_head

page = Blueprint("health", __name__)
PLAIN = "text/plain; version=0.0.4; charset=utf-8"


@page.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@page.get("/readyz")
def readyz() -> Response:
    """The database answers, and its tables are those of this version."""
    parts: Parts = current_app.extensions["bot"]
    try:
        ready = at_head(parts.database)
    except Exception:  # any failure to ask means: not ready
        return Response("the database does not answer\n", status=503, mimetype="text/plain")
    if not ready:
        return Response("the database needs `upgrade`\n", status=503, mimetype="text/plain")
    return Response("ready\n", mimetype="text/plain")


@page.get("/metrics")
def metrics() -> Response:
    """Counts from SQL, so that they are right with any number of processes. 404 without a token."""
    parts: Parts = current_app.extensions["bot"]
    token = parts.settings.metrics_token
    if not token:
        abort(404)
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode(), token.encode()):
        abort(401)
    with parts.database.reading() as db:
        lines = read_metrics(db, now=parts.now())
    return Response("\n".join(lines) + "\n", mimetype=PLAIN)
