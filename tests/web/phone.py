"""A staff member's phone with an authenticator app, for tests that pass the second step."""

from dataclasses import dataclass
from typing import Any

import pyotp

from tests.web.conftest import Clock
from tests.web.page import Browser, Page

PASSWORD = "four words without reason"
RUTH = "ruth@example.org"


@dataclass
class Phone:
    """What her app shows at the time of the tests. `codes` are what she printed."""

    secret: str
    clock: Clock
    codes: tuple[str, ...] = ()

    def code(self, *, later: int = 0) -> str:
        """The code of now, or of some half minutes later."""
        return pyotp.TOTP(self.secret).at(self.clock.now, counter_offset=later)


def set_up(browser: Browser, clock: Clock, **fields: Any) -> Phone:
    """She scans the secret, types the code and keeps the recovery codes."""
    page = browser.get("/second-step")
    phone = Phone(secret="".join(one.text for one in page.all("code")), clock=clock)
    answer = browser.post(
        "/second-step", page="/second-step", status=200, code=phone.code(), **fields
    )
    phone.codes = tuple(one.text for one in answer.all("code"))
    clock.forward(seconds=30)  # a code works once: the next one is another
    return phone


def choose(browser: Browser, password: str = PASSWORD, **fields: Any) -> None:
    browser.post("/password", page="/password", password=password, **fields)


def give_password(browser: Browser, *, status: int = 303, **fields: str) -> Page:
    """The first step only."""
    filled: dict[str, Any] = {"email": RUTH, "password": PASSWORD, **fields}
    return browser.post("/sign-in", status=status, **filled)


def give_code(browser: Browser, code: str, *, status: int = 303, **fields: str) -> Page:
    """The second step only."""
    return browser.post("/sign-in/code", page="/sign-in/code", status=status, code=code, **fields)


def sign_in_with(browser: Browser, phone: Phone) -> None:
    """Both steps. The code is then used up, and time goes on."""
    give_password(browser)
    give_code(browser, phone.code())
    phone.clock.forward(seconds=30)
