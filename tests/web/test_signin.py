"""Signing in: links that work once, passwords that are not guessed, sign-ins that end."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlmodel import select

from bot.actions.invite import invite
from bot.actions.reset_second_step import reset_second_step
from bot.errors import Refused
from bot.parts import Parts
from bot.store.models import AuditEntry, SignIn, SignInLink, Staff
from bot.store.sign_ins import count_try
from tests.web.cohort import NOW, Cast
from tests.web.conftest import Clock, signed_in
from tests.web.page import Browser
from tests.web.phone import PASSWORD, Phone, choose, give_code, give_password, set_up, sign_in_with


def link_for(parts: Parts, email: str = "ruth@example.org") -> str:
    return invite(parts.database, email=email, name="", public_url="", now=parts.now())


@pytest.fixture
def phone(ruth: Browser, clock: Clock) -> Phone:
    """Ruth has a password and a second step."""
    choose(ruth)
    return set_up(ruth, clock)


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


def test_an_older_link_works_no_longer_after_a_newer_one_a_new_password_or_a_reset(
    parts: Parts, cast: Cast, app: Flask, ruth: Browser, nobody: Browser
) -> None:
    lost = link_for(parts)
    newer = link_for(parts)
    nobody.post(lost, status=410)
    choose(ruth)
    nobody.post(newer, status=410)
    newest = link_for(parts)
    reset_second_step(parts.database, email="ruth@example.org", by=None, now=parts.now())
    nobody.post(newest, status=410)


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


def test_she_signs_in_with_the_password_she_chose_and_a_code(phone: Phone, nobody: Browser) -> None:
    sign_in_with(nobody, phone)
    assert nobody.get("/people").one("h1").text == "People"


def test_an_unknown_address_and_a_wrong_password_are_answered_alike(
    ruth: Browser, nobody: Browser
) -> None:
    choose(ruth)
    wrong = give_password(nobody, password="something else", status=422).text
    unknown = give_password(nobody, email="nobody@example.org", status=422).text
    assert wrong == unknown
    assert "do not belong together" in wrong


def test_nobody_signs_in_without_having_chosen_a_password(ruth: Browser, nobody: Browser) -> None:
    give_password(nobody, password="", status=422)


def test_somebody_who_is_no_longer_active_cannot_sign_in(
    ruth: Browser, nobody: Browser, parts: Parts, cast: Cast
) -> None:
    choose(ruth)
    with parts.database.transaction() as db:
        kept = db.get_one(Staff, cast.ruth)
        kept.active = False
        db.add(kept)
    give_password(nobody, status=422)
    ruth.get("/people", status=303)


def test_tries_at_the_same_time_are_all_counted(parts: Parts) -> None:
    def one(_: int) -> int:
        with parts.database.transaction() as db:
            return count_try(db, key="account:x", within=timedelta(minutes=15), now=NOW)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(one, range(20))) == list(range(1, 21))


def token_of(browser: Browser) -> str:
    with browser.client.session_transaction() as session:
        token: str = session["token"]
    return token


def test_the_token_is_new_at_every_sign_in_and_at_the_second_step(
    phone: Phone, nobody: Browser
) -> None:
    with nobody.client.session_transaction() as session:
        session["token"] = "planted by somebody else"
    tokens = ["planted by somebody else"]
    for _ in range(2):
        give_password(nobody)
        tokens.append(token_of(nobody))
        give_code(nobody, phone.code())
        tokens.append(token_of(nobody))
        phone.clock.forward(seconds=30)
        nobody.post("/sign-out", page="/people")
    assert len(set(tokens)) == 5


def test_the_token_from_before_the_second_step_is_worth_nothing_after_it(
    phone: Phone, nobody: Browser, app: Flask
) -> None:
    give_password(nobody)
    planted = token_of(nobody)
    give_code(nobody, phone.code())
    nobody.get("/people")
    thief = app.test_client()
    with thief.session_transaction() as session:
        session["token"] = planted
    assert thief.get("/people").headers["Location"].startswith("/sign-in?")


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


def test_changing_a_password_asks_for_the_present_one(
    phone: Phone, ruth: Browser, nobody: Browser
) -> None:
    sign_in_with(nobody, phone)
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


def test_after_signing_in_she_is_where_she_wanted_to_go(phone: Phone, nobody: Browser) -> None:
    wanted = "/people/1"
    to_sign_in = nobody.get(wanted, status=303).response.headers["Location"]
    going_to = nobody.get(to_sign_in).one("input", name="next").attributes["value"]
    answer = give_password(nobody, next=going_to)
    to_code = nobody.get(answer.response.headers["Location"], status=303)
    form = nobody.get(to_code.response.headers["Location"]).all("input", name="next")[0]
    answer = give_code(nobody, phone.code(), next=form.attributes["value"])
    assert answer.response.headers["Location"] == wanted


def test_signing_in_leaves_nothing_of_what_the_browser_held_before(
    phone: Phone, nobody: Browser
) -> None:
    with nobody.client.session_transaction() as session:
        session["by_link"] = True  # as if she need not know her password
    give_password(nobody)
    with nobody.client.session_transaction() as session:
        assert set(session) == {"token"}
