"""Tries to sign in: counted by where they come from, so that guessing ends and she goes on."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlmodel import select

from bot.actions.admit import (
    TRIES_FROM_ONE_PLACE,
    TRIES_PER_ACCOUNT,
    TRIES_PER_ADDRESS,
    account_key,
)
from bot.app import create_app, create_server
from bot.parts import Parts, build_parts
from bot.store.models import SignInAttempt
from bot.store.sign_ins import count_try
from bot.web.visitor import browser_words, client_address
from tests.served import served
from tests.web.cohort import Cast
from tests.web.conftest import Clock, settings_for, signed_in
from tests.web.page import Browser
from tests.web.phone import RUTH, Phone, choose, give_code, give_password, set_up

HOME, ELSEWHERE = "8.8.8.8", "9.9.9.9"


@pytest.fixture
def phone(ruth: Browser, clock: Clock) -> Phone:
    choose(ruth)
    return set_up(ruth, clock)


def at(app: Flask, address: str) -> Browser:
    """A browser that nobody knows, at a network address."""
    browser = Browser(app.test_client())
    browser.client.environ_base["REMOTE_ADDR"] = address
    return browser


def tried(parts: Parts, key: str, *, times: int, **within: float) -> None:
    with parts.database.transaction() as db:
        for _ in range(times):
            count_try(db, key=key, within=timedelta(**within), now=parts.now())


def guess(browser: Browser, *, status: int = 422, email: str = RUTH) -> str:
    return give_password(browser, email=email, password="a guess", status=status).text


def test_ten_wrong_tries_from_one_place_close_the_account_there_for_a_quarter_of_an_hour(
    phone: Phone, app: Flask
) -> None:
    thief = at(app, ELSEWHERE)
    for _ in range(TRIES_FROM_ONE_PLACE):
        guess(thief)
    said = give_password(thief, status=429).text
    assert "wait 15 minutes" in said, "even the right one is not looked at"
    assert guess(at(app, ELSEWHERE), status=429), "nor in another browser there"
    phone.clock.forward(minutes=16)
    give_password(thief)


def test_whoever_hammers_an_account_does_not_close_it_to_its_owner(
    phone: Phone, app: Flask
) -> None:
    thief = at(app, ELSEWHERE)
    for _ in range(TRIES_FROM_ONE_PLACE):
        guess(thief)
    guess(thief, status=429)
    home = at(app, HOME)
    give_password(home)
    give_code(home, phone.code())


def test_behind_a_proxy_that_is_not_told_of_a_known_browser_is_let_through(
    phone: Phone, app: Flask, ruth: Browser
) -> None:
    ruth.post("/sign-out", page="/people")
    thief = at(app, "10.0.0.1")
    for _ in range(TRIES_FROM_ONE_PLACE):
        guess(thief)
    ruth.client.environ_base["REMOTE_ADDR"] = "10.0.0.1"
    give_password(at(app, "10.0.0.1"), status=429)
    give_password(ruth)


def test_a_hundred_tries_from_everywhere_close_an_account_for_a_day_but_not_to_a_known_browser(
    phone: Phone, app: Flask, parts: Parts, ruth: Browser
) -> None:
    ruth.post("/sign-out", page="/people")
    tried(
        parts, f"password:account:{account_key(RUTH)}", times=TRIES_PER_ACCOUNT["password"], days=1
    )
    give_password(at(app, HOME), status=429)
    phone.clock.forward(hours=23)
    give_password(at(app, HOME), status=429)
    give_password(ruth)
    give_code(ruth, phone.code())
    phone.clock.forward(hours=2)
    give_password(at(app, HOME))


def test_codes_are_guessed_from_everywhere_thirty_times_a_day_at_most(
    phone: Phone, app: Flask, parts: Parts
) -> None:
    thief = at(app, HOME)
    give_password(thief)
    key = f"code:account:{account_key(RUTH)}"
    tried(parts, key, times=TRIES_PER_ACCOUNT["code"], days=1)
    give_code(thief, "000000", status=429)


def test_a_link_is_let_through_whatever_was_tried(ruth: Browser, app: Flask, parts: Parts) -> None:
    tried(
        parts, f"password:account:{account_key(RUTH)}", times=TRIES_PER_ACCOUNT["password"], days=1
    )
    signed_in(app, parts, email=RUTH).get("/people")


def test_a_known_browser_has_ten_tries_too(phone: Phone, ruth: Browser, app: Flask) -> None:
    ruth.post("/sign-out", page="/people")
    for _ in range(TRIES_FROM_ONE_PLACE):
        guess(ruth)
    give_password(ruth, status=429)
    give_password(at(app, HOME))


def test_a_browser_is_known_to_the_account_that_signed_in_and_to_no_other(
    phone: Phone, parts: Parts, app: Flask, ivy: Browser
) -> None:
    tried(
        parts, f"password:account:{account_key(RUTH)}", times=TRIES_PER_ACCOUNT["password"], days=1
    )
    ivy.post("/sign-out", page="/people")
    give_password(ivy, status=429)
    forged = at(app, HOME)
    forged.client.set_cookie("routes-known", "WyJhIiwiYiJd.aaaaaa.forged")
    give_password(forged, status=429)


def test_a_known_browser_is_forgotten_after_half_a_year(
    phone: Phone, parts: Parts, ruth: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from itsdangerous import TimestampSigner

    tried(
        parts, f"password:account:{account_key(RUTH)}", times=TRIES_PER_ACCOUNT["password"], days=1
    )
    ruth.post("/sign-out", page="/people")
    real = TimestampSigner.get_timestamp
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: real(self) + 181 * 86400)
    give_password(ruth, status=429)


def test_one_address_cannot_try_many_accounts(phone: Phone, parts: Parts, app: Flask) -> None:
    key = f"password:address:{account_key(HOME)}"
    tried(parts, key, times=TRIES_PER_ADDRESS, minutes=15)
    give_password(at(app, HOME), status=429)
    give_password(at(app, ELSEWHERE))


@pytest.mark.parametrize("proxy", ["127.0.0.1", "::1", "10.1.2.3", "192.168.0.9", "fd00::1", ""])
def test_a_proxy_before_everybody_locks_nobody_out(
    phone: Phone, parts: Parts, app: Flask, proxy: str
) -> None:
    for where in (account_key(proxy), ""):
        key = f"password:address:{where}"
        tried(parts, key, times=TRIES_PER_ADDRESS, minutes=15)
    give_password(at(app, proxy))


def test_signing_in_forgets_the_tries_before(phone: Phone, app: Flask) -> None:
    for _ in range(2):
        browser = at(app, HOME)
        for _ in range(TRIES_FROM_ONE_PLACE - 1):
            guess(browser)
        give_password(browser)


def test_counts_survive_a_restart(
    phone: Phone, parts: Parts, app: Flask, database_url: str
) -> None:
    for _ in range(TRIES_FROM_ONE_PLACE):
        guess(at(app, ELSEWHERE))
    again = build_parts(settings_for(database_url), now=parts.now)
    try:
        guess(at(create_app(again), ELSEWHERE), status=429)
    finally:
        again.database.dispose()


def test_an_unknown_account_is_counted_and_answered_as_a_known_one(
    phone: Phone, app: Flask
) -> None:
    stranger, thief = at(app, HOME), at(app, HOME)
    for _ in range(TRIES_FROM_ONE_PLACE):
        assert guess(stranger, email="nobody@example.org") == guess(thief)
    refused = guess(stranger, email="nobody@example.org", status=429)
    assert refused == guess(thief, status=429)


def test_an_unknown_account_costs_the_same_work(
    phone: Phone, nobody: Browser, monkeypatch: pytest.MonkeyPatch, app: Flask, parts: Parts
) -> None:
    work: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: Any, password: Any) -> Any:
            work.append(hash[:30])
            return super().verify(hash, password)

    known = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
    counting = Counting(time_cost=2, memory_cost=known.memory_cost, parallelism=1)
    monkeypatch.setattr("bot.actions.sign_in.HASHER", counting)
    guess(nobody)
    guess(nobody, email="nobody@example.org")
    guess(nobody, email="ivy@example.org")  # who has no password
    assert len(work) == 3
    assert len(set(work)) == 1, "the same parameters, so the same work"


def test_old_counts_are_swept_away(phone: Phone, parts: Parts, app: Flask) -> None:
    for place in range(3):
        tried(parts, f"password:place:x:{place}", times=1, minutes=15)
    phone.clock.forward(days=1, minutes=1)
    give_password(at(app, HOME))
    with parts.database.reading() as db:
        assert not [row for row in db.exec(select(SignInAttempt)) if ":x:" in row.key]


# --- whose address it is -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("proxies", "said", "address"),
    [
        (0, None, "10.0.0.1"),
        (0, "6.6.6.6", "10.0.0.1"),
        (1, None, "10.0.0.1"),
        (1, "6.6.6.6", "6.6.6.6"),
        (1, "1.1.1.1, 6.6.6.6", "6.6.6.6"),
        (1, "1.1.1.1,2.2.2.2,  6.6.6.6", "6.6.6.6"),
        (1, "6.6.6.6:51234", "6.6.6.6"),
        (1, "[2001:db8::1]:443", "2001:db8::1"),
        (1, "2001:DB8::1", "2001:db8::1"),
        (1, "unknown", "10.0.0.1"),
        (1, "6.6.6.6, ", "10.0.0.1"),
        (1, "<script>", "10.0.0.1"),
        (2, "1.1.1.1, 6.6.6.6, 7.7.7.7", "6.6.6.6"),
        (2, "7.7.7.7", "10.0.0.1"),
    ],
)
def test_the_address_is_what_the_outermost_trusted_proxy_saw(
    app: Flask, proxies: int, said: str | None, address: str
) -> None:
    headers = {"X-Forwarded-For": said} if said is not None else {}
    with app.test_request_context(headers=headers, environ_base={"REMOTE_ADDR": "10.0.0.1"}):
        from flask import request

        assert client_address(request, proxies=proxies) == address


@pytest.fixture
def behind_one(parts: Parts, phone: Phone) -> Iterator[Flask]:
    from dataclasses import replace

    yield create_app(replace(parts, settings=replace(parts.settings, trusted_proxies=1)))


def test_behind_a_proxy_tries_are_counted_by_the_visitors_own_address(
    behind_one: Flask, phone: Phone
) -> None:
    thief, home = at(behind_one, "10.0.0.1"), at(behind_one, "10.0.0.1")
    home.client.environ_base["HTTP_X_FORWARDED_FOR"] = HOME
    for place in range(TRIES_FROM_ONE_PLACE):
        invented = f"7.7.7.{place}, {ELSEWHERE}"
        thief.client.environ_base["HTTP_X_FORWARDED_FOR"] = invented
        guess(thief)
    give_password(thief, status=429)
    give_password(home)


def test_nothing_that_a_proxy_says_changes_the_scheme_or_the_host(
    behind_one: Flask, phone: Phone
) -> None:
    spoofed = {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-For": HOME,
        "Forwarded": "for=1.1.1.1;proto=https;host=evil.example",
    }
    answer = behind_one.test_client().get("/people", headers=spoofed)
    assert answer.headers["Location"].startswith("/sign-in?")
    answer = behind_one.test_client().get("/sign-in", headers=spoofed)
    assert "evil.example" not in answer.get_data(as_text=True)
    assert "Secure" not in answer.headers["Set-Cookie"], "by PUBLIC_URL alone"


@pytest.mark.parametrize(("proxies", "seen"), [(0, None), (1, "1.1.1.1, 6.6.6.6")])
def test_the_server_hides_what_proxies_say_unless_there_are_any(
    proxies: int, seen: str | None
) -> None:
    import http.client

    said: list[str | None] = []

    def application(environ: Any, respond: Any) -> list[bytes]:
        said.append(environ.get("HTTP_X_FORWARDED_FOR"))
        respond("200 OK", [("Content-Length", "0")])
        return [b""]

    server = create_server(application, host="127.0.0.1", port=0, proxies=proxies)
    with served(server) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", "/", headers={"X-Forwarded-For": "1.1.1.1, 6.6.6.6"})
        connection.getresponse().read()
        connection.close()
    assert said == [seen]


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Mac OS X 14) Version/18.0 Safari/605.1", "Safari on a Mac"),
        ("Mozilla/5.0 (iPhone; like Mac OS X) Version/18.0 Safari/604.1", "Safari on an iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("<script>alert(1)</script>", "A browser"),
        ("", "A browser"),
    ],
)  # fmt: skip
def test_a_browser_is_named_in_words_of_ours(agent: str, words: str) -> None:
    assert browser_words(agent) == words


def test_the_mark_of_a_known_browser_opens_nothing(
    phone: Phone, ruth: Browser, app: Flask, cast: Cast
) -> None:
    mark = ruth.client.get_cookie("routes-known")
    assert mark is not None and mark.http_only and mark.same_site == "Lax"
    thief = at(app, HOME)
    thief.client.set_cookie("routes-known", mark.value)
    thief.get("/people", status=303)
    guess(thief)
