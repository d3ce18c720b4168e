"""`python3 -m bot doctor` against a whole bot: the real server, the simulated Twilio, the database."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from bot.actions.mark import mark
from bot.actions.note_clock import note_clock
from bot.cli import commands
from bot.doctor.line import FALLBACK_PATH, OVERRIDES
from bot.store.backup import back_up
from tests.rows import ROW_AMINA, ROW_GRACE
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
    *("PUBLIC_URL", "Calling staff", "MOST_SPENT_A_DAY", "At rest", "Back-ups", "Helplines"),
    *("Languages", "Words of danger", "Prices", "Approved wordings"),
}
Doctor = Callable[..., tuple[int, dict[str, list[str]], str]]


@pytest.fixture
def world(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Amina has been asked and has answered; it is now."""
    monkeypatch.chdir(tmp_path)
    start = datetime.now(UTC).replace(hour=11) - timedelta(days=1)
    while start.weekday() > 4:
        start -= timedelta(days=1)
    with open_world(database_url, start=start, secret_key=KEY) as world:
        sim = world.simulator
        sim.webhook_url, sim.fallback_url = (
            f"{sim.webhook_url}#{OVERRIDES}", f"{world.settings.public_url}{FALLBACK_PATH}",
        )  # fmt: skip
        world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA])
        world.tick()
        world.taps(AMINA, "yes")
        sim.settle()
        world.time = datetime.now(UTC)
        world.tick()
        yield world


@pytest.fixture
def doctor(world: World) -> Doctor:
    def run(*arguments: str, **changes: str) -> tuple[int, dict[str, list[str]], str]:
        settings = world.settings
        environ = {
            "PUBLIC_URL": settings.public_url, "SECRET_KEY": KEY, "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_WHATSAPP_FROM": WHATSAPP_FROM,
            "TWILIO_SMS_FROM": SMS_FROM, "TWILIO_API_BASE": str(settings.twilio_api_base),
            "DATABASE_URL": str(settings.database_url), "CONTACT_PHONE": settings.contact_phone,
            "MEDIA_DIR": str(settings.media_dir), **changes,
        }  # fmt: skip
        done = CliRunner().invoke(commands, ["doctor", *arguments], env=environ)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        found: dict[str, list[str]] = {}
        for line in done.output.splitlines()[:-1]:
            state, _, rest = line.partition(" ")
            found.setdefault(state, []).append(rest.strip())
        return done.exit_code, found, done.output

    return run


def rows(world: World) -> dict[str, int]:
    """How many rows each table has."""
    from sqlmodel import SQLModel

    names = sorted(SQLModel.metadata.tables)
    return {name: world.one(f"select count(*) from {name}") for name in names}  # noqa: S608


def test_a_bot_that_is_well_has_only_honest_warnings_and_nothing_is_changed(
    world: World, doctor: Doctor
) -> None:
    before, calls = rows(world), len(world.simulator.calls)
    code, found, said = doctor()
    assert (code, found.get("wrong")) == (0, None), said
    assert {line.partition(":")[0] for line in found["warning"]} <= HONEST, said
    assert rows(world) == before
    asked = world.simulator.calls[calls:]
    assert [call.method for call in asked] == ["GET", "GET"]
    for secret in (KEY, TOKEN, ACCOUNT, AMINA[1:], LEAD_PHONE[1:], "Amina", "Ruth"):
        assert secret not in said
    for needed in ("takes our credentials", "agrees with Twilio's", "is online", "leads here",
                   "Forged webhooks: are refused", "are recognised", "came for"):  # fmt: skip
        assert needed in said, needed


def test_what_is_broken_between_us_and_twilio_is_found(world: World, doctor: Doctor) -> None:
    code, found, _ = doctor(TWILIO_AUTH_TOKEN="another")
    assert code == 1
    assert _about(found["wrong"]) == {"Twilio", "Signed webhooks"}
    world.simulator.webhook_url = None
    world.time += timedelta(hours=2)
    with world.parts.database.transaction() as db:
        db.execute(text("delete from receipt"))
        db.execute(text("update delivery set attempted_at = :at"), {"at": _stored(world, hours=2)})
    for _ in range(2):
        world.simulator.receive_from(AMINA, "hello?")
    code, found, _ = doctor()
    assert code == 1
    assert _about(found["wrong"]) == {"WhatsApp webhook", "Receipts"}


def test_what_has_stopped_here_is_found_without_asking_anybody(
    world: World, doctor: Doctor, tmp_path: Path
) -> None:
    now, database = datetime.now(UTC), world.parts.database
    mark(database, name="tick", now=now - timedelta(hours=1))
    for owner in ("one", "another"):
        note_clock(database, owner=owner, now=now)
    with database.transaction() as db:
        db.execute(text("delete from duty"))
        values = {"at": _stored(world), "sender": WHATSAPP_FROM}
        db.execute(
            text(
                "insert into sender (address, state, code, failures, updated_at) "
                "values (:sender, 'tripped', '63051', 3, :at)"
            ),
            values,
        )
    (tmp_path / ".env").write_text("SECRET_KEY=x")
    (tmp_path / ".env").chmod(0o644)
    calls = len(world.simulator.calls)
    code, found, said = doctor("--offline")
    assert code == 1
    assert {"Clock", "On call", "Our senders", "Settings file"} <= _about(found["wrong"])
    assert any("run. They do no harm" in line for line in found["warning"])
    assert (len(world.simulator.calls), "Twilio:" in said) == (calls, False)


def test_an_old_back_up_and_one_that_does_not_open_are_found(
    world: World, doctor: Doctor, tmp_path: Path
) -> None:
    if world.parts.database.dialect != "sqlite":
        assert "pg_dump" in doctor("--offline")[2]
        return
    folder = tmp_path / "kept"
    made = back_up(world.parts.database, folder, media=None, now=datetime.now(UTC))
    assert "Newest back-up: opens" in doctor("--offline", BACKUP_DIR=str(folder))[2]
    made.path.write_bytes(made.path.read_bytes()[:5000])
    old = datetime.now(UTC) - timedelta(days=3)
    made.path.rename(folder / f"routes-{old:%Y%m%dT%H%M%SZ}.tar")
    _, found, _ = doctor("--offline", BACKUP_DIR=str(folder))
    assert {"Back-ups", "Newest back-up"} <= _about(found["wrong"])


def test_without_a_database_or_with_a_wrong_setting_it_says_so_and_makes_nothing(
    tmp_path: Path, world: World, doctor: Doctor
) -> None:
    missing = tmp_path / "none.sqlite3"
    code, found, _ = doctor("--offline", DATABASE_URL=f"sqlite:///{missing}")
    assert (code, missing.exists()) == (1, False)
    assert any(line.startswith("Database: there is none yet") for line in found["wrong"])
    code, found, _ = doctor(PUBLIC_URL="ftp://x", PORT="none")
    assert code == 1


def _about(lines: list[str]) -> set[str]:
    return {line.partition(":")[0] for line in lines}


def _stored(world: World, **ago: float) -> Any:
    """A moment as a driver takes it, without a model."""
    at = datetime.now(UTC) - timedelta(**ago)
    return at.replace(tzinfo=None) if world.parts.database.dialect == "sqlite" else at
