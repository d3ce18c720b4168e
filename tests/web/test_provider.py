"""Signing in through the charity's own provider: it says who she is, and we whether she may."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from joserfc.jwk import ECKey
from sqlmodel import select

from bot.app import create_app
from bot.errors import SettingsError
from bot.parts import Parts
from bot.simulator.server import serve_wsgi
from bot.store.models import AuditEntry, SignIn, Staff
from tests.web.cohort import Cast
from tests.web.conftest import Clock, signed_in
from tests.web.oidc import CLIENT, SECRET, OwnProvider
from tests.web.page import Browser, Page
from tests.web.phone import RUTH, give_code, set_up

VERIFIED = {"email": "Ruth@Example.org", "email_verified": True}


@pytest.fixture
def provider() -> Iterator[OwnProvider]:
    own = OwnProvider(claims=dict(VERIFIED))
    running = serve_wsgi(own)
    own.address = running.base_url
    yield own
    running.close()


Build = Callable[..., Flask]


@pytest.fixture
def build(parts: Parts, cast: Cast, provider: OwnProvider) -> Build:
    def made(**changes: Any) -> Flask:
        known = {"issuer": provider.address, "client_id": CLIENT, "client_secret": SECRET}
        chosen = {f"oidc_{name}": value for name, value in {**known, **changes}.items()}
        settings = replace(parts.settings, **chosen)
        return create_app(replace(parts, settings=settings))

    return made


@pytest.fixture
def browser(build: Build) -> Browser:
    return Browser(build().test_client())


def go(
    browser: Browser, provider: OwnProvider, *, status: int = 303, going_to: str = "/people"
) -> Page:
    """There and back, as her browser does it."""
    away = browser.client.get("/sign-in/provider", query_string={"next": going_to})
    assert away.status_code == 302, away.get_data(as_text=True)
    return browser.get(provider.authorize(away.headers["Location"]), status=status)


def nobody_is_in(browser: Browser, parts: Parts) -> None:
    browser.get("/people", status=303)
    with parts.database.reading() as db:
        assert db.exec(select(SignIn)).all() == []


def test_our_second_step_is_asked_for_all_the_same(browser: Browser, provider: OwnProvider) -> None:
    assert go(browser, provider).response.headers["Location"] == "/people"
    there = browser.get("/people", status=303).response.headers["Location"]
    assert there.startswith("/second-step?"), "she has none yet, and sets one up"


def test_whoever_has_a_second_step_is_asked_for_a_code(
    build: Build, provider: OwnProvider, parts: Parts, clock: Clock
) -> None:
    app = build()
    phone = set_up(signed_in(app, parts, email=RUTH), clock)
    browser = Browser(app.test_client())
    go(browser, provider)
    browser.get("/people", status=303)
    give_code(browser, phone.code())
    browser.get("/people")


def test_the_providers_second_step_counts_where_the_charity_says_so(
    build: Build, provider: OwnProvider, parts: Parts, cast: Cast
) -> None:
    browser = Browser(build(second_step="theirs").test_client())
    go(browser, provider)
    browser.get("/people")
    with parts.database.reading() as db:
        entry = db.exec(select(AuditEntry).where(AuditEntry.action == "signed in")).one()
    assert (entry.staff_id, entry.detail) == (cast.ruth, "provider")
    with browser.client.session_transaction() as session:
        assert set(session) <= {"csrf_token", "token"}, (
            "nothing of the provider's stays in the browser"
        )


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
        {"email": ""},
        {"email": "stranger@example.org"},
        {"email": "ruth@example.org.evil.example"},
        {"email": ["ruth@example.org"]},
    ],
)
def test_only_known_staff_get_in_by_a_verified_address(
    browser: Browser, provider: OwnProvider, parts: Parts, claims: dict[str, Any]
) -> None:
    provider.claims |= claims
    page = go(browser, provider, status=422)
    assert "provider" in page.one("p", class_="problem").text
    nobody_is_in(browser, parts)


def test_microsofts_word_for_a_verified_address_counts(build: Build, provider: OwnProvider) -> None:
    browser = Browser(build(second_step="theirs").test_client())
    provider.claims = {"email": RUTH, "xms_edov": True}
    go(browser, provider)
    browser.get("/people")


def test_who_is_no_longer_active_does_not_get_in(
    browser: Browser, provider: OwnProvider, parts: Parts, cast: Cast
) -> None:
    with parts.database.transaction() as db:
        her = db.get_one(Staff, cast.ruth)
        her.active = False
        db.add(her)
    go(browser, provider, status=422)
    nobody_is_in(browser, parts)


LIES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "a nonce of another time": lambda claims: {**claims, "nonce": "another"},
    "no nonce": lambda claims: {name: claims[name] for name in claims if name != "nonce"},
    "for another client": lambda claims: {**claims, "aud": "somebody else"},
    "by another issuer": lambda claims: {**claims, "iss": "https://evil.example"},
    "long over": lambda claims: {**claims, "iat": 1, "exp": 2},
}


@pytest.mark.parametrize("lie", LIES)
def test_an_id_token_that_is_not_for_this_sign_in_is_refused(
    browser: Browser, provider: OwnProvider, parts: Parts, lie: str
) -> None:
    provider.change = LIES[lie]
    assert "did not sign you in" in go(browser, provider, status=422).text
    nobody_is_in(browser, parts)


def test_an_id_token_signed_by_another_key_is_refused(
    browser: Browser, provider: OwnProvider, parts: Parts
) -> None:
    provider.signs_with = ECKey.generate_key("P-256", {"kid": "one"})
    go(browser, provider, status=422)
    nobody_is_in(browser, parts)


def test_an_answer_to_another_browser_or_a_second_time_is_refused(
    build: Build, provider: OwnProvider, parts: Parts
) -> None:
    app = build()
    hers, thief = Browser(app.test_client()), Browser(app.test_client())
    away = hers.client.get("/sign-in/provider").headers["Location"]
    back = provider.authorize(away)
    thief.get(back, status=422)
    thief.get("/sign-in/provider/answer?code=x&state=y", status=422)
    thief.get("/sign-in/provider/answer?error=access_denied", status=422)
    thief.get("/sign-in/provider/answer", status=422)
    nobody_is_in(thief, parts)
    hers.get(back, status=303)
    hers.get(back, status=422)


def test_the_proof_key_and_the_clients_secret_are_sent(
    build: Build, provider: OwnProvider, parts: Parts
) -> None:
    browser = Browser(build().test_client())
    away = browser.client.get("/sign-in/provider").headers["Location"]
    back = provider.authorize(away)
    for asked in provider.asked.values():
        asked["code_challenge"] = "somebody else's"
    browser.get(back, status=422)
    wrong = Browser(build(client_secret="not it").test_client())
    go(wrong, provider, status=422)
    assert provider.refused == ["proof", "client"]
    nobody_is_in(wrong, parts)


def test_a_provider_that_calls_itself_otherwise_or_does_not_answer_is_said_kindly(
    build: Build, provider: OwnProvider
) -> None:
    provider.issuer = "https://evil.example"
    page = Browser(build().test_client()).get("/sign-in/provider", status=502)
    assert "or use your password" in page.text
    gone = Browser(build(issuer="http://127.0.0.1:9").test_client())
    assert "or use your password" in gone.get("/sign-in/provider", status=502).text


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_coming_back_from_the_provider_leads_to_no_other_site(
    browser: Browser, provider: OwnProvider, elsewhere: str
) -> None:
    assert go(browser, provider, going_to=elsewhere).response.headers["Location"] == "/"


def test_without_a_provider_there_is_no_such_page_and_nothing_of_it_is_loaded(
    nobody: Browser, browser: Browser
) -> None:
    for path in ("/sign-in/provider", "/sign-in/provider/answer"):
        nobody.get(path, status=404)
    assert "work account" not in nobody.get("/sign-in").text
    assert "/sign-in/provider?next=" in " ".join(browser.get("/sign-in").links())


def test_without_the_extra_the_start_says_what_to_do(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.provider.find_spec", lambda name: None)
    with pytest.raises(SettingsError, match=r"requirements-extras\.lock") as raised:
        build()
    assert len(raised.value.problems) == 1


def test_authlib_is_loaded_only_when_somebody_asks(build: Build) -> None:
    import subprocess

    script = "import sys, bot.app; print([n for n in sys.modules if n.startswith('authlib')])"
    answer = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=50
    )
    assert answer.stdout.strip() == "[]"
