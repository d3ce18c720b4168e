"""`python3 -m bot` sets itself up: on a fresh clone, after a kill, several at once, in a container.

Each test has a tiny project with one invented package, so that no network is needed.
"""

import ast
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CLI = """
import sys
from pathlib import Path

def main():
    import tiny
    print(sys.argv[1:], "tiny", tiny.VERSION, "in", Path(sys.prefix).name)
"""
READY = "['hello'] tiny 1 in .venv\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A clone of which only the bootstrap is ours. Its running lock names tiny, the one of extras
    extra_tiny too, its testing lock also more_tiny."""
    clone = tmp_path / "clone"
    (clone / "bot").mkdir(parents=True)
    for name in ("__init__.py", "__main__.py"):
        shutil.copy(ROOT / "bot" / name, clone / "bot" / name)
    (clone / "bot" / "cli.py").write_text(CLI)
    wheels = [make_wheel(tmp_path / "wheels", name) for name in ("tiny", "extra_tiny", "more_tiny")]
    (clone / "requirements.lock").write_text(wheels[0])
    (clone / "requirements-extras.lock").write_text("".join(wheels[:2]))
    (clone / "requirements-test.lock").write_text("".join(wheels))
    (clone / "pyproject.toml").write_text(
        '[project]\ndependencies = ["tiny>=1,<2"]\n'
        '[project.optional-dependencies]\ntest = ["more_tiny>=1"]\n'
        'encrypted = ["extra_tiny>=1"]\noidc = []\n'
    )
    return clone


def make_wheel(folder: Path, name: str, version: str = "1") -> str:
    """Returns its line in a lock file."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}-{version}-py3-none-any.whl"
    about = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{name}.py", f"VERSION = {version}\n")
        wheel.writestr(
            f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        wheel.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{about}/RECORD", "")
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def environment(project: Path, **changes: str) -> dict[str, str]:
    """Without uv, without this run's own settings, and with no index but a folder of wheels."""
    return {
        "PATH": os.defpath,
        "HOME": str(project.parent),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(project.parent / "wheels"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        **changes,
    }


def start(project: Path, *arguments: str, changes: Mapping[str, str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments],
        cwd=project,
        env=environment(project, **changes),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def run(project: Path, *arguments: str, **changes: str) -> tuple[int, str, str]:
    process = start(project, *arguments, changes=changes)
    out, err = process.communicate()
    return process.returncode, out, err


def test_a_fresh_clone_sets_itself_up_once_and_then_says_nothing(project: Path) -> None:
    code, out, err = run(project, "hello")
    assert (code, out) == (0, READY)
    assert err.startswith("Setting up: ")
    assert err.count("\n") == 1
    assert run(project, "hello") == (0, READY, "")


def test_the_tests_get_their_packages_too_and_running_does_not(project: Path) -> None:
    assert run(project, "hello")[0] == 0
    packages = next((project / ".venv").rglob("tiny.py")).parent
    assert not (packages / "more_tiny.py").exists()
    code, _, err = run(project, "test")
    assert (code, err.count("Setting up")) == (0, 1)
    assert (packages / "more_tiny.py").exists()
    assert run(project, "hello") == (0, READY, "")
    assert run(project, "test")[2] == ""


@pytest.mark.parametrize("setting", ["DATABASE_KEY", "DATABASE_KEY_FILE", "OIDC_ISSUER"])
def test_a_setting_that_needs_an_extra_brings_its_packages(project: Path, setting: str) -> None:
    assert run(project, "hello")[0] == 0
    packages = next((project / ".venv").rglob("tiny.py")).parent
    code, out, err = run(project, "hello", **{setting: "anything"})
    assert (code, out, err.count("Setting up")) == (0, READY, 1)
    assert (packages / "extra_tiny.py").exists()
    assert not (packages / "more_tiny.py").exists()
    assert run(project, "hello", **{setting: "anything"}) == run(project, "hello")


def test_a_changed_lock_file_is_installed(project: Path) -> None:
    assert run(project, "hello")[0] == 0
    (project / "requirements.lock").write_text(make_wheel(project.parent / "wheels", "tiny", "2"))
    assert run(project, "hello")[:2] == (0, READY.replace("1", "2"))


def test_another_python_makes_venv_anew(project: Path) -> None:
    assert run(project, "hello")[0] == 0
    stamp = project / ".venv" / "set-up.json"
    stamp.write_text(json.dumps({**json.loads(stamp.read_text()), "python": "cpython 3.10"}))
    left_over = project / ".venv" / "left over"
    left_over.touch()
    assert run(project, "hello")[:2] == (0, READY)
    assert not left_over.exists()


def test_a_kill_in_mid_install_is_repaired(project: Path) -> None:
    process = start(project, "hello", changes={})
    while not (project / ".venv" / "pyvenv.cfg").exists():
        assert process.poll() is None
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert not (project / ".venv" / "set-up.json").exists()
    shutil.rmtree(project / ".venv" / "bin")
    assert run(project, "hello")[:2] == (0, READY)


def test_a_kill_while_more_is_installed_is_repaired_too(project: Path) -> None:
    assert run(project, "hello")[0] == 0
    process = start(project, "test", changes={})
    while (project / ".venv" / "set-up.json").exists():
        assert process.poll() is None
        time.sleep(0.001)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    next((project / ".venv").rglob("tiny.py")).unlink()
    assert run(project, "hello")[:2] == (0, READY)


def test_several_at_once_set_up_only_once(project: Path) -> None:
    processes = [start(project, "hello", changes={}) for _ in range(3)]
    said = [process.communicate() for process in processes]
    assert [out for out, _ in said] == [READY] * 3
    assert "".join(err for _, err in said).count("Setting up") == 1


def test_without_its_packages_it_says_what_to_do_in_one_sentence(project: Path) -> None:
    shutil.rmtree(project.parent / "wheels")
    code, out, err = run(project, "hello")
    assert (code, out) == (1, "")
    assert "Setting up stopped while installing requirements.lock" in err
    assert err.count("\n") == 2
    assert run(project, "hello")[0] == 1


def test_a_package_with_another_hash_is_not_installed(project: Path) -> None:
    line = (project / "requirements.lock").read_text()
    (project / "requirements.lock").write_text(line.partition("sha256:")[0] + "sha256:" + "0" * 64)
    assert run(project, "hello")[0] == 1


def test_a_package_without_a_hash_is_not_installed(project: Path) -> None:
    (project / "requirements.lock").write_text("tiny==1\n")
    assert run(project, "hello")[0] == 1


def test_what_was_set_up_goes_on_working_when_more_cannot_be_installed(project: Path) -> None:
    assert run(project, "hello")[0] == 0
    shutil.rmtree(project.parent / "wheels")
    code, _, err = run(project, "test")
    assert (code, err.count("\n")) == (1, 2)
    assert run(project, "hello") == (0, READY, "")


def test_where_the_packages_are_installed_nothing_is_set_up(project: Path) -> None:
    installed = unpack(project, "tiny")
    code, out, err = run(project, "hello", PYTHONPATH=installed)
    assert (code, err) == (0, "")
    assert out.startswith("['hello'] tiny 1 in")
    assert not (project / ".venv").exists()


def test_packages_of_the_wrong_version_do_not_count_as_installed(project: Path) -> None:
    make_wheel(project.parent / "wheels", "tiny", "2")
    code, out, err = run(project, "hello", PYTHONPATH=unpack(project, "tiny", "2"))
    assert (code, err.count("Setting up")) == (0, 1)
    assert out.endswith("in .venv\n")


def test_the_tests_need_more_than_what_running_needs(project: Path) -> None:
    assert run(project, "test", PYTHONPATH=unpack(project, "tiny"))[2].startswith("Setting up")


def unpack(project: Path, name: str, version: str = "1") -> str:
    wheel = project.parent / "wheels" / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as file:
        file.extractall(project.parent / "installed")
    return str(project.parent / "installed")


def test_set_up_can_be_forbidden(project: Path) -> None:
    code, _, err = run(project, "hello", BOT_NO_SETUP="1")
    assert code == 1
    assert "No module named 'tiny'" in err
    assert not (project / ".venv").exists()


def test_every_python_3_can_read_the_bootstrap_and_old_ones_get_one_sentence(project: Path) -> None:
    for name in ("__init__.py", "__main__.py"):
        ast.parse((ROOT / "bot" / name).read_text(encoding="utf-8"), feature_version=(3, 6))
    pretend = "import runpy, sys; sys.version_info = (3, 10, 0); runpy.run_module('bot', "
    pretend += "run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", pretend], cwd=project, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("This bot needs Python 3.11 or newer")
    assert done.stderr.count("\n") == 1


def test_the_bootstrap_needs_the_standard_library_only() -> None:
    tree = ast.parse((ROOT / "bot" / "__main__.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        assert all(name.partition(".")[0] in sys.stdlib_module_names for name in names)


def pins(name: str) -> dict[str, str]:
    lines = [line for line in (ROOT / name).read_text().splitlines() if line[:1].strip("# ")]
    return {line.partition("==")[0]: line.partition("==")[2].split()[0] for line in lines}


def test_no_lock_names_a_place_and_every_pin_has_a_hash() -> None:
    for name in ("requirements.lock", "requirements-extras.lock", "requirements-test.lock"):
        text = (ROOT / name).read_text()
        assert not any(word in text for word in ("://", "--index", "--find-links", "file:", " @ "))
        blocks = text.replace("\\\n", " ").splitlines()
        assert all("--hash=sha256:" in block for block in blocks if block and block[0] != "#")


def test_the_locks_hold_what_the_project_asks_for_and_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    running, testing = pins("requirements.lock"), pins("requirements-test.lock")
    more = pins("requirements-extras.lock")
    assert running.items() <= more.items() <= testing.items()
    assert named(extras["encrypted"] + extras["oidc"]) <= more.keys()
    assert named(project["dependencies"] + extras["postgres"]) <= running.keys()
    assert named(extras["test"]) <= testing.keys()


def named(requirements: list[str]) -> set[str]:
    cut = str.maketrans(dict.fromkeys("<>=[;! ", "\n"))
    return {requirement.translate(cut).split("\n")[0] for requirement in requirements}
