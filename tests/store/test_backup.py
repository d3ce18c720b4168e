"""Encrypted at rest, backed up each night, and brought back: each shown on real files."""

import io
import json
import sqlite3
import stat
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from bot.actions.back_up_nightly import back_up_nightly
from bot.errors import Refused, Unreadable
from bot.parts import build_parts
from bot.store import cipher
from bot.store.backup import back_up, check, expire, restore
from bot.store.database import Database
from bot.store.migrations import upgrade
from bot.store.recordings import path_of
from bot.store.sealed import read_sealed, seal, unseal, write_sealed
from tests.people import amina
from tests.quick import open_quick
from tests.rows import ROW_AMINA, ROW_GRACE
from tests.world import AMINA

KEY, OTHER = "a key of at least thirty-two letters", "another key of more than 32 letters"
NIGHT = datetime(2026, 11, 23, 3, 30, tzinfo=UTC)
WORDS = "my words are for nobody else"


def address(path: Path, key: str = "") -> str:
    url = make_url(f"sqlite:///{path}")
    return (cipher.with_key(url, key) if key else url).render_as_string(hide_password=False)


@pytest.fixture(params=["", KEY], ids=["plain", "encrypted"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Database, str, Path]]:
    """A database with Amina in it, its key, and a folder of media with one voice note
    and one recording of ours."""
    url = address(tmp_path / "live" / "routes.sqlite3", request.param)
    upgrade(url)
    database = Database(url)
    with database.transaction() as db:
        amina(db)
        db.execute(
            text(
                "insert into message (direction, channel, kind, text, language, context, layout, "
                "state, attempts, error, at) values ('in', 'whatsapp', 'text', :said, 'ar', '', "
                "'', 'handled', 0, '', '2026-11-22 10:00:00')"
            ),
            {"said": WORDS},
        )
    media = tmp_path / "live" / "media"
    media.mkdir()
    (media / "note.ogg").write_bytes(seal(b"a voice note", key=request.param))
    write_sealed(path_of(media, "spoken"), b"a recording of ours", key=request.param)
    yield database, request.param, media
    database.dispose()


def test_with_a_key_no_file_of_the_bot_holds_her_words_and_a_whole_talk_works(
    tmp_path: Path,
) -> None:
    path = tmp_path / "routes.sqlite3"
    upgrade(address(path, KEY))
    with open_quick(address(path, KEY)) as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA])
        world.tick()
        world.says(AMINA, WORDS)
        assert (WORDS,) in world.rows("select text from message")
        files = [file for file in tmp_path.iterdir() if file.name.startswith(path.name)]
        assert {file.name.partition("3")[2] for file in files} >= {"", "-wal"}
        for file in files:
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
            content = file.read_bytes()
            assert not any(word in content for word in (WORDS.encode(), b"Amina", b"447700900"))
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(path).execute("select * from participant")


def test_a_back_up_comes_back_whole_on_an_empty_machine(
    kept: tuple[Database, str, Path], tmp_path: Path
) -> None:
    database, key, media = kept
    made = back_up(database, tmp_path / "backups", media=media, now=NIGHT)
    assert (made.messages, made.files) == (1, 2)
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.path.parent.stat().st_mode) == 0o700
    assert (WORDS.encode() in made.path.read_bytes()) == (key == "")
    url = address(tmp_path / "new" / "routes.sqlite3", key)
    restore(made.path, url, media=tmp_path / "new" / "media")
    upgrade(url)
    assert names(url) == ["Amina"]
    assert read_sealed(tmp_path / "new" / "media" / "note.ogg", key=key) == b"a voice note"
    assert stat.S_IMODE((tmp_path / "new" / "routes.sqlite3").stat().st_mode) == 0o600
    spoken = path_of(tmp_path / "new" / "media", "spoken")
    assert read_sealed(spoken, key=key) == b"a recording of ours"
    assert stat.S_IMODE(spoken.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("new", ["", OTHER])
def test_bringing_it_back_gives_a_database_a_key_another_one_or_none(
    kept: tuple[Database, str, Path], tmp_path: Path, new: str
) -> None:
    database, key, media = kept
    made = back_up(database, tmp_path / "backups", media=media, now=NIGHT)
    url = address(tmp_path / "new" / "routes.sqlite3", new)
    restore(made.path, url, media=tmp_path / "new" / "media", old_key=key)
    assert names(url) == ["Amina"]
    assert (b"Amina" in (tmp_path / "new" / "routes.sqlite3").read_bytes()) == (new == "")
    note = tmp_path / "new" / "media" / "note.ogg"
    assert (note.read_bytes() == b"a voice note") == (new == "")
    assert read_sealed(note, key=new) == b"a voice note"
    assert stat.S_IMODE(note.stat().st_mode) == 0o600
    spoken = path_of(tmp_path / "new" / "media", "spoken")
    assert read_sealed(spoken, key=new) == b"a recording of ours"


def names(url: str) -> list[str]:
    database = Database(url)
    try:
        with database.reading() as db:
            return list(db.execute(text("select name from participant")).scalars())
    finally:
        database.dispose()


def test_nothing_is_overwritten(kept: tuple[Database, str, Path], tmp_path: Path) -> None:
    database, key, media = kept
    made = back_up(database, tmp_path / "backups", media=media, now=NIGHT)
    with pytest.raises(Refused, match="nothing is overwritten"):
        restore(made.path, address(database.path, key), media=tmp_path / "elsewhere")
    with pytest.raises(Refused, match="nothing is overwritten"):
        restore(made.path, address(tmp_path / "n.sqlite3", key), media=media)
    assert not (tmp_path / "n.sqlite3").exists()


def test_one_that_was_cut_changed_or_has_another_key_is_refused(
    kept: tuple[Database, str, Path], tmp_path: Path
) -> None:
    database, key, media = kept
    made = back_up(database, tmp_path / "backups", media=media, now=NIGHT)
    whole = made.path.read_bytes()
    broken = tmp_path / "broken.tar"
    for content in (b"", b"no archive", whole[: len(whole) // 2], changed(whole)):
        broken.write_bytes(content)
        with pytest.raises(Unreadable):
            check(broken, key=key)
    with pytest.raises(Unreadable, match="does not open"):
        check(made.path, key=OTHER)


def changed(archive: bytes) -> bytes:
    """The voice note says something else."""
    at = max(archive.rfind(b"a voice note"), archive.rfind(b"sealed-1")) + 4
    return archive[:at] + b"?" + archive[at + 1 :]


def test_an_archive_cannot_put_a_file_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "trick.tar"
    with tarfile.open(path, "w") as tar:
        for name, content in (("contents.json", json.dumps({}).encode()), ("../out", b"x")):
            part = tarfile.TarInfo(name)
            part.size = len(content)
            tar.addfile(part, io.BytesIO(content))
    with pytest.raises(Unreadable):
        check(path, key="")
    assert not (tmp_path.parent / "out").exists()


def test_the_clock_makes_one_each_night_and_removes_the_old(
    kept: tuple[Database, str, Path], tmp_path: Path
) -> None:
    database, _, media = kept
    folder = tmp_path / "backups"
    with open_quick(database.url.render_as_string(hide_password=False)) as world:
        house = build_parts(world.parts.settings, database=database).house

        def night(moment: datetime) -> bool:
            return back_up_nightly(house, folder=folder, media=media, keep_days=35, now=moment)

        assert not night(NIGHT - timedelta(hours=1))
        assert night(NIGHT)
        assert not night(NIGHT + timedelta(hours=9))
        assert night(NIGHT + timedelta(days=1))
        (folder / "notes.txt").write_text("not ours")
        assert night(NIGHT + timedelta(days=36))
        left = sorted(path.name for path in folder.iterdir())
        assert left == ["notes.txt", "routes-20261124T033000Z.tar", "routes-20261229T033000Z.tar"]
        assert expire(tmp_path / "nowhere", days=1, now=NIGHT) == ()


def test_a_night_without_a_back_up_is_an_alert(
    kept: tuple[Database, str, Path], tmp_path: Path
) -> None:
    database, _, media = kept
    (tmp_path / "file").write_text("where a folder should be")
    with open_quick(database.url.render_as_string(hide_password=False)) as world:
        house = replace(world.parts.house, database=database)
        assert not back_up_nightly(
            house, folder=tmp_path / "file", media=media, keep_days=35, now=NIGHT
        )
        assert world.one("select kind from alert") == "backup_failed"


def test_a_sealed_file_opens_with_its_key_alone_and_only_unchanged() -> None:
    sealed = seal(b"a voice note", key=KEY)
    assert b"voice" not in sealed
    assert sealed != seal(b"a voice note", key=KEY)
    assert unseal(sealed, key=KEY) == b"a voice note"
    for wrong in (OTHER, ""):
        with pytest.raises(Unreadable):
            unseal(sealed, key=wrong)
    with pytest.raises(Unreadable, match="changed"):
        unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]), key=KEY)
    assert seal(b"as it is", key="") == unseal(b"as it is", key=KEY) == b"as it is"
