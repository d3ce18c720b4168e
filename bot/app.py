"""The web process: Flask for Twilio's webhooks and the staff pages, waitress to serve it.

The composition root: everything is built here, from the settings, and nowhere else.
"""

import logging
import signal
import threading
from typing import TYPE_CHECKING, Any

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from bot import spoken_links
from bot.parts import Parts, build_parts
from bot.settings import Settings
from bot.store.migrations import upgrade
from bot.web import PAGES, webhooks
from bot.web.provider import check_provider
from bot.web.security import protect

if TYPE_CHECKING:
    from bot.clock import Clock

log = logging.getLogger(__name__)
MOST_BODY = 1 << 20  # bytes; werkzeug's other limits do not stop a urlencoded body
THREADS = 8
# Slow clients: waitress reads bodies outside its threads, and this many may be slow at once
CONNECTIONS = 1000
WAITRESS: dict[str, Any] = {
    "threads": THREADS,
    "connection_limit": CONNECTIONS,
    "channel_timeout": 30,
    "max_request_body_size": MOST_BODY,
    "max_request_header_size": 16 * 1024,
    "ident": None,
}


class NoCookiesForMachines(SecureCookieSessionInterface):
    """Twilio signs in with each request: there is no cookie to open, to check or to send."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if request.path.startswith((webhooks.page.url_prefix or "/", spoken_links.PATH)):
            return self.make_null_session(app)
        return super().open_session(app, request)


def create_app(parts: Parts) -> Flask:
    """The whole web side of one bot."""
    check_provider(parts.settings)
    app = Flask("bot", template_folder="web/templates", static_folder="web/static")
    app.config.update(
        SECRET_KEY=parts.settings.secret_key,
        MAX_CONTENT_LENGTH=MOST_BODY,
    )
    app.extensions["bot"] = parts
    app.session_interface = NoCookiesForMachines()
    for page in PAGES:
        app.register_blueprint(page)
    protect(app, parts.settings)
    return app


def create_server(app: Any, *, host: str, port: int, proxies: int = 0) -> Any:
    """A waitress server of a WSGI application, bound and ready to `run`. Only where there are
    proxies does the application see what they say (`bot/web/visitor.py` reads it).
    """
    from waitress.server import create_server as waitress_server

    from bot.strict_http import be_strict

    sockets: dict[int, Any] = {}
    options = {**WAITRESS, "clear_untrusted_proxy_headers": proxies == 0}
    server = waitress_server(app, host=host, port=port, map=sockets, **options)
    be_strict(sockets.values())
    return server


def _clock(parts: Parts) -> "Clock":
    """Loaded only where this process keeps time itself."""
    from bot.clock import Clock

    return Clock(parts)


def serve(settings: Settings) -> None:
    """Bring the database up to date, then serve until told to stop; what is in hand is finished."""
    from bot.logs import set_up_logs

    set_up_logs(settings.log_level)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it notes every request that waits
    upgrade(settings.database_url)
    parts = build_parts(settings)
    server = create_server(
        create_app(parts),
        host="0.0.0.0",  # noqa: S104
        port=settings.port,
        proxies=settings.trusted_proxies,
    )
    clock = _clock(parts) if settings.clock == "inside" else None
    stopping = threading.Event()

    def stop(*_: object) -> None:
        if not stopping.is_set():
            stopping.set()
            raise SystemExit(0)

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    if clock is not None:
        clock.start()
    log.info("serving on port %s", settings.port)
    try:
        server.run()
    finally:
        server.close()
        if clock is not None:
            clock.stop()
        parts.database.dispose()
        log.info("stopped")
