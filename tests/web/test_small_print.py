"""Small things that a standard asks of every page, and that nobody misses until they are gone."""

from flask import Flask

from tests.web.cohort import Cast
from tests.web.page import Browser
from tests.web.phone import choose, give_password
from tests.web.test_access import addresses

LONG = "Sixteen quiet Lanterns drift, over 9 cold harbours; نعم, she said."


def test_every_page_says_its_charset(app: Flask, ruth: Browser, cast: Cast) -> None:
    pages = 0
    for address in [*addresses(app, method="GET"), "/nothing-here"]:
        with ruth.client.get(address) as answer:
            if answer.mimetype.startswith("text/"):
                assert answer.content_type.endswith("charset=utf-8"), address
                pages += 1
    assert pages > 20


def test_signing_out_stands_on_every_page(app: Flask, ruth: Browser, cast: Cast) -> None:
    pages = 0
    for address in addresses(app, method="GET", access="read"):
        if address.endswith("/slide"):
            continue  # shown large to a room full of people
        with ruth.client.get(address) as answer:
            if answer.mimetype == "text/html" and answer.status_code == 200:
                assert 'action="/sign-out"' in answer.get_data(as_text=True), address
                pages += 1
    assert pages > 15


def test_no_address_echoes_a_request(app: Flask, ruth: Browser, cast: Cast) -> None:
    for address in [*addresses(app, method="GET"), "/healthz", "/webhooks/twilio/message"]:
        for method in ("TRACE", "TRACK", "CONNECT"):
            with ruth.client.open(address, method=method) as answer:
                assert answer.status_code == 405, (method, address)


def test_password_fields_hide_what_is_typed_and_let_managers_fill_them(
    ruth: Browser, nobody: Browser
) -> None:
    shown = nobody.get("/sign-in").one("input", id="password").attributes
    assert (shown["type"], shown["autocomplete"]) == ("password", "current-password")
    choose(ruth, LONG)
    fields = [field.attributes for field in ruth.get("/password").all("input", type="password")]
    assert [one["autocomplete"] for one in fields] == ["current-password", "new-password"]
    assert not any("maxlength" in one for one in fields)


def test_a_long_password_counts_to_its_last_letter_as_it_was_typed(
    ruth: Browser, nobody: Browser
) -> None:
    assert len(LONG) >= 64
    choose(ruth, LONG)
    for other in (LONG[:-1], LONG.lower(), f" {LONG}"):
        give_password(nobody, password=other, status=422)
    give_password(nobody, password=LONG)
