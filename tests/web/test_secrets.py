"""No secret of the house stands in a page, an error, a file that is handed out, or this project."""

import re
import subprocess
from dataclasses import replace
from pathlib import Path

from flask import Flask

from bot.parts import Parts
from bot.settings import load_settings
from tests.web.cohort import Cast
from tests.web.page import Browser
from tests.web.test_access import addresses

ROOT = Path(__file__).parents[2]
SECRETS = {
    "secret_key": "planted-secret-key-1",
    "twilio_account_sid": "AC" + "5ecre7" * 5 + "00",
    "twilio_auth_tokens": ("planted-token-2", "planted-token-3"),
    "metrics_token": "planted-metrics-4",
    "database_key": "planted-database-key-of-32-letters",
}
LOOKS_SECRET = re.compile(
    r"\b(?:AC|SK)[0-9a-f]{32}\b"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY|xox[bp]-\d|ghp_\w{36}|AKIA[0-9A-Z]{16}"
)


def planted() -> list[str]:
    values = (value if isinstance(value, tuple) else (value,) for value in SECRETS.values())
    return [secret for group in values for secret in group]


def test_no_page_and_no_error_of_any_route_shows_a_secret(
    app: Flask, parts: Parts, ruth: Browser, cast: Cast
) -> None:
    app.extensions["bot"] = replace(parts, settings=replace(parts.settings, **SECRETS))  # type: ignore[arg-type]
    pages = addresses(app, method="GET")
    assert len(pages) > 20
    for address in (*pages, "/nothing-here", "/people/999999", "/weeks/never"):
        with ruth.client.get(address) as answer:
            shown = answer.get_data(as_text=True)
        assert not any(secret in shown for secret in planted()), address


def test_settings_never_print_a_secret() -> None:
    settings = load_settings(
        {
            "PUBLIC_URL": "https://bot.example.org",
            "SECRET_KEY": "planted-secret-key-1",
            "TWILIO_ACCOUNT_SID": "AC" + "ab" * 16,
            "TWILIO_AUTH_TOKEN": "planted-token-2",
            "TWILIO_SMS_FROM": "+441134960000",
            "METRICS_TOKEN": "planted-metrics-4",
            "DATABASE_URL": "sqlite:////tmp/nowhere.sqlite3",
            "DATABASE_KEY": "planted-database-key-of-32-letters",
        }
    )
    assert "planted" not in repr(settings) + str(settings)
    assert "planted" in settings.database_url  # it opens the file, and is hidden in the repr


def test_nothing_that_looks_like_a_credential_lies_in_this_project() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False
    ).stdout.decode()
    paths = [ROOT / name for name in listed.split("\0") if name] or list(ROOT.glob("*/**/*.py"))
    readable = {".py", ".md", ".toml", ".txt", ".html", ".json", ".jsonl", ".example", ".lock", ""}
    for path in paths:
        if path.suffix in readable and path.is_file():
            found = LOOKS_SECRET.findall(path.read_text(encoding="utf-8", errors="replace"))
            assert [one for one in found if not invented(one)] == [], path


def invented(credential: str) -> bool:
    """Letters in a row, or the same few again and again, as tests and papers write them."""
    return len(set(credential[2:])) < 8 or "0123456789abcdef" in credential
