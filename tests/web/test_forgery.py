"""Requests that somebody else made her browser send: forms without a token, or from another site;
pages that would change something by being looked at; and addresses that lead away.
"""

from collections.abc import Callable, Iterator
from hashlib import sha256
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask
from sqlalchemy import MetaData, select
from sqlmodel import SQLModel

from bot.actions.invite import invite
from bot.parts import Parts
from bot.web.access import MACHINE, access_of
from bot.web.signin import local_path
from tests.web.conftest import Clock
from tests.web.page import Browser
from tests.web.phone import RUTH, Phone, choose, give_code, give_password, set_up
from tests.web.test_access import VALUES, addresses

SEEN = frozenset({"seen_at"})  # that she was there, and what she read, is recorded
RECORDED = frozenset({"audit_entry"})


def state(parts: Parts) -> dict[str, str]:
    """One digest for each table."""
    metadata: MetaData = SQLModel.metadata
    with parts.database.reading() as db:
        digests = {}
        for table in metadata.sorted_tables:
            if table.name not in RECORDED:
                kept = [column for column in table.columns if column.name not in SEEN]
                rows = sorted(repr(tuple(row)) for row in db.execute(select(*kept)))
                digests[table.name] = sha256("\n".join(rows).encode()).hexdigest()
        return digests


def changing(app: Flask) -> Iterator[tuple[str, str]]:
    """Method and address of everything that is not only looked at."""
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            for method in sorted((rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}):
                if access_of(app, rule.endpoint) != MACHINE:
                    values = {name: VALUES[name] for name in rule.arguments}
                    yield method, app.url_for(rule.endpoint, **values)


def token_of(browser: Browser) -> str:
    shown = browser.get("/sign-in", follow=True)
    return shown.all("input", name="csrf_token")[0].attributes["value"]


@pytest.fixture
def phone(ruth: Browser, clock: Clock) -> Phone:
    choose(ruth)
    return set_up(ruth, clock)


@pytest.fixture
def half(phone: Phone, nobody: Browser) -> Browser:
    """Signed in with Ruth's password, and not yet past her second step."""
    give_password(nobody)
    return nobody


def test_what_changes_something_wants_its_token_and_this_very_site(
    app: Flask, ruth: Browser, half: Browser, parts: Parts
) -> None:
    before, asked = state(parts), 0
    for browser in (ruth, half, Browser(app.test_client())):
        token = token_of(browser)
        for method, address in changing(app):
            for fields, site in (
                ({}, "same-origin"),
                ({"csrf_token": "made up"}, "same-origin"),
                ({"csrf_token": token}, "cross-site"),
            ):
                answer = browser.client.open(
                    address, method=method, data=fields, headers={"Sec-Fetch-Site": site}
                )
                assert answer.status_code == 400, (method, address, fields, site)
                asked += 1
    assert asked > 100
    assert state(parts) == before


def test_a_token_of_another_browser_is_worth_nothing(ruth: Browser, ivy: Browser) -> None:
    answer = ruth.client.post("/sign-out", data={"csrf_token": token_of(ivy)})
    assert answer.status_code == 400
    ruth.get("/people")


def test_a_token_from_before_she_signed_in_is_worth_nothing_after_it(
    phone: Phone, nobody: Browser
) -> None:
    before = token_of(nobody)
    give_password(nobody)
    half_way = token_of(nobody)
    give_code(nobody, phone.code())
    for token in (before, half_way):
        answer = nobody.client.post("/sign-out", data={"csrf_token": token})
        assert answer.status_code == 400
    nobody.get("/people")


def test_no_page_changes_anything_by_being_looked_at(
    app: Flask, ruth: Browser, half: Browser, parts: Parts, clock: Clock
) -> None:
    link = invite(parts.database, email=RUTH, name="", public_url="", now=parts.now())
    pages = [*addresses(app, method="GET"), link]
    for browser in (ruth, half, Browser(app.test_client())):
        before = state(parts)
        for address in pages:
            clock.forward(seconds=61)  # so that it is noted that she was seen
            for method in ("GET", "HEAD"):
                browser.client.open(address, method=method).close()
            assert state(parts) == before, address
        clock.forward(seconds=-61 * len(pages))


ELSEWHERE = [
    "https://evil.example",
    "http:evil.example",
    "https:/evil.example",
    "HTTPS://evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "//evil.example/..",
    "//user@evil.example",
    "//localhost:8000@evil.example",
    "//[::1]",
    "/\\evil.example",
    "/\\/evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "\\/\\/evil.example",
    "/people\\@evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "\t//evil.example",
    " //evil.example",
    " /people",
    "/ /evil.example",
    "/\x00/evil.example",
    "/ok\r\nSet-Cookie: x=1",
    "/ok\nLocation: https://evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "mailto:a@evil.example",
    "evil.example",
    "people",
    "?next=/people",
    "#top",
    "@evil.example",
    ".//evil.example",
    "../evil.example",
    "",
]
HERE = ["/", "/people/1", "/people?find=a%20b&x=//evil.example", "/weeks/2026-W47#x", "/%2f/a"]


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_signing_in_leads_to_no_other_site(app: Flask, elsewhere: str) -> None:
    with app.test_request_context():
        assert local_path(elsewhere) == "/"


def test_signing_in_leads_to_pages_of_ours(app: Flask) -> None:
    with app.test_request_context():
        assert [local_path(path) for path in HERE] == HERE


def test_none_of_the_three_ways_in_leads_away(half: Browser, ruth: Browser) -> None:
    ways: list[Callable[[str], str]] = [
        lambda to: _location(ruth, f"/sign-in?next={quote(to)}"),
        lambda to: _location(half, f"/sign-in?next={quote(to)}"),
        lambda to: give_password(half, next=to).response.headers["Location"],
    ]
    for elsewhere in ELSEWHERE:
        if "\0" in elsewhere:
            continue  # refused before anything looks at it
        for way in ways:
            assert urlsplit(way(elsewhere)).path == "/" and "evil" not in way(elsewhere)


def test_nor_does_the_second_step(half: Browser, phone: Phone) -> None:
    for elsewhere in ("//evil.example", "/\\evil.example", "https://evil.example"):
        answer = give_code(half, phone.code(), next=elsewhere)
        assert answer.response.headers["Location"] == "/"
        phone.clock.forward(seconds=30)
        half.post("/sign-out", page="/people")
        give_password(half)


def _location(browser: Browser, address: str) -> str:
    return browser.get(address, status=303).response.headers["Location"]
