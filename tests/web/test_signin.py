"""Signing in: links that work once, passwords that are not guessed, sign-ins that end."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlmodel import select

from bot.actions.invite import invite
from bot.actions.sign_in import TRIES_PER_ACCOUNT, TRIES_PER_ADDRESS, _bucket
from bot.errors import Refused
from bot.parts import Parts
from bot.store.models import AuditEntry, SignIn, SignInLink, Staff
from bot.store.staff import count_try
from bot.web.signin import local_path
from tests.web.cohort import NOW, Cast
from tests.web.conftest import Clock, signed_in
from tests.web.page import Browser

PASSWORD = "four words without reason"


def link_for(parts: Parts, email: str = "ruth@example.org") -> str:
    return invite(parts.database, email=email, name="", public_url="", now=parts.now())


def choose(browser: Browser, password: str = PASSWORD, **fields: Any) -> None:
    browser.post("/password", page="/password", password=password, **fields)


def enter(browser: Browser, *, status: int = 303, **fields: str) -> str:
    filled: dict[str, Any] = {"email": "ruth@example.org", "password": PASSWORD, **fields}
    return browser.post("/sign-in", status=status, **filled).text


def test_looking_at_a_link_does_not_use_it_up(parts: Parts, cast: Cast, nobody: Browser) -> None:
    link = link_for(parts)
    for _ in range(3):
        assert nobody.get(link).one("h1").text == "Welcome"
    nobody.client.head(link)
    nobody.post(link, page=link)
    nobody.get("/people")


def test_a_link_works_once(parts: Parts, cast: Cast, app: Flask) -> None:
    link = link_for(parts)
    first, second = Browser(app.test_client()), Browser(app.test_client())
    first.post(link, page=link)
    assert "used or too old" in second.post(link, status=410).text
    second.get("/people", status=303)


def test_a_link_works_for_a_day(parts: Parts, cast: Cast, nobody: Browser, clock: Clock) -> None:
    link = link_for(parts)
    clock.forward(hours=24)
    nobody.get(link, status=410)
    nobody.post(link, status=410)


def test_an_invitation_makes_a_staff_member_once(parts: Parts) -> None:
    for email in ("New@Example.org", " new@example.org "):
        link_for(parts, email)
    with parts.database.reading() as db:
        assert [row.email for row in db.exec(select(Staff))] == ["new@example.org"]
        assert len(db.exec(select(SignInLink)).all()) == 2


@pytest.mark.parametrize("email", ["", "ruth", "ruth@", "a b@example.org", "x" * 300 + "@e.org"])
def test_what_is_no_address_is_not_invited(parts: Parts, email: str) -> None:
    with pytest.raises(Refused):
        link_for(parts, email)


def test_no_token_is_kept_as_it_is(parts: Parts, cast: Cast, app: Flask) -> None:
    link = link_for(parts)
    browser = Browser(app.test_client())
    browser.post(link, page=link)
    with browser.client.session_transaction() as session:
        token = session["token"]
    with parts.database.reading() as db:
        kept = [row.token_hash for row in (*db.exec(select(SignIn)), *db.exec(select(SignInLink)))]
    assert token not in kept
    assert link.rpartition("/")[2] not in kept


def test_she_signs_in_with_the_password_she_chose(ruth: Browser, nobody: Browser) -> None:
    choose(ruth)
    enter(nobody)
    assert nobody.get("/people").one("h1").text == "People"


def test_an_unknown_address_and_a_wrong_password_are_answered_alike(
    ruth: Browser, nobody: Browser
) -> None:
    choose(ruth)
    wrong = enter(nobody, password="something else", status=422)
    unknown = enter(nobody, email="nobody@example.org", status=422)
    assert wrong == unknown
    assert "do not belong together" in wrong


def test_nobody_signs_in_without_having_chosen_a_password(ruth: Browser, nobody: Browser) -> None:
    enter(nobody, password="", status=422)


def test_somebody_who_is_no_longer_active_cannot_sign_in(
    ruth: Browser, nobody: Browser, parts: Parts, cast: Cast
) -> None:
    choose(ruth)
    with parts.database.transaction() as db:
        kept = db.get_one(Staff, cast.ruth)
        kept.active = False
        db.add(kept)
    enter(nobody, status=422)
    ruth.get("/people", status=303)


def test_an_account_closes_for_a_quarter_of_an_hour_after_ten_tries(
    ruth: Browser, nobody: Browser, clock: Clock
) -> None:
    choose(ruth)
    for _ in range(TRIES_PER_ACCOUNT):
        enter(nobody, password="a guess", status=422)
    assert "wait 15 minutes" in enter(nobody, status=429), "even the right one is not looked at"
    clock.forward(minutes=16)
    enter(nobody)


def test_signing_in_forgets_the_tries_before(ruth: Browser, nobody: Browser) -> None:
    choose(ruth)
    for _ in range(2):
        for _ in range(TRIES_PER_ACCOUNT - 1):
            enter(nobody, password="a guess", status=422)
        enter(nobody)
        nobody.post("/sign-out", page="/people")


def test_one_address_cannot_try_many_accounts(parts: Parts, ruth: Browser, nobody: Browser) -> None:
    choose(ruth)
    many_tries(parts, address="8.8.8.8")
    nobody.client.environ_base["REMOTE_ADDR"] = "8.8.8.8"
    enter(nobody, status=429)


@pytest.mark.parametrize("proxy", ["127.0.0.1", "::1", "10.1.2.3", "192.168.0.9", "fd00::1", ""])
def test_a_proxy_before_everybody_locks_nobody_out(
    parts: Parts, ruth: Browser, nobody: Browser, proxy: str
) -> None:
    choose(ruth)
    many_tries(parts, address=proxy)
    nobody.client.environ_base["REMOTE_ADDR"] = proxy
    enter(nobody)


def many_tries(parts: Parts, *, address: str) -> None:
    with parts.database.transaction() as db:
        for _ in range(TRIES_PER_ADDRESS):
            count_try(db, key=_bucket("address", address), within=timedelta(minutes=15), now=NOW)


def test_tries_at_the_same_time_are_all_counted(parts: Parts) -> None:
    def one(_: int) -> int:
        with parts.database.transaction() as db:
            return count_try(db, key="account:x", within=timedelta(minutes=15), now=NOW)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(one, range(20))) == list(range(1, 21))


def test_the_token_is_new_at_every_sign_in(ruth: Browser, nobody: Browser) -> None:
    choose(ruth)
    with nobody.client.session_transaction() as session:
        session["token"] = "planted by somebody else"
    tokens = {"planted by somebody else"}
    for _ in range(2):
        enter(nobody)
        with nobody.client.session_transaction() as session:
            assert session["token"] not in tokens
            tokens.add(session["token"])
        nobody.post("/sign-out", page="/people")


def test_signing_out_makes_a_copied_cookie_worthless(ruth: Browser, app: Flask) -> None:
    with ruth.client.session_transaction() as session:
        token = session["token"]
    ruth.post("/sign-out", page="/people")
    thief = app.test_client()
    with thief.session_transaction() as session:
        session["token"] = token
    assert thief.get("/people").status_code == 303


def test_a_sign_in_ends_after_two_idle_hours(ruth: Browser, clock: Clock) -> None:
    for _ in range(3):
        clock.forward(hours=1, minutes=59)
        ruth.get("/people")
    clock.forward(hours=2, minutes=1)
    ruth.get("/people", status=303)


def test_a_sign_in_ends_after_twelve_hours_however_busy(ruth: Browser, clock: Clock) -> None:
    for _ in range(11):
        clock.forward(hours=1)
        ruth.get("/people")
    clock.forward(hours=1, minutes=1)
    ruth.get("/people", status=303)


def test_a_new_password_ends_her_other_sign_ins(
    app: Flask, parts: Parts, cast: Cast, ruth: Browser
) -> None:
    other = signed_in(app, parts, email="ruth@example.org")
    choose(ruth)
    ruth.get("/people")
    other.get("/people", status=303)


def test_changing_a_password_asks_for_the_present_one(ruth: Browser, nobody: Browser) -> None:
    choose(ruth)
    enter(nobody)
    new = "another four words here"
    refused = nobody.post("/password", page="/password", password=new, status=422)
    assert "present password is not right" in refused.text
    choose(nobody, new, old_password=PASSWORD)
    ruth.get("/people", status=303)
    nobody.get("/people")


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaa", "ruth@example.org", "x" * 2000])
def test_a_password_that_is_easily_guessed_is_refused(ruth: Browser, password: str) -> None:
    page = ruth.post("/password", page="/password", password=password, status=422)
    assert page.one("input", id="password").attributes["aria-invalid"] == "true"


def test_signing_in_and_out_is_recorded(ruth: Browser, parts: Parts, cast: Cast) -> None:
    choose(ruth)
    ruth.post("/sign-out", page="/people")
    with parts.database.reading() as db:
        done = [row.action for row in db.exec(select(AuditEntry)) if row.staff_id == cast.ruth]
    assert done == ["signed in", "chose a password", "signed out"]


def test_after_signing_in_she_is_where_she_wanted_to_go(ruth: Browser, nobody: Browser) -> None:
    choose(ruth)
    to_sign_in = nobody.get("/people/1", status=303).response.headers["Location"]
    wanted = nobody.get(to_sign_in).one("input", name="next").attributes["value"]
    answer = nobody.post("/sign-in", email="ruth@example.org", password=PASSWORD, next=wanted)
    assert answer.response.headers["Location"] == "/people/1"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/ok\r\nSet-Cookie: x=1",
        "javascript:alert(1)",
        " /people",
        "people",
        "",
    ],
)
def test_signing_in_leads_to_no_other_site(app: Flask, elsewhere: str) -> None:
    with app.test_request_context():
        assert local_path(elsewhere) == "/"


def test_signing_in_leaves_nothing_of_what_the_browser_held_before(
    ruth: Browser, nobody: Browser
) -> None:
    choose(ruth)
    with nobody.client.session_transaction() as session:
        session["by_link"] = True  # as if she need not know her password
    enter(nobody)
    with nobody.client.session_transaction() as session:
        assert set(session) == {"token"}
