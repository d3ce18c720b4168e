"""The shape of the house: who may import whom, how long a file may be, what must stay data."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FILE = 400
FLASK = ("flask", "flask_wtf", "werkzeug", "jinja2")
TWILIO = ("twilio",)
SQL = ("sqlalchemy", "sqlmodel", "alembic")
IO = ("os", "logging", "random", "time", "socket", "subprocess", "sqlite3", "threading")
OUTER = ("bot.web", "bot.cli", "bot.clock", "bot.app", "bot.commands", "bot.simulator", "bot.parts")

# Layer → what a module in it must never import (names of modules, or of their parents)
NEVER = {
    "bot/engine": (
        *FLASK,
        *TWILIO,
        *SQL,
        *IO,
        "babel",
        "bot.programme",
        "bot.store",
        "bot.actions",
        "bot.channels",
        "bot.settings",
        "conversations",
        *OUTER,
    ),
    "bot/programme": (
        *FLASK,
        *TWILIO,
        *SQL,
        *IO,
        "babel",
        "bot.engine",
        "bot.store",
        "bot.actions",
        "bot.channels",
        "bot.settings",
        "conversations",
        *OUTER,
    ),
    "bot/store": (*FLASK, *TWILIO, "bot.engine", "bot.channels", "bot.actions", *OUTER),
    "bot/channels": (*FLASK, *SQL, "bot.store", "bot.actions", *OUTER),
    "bot/actions": (*FLASK, *TWILIO, "apscheduler", *OUTER),
    "bot/web": (
        *TWILIO,
        "apscheduler",
        "bot.cli",
        "bot.clock",
        "bot.app",
        "bot.commands",
        "bot.simulator",
    ),
}
# Loaded by whoever first needs it, and the modules of ours that exist for one of them
SELDOM = (
    *("twilio.rest", "apscheduler", "requests", "aiohttp", "smtplib", "tarfile", "pyotp", "segno"),
    *("authlib", "xlsxwriter", "openpyxl", "sqlcipher3", "cryptography"),
    *("bot.channels.mail", "bot.store.backup"),
)
LOADED_LATE = (
    "twilio_client",
    "bot/channels/whole_call.py",
    "bot/channels/mail.py",
    "bot/store/backup.py",
    "bot/commands/",
)
MAY = {"conversations": ("bot.engine.flow",)}


def modules(folder: str) -> Iterator[Path]:
    yield from sorted((ROOT / folder).rglob("*.py"))


def imports(path: Path, *, lazily: bool = True) -> Iterator[str]:
    """The modules that a file imports; not those under TYPE_CHECKING, which are never loaded."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    hidden = {
        id(node)
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and "TYPE_CHECKING" in ast.dump(branch.test)
        for node in ast.walk(branch)
    }
    for node in ast.walk(tree) if lazily else tree.body:
        if id(node) in hidden:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def belongs(name: str, parents: tuple[str, ...]) -> bool:
    return any(name == parent or name.startswith(f"{parent}.") for parent in parents)


@pytest.mark.parametrize("layer", NEVER)
def test_a_layer_imports_nothing_from_the_layers_above_it(layer: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(layer)
        for name in imports(path)
        if belongs(name, NEVER[layer])
    ]
    assert wrong == []


def test_conversations_import_the_vocabulary_of_flows_and_nothing_else() -> None:
    wrong = [
        f"{path.name} imports {name}"
        for path in modules("conversations")
        for name in imports(path)
        if not belongs(name, MAY["conversations"])
    ]
    assert wrong == []


def test_a_conversation_is_one_flow_and_runs_no_code() -> None:
    for path in modules("conversations"):
        if path.name == "__init__.py":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        kinds = [type(node).__name__ for node in tree.body]
        assert kinds == ["Expr", "ImportFrom", "Assign"], f"{path.name}: {kinds}"
        forbidden = (ast.FunctionDef, ast.Lambda, ast.JoinedStr, ast.IfExp, ast.BinOp)
        assert not [n for n in ast.walk(tree) if isinstance(n, forbidden)], path.name


def test_no_python_file_outgrows_its_room() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for folder in ("bot", "conversations", "tests")
        for path in modules(folder)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for folder in ("bot", "conversations", "tests")
        for path in modules(folder)
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_no_action_reads_a_clock() -> None:
    """Time is a parameter: only the outer layers know what time it is."""
    wrong = []
    for folder in ("bot/actions", "bot/engine", "bot/programme", "bot/store", "bot/channels"):
        for path in modules(folder):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Attribute) and node.attr in ("now", "utcnow", "today"):
                    holder = ast.unparse(node.value)
                    if holder in ("datetime", "date", "datetime.datetime"):
                        wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert wrong == []


def test_what_serves_requests_loads_neither_twilios_client_nor_the_scheduler() -> None:
    """Imports cost memory and start-up; the sender loads them when it first needs them."""
    eager = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules("bot")
        if "simulator" not in path.parts
        for name in imports(path, lazily=False)
        if belongs(name, SELDOM)
    ]
    assert [line for line in eager if not any(name in line for name in LOADED_LATE)] == []


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    import subprocess

    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    marks = ("/home/" + "user", "/Us" + "ers/", "/ro" + "ot/", "://pypi" + ".org/simple")
    wrong = []
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path.suffix in (".png", ".ogg", ".ico") or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        wrong += [f"{name}: {mark}" for mark in marks if mark in text]
    assert wrong == []
