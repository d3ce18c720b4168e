"""Who may open what, and what every answer carries. These tests walk over all routes there are."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import MetaData, select
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from sqlmodel import SQLModel

from bot.app import create_app
from bot.parts import Parts
from bot.web.access import MACHINE, access_of, may
from tests.web.cohort import WEEK, Cast
from tests.web.conftest import signed_in
from tests.web.page import Browser

VALUES: dict[str, Any] = {
    "label": WEEK,
    "key": "behind",
    "participant_id": 1,
    "alert_id": 1,
    "duty_id": 1,
    "staff_id": 1,
    "address_id": 1,
    "cohort_id": 1,
    "context": "goal_check_in.rating",
    "helpline_id": 1,
    "holiday_id": 1,
    "language": "ar",
    "media_id": 1,
    "pairing_id": 1,
    "report_id": 1,
    "session_id": 1,
    "sign_in_id": 999,
    "training_id": 1,
    "name": "welcome",
    "token": "unknown-token",
    "filename": "staff.css",
}
RECORDS = f"/recordings/{VALUES['language']}/{VALUES['context']}"  # only there is a microphone
FILES = ("/media/1", f"{RECORDS}/file")  # none is there


def addresses(app: Flask, *, method: str, access: str | None = None) -> list[str]:
    """An address for every route of that method (and declaration), machines' ones left out."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            declared = access_of(app, rule.endpoint)
            if method not in (rule.methods or ()) or declared == MACHINE:
                continue
            if access is None or access in (declared or ()):
                values = {name: VALUES[name] for name in rule.arguments}
                found.append(app.url_for(rule.endpoint, **values))
    return sorted(found)


def test_every_route_declares_who_may(app: Flask) -> None:
    silent = [
        rule.rule for rule in app.url_map.iter_rules() if access_of(app, rule.endpoint) is None
    ]
    assert silent == []


def test_a_route_that_declares_nothing_is_refused(parts: Parts) -> None:
    app = create_app(parts)
    app.add_url_rule("/forgotten", "forgotten", lambda: "a secret")
    Browser(app.test_client()).get("/forgotten", status=403)


def test_only_signing_in_and_files_are_for_everybody(app: Flask) -> None:
    everybody = addresses(app, method="GET", access="public")
    assert everybody == [
        "/sign-in",
        "/sign-in/link/unknown-token",
        "/sign-in/provider",
        "/sign-in/provider/answer",
        "/static/staff.css",
    ]


def test_every_page_asks_for_a_sign_in(app: Flask, nobody: Browser, cast: Cast) -> None:
    pages = addresses(app, method="GET", access="read") + addresses(
        app, method="GET", access="write"
    )
    assert len(pages) >= 9
    for address in pages:
        answer = nobody.get(address, status=303)
        assert answer.response.headers["Location"].startswith("/sign-in?next=/")


def test_every_page_can_be_read_by_staff_and_by_a_reader(
    app: Flask, ruth: Browser, ivy: Browser
) -> None:
    for address in addresses(app, method="GET", access="read"):
        if address in FILES:
            continue  # nobody has sent or recorded one here
        for browser in (ruth, ivy):
            browser.get(address, follow=True)


def test_a_form_without_its_token_is_refused_everywhere(
    app: Flask, ruth: Browser, nobody: Browser
) -> None:
    for address in addresses(app, method="POST"):
        for browser in (ruth, nobody):
            answer = browser.client.post(address, data={"note": "x"})
            assert answer.status_code == 400, address


def test_a_form_sent_from_another_site_is_refused(ruth: Browser) -> None:
    token = ruth.get("/alerts").all("input", name="csrf_token")[0].attributes["value"]
    answer = ruth.client.post(
        "/alerts/1/noted",
        data={"csrf_token": token},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 400


def test_a_reader_changes_nothing(app: Flask, ivy: Browser, parts: Parts) -> None:
    before = contents(parts)
    for address in addresses(app, method="POST", access="write"):
        ivy.post(address, page="/password", note="x", status=403)
    assert contents(parts) == before


def test_reading_changes_nothing_but_the_record_of_it(
    app: Flask, ruth: Browser, parts: Parts
) -> None:
    before = contents(parts)
    for address in addresses(app, method="GET"):
        ruth.client.get(address).close()
    assert contents(parts) == before


def contents(parts: Parts) -> dict[str, list[object]]:
    """Every row of every table, without what is only a record of reading and signing in."""
    metadata: MetaData = SQLModel.metadata
    skipped = ("audit_entry", "sign_in", "sign_in_link")
    with parts.database.reading() as db:
        return {
            table.name: [tuple(row) for row in db.execute(select(table))]
            for table in metadata.sorted_tables
            if table.name not in skipped
        }


def test_every_answer_carries_the_protecting_headers(app: Flask, ruth: Browser) -> None:
    for address in [*addresses(app, method="GET"), "/nothing-here", "/healthz"]:
        answer = ruth.client.get(address)
        answer.close()
        headers, records = answer.headers, address == RECORDS
        assert headers["Content-Security-Policy"] == (
            "default-src 'none'; style-src 'self'; img-src 'self' data:; "
            f"media-src 'self'{' blob:' if records else ''}; "
            "script-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
            "base-uri 'none'"
        )
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        microphone = "(self)" if records else "()"
        assert headers["Permissions-Policy"] == (
            f"camera=(), microphone={microphone}, geolocation=()"
        )
        assert "Strict-Transport-Security" not in headers
        kept = address.startswith("/static/")
        expected = "public, max-age=31536000, immutable" if kept else "no-store"
        assert headers["Cache-Control"] == expected, address


def test_over_https_cookies_are_bound_to_this_host_and_https_is_remembered(
    parts: Parts, cast: Cast
) -> None:
    https = replace(parts.settings, public_url="https://bot.example.org")
    client = create_app(replace(parts, settings=https)).test_client()
    answer = client.get("/sign-in", base_url="https://bot.example.org")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-routes=")
    assert all(word in cookie for word in ("; Secure", "; HttpOnly", "; Path=/", "SameSite=Lax"))
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_machines_need_no_sign_in_and_no_form_token(nobody: Browser) -> None:
    assert nobody.client.get("/healthz").status_code == 200
    forged = nobody.client.post("/webhooks/twilio/message", data={"Body": "hello"})
    assert forged.status_code == 403
    assert not forged.data, "a machine gets no page"


@pytest.mark.parametrize(
    "address",
    [
        "/nothing-here",
        "/people/999999",
        "/strangers/999",
        "/weeks/2026-W99",
        "/pairs/999",
        "/cohorts/999",
        "/trainings/999",
        "/reports/999",
    ],
)
def test_what_is_not_there_is_said_kindly(ruth: Browser, address: str) -> None:
    page = ruth.get(address, status=404)
    assert page.one("h1").text == "There is nothing here"
    assert "/people" in page.links(), "the way back is there"


def test_a_database_that_does_not_answer_is_said_kindly(parts: Parts, cast: Cast) -> None:
    app = create_app(parts)

    def fails() -> str:
        raise NoConnectionLeft("none left")

    app.view_functions["people.overview"] = may("read")(fails)
    ruth = signed_in(app, parts, email="ruth@example.org")
    page = ruth.get("/people", status=503)
    assert "Nothing is lost" in page.text


def test_two_browsers_of_one_staff_member_are_two_sign_ins(
    app: Flask, parts: Parts, cast: Cast
) -> None:
    first = signed_in(app, parts, email="ruth@example.org")
    second = signed_in(app, parts, email="ruth@example.org")
    first.post("/sign-out", page="/people")
    first.get("/people", status=303)
    second.get("/people")
