"""Your account: where she is signed in, and how each sign-in is ended for good."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlmodel import select

from bot.actions.invite import invite
from bot.actions.sign_out import sign_out
from bot.app import create_app
from bot.parts import Parts
from bot.store import sign_ins
from bot.store.models import SignIn
from tests.web.cohort import Cast
from tests.web.conftest import Clock, signed_in
from tests.web.page import Browser
from tests.web.phone import RUTH, choose, give_code, give_password, set_up, sign_in_with

IPHONE = "Mozilla/5.0 (iPhone; like Mac OS X) Version/18.0 Safari/604.1"


def rows(parts: Parts, staff_id: int) -> list[SignIn]:
    with parts.database.reading() as db:
        found = select(SignIn).where(SignIn.staff_id == staff_id).order_by(SignIn.id)  # type: ignore[arg-type]
        return list(db.exec(found))


@pytest.fixture
def other(app: Flask, parts: Parts, ruth: Browser) -> Browser:
    """Ruth's phone, signed in too."""
    browser = Browser(app.test_client())
    browser.client.environ_base["HTTP_USER_AGENT"] = IPHONE
    return signed_in(app, parts, email=RUTH, browser=browser)


def test_her_sign_ins_are_listed_in_a_few_words(
    ruth: Browser, other: Browser, ivy: Browser, clock: Clock
) -> None:
    clock.forward(minutes=30)
    page = ruth.get("/account")
    items = [one.text for one in page.all("li") if "Since" in one.text]
    assert len(items) == 2, "hers, and nobody else's"
    assert "this one" in items[0] and "last seen" not in items[0]
    assert "Safari on an iPhone" in items[1] and "last seen 30 minutes ago" in items[1]
    assert "this one" not in items[1]


def test_one_of_her_sign_ins_is_ended(
    ruth: Browser, other: Browser, parts: Parts, cast: Cast
) -> None:
    there = rows(parts, cast.ruth)[-1].id
    ruth.post(f"/account/sign-ins/{there}/ended", page="/account")
    other.get("/people", status=303)
    assert "That browser is signed out." in ruth.get("/account").text
    ruth.post(f"/account/sign-ins/{there}/ended", page="/account", status=404)


def test_nobody_ends_somebody_elses(ruth: Browser, ivy: Browser, parts: Parts, cast: Cast) -> None:
    hers = rows(parts, cast.ivy)[-1].id
    ruth.post(f"/account/sign-ins/{hers}/ended", page="/account", status=404)
    ivy.get("/people")


def test_she_signs_out_everywhere_else(ruth: Browser, other: Browser, ivy: Browser) -> None:
    ruth.post("/account/sign-ins/others-ended", page="/account")
    assert "signed out everywhere else" in ruth.get("/account").text
    other.get("/people", status=303)
    ivy.get("/people")
    assert "everywhere else" not in ruth.get("/account").text, "there is nothing more to end"


def test_a_password_given_without_the_second_step_is_shown_as_what_it_is(
    ruth: Browser, nobody: Browser, clock: Clock
) -> None:
    choose(ruth)
    set_up(ruth, clock)
    give_password(nobody)
    assert "somebody knows your password: choose" in ruth.get("/account").text


def test_what_is_idle_or_too_old_is_not_listed(ruth: Browser, other: Browser, clock: Clock) -> None:
    for _ in range(2):
        clock.forward(hours=1, minutes=30)
        ruth.get("/people")
    assert "iPhone" not in ruth.get("/account").text


def test_a_new_second_step_and_a_new_password_end_all_others(
    ruth: Browser, other: Browser, clock: Clock, app: Flask
) -> None:
    choose(ruth)
    other.get("/people", status=303)
    phone = set_up(ruth, clock)
    third, fourth = Browser(app.test_client()), Browser(app.test_client())
    sign_in_with(third, phone)
    give_password(fourth)
    phone = set_up(ruth, clock, present=phone.code())
    third.get("/people", status=303)
    assert (
        fourth.get("/sign-in/code", status=303).response.headers["Location"].startswith("/sign-in?")
    )
    sign_in_with(third, phone)
    choose(third, "yet another four words", old_password="four words without reason")
    ruth.get("/people", status=303)


def test_an_end_wins_over_a_request_that_is_under_way(
    ruth: Browser, parts: Parts, cast: Cast, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """She signs out elsewhere between this request's look at the sign-in and its own note of it."""
    clock.forward(minutes=30)
    here = rows(parts, cast.ruth)[-1]
    real, looked = sign_ins.signed_in, []

    def look(*given: Any, **named: Any) -> Any:
        found = real(*given, **named)
        looked.append(found)
        sign_out(parts.database, sign_in_id=here.id or 0, staff_id=cast.ruth, now=clock.now)
        return found

    monkeypatch.setattr("bot.web.signin.signed_in", look)
    answer = ruth.get("/people", status=303)
    assert answer.response.headers["Location"].startswith("/sign-in?")
    assert looked[0] is not None, "it was good when it was looked at"
    monkeypatch.undo()
    ended = rows(parts, cast.ruth)[-1]
    assert ended.ended_at == clock.now and ended.seen_at == here.seen_at
    clock.forward(minutes=-29)
    ruth.get("/people", status=303)


def test_an_end_wins_over_a_second_step_under_way(
    ruth: Browser, nobody: Browser, parts: Parts, cast: Cast, clock: Clock
) -> None:
    choose(ruth)
    phone = set_up(ruth, clock)
    give_password(nobody)
    asked = nobody.get("/sign-in/code").all("input", name="csrf_token")[0].attributes["value"]
    ruth.post("/account/sign-ins/others-ended", page="/account")
    fields = {"csrf_token": asked, "code": phone.code()}
    answer = nobody.client.post("/sign-in/code", data=fields)
    assert answer.headers["Location"].startswith("/sign-in")
    nobody.get("/people", status=303)


def test_both_cookies_are_bound_to_this_host_over_https(parts: Parts, cast: Cast) -> None:
    https = replace(parts.settings, public_url="https://bot.example.org")
    app = create_app(replace(parts, settings=https))
    client = app.test_client()
    link = invite(parts.database, email=RUTH, name="", public_url="", now=parts.now())
    shown = client.get(link, base_url="https://bot.example.org")
    token = shown.get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    answer = client.post(link, data={"csrf_token": token}, base_url="https://bot.example.org")
    cookies = {one.partition("=")[0]: one for one in answer.headers.getlist("Set-Cookie")}
    assert set(cookies) == {"__Host-routes", "__Host-routes-known"}
    for cookie in cookies.values():
        assert all(word in cookie for word in ("; Secure", "; HttpOnly", "; Path=/", "=Lax"))
        assert "Domain" not in cookie
    assert "Expires" not in cookies["__Host-routes"], "the sign-in goes with the browser"
    assert f"Max-Age={int(timedelta(days=180).total_seconds())}" in cookies["__Host-routes-known"]


def test_the_second_step_is_asked_of_a_copied_cookie_from_before_it(
    ruth: Browser, nobody: Browser, app: Flask, clock: Clock
) -> None:
    choose(ruth)
    phone = set_up(ruth, clock)
    give_password(nobody)
    before = nobody.client.get_cookie("routes")
    give_code(nobody, phone.code())
    thief = app.test_client()
    assert before is not None
    thief.set_cookie("routes", before.value)
    assert thief.get("/people").headers["Location"].startswith("/sign-in?")
    assert thief.get("/second-step").headers["Location"].startswith("/sign-in?")
