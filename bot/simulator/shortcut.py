"""For time that is lived through in a hurry, with a database that is thrown away: webhooks are
signed and read as ever but take no socket, and a commit does not wait for the disk.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import Connection, Engine, event

from bot.simulator import hooks


def handed_over(app: Flask) -> hooks.Post:
    """Signed webhooks go straight into the web application: the way over a socket takes longer."""
    browser = app.test_client(use_cookies=False)

    def post(url: str, form: Mapping[str, str], *, token: str) -> hooks.Outcome:
        bare, _ = hooks.read_overrides(url)
        signed = {"X-Twilio-Signature": hooks.signature(token, bare, form)}
        answer = browser.post(bare, data=dict(form), headers=signed)
        family = f"{answer.status_code // 100}xx"
        return hooks.Outcome(
            status=answer.status_code,
            content_type=answer.mimetype or "",
            text=answer.get_data(as_text=True),
            attempts=1,
            failure="" if family == "2xx" else family,
        )

    return post


@contextmanager
def unhurried(url: str) -> Iterator[None]:
    """SQLite need not wait for the disk at each commit: this database is thrown away."""

    def relax(connection: Connection) -> None:
        if connection.info.setdefault("relaxed", False):
            return
        if connection.engine.url.render_as_string(hide_password=False) == url:
            driver = connection.connection.dbapi_connection
            if driver is not None:
                driver.cursor().execute("PRAGMA synchronous=OFF")
        connection.info["relaxed"] = True

    event.listen(Engine, "engine_connect", relax)
    try:
        yield
    finally:
        event.remove(Engine, "engine_connect", relax)
