"""`python3 -m bot oncall …`: the rota from a shell, as a charity without pages at hand sets it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from bot.cli import commands
from bot.errors import Refused

SETTINGS = {
    "PUBLIC_URL": "https://bot.example.org",
    "SECRET_KEY": "a long enough secret",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "a-secret-token",
    "TWILIO_SMS_FROM": "60777",
}
TODAY = datetime.now(UTC).date()
FIRST, LAST = str(TODAY - timedelta(days=1)), str(TODAY + timedelta(days=90))

Bot = Callable[..., tuple[int, str]]


@pytest.fixture
def bot(database_url: str) -> Bot:
    def run(*arguments: str, **settings: str) -> tuple[int, str]:
        environ = SETTINGS | {"DATABASE_URL": database_url} | settings
        done = CliRunner().invoke(commands, ["oncall", *arguments], env=environ)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.output

    CliRunner().invoke(
        commands,
        ["staff", "add", "ruth@example.org"],
        env=SETTINGS | {"DATABASE_URL": database_url},
    )
    return run


def test_a_rota_is_checked_made_shown_and_taken_back(bot: Bot) -> None:
    code, said = bot("check")
    assert code == 1 and "nobody leads." in said and "The bot starts nothing" in said
    assert "Nobody is on the rota" in bot("show")[1]
    phone = ("--phone", "07700 900123")
    assert bot("add", "Ruth@example.org", "lead", FIRST, LAST, *phone)[0] == 0
    code, said = bot("check")
    assert (code, said.splitlines()[-1]) == (
        0,
        "A lead can be reached in all hours of cover of the coming week.",
    )
    shown = bot("show")[1]
    assert "Monday\t09:00–18:00" in shown and "Sunday\tclosed" in shown
    assert f"1\tRuth\tlead\t{FIRST} to {LAST}\tevery day\tsms" in shown
    assert bot("remove", "1")[0] == 0
    assert bot("check")[0] == 1


def test_a_lead_who_cannot_be_called_is_a_gap(bot: Bot) -> None:
    bot("add", "ruth@example.org", "lead", FIRST, LAST)
    code, said = bot("check")
    assert code == 1 and "Ruth leads, but no call can reach her." in said
    mail = {"SMTP_URL": "smtp://mail.example.org", "MAIL_FROM": "bot@example.org"}
    assert bot("check", **mail)[0] == 0


def test_the_hours_of_cover_are_those_that_are_named(bot: Bot) -> None:
    assert bot("cover", "tue=08:30-20:00", "sun=10:00-00:00")[0] == 0
    shown = bot("show")[1]
    assert "Monday\tclosed" in shown
    assert "Tuesday\t08:30–20:00" in shown and "Sunday\t10:00–24:00" in shown


@pytest.mark.parametrize(
    "arguments",
    [
        ("cover", "mon=9-18"),
        ("cover", "someday=09:00-18:00"),
        ("cover", "mon=18:00-09:00"),
        ("cover", "mon="),
        ("add", "nobody@example.org", "lead", FIRST, LAST),
        ("add", "ruth@example.org", "lead", LAST, FIRST),
        ("add", "ruth@example.org", "lead", "yesterday", LAST),
        ("add", "ruth@example.org", "lead", FIRST, LAST, "--phone", "12"),
        ("remove", "7"),
    ],
)
def test_a_mistake_gets_a_sentence(bot: Bot, arguments: tuple[str, ...]) -> None:
    with pytest.raises(Refused, match=r"\.$"):
        bot(*arguments)
