"""`python3 -m bot doctor` against a whole bot: its server, the simulated Twilio, the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlmodel import SQLModel, delete, update
from werkzeug.wrappers import Response

from bot.actions.catch_up import SETTLES
from bot.actions.mark import mark
from bot.actions.note_clock import note_clock, read_clocks
from bot.cli import commands
from bot.doctor import outside
from bot.doctor.line import FALLBACK_PATH, OVERRIDES, Answer
from bot.settings import load_settings
from bot.simulator.mailbox import open_mailbox
from bot.simulator.server import serve, serve_wsgi
from bot.simulator.twilio import SimulatedTwilio
from bot.store.backup import back_up
from bot.store.database import Database
from bot.store.inbox import set_down
from bot.store.models import Delivery, Receipt, Sender
from tests.rows import ROW_AMINA, ROW_GRACE
from tests.simulator.openapi import needed
from tests.world import (
    ACCOUNT,
    AMINA,
    LEAD_PHONE,
    SMS_FROM,
    TOKEN,
    WHATSAPP_FROM,
    World,
    open_world,
)

KEY = "k3Zq8Lm2Xv0Ty7Bn4Rw5Ep9Jd6Hs1Gf-Uc"
HONEST = {  # on a test's own machine, with nobody's checks
    *("PUBLIC_URL", "MOST_SPENT_A_DAY", "At rest", "Back-ups", "Helplines", "Languages"),
    *("Words of danger", "Prices"),
}
SETTINGS = {
    "PUBLIC_URL": "http://127.0.0.1:9",
    "SECRET_KEY": KEY,
    "TWILIO_ACCOUNT_SID": ACCOUNT,
    "TWILIO_AUTH_TOKEN": TOKEN,
    "TWILIO_WHATSAPP_FROM": WHATSAPP_FROM,
    "TWILIO_SMS_FROM": SMS_FROM,
    "CONTACT_PHONE": "020 7946 0000",
}


@dataclass(frozen=True, kw_only=True)
class Said:
    """What the command printed: by state what it is about, and all of it."""

    code: int
    about: dict[str, set[str]]
    text: str


def doctor(*arguments: str, **environ: str) -> Said:
    done = CliRunner().invoke(commands, ["doctor", *arguments], env=SETTINGS | environ)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    about: dict[str, set[str]] = {"ok": set(), "warning": set(), "wrong": set()}
    for line in done.stdout.splitlines():
        state, _, rest = line.partition(" ")
        if state in about:
            about[state].add(rest.partition(":")[0].strip())
    return Said(code=done.exit_code, about=about, text=done.output)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the command is called."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@contextmanager
def a_bot_that_is_well(database_url: str, folder: Path) -> Iterator[World]:
    """Amina has been asked and has answered; it is now."""
    start = datetime.now(UTC).replace(hour=11) - timedelta(days=1)
    while start.weekday() > 4:
        start -= timedelta(days=1)
    with open_world(database_url, start=start, secret_key=KEY) as world:
        sim = world.simulator
        sim.webhook_url = f"{sim.webhook_url}#{OVERRIDES}"
        sim.fallback_url = f"{world.settings.public_url}{FALLBACK_PATH}"
        world.enrol(folder, [ROW_GRACE, ROW_AMINA])
        world.tick()
        world.taps(AMINA, "yes")
        sim.settle()
        world.time = datetime.now(UTC)
        world.tick()
        yield world


def examined(world: World, **changes: str) -> Said:
    settings = world.settings
    environ = {
        "PUBLIC_URL": settings.public_url, "TWILIO_API_BASE": str(settings.twilio_api_base),
        "DATABASE_URL": str(settings.database_url), "MEDIA_DIR": str(settings.media_dir),
    }  # fmt: skip
    return doctor(**(environ | changes))


def rows(world: World) -> dict[str, int]:
    """How many rows each table has."""
    names = sorted(SQLModel.metadata.tables)
    return {name: world.one(f"select count(*) from {name}") for name in names}  # noqa: S608


def test_a_bot_that_is_well_is_left_as_it_is_and_what_breaks_is_found(
    database_url: str, here: Path
) -> None:
    mailbox = open_mailbox(lambda: datetime.now(UTC))
    mail = {"SMTP_URL": mailbox.url, "MAIL_FROM": "bot@example.org"}
    try:
        with a_bot_that_is_well(database_url, here) as world:
            _only_honest_warnings(world, **mail)
            assert mailbox.letters == []
            _another_token(world)
            _nothing_comes_any_more(world)
    finally:
        mailbox.close()


def _only_honest_warnings(world: World, **mail: str) -> None:
    before, calls = rows(world), len(world.simulator.calls)
    said = examined(world, **mail)
    assert (said.code, said.about["wrong"]) == (0, set()), said.text
    assert said.about["warning"] <= HONEST, said.text
    clocks = world.one("select value from mark where name = 'clocks'")
    assert list(read_clocks(clocks)) == [world.clock.owner]
    assert rows(world) == before
    assert [call.method for call in world.simulator.calls[calls:]] == ["GET", "GET"]
    for secret in (KEY, TOKEN, ACCOUNT, AMINA[1:], LEAD_PHONE[1:], "Amina", "Ruth"):
        assert secret not in said.text
    for words in ("takes our credentials", "agrees with Twilio's", "is online", "leads here",
                   "Forged webhooks: are refused", "are recognised", "lets us in",
                   "came for"):  # fmt: skip
        assert words in said.text, words


def _another_token(world: World) -> None:
    said = examined(world, TWILIO_AUTH_TOKEN="another")
    assert (said.code, said.about["wrong"]) == (1, {"Twilio", "Signed webhooks"})


def _nothing_comes_any_more(world: World) -> None:
    """No webhook is set, and no receipt comes."""
    world.simulator.webhook_url = None
    with world.parts.database.transaction() as db:
        db.execute(delete(Receipt))
        db.execute(update(Delivery).values(attempted_at=datetime.now(UTC) - timedelta(hours=2)))
    world.simulator.receive_from(AMINA, "hello?")
    world.time += 2 * SETTLES
    world.clock.catch_up()
    said = examined(world)
    assert said.about["wrong"] == {"WhatsApp webhook", "Receipts"}, said.text
    assert "Messages by webhook: 1 had to be fetched" in said.text


def test_what_has_stopped_here_is_found_without_asking_anybody(
    database_url: str, here: Path
) -> None:
    now, database = datetime.now(UTC), Database(database_url)
    mark(database, name="tick", now=now - timedelta(hours=1))
    for owner in ("one", "another"):
        note_clock(database, owner=owner, now=now)
    with database.transaction() as db:
        later = now + timedelta(hours=1)
        db.add(Sender(address=WHATSAPP_FROM, state="tripped", until=later, updated_at=now))
    database.dispose()
    (here / ".env").write_text("SECRET_KEY=x")
    (here / ".env").chmod(0o644)
    hour_ago = now - timedelta(hours=1)
    set_down(here / "media-inbox", {"Body": "hello"}, sid="SM" + "1" * 32, key="", now=hour_ago)
    kept = {"DATABASE_URL": database_url, "MEDIA_DIR": str(here / "media")}
    said = doctor("--offline", **kept)
    assert said.code == 1
    assert said.about["wrong"] == {
        "Clock", "On call", "Our senders", "Settings file", "Set down by the fallback"
    }, said.text  # fmt: skip
    assert "2 of them run" in said.text
    assert not {"Twilio", "Our own address", "E-mail"} & said.about["wrong"]


def test_an_old_back_up_and_one_that_does_not_open_are_found(database_url: str, here: Path) -> None:
    database = Database(database_url)
    if database.dialect != "sqlite":
        assert "pg_dump" in doctor("--offline", DATABASE_URL=database_url).text
        return
    kept = {"DATABASE_URL": database_url, "BACKUP_DIR": str(here / "kept")}
    made = back_up(database, here / "kept", media=None, now=datetime.now(UTC))
    database.dispose()
    assert "Newest back-up: opens" in doctor("--offline", **kept).text
    made.path.write_bytes(made.path.read_bytes()[:5000])
    old = datetime.now(UTC) - timedelta(days=3)
    made.path.rename(here / "kept" / f"routes-{old:%Y%m%dT%H%M%SZ}.tar")
    assert {"Back-ups", "Newest back-up"} <= doctor("--offline", **kept).about["wrong"]


def test_without_a_database_it_says_so_and_makes_none(here: Path) -> None:
    missing = here / "none.sqlite3"
    said = doctor("--offline", DATABASE_URL=f"sqlite:///{missing}")
    assert (said.code, missing.exists()) == (1, False)
    assert "Database: there is none yet." in said.text


def test_settings_that_cannot_be_are_each_a_line(here: Path) -> None:
    said = doctor(PUBLIC_URL="ftp://x", PORT="none")
    assert (said.code, said.text.count("Settings: ")) == (1, 2)


def test_what_it_asks_twilio_is_in_twilios_own_document() -> None:
    judge, now = needed(), datetime.now(UTC)
    twilio = SimulatedTwilio(
        account_sid=ACCOUNT, auth_token=TOKEN, whatsapp_from=WHATSAPP_FROM, sms_from=SMS_FROM,
        webhook_url="https://bot.example.org/webhooks/twilio/message", clock=lambda: now,
    )  # fmt: skip
    running = serve(twilio, wrap=judge.around)
    settings = load_settings(SETTINGS | {"TWILIO_API_BASE": running.base_url})
    judge.judged.clear()
    try:
        client = outside.twilio_client(settings)
        answers = outside.ask_messages(client, settings), outside.ask_senders(client)
    finally:
        running.close()
    assert [answer.status for answer in answers] == [200, 200]
    assert len(judge.judged) == 2 and "GET /v2/Channels/Senders" in judge.judged
    assert judge.take_objections() == []


def test_an_address_that_sends_people_on_is_not_followed(here: Path) -> None:
    """Twilio follows it by GET, and the message is lost on the way."""
    elsewhere = Response(status=301, headers={"Location": "http://127.0.0.1:9/"})
    running = serve_wsgi(elsewhere)
    settings = load_settings(SETTINGS | {"PUBLIC_URL": running.base_url})
    try:
        assert outside.ask_healthz(settings).status == 301
    finally:
        running.close()
    assert outside.ask_healthz(settings) == Answer(status=None, why="no connection")
