"""A back-up of an SQLite database and the files beside it: one archive that says what it holds.

It is copied as of one moment while others write, opened and checked before it counts, readable by
its owner only, and encrypted as the database is. Bringing one back never overwrites anything.
"""

import hashlib
import io
import json
import os
import re
import tarfile
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import make_url

from bot.errors import Refused, Unreadable
from bot.store import cipher
from bot.store.database import Database, private_folder
from bot.store.sealed import read_sealed, seal

NAME = "routes-{:%Y%m%dT%H%M%SZ}.tar"
NAMED = re.compile(r"routes-(\d{8}T\d{6}Z)\.tar")
CONTENTS, DATABASE, FILES = "contents.json", "database.sqlite3", "media/"
ELSEWHERE = "PostgreSQL has tools of its own for this: use pg_dump and pg_restore."


@dataclass(frozen=True, kw_only=True)
class BackUp:
    """One archive: its file, and how many messages and files it was found to hold."""

    path: Path
    messages: int
    files: int


def back_up(database: Database, folder: Path, *, media: Path | None, now: datetime) -> BackUp:
    """Write an archive into `folder` and read it again. `Refused` on PostgreSQL."""
    if database.dialect != "sqlite":
        raise Refused(ELSEWHERE)
    private_folder(folder)
    path = folder / NAME.format(now.astimezone(UTC))
    with tempfile.TemporaryDirectory(dir=folder, prefix=".unfinished-") as scratch:
        copy = Path(scratch) / DATABASE
        _copy(database, copy)
        unfinished = Path(scratch) / path.name
        _pack(unfinished, copy=copy, media=media)
        found = check(unfinished, key=database.key)
        os.replace(unfinished, path)
    return BackUp(path=path, messages=found.messages, files=found.files)


def check(archive: Path, *, key: str) -> BackUp:
    """Open an archive and all in it, as bringing it back would. `Unreadable`: it would not."""
    with tempfile.TemporaryDirectory(prefix="routes-") as scratch:
        files = _unpack(archive, Path(scratch))
        messages = _messages(Path(scratch) / DATABASE, key)
    return BackUp(path=archive, messages=messages, files=files)


def restore(archive: Path, url: str, *, media: Path | None, old_key: str | None = None) -> BackUp:
    """Bring an archive back to where there is no database yet, with that place's own key.

    `old_key`: what it was encrypted with, if not with that one; "" if it was not encrypted.
    """
    target = make_url(url)
    if target.get_backend_name() != "sqlite":
        raise Refused(ELSEWHERE)
    place, new_key = Path(target.database or "").absolute(), str(target.password or "")
    if place.exists() or (media is not None and media.exists() and any(media.iterdir())):
        raise Refused(
            "There is a database or a folder of media already: move them away first, for nothing "
            "is overwritten."
        )
    private_folder(place.parent)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=".restoring-") as scratch:
        files = _unpack(archive, Path(scratch))
        copy, old = Path(scratch) / DATABASE, new_key if old_key is None else old_key
        messages = _messages(copy, old)
        if old != new_key:
            copy = _with_other_key(copy, old=old, new=new_key)
        if files and media is not None:
            private_folder(media.parent)
            _with_new_seals(Path(scratch) / FILES, old=old, new=new_key)
            os.replace(Path(scratch) / FILES, media)
        os.replace(copy, place)
    return BackUp(path=place, messages=messages, files=files)


def expire(folder: Path, *, days: int, now: datetime) -> tuple[Path, ...]:
    """Remove archives of ours that are older, by their names; those that were removed."""
    if not folder.is_dir():
        return ()
    oldest = now - timedelta(days=days)
    old = tuple(path for path in sorted(folder.iterdir()) if (at := made_at(path)) and at < oldest)
    for path in old:
        path.unlink()
    return old


def made_at(path: Path) -> datetime | None:
    """When an archive of ours was made, by its name; None for what is none."""
    named = NAMED.fullmatch(path.name)
    return datetime.strptime(named[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) if named else None


def _driver(key: str) -> ModuleType:
    import sqlite3

    return cipher.driver() if key else sqlite3


def _open(path: Path, key: str) -> Any:
    connection = _driver(key).connect(str(path))
    if key:
        cipher.unlock(connection, key)
    return connection


def _copy(database: Database, copy: Path) -> None:
    """As of one moment, page by page, without keeping writers waiting."""
    key = database.key
    os.close(os.open(copy, os.O_CREAT | os.O_EXCL, 0o600))
    source, target = _open(database.path, key), _open(copy, key)
    try:
        source.execute("SELECT count(*) FROM sqlite_master")  # reads the key's proof
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
    finally:
        target.close()
        source.close()


def _messages(path: Path, key: str) -> int:
    """How many messages a copy holds. `Unreadable` when it is damaged or locked."""
    connection = _open(path, key)
    try:
        if [row[0] for row in connection.execute("PRAGMA integrity_check")] != ["ok"]:
            raise Unreadable(f"{path.name} in this back-up is damaged.")
        count: int = connection.execute("SELECT count(*) FROM message").fetchone()[0]
        return count
    except _driver(key).DatabaseError:
        raise Unreadable("This back-up does not open: it is damaged, or of another key.") from None
    finally:
        connection.close()


def _with_other_key(path: Path, *, old: str, new: str) -> Path:
    """The same database with another key, or with none."""
    copy = path.with_suffix(".rekeyed")
    os.close(os.open(copy, os.O_CREAT | os.O_EXCL, 0o600))
    driver = cipher.driver()
    connection = driver.connect(str(path))
    try:
        if old:
            cipher.unlock(connection, old)
        key = f"x'{cipher.raw_key(new).hex()}'" if new else ""
        connection.execute("ATTACH DATABASE ? AS other KEY ?", (str(copy), key))
        connection.execute("SELECT sqlcipher_export('other')")
        connection.execute("DETACH DATABASE other")
    finally:
        connection.close()
    return copy


def _with_new_seals(folder: Path, *, old: str, new: str) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_dir():
            path.chmod(0o700)
            continue
        if old != new:
            path.write_bytes(seal(read_sealed(path, key=old), key=new))
        path.chmod(0o600)


def _pack(archive: Path, *, copy: Path, media: Path | None) -> None:
    parts = {DATABASE: copy}
    if media is not None and media.is_dir():
        files = (path for path in sorted(media.rglob("*")) if path.is_file())
        parts |= {FILES + path.relative_to(media).as_posix(): path for path in files}
    contents = {name: _digest(path) for name, path in parts.items()}
    said = json.dumps(contents, indent=1).encode()
    with open(os.open(archive, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        with tarfile.open(fileobj=file, mode="w") as tar:
            head = tarfile.TarInfo(CONTENTS)
            head.size = len(said)
            tar.addfile(head, io.BytesIO(said))
            for name, path in parts.items():
                tar.add(path, arcname=name, recursive=False)
        file.flush()
        os.fsync(file.fileno())


def _unpack(archive: Path, folder: Path) -> int:
    """Every part of an archive, each as it says of itself; how many files of media."""
    try:
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
        contents: dict[str, str] = json.loads((folder / CONTENTS).read_text(encoding="utf-8"))
        whole = all(_digest(folder / name) == digest for name, digest in contents.items())
    except (tarfile.TarError, OSError, ValueError, AttributeError):
        raise Unreadable(f"{archive.name} is no back-up of ours, or it is cut short.") from None
    if not whole or DATABASE not in contents:
        raise Unreadable(f"{archive.name} does not hold what it says: it was changed or damaged.")
    return len(contents) - 1


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
