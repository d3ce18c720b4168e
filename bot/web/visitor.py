"""Who asks: her network address, her browser in a few words, and whether the browser is known.

A browser is known when somebody has signed in with it before. It carries a signed mark for half a
year, which opens nothing: it only has its own count of tries to sign in.
"""

import re
import secrets
from datetime import timedelta
from ipaddress import ip_address

from flask import Request, Response, after_this_request, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

from bot.actions.admit import Visitor, account_key
from bot.web.here import parts

KNOWN_FOR = timedelta(days=180)
LONGEST_HEADER = 300
PORT = re.compile(r"\[([^\]]*)\](?::\d+)?|([^:]*):\d+")
BROWSERS = (  # the first that fits: most call themselves by older names, too
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
MACHINES = (
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "a Chromebook"),
    ("Mac OS X", "a Mac"),
    ("Linux", "Linux"),
)


def visitor() -> Visitor:
    """Whoever sent this request."""
    known_to, mark = _known()
    return Visitor(
        address=client_address(request, proxies=parts().settings.trusted_proxies),
        browser=browser_words(request.headers.get("User-Agent", "")),
        known_to=known_to,
        mark=mark,
    )


def client_address(request: Request, *, proxies: int) -> str:
    """The visitor's address. Each proxy adds to the end of X-Forwarded-For whom it serves, so with
    that many of them hers is that many from the end. What stands before it, anybody may have sent.
    """
    peer = request.remote_addr or ""
    said = request.headers.get("X-Forwarded-For", "").split(",")
    if not 0 < proxies <= len(said):
        return peer
    found = said[-proxies].strip()
    if match := PORT.fullmatch(found):
        found = match[1] or match[2]
    try:
        return str(ip_address(found))
    except ValueError:
        return peer


def browser_words(agent: str) -> str:
    """Such as "Firefox on Windows", to tell one's own browsers apart; only words of ours."""
    agent = agent[:LONGEST_HEADER]
    browser = next((name for part, name in BROWSERS if part in agent), "A browser")
    machine = next((name for part, name in MACHINES if part in agent), "")
    return f"{browser} on {machine}" if machine else browser


def know_browser(email: str) -> None:
    """Let the answer tell this browser that it is known, now that she has signed in with it."""
    known_to, mark = _known()
    account = account_key(email)
    mark = mark if known_to == account else secrets.token_urlsafe(12)
    value = _marks().dumps([account, mark])

    @after_this_request
    def tell(response: Response) -> Response:
        response.set_cookie(
            _cookie(),
            value,
            max_age=KNOWN_FOR,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        return response


def _known() -> tuple[str, str]:
    """Whose account this browser is known to, and its mark; empty when it is not."""
    try:
        read = _marks().loads(
            request.cookies.get(_cookie(), ""), max_age=int(KNOWN_FOR.total_seconds())
        )
        known_to, mark = read
    except (BadData, TypeError, ValueError):
        return "", ""
    return str(known_to), str(mark)


def _marks() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(parts().settings.secret_key, salt="known browser")


def _cookie() -> str:
    """Bound to this host where cookies can be, as that of the sign-in."""
    return f"{current_app.config['SESSION_COOKIE_NAME']}-known"
