"""What the bot is measured beside: Flask on the same server, with as little as there can be.

Run as a file of its own, so that nothing of the bot is loaded. `bare` answers and does nothing
else; `durable` checks the signature (or not, at /insert) and makes one row durable.
"""

import json
import logging
import os
import sqlite3
import sys
import threading
from collections.abc import Callable
from fcntl import LOCK_EX, LOCK_UN, flock
from importlib import import_module
from typing import Any

from flask import Flask, Response, request

EMPTY = "<Response/>"
TABLE = "create table {}(id integer primary key, sid text, sender text, words text)"
POSTGRESQL_TABLE = "create table if not exists {}(id serial, sid text, sender text, words text)"
INSERT = "insert into bench_plain (sid, sender, words) values ({0}, {0}, {0})"
Keep = Callable[[tuple[str, str, str]], None]


def bare(app: Flask) -> None:
    """An answer, and nothing behind it."""

    @app.post("/webhooks/twilio/<kind>")
    def answer(kind: str) -> Response:
        return Response(EMPTY, mimetype="text/xml")


def durable(app: Flask, *, database: str, token: str, public_url: str) -> None:
    """Twilio's own check of the signature, then one row that survives a power cut."""
    validation: Any = import_module("twilio.request_validator")
    keep = keeper(database)
    validator = validation.RequestValidator(token)

    @app.post("/webhooks/twilio/<kind>")
    def signed(kind: str) -> Response:
        url = f"{public_url}{request.full_path.rstrip('?')}"
        if not validator.validate(url, request.form, request.headers.get("X-Twilio-Signature", "")):
            return Response(status=403)
        return insert()

    @app.post("/insert")
    def insert() -> Response:
        form = request.form
        keep((form["MessageSid"], form["From"], form.get("Body", "")))
        return Response(EMPTY, mimetype="text/xml")


def keeper(database: str) -> Keep:
    """Writes one row by the bare driver, durably, as the bot's own database is set up to."""
    return sqlite_keeper(database) if "://" not in database else postgresql_keeper(database)


def sqlite_keeper(path: str) -> Keep:
    """WAL, synchronous=FULL, and writers in a row before BEGIN IMMEDIATE."""
    queue, own = threading.Lock(), threading.local()
    lock = os.open(path + ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    with sqlite3.connect(path) as first:
        first.execute("pragma journal_mode=wal")
        first.execute(TABLE.format("bench_plain"))

    def connection() -> sqlite3.Connection:
        if not hasattr(own, "connection"):
            own.connection = sqlite3.connect(path, isolation_level=None)
            own.connection.execute("pragma synchronous=full")
        kept: sqlite3.Connection = own.connection
        return kept

    def keep(row: tuple[str, str, str]) -> None:
        mine = connection()
        with queue:
            flock(lock, LOCK_EX)
            try:
                mine.execute("begin immediate")
                mine.execute(INSERT.format("?"), row)
                mine.execute("commit")
            finally:
                flock(lock, LOCK_UN)

    return keep


def postgresql_keeper(url: str) -> Keep:
    """One connection a thread; the server puts writers in a row."""
    import psycopg

    own = threading.local()
    with psycopg.connect(url) as first:
        first.execute(POSTGRESQL_TABLE.format("bench_plain"))

    def keep(row: tuple[str, str, str]) -> None:
        if not hasattr(own, "connection"):
            own.connection = psycopg.connect(url, autocommit=True)
        own.connection.execute(INSERT.format("%s"), row)

    return keep


def main(kind: str, port: str, server: str, *more: str) -> None:
    """Serve on `port`; `server` holds waitress's settings as JSON."""
    from waitress.server import create_server

    app = Flask("plain")
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it notes every request that waits

    @app.get("/readyz")
    def ready() -> Response:
        return Response("ready\n")

    if kind == "bare":
        bare(app)
    else:
        database, token, public_url = more
        durable(app, database=database, token=token, public_url=public_url)
    settings: dict[str, Any] = json.loads(server)
    create_server(app, host="127.0.0.1", port=int(port), **settings).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
