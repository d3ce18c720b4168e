"""The second step: a password alone opens nothing, a code works once, a lost phone is no end."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlmodel import select

from bot.actions.invite import invite
from bot.actions.pass_second_step import pass_second_step
from bot.actions.reset_second_step import reset_second_step
from bot.actions.second_step import take_code
from bot.cli import commands
from bot.errors import Refused
from bot.parts import Parts
from bot.store.models import AuditEntry, RecoveryCode, SignIn, Staff
from tests.web.cohort import Cast
from tests.web.conftest import Clock, signed_in
from tests.web.page import Browser
from tests.web.phone import (
    RUTH,
    Phone,
    choose,
    give_code,
    give_password,
    set_up,
    sign_in_with,
)
from tests.web.test_access import addresses

KEY = "only-for-tests-0123456789"


@pytest.fixture
def phone(ruth: Browser, clock: Clock) -> Phone:
    choose(ruth)
    return set_up(ruth, clock)


def her_row(parts: Parts, cast: Cast) -> Staff:
    with parts.database.reading() as db:
        return db.get_one(Staff, cast.ruth)


def where(browser: Browser, path: str = "/people") -> str:
    """Where a page leads whoever may not open it."""
    return urlsplit(browser.get(path, status=303).response.headers["Location"]).path


def test_a_password_alone_opens_only_the_set_up_of_a_second_step(
    app: Flask, ruth: Browser, nobody: Browser
) -> None:
    choose(ruth)
    give_password(nobody)
    for kind in ("read", "write", "administer", "safeguard"):
        for address in addresses(app, method="GET", access=kind):
            assert where(nobody, address) == "/second-step", address
    page = nobody.get("/second-step")
    assert page.one("h1").text == "Set up your second step"
    assert "/people" not in page.links()


def test_a_password_alone_opens_only_the_question_for_a_code_once_there_is_a_second_step(
    app: Flask, phone: Phone, nobody: Browser
) -> None:
    give_password(nobody)
    for kind in ("read", "write", "administer", "safeguard"):
        for address in addresses(app, method="GET", access=kind):
            assert where(nobody, address) == "/sign-in/code", address
    assert where(nobody, "/second-step") == "/sign-in/code", "no other is set up in its place"
    nobody.post("/second-step", page="/sign-in/code", code=phone.code())
    assert where(nobody) == "/sign-in/code"


def test_a_password_alone_changes_nothing(
    app: Flask, phone: Phone, nobody: Browser, parts: Parts, cast: Cast
) -> None:
    give_password(nobody)
    before = her_row(parts, cast)
    for address in addresses(app, method="POST"):
        if address not in ("/sign-in", "/sign-out"):
            nobody.client.post(address, data={"csrf_token": _token(nobody), "password": "x" * 20})
    assert her_row(parts, cast) == before
    assert where(nobody) == "/sign-in/code"


def _token(browser: Browser) -> str:
    return browser.get("/sign-in/code").all("input", name="csrf_token")[0].attributes["value"]


def test_she_sets_up_her_second_step_and_is_asked_for_it_from_then_on(
    phone: Phone, ruth: Browser, nobody: Browser
) -> None:
    ruth.get("/people")
    sign_in_with(nobody, phone)
    nobody.get("/people")


def test_the_picture_and_the_groups_to_type_hold_the_same_secret(ruth: Browser) -> None:
    page = ruth.get("/second-step")
    groups = [one.text for one in page.all("code")]
    assert [len(one) for one in groups] == [4] * 8
    address = next(one for one in page.links() if one.startswith("otpauth://totp/"))
    said = parse_qs(urlsplit(address).query)
    assert said["secret"] == ["".join(groups)]
    assert said["issuer"] == ["Routes"]
    picture = page.one("img").attributes
    assert picture["src"].startswith("data:image/svg+xml") and picture["alt"]
    assert [one.text for one in ruth.get("/second-step").all("code")] == groups, "also reloaded"


def test_a_wrong_code_sets_nothing_up(ruth: Browser, parts: Parts, cast: Cast) -> None:
    page = ruth.post("/second-step", page="/second-step", status=422, code="000000")
    assert "not the one your app shows" in page.text
    assert her_row(parts, cast).totp_at is None


@pytest.mark.parametrize("later", [-1, 0, 1])
def test_a_code_may_be_half_a_minute_early_or_late(
    phone: Phone, nobody: Browser, clock: Clock, later: int
) -> None:
    clock.forward(minutes=5)
    give_password(nobody)
    give_code(nobody, phone.code(later=later))
    nobody.get("/people")


@pytest.mark.parametrize("later", [-2, 2])
def test_a_code_of_another_minute_is_refused(
    phone: Phone, nobody: Browser, clock: Clock, later: int
) -> None:
    clock.forward(minutes=5)
    give_password(nobody)
    page = give_code(nobody, phone.code(later=later), status=422)
    assert "not right, or has been used" in page.text


def test_a_code_works_once_however_it_is_written(phone: Phone, nobody: Browser, app: Flask) -> None:
    used = phone.code()
    give_password(nobody)
    give_code(nobody, f" {used[:3]} {used[3:]} ")
    thief = Browser(app.test_client())
    give_password(thief)
    wrong = give_code(thief, "no code", status=422).text
    for written in (used, f" {used}", f"{used[:3]} {used[3:]}\t", f"{used[:3]}-{used[3:]}"):
        assert give_code(thief, written, status=422).text == wrong
    assert give_code(thief, phone.code(later=-1), status=422).text == wrong, "nor an older one"


def test_the_code_that_set_it_up_is_used_up(ruth: Browser, nobody: Browser, clock: Clock) -> None:
    choose(ruth)
    phone = set_up(ruth, clock)
    clock.forward(seconds=-30)
    give_password(nobody)
    give_code(nobody, phone.code(), status=422)


def test_one_code_twice_at_the_same_time_passes_once(
    phone: Phone, parts: Parts, cast: Cast
) -> None:
    code = phone.code()

    def one(_: int) -> str:
        with parts.database.transaction() as db:
            return take_code(db, staff_id=cast.ruth, code=code, key=KEY, at=phone.clock.now)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(one, range(8))) == [""] * 7 + ["app"]


@pytest.mark.parametrize("code", ["", "123", "1234567", "١٢٣٤٥٦", "²³¹²³¹", "12345x", "x" * 9999])
def test_what_is_no_code_is_refused(phone: Phone, nobody: Browser, code: str) -> None:
    give_password(nobody)
    give_code(nobody, code, status=422)


def test_ten_recovery_codes_are_shown_once_and_each_signs_in_once(
    phone: Phone, app: Flask, parts: Parts, cast: Cast
) -> None:
    assert len(set(phone.codes)) == 10
    with parts.database.reading() as db:
        kept = {row.code_hash for row in db.exec(select(RecoveryCode))}
    assert not kept & {part for code in phone.codes for part in (code, code.replace("-", ""))}
    for place, code in enumerate(phone.codes):
        browser = Browser(app.test_client())
        give_password(browser)
        give_code(browser, "", recovery=f" {code.upper().replace('-', ' ')} ")
        assert f"You have {9 - place} left" in browser.get("/account").text
        again = Browser(app.test_client())
        give_password(again)
        give_code(again, "", recovery=code, status=422)


def test_new_recovery_codes_end_the_old_ones_and_want_a_code(
    phone: Phone, ruth: Browser, nobody: Browser
) -> None:
    path = "/account/recovery-codes"
    refused = ruth.post(path, page="/account", status=422, present="000000")
    assert "no code of your present app" in refused.text
    page = ruth.post(path, page="/account", status=200, present=phone.code())
    new = [one.text for one in page.all("code")]
    assert len(new) == 10 and not set(new) & set(phone.codes)
    assert new[0] not in ruth.get("/account").text
    give_password(nobody)
    give_code(nobody, phone.codes[0], status=422)
    give_code(nobody, new[0])


def test_another_phone_takes_the_place_of_the_old_one_only_with_a_code_of_the_old_one(
    phone: Phone, ruth: Browser, app: Flask, nobody: Browser, clock: Clock
) -> None:
    sign_in_with(nobody, phone)
    page = ruth.get("/second-step")
    other = Phone(secret="".join(one.text for one in page.all("code")), clock=clock)
    assert other.secret != phone.secret
    for present in ("", "000000", other.code()):
        fields = {"code": other.code(), "present": present}
        ruth.post("/second-step", page="/second-step", status=422, **fields)
    nobody.get("/people")
    changed = set_up(ruth, clock, present=phone.code())
    assert where(nobody) == "/sign-in", "her other browsers are signed out"
    third = Browser(app.test_client())
    give_password(third)
    give_code(third, phone.code(), status=422)
    give_code(third, changed.code())


def test_a_link_opens_pages_only_until_there_is_a_second_step(
    app: Flask, parts: Parts, ruth: Browser, clock: Clock
) -> None:
    ruth.get("/people")
    phone = set_up(ruth, clock)
    by_link = signed_in(app, parts, email=RUTH)
    assert where(by_link) == "/sign-in/code"
    give_code(by_link, phone.code())
    by_link.post("/password", page="/password", password="a whole new set of words")
    by_link.get("/people")


def test_a_link_leads_to_a_password_and_then_to_the_second_step(
    app: Flask, parts: Parts, cast: Cast, nobody: Browser
) -> None:
    def follow() -> str:
        link = invite(parts.database, email=RUTH, name="", public_url="", now=parts.now())
        return nobody.post(link, page=link).response.headers["Location"]

    assert follow() == "/password"
    saved = nobody.post("/password", page="/password", password="four words without reason")
    assert saved.response.headers["Location"] == "/second-step"
    assert "Not now" in nobody.get("/second-step").text
    assert follow() == "/second-step"


def test_a_copy_of_the_database_gives_no_codes(phone: Phone, parts: Parts, cast: Cast) -> None:
    kept = her_row(parts, cast)
    assert phone.secret not in repr(kept) and phone.secret.lower() not in repr(kept).lower()
    with parts.database.transaction() as db:
        found = take_code(
            db, staff_id=cast.ruth, code=phone.code(), key="another key", at=phone.clock.now
        )
    assert found == ""


def test_tries_of_the_second_step_are_counted(phone: Phone, nobody: Browser, app: Flask) -> None:
    give_password(nobody)
    for _ in range(10):
        give_code(nobody, "000000", status=422)
    again = Browser(app.test_client())
    give_password(again)
    page = give_code(again, phone.code(), status=429)
    assert "wait 15 minutes" in page.text, "a new sign-in gives no new tries"
    phone.clock.forward(minutes=16)
    give_code(again, phone.code())


def test_reset_ends_her_sign_ins_and_only_a_new_link_lets_her_in(
    phone: Phone, parts: Parts, cast: Cast, ruth: Browser, nobody: Browser, app: Flask
) -> None:
    give_password(nobody)
    reset_second_step(parts.database, email=" RUTH@example.org", by=None, now=parts.now())
    assert where(ruth) == "/sign-in" and where(nobody) == "/sign-in"
    give_password(nobody, status=422)
    with parts.database.reading() as db:
        assert db.exec(select(RecoveryCode)).all() == []
        assert db.exec(select(AuditEntry.action)).all()[-1] == "reset the second step"
    signed_in(app, parts, email=RUTH).get("/people")


def test_the_server_resets_a_second_step_and_prints_a_link(
    phone: Phone, parts: Parts, cast: Cast, nobody: Browser, database_url: str
) -> None:
    settings = {
        "PUBLIC_URL": "http://localhost:8000",
        "SECRET_KEY": KEY,
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": "a-secret-token",
        "TWILIO_SMS_FROM": "60777",
        "DATABASE_URL": database_url,
    }
    answer = CliRunner(env=settings).invoke(commands, ["staff", "reset-second-step", RUTH])
    assert answer.exit_code == 0, answer.output
    path = answer.output.strip().removeprefix("http://localhost:8000")
    assert path.startswith("/sign-in/link/")
    assert her_row(parts, cast).totp_at is None
    nobody.post(path, page=path)
    nobody.get("/people")


def test_nobody_is_reset_by_a_mistyped_address(parts: Parts, cast: Cast) -> None:
    with pytest.raises(Refused, match="No staff member"):
        reset_second_step(parts.database, email="rut@example.org", by=None, now=parts.now())


def test_a_sign_in_that_was_ended_passes_no_second_step(
    phone: Phone, nobody: Browser, parts: Parts, cast: Cast
) -> None:
    give_password(nobody)
    with nobody.client.session_transaction() as session:
        token = session["token"]
    with parts.database.transaction() as db:
        for row in db.exec(select(SignIn).where(SignIn.passed_at.is_(None))):  # type: ignore[union-attr]
            row.ended_at = parts.now()
            db.add(row)
    from bot.actions.admit import Visitor
    from bot.store.staff import staff_by_email

    with parts.database.reading() as db:
        her = staff_by_email(db, email=RUTH)
    assert her is not None
    arguments: dict[str, Any] = {"staff": her, "token": token, "code": phone.code(), "key": KEY}
    moments = {"now": parts.now(), "at": parts.now() + timedelta(0)}
    assert pass_second_step(parts.database, **arguments, visitor=Visitor(), **moments) is None
    assert where(nobody) == "/sign-in"


def test_every_part_of_the_second_step_is_recorded(
    phone: Phone, ruth: Browser, nobody: Browser, parts: Parts
) -> None:
    sign_in_with(nobody, phone)
    ruth.post("/account/recovery-codes", page="/account", status=200, present=phone.code())
    with parts.database.reading() as db:
        done = [row.action for row in db.exec(select(AuditEntry).order_by(AuditEntry.id))]  # type: ignore[arg-type]
    assert [one for one in done if one != "signed in"] == [
        "invited",
        "chose a password",
        "set up a second step",
        "passed the second step",
        "made recovery codes",
    ]
