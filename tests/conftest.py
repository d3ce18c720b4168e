"""Fixtures that every test may use. First the databases: each test that asks for `database_url`
runs on SQLite, on PostgreSQL or on both, as `--db` (or TEST_DB) says.
"""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from tests.postgres import NoPostgres, create_database, empty_again, postgres_server

if TYPE_CHECKING:
    from tests.world import World

DATABASES = {"sqlite": ("sqlite",), "postgresql": ("postgresql",), "both": ("sqlite", "postgresql")}
SERVER, NO_SERVER = "TESTS_POSTGRES_SERVER", "TESTS_NO_POSTGRES"  # from this process to its workers
BESIDE = "TESTS_FOUND_BESIDE"  # the file in which `python3 -m bot test` says what else it found
PAGES = Path(__file__).parent / "web"  # on every database only with --all: they take minutes
MOST_WAIT = 600  # seconds for it
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
# Fixtures that take seconds to make: the tests of each stay together, in one worker
MADE_ONCE = frozenset({"chromium", "browser", "lived"})


# Each test has a database, and so engines, of its own. An engine keeps what it has compiled, by its
# dialect. Here all of one kind are one and share it: a statement is compiled once in a worker
_COMPILED = LRUCache[Any, Any](4000)
_make_engine = Engine.__init__


def _made(self: Engine, *given: Any, **more: Any) -> None:
    _make_engine(self, *given, **more)
    self._compiled_cache = _COMPILED


Engine.__init__ = _made  # type: ignore[method-assign]
for _dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
    _dialect.__hash__ = lambda self: hash((type(self), self.dbapi))  # type: ignore[method-assign]
    _dialect.__eq__ = lambda self, other: (  # type: ignore[method-assign]
        (type(self), self.dbapi) == (type(other), getattr(other, "dbapi", None))
    )


# … and an app of its own: how its addresses are built is worked out once for each of them, too
_BUILDERS: dict[tuple[object, ...], Any] = {}
_compile_builder = Rule._compile_builder


def _builder(self: Rule, append_unknown: bool = True) -> Any:
    key = (self.rule, self.subdomain, append_unknown, *sorted((self.defaults or {}).items()))
    if key not in _BUILDERS:
        _BUILDERS[key] = _compile_builder(self, append_unknown)
    return _BUILDERS[key]


Rule._compile_builder = _builder  # type: ignore[method-assign]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=tuple(DATABASES), default=os.environ.get("TEST_DB", "sqlite"))


def pytest_configure(config: pytest.Config) -> None:
    """One PostgreSQL for the whole run, started before the workers are."""
    if WORKER != "main" or config.getoption("--db") == "sqlite" or config.option.collectonly:
        return
    stack = ExitStack()
    config.add_cleanup(stack.close)
    try:
        os.environ[SERVER] = stack.enter_context(postgres_server())
    except NoPostgres as reason:
        os.environ[NO_SERVER] = str(reason)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What else was checked, where it cannot be overlooked: just before the closing line."""
    if BESIDE not in os.environ or WORKER != "main":
        return
    found, gives_up = Path(os.environ[BESIDE]), time.monotonic() + MOST_WAIT
    while not found.exists() and time.monotonic() < gives_up:
        time.sleep(0.1)
    terminalreporter.section("beside the tests")
    said = found.read_text(encoding="utf-8") if found.exists() else "ruff and mypy did not end"
    for line in said.splitlines():
        terminalreporter.line(line)


def pytest_report_header(config: pytest.Config) -> list[str]:
    databases = " and ".join(DATABASES[config.getoption("--db")])
    missing = os.environ.get(NO_SERVER)
    warning = [f"NOTHING IS TESTED ON POSTGRESQL: {missing}"] if missing else []
    return [f"databases: {databases}", *warning]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        kinds: tuple[object, ...] = DATABASES[metafunc.config.getoption("--db")]
        if len(kinds) > 1 and PAGES in metafunc.definition.path.parents:
            kinds = (kinds[0], *(pytest.param(kind, marks=pytest.mark.slow) for kind in kinds[1:]))
        metafunc.parametrize("database_kind", kinds, scope="session")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for name in MADE_ONCE.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group(f"{item.path.parent.name}-{name}"))


@pytest.fixture
def empty_database_url(database_kind: str, tmp_path: Path) -> str:
    """A database without a table in it."""
    if database_kind == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    return create_database(server(), f"empty_{WORKER}")


@pytest.fixture
def database_url(database_kind: str, migrated: str, tmp_path: Path) -> str:
    """A database of this test's own, with all migrations run and no rows in it."""
    if database_kind == "sqlite":
        return f"sqlite:///{shutil.copy(migrated, tmp_path / 'test.sqlite3')}"
    return empty_again(server(), f"test_{WORKER}", template=migrated)


@pytest.fixture(scope="session")
def migrated(database_kind: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What each test's database is copied from: a file, or a database's name. Made once in a
    worker: a fixture of its own for each kind is made anew whenever the kind changes."""
    if database_kind not in _migrated:
        _migrated[database_kind] = _migrate(database_kind, tmp_path_factory)
    return _migrated[database_kind]


_migrated: dict[str, str] = {}


def _migrate(database_kind: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    from bot.store.migrations import upgrade

    if database_kind == "sqlite":
        path = tmp_path_factory.mktemp("migrated") / "migrated.sqlite3"
        upgrade(f"sqlite:///{path}")
        return str(path)
    upgrade(create_database(server(), f"migrated_{WORKER}"))
    return f"migrated_{WORKER}"


@pytest.fixture
def world(database_url: str) -> "Iterator[World]":
    """A whole bot on this machine, with nobody enrolled."""
    from tests.world import open_world

    with open_world(database_url) as world:
        yield world


@pytest.fixture
def pair(world: "World", tmp_path: Path) -> "World":
    """Amina and Grace, enrolled and not yet written to."""
    from tests.rows import ROW_AMINA, ROW_GRACE

    world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA])
    return world


@pytest.fixture
def full(world: "World", tmp_path: Path) -> "World":
    """Amina and Grace with something in every table."""
    from tests.everything import fill
    from tests.rows import ROW_AMINA, ROW_GRACE

    world.enrol(tmp_path, [ROW_GRACE, {**ROW_AMINA, "id": "AMINA-77"}])
    world.tick()
    fill(world, media=tmp_path / "media")
    return world


def server() -> str:
    if NO_SERVER in os.environ:
        pytest.skip(f"no PostgreSQL: {os.environ[NO_SERVER]}")
    return os.environ[SERVER]
