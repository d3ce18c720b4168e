"""The staff side of a small cohort, and browsers for Ruth (staff), Ivy (reader) and nobody."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from bot.actions.invite import invite
from bot.app import create_app
from bot.parts import Parts, build_parts
from bot.settings import Settings
from bot.store.database import Database
from tests.web.cohort import NOW, Cast, fill
from tests.web.page import Browser


@dataclass
class Clock:
    """A time that tests move."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


def settings_for(database_url: str, **changes: object) -> Settings:
    known = Settings(
        public_url="http://localhost:8000",
        secret_key="only-for-tests-0123456789",
        twilio_account_sid="AC" + "0" * 32,
        twilio_auth_tokens=("token",),
        twilio_sms_from="+441134960000",
        twilio_api_base="http://127.0.0.1:9",
        database_url=database_url,
    )
    return replace(known, **changes)  # type: ignore[arg-type]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def known_parts() -> Parts:
    """Conversations and languages, read once for all tests."""
    return build_parts(settings_for("sqlite:////nowhere/at-all.sqlite3"))


@pytest.fixture
def parts(known_parts: Parts, database_url: str, clock: Clock, tmp_path: Path) -> Iterator[Parts]:
    database = Database(database_url)
    house = replace(known_parts.house, database=database)
    settings = settings_for(database_url, media_dir=tmp_path / "media")
    yield replace(
        known_parts,
        settings=settings,
        house=house,
        now=clock,
        phones_now=clock,
    )
    database.dispose()


_filled: dict[Path, Cast] = {}  # the one file of this worker, and who is in it


@pytest.fixture
def cast(parts: Parts, tmp_path_factory: pytest.TempPathFactory) -> Cast:
    """On SQLite the cohort is written once in a worker, then copied page by page."""
    if parts.database.dialect != "sqlite":
        with parts.database.transaction() as db:
            return fill(db)
    if not _filled:
        with parts.database.transaction() as db:
            known = fill(db)
        path = tmp_path_factory.mktemp("cast") / "filled.sqlite3"
        _copy(parts.database.path, path)
        _filled[path] = known
    else:
        _copy(next(iter(_filled)), parts.database.path)
    return deepcopy(next(iter(_filled.values())))


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as filled, closing(sqlite3.connect(target)) as empty:
        filled.backup(empty)


@pytest.fixture(scope="session")
def known_app(known_parts: Parts) -> Flask:
    """One for all tests, so that each template is compiled once."""
    return create_app(known_parts)


@pytest.fixture
def app(known_app: Flask, parts: Parts) -> Flask:
    known_app.extensions["bot"] = parts
    return known_app


@pytest.fixture
def nobody(app: Flask) -> Browser:
    return Browser(app.test_client())


@pytest.fixture
def ruth(app: Flask, parts: Parts, cast: Cast) -> Browser:
    return signed_in(app, parts, email="ruth@example.org")


@pytest.fixture
def ivy(app: Flask, parts: Parts, cast: Cast) -> Browser:
    return signed_in(app, parts, email="ivy@example.org")


def signed_in(app: Flask, parts: Parts, *, email: str, browser: Browser | None = None) -> Browser:
    browser = browser or Browser(app.test_client())
    link = invite(parts.database, email=email, name="", public_url="", now=parts.now())
    browser.post(link, page=link)
    return browser
