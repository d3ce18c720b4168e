"""`python3 -m bot …`: sets up .venv from the lock files when that is needed, then hands over.

Standard library only, and readable by every Python since 3.6, so that an old one can say so.
"""

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from glob import glob
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Dict, List, NoReturn, Optional

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, "set-up.json")
# Each holds everything of those before it and more, at the same versions
RUNNING = "requirements.lock"
EXTRAS = "requirements-extras.lock"
TESTING = "requirements-test.lock"
LOCKS = (RUNNING, EXTRAS, TESTING)
EXTRAS_OF = {
    RUNNING: (),
    EXTRAS: ("encrypted", "oidc"),
    TESTING: ("encrypted", "oidc", "test"),
}  # type: Dict[str, Any]
ASKS_FOR_EXTRAS = ("DATABASE_KEY", "OIDC_ISSUER")  # settings that need what is not for everybody
WINDOWS = os.name == "nt"
VENV_PYTHON = os.path.join(VENV, "Scripts/python.exe" if WINDOWS else "bin/python")
DONE = ""

# What uv calls the settings of pip's configuration, which it does not read.
UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_OFFLINE",
    "trusted-host": "UV_INSECURE_HOST",
    "proxy": "ALL_PROXY",
    "cert": "SSL_CERT_FILE",
}


def main() -> None:
    if sys.version_info < (3, 11):
        sys.exit(
            "This bot needs Python 3.11 or newer, and this is Python %s: install a newer one "
            "and start it by name, such as python3.11 -m bot." % platform.python_version()
        )
    lock = wanted_lock()
    if os.environ.get("BOT_NO_SETUP") == "1":
        hand_over()
    elif is_set_up(lock):
        hand_over_to_venv()
    elif packages_are_here(lock):
        hand_over()
    else:
        set_up(lock)
        hand_over_to_venv()


def wanted_lock() -> str:
    """The lock file that holds all this command needs."""
    if sys.argv[1:2] == ["test"]:
        return TESTING
    asked = any(os.environ.get(name + end) for name in ASKS_FOR_EXTRAS for end in ("", "_FILE"))
    return EXTRAS if asked else RUNNING


def hand_over() -> None:
    import_module("bot.cli").main()


def hand_over_to_venv() -> None:
    if os.path.normcase(os.path.abspath(sys.prefix)) == os.path.normcase(VENV):
        return hand_over()
    os.environ["BOT_NO_SETUP"] = "1"
    command = [VENV_PYTHON, "-m", "bot", *sys.argv[1:]]
    if WINDOWS:  # there execv returns to the shell before the new process has ended
        sys.exit(subprocess.call(command))
    os.execv(VENV_PYTHON, command)


def wanted_stamp(lock: str) -> Dict[str, Any]:
    """This Python, and the hash of each lock file that is then installed."""
    hashes = {}
    for name in LOCKS[: LOCKS.index(lock) + 1]:
        with open(os.path.join(ROOT, name), "rb") as file:
            hashes[name] = hashlib.sha256(file.read()).hexdigest()
    python = (sys.implementation.name, sys.version_info[0], sys.version_info[1], platform.machine())
    return {"python": "%s %d.%d %s" % python, "locks": hashes}


def read_stamp() -> Optional[Dict[str, Any]]:
    """None: there is no .venv, or setting it up was cut short, or its Python has gone."""
    try:
        with open(STAMP) as stamp:
            found = json.load(stamp)
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and os.path.exists(VENV_PYTHON) else None


def is_set_up(lock: str) -> bool:
    stamp, wanted = read_stamp(), wanted_stamp(lock)
    return (
        stamp is not None
        and stamp["python"] == wanted["python"]
        and all(stamp["locks"].get(name) == value for name, value in wanted["locks"].items())
    )


def packages_are_here(lock: str) -> bool:
    """Whether this very Python has what pyproject.toml asks for, as in a container."""
    import tomllib
    from importlib.metadata import PackageNotFoundError, version

    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as file:
        project = tomllib.load(file)["project"]
    asked = list(project["dependencies"])
    for extra in EXTRAS_OF[lock]:
        asked += project["optional-dependencies"][extra]
    try:
        return all(meets(version(re.split(r"[^\w.-]", line)[0]), line) for line in asked)
    except PackageNotFoundError:
        return False


def meets(installed: str, requirement: str) -> bool:
    """Whether a version lies within the `>=` and `<` of a requirement line."""
    bounds = re.findall(r"(>=|<)\s*([\d.]+)", requirement.partition(";")[0])
    return all((numbers(installed) >= numbers(bound)) == (sign == ">=") for sign, bound in bounds)


def numbers(text: str) -> List[int]:
    found = [int(part) for part in re.findall(r"\d+", text)[:4]]
    return found + [0] * (4 - len(found))


def set_up(lock: str) -> None:
    """One process at a time. The stamp goes first and comes last: a kill leaves nothing that
    looks whole."""
    with OneAtATime():
        if is_set_up(lock):
            return
        stamp, wanted = read_stamp(), wanted_stamp(lock)
        if stamp is not None and stamp["python"] == wanted["python"]:
            say("Setting up: .venv does not have all that the lock files name; a moment …")
            add_to_venv(lock)
        else:
            say("Setting up: making .venv, which is not there or not whole; a moment …")
            make_venv()
            install(lock)
        with open(STAMP + ".new", "w") as file:
            json.dump(wanted, file)
        os.replace(STAMP + ".new", STAMP)


def add_to_venv(lock: str) -> None:
    """An installer that gives up, say without a network, has changed nothing: what was there
    still stands, so that the bot goes on working offline."""
    os.replace(STAMP, STAMP + ".old")
    try:
        install(lock)
    except SystemExit:
        os.replace(STAMP + ".old", STAMP)
        raise


class OneAtATime:
    """A lock on a file beside .venv. The system lets go of it when the process dies."""

    def __enter__(self) -> None:
        try:
            self.file = open(os.path.join(ROOT, ".venv.lock"), "w")
        except OSError as error:
            sys.exit(
                "Setting up needs a folder that it may write to, and %s is not one (%s): make it "
                "writable, or install %s yourself." % (ROOT, error.strerror, RUNNING)
            )
        if sys.platform != "win32":
            import fcntl

            return fcntl.flock(self.file, fcntl.LOCK_EX)
        import msvcrt

        while True:
            try:
                return msvcrt.locking(self.file.fileno(), msvcrt.LK_LOCK, 1)
            except OSError:  # it gives up after ten seconds
                continue

    def __exit__(self, *exception: object) -> None:
        self.file.close()


def make_venv() -> None:
    if os.path.islink(VENV):
        sys.exit("Setting up stopped: %s is a link; remove it, then try again." % VENV)
    shutil.rmtree(VENV, ignore_errors=True)
    fault = run([sys.executable, "-m", "venv", "--without-pip", VENV])
    if fault != DONE:
        sys.exit("Setting up stopped: Python could not make .venv (%s)." % fault)
    # Tools that start elsewhere than at the project's root, such as pybabel, find `bot` too
    for packages in glob(os.path.join(VENV, "[Ll]ib", "**", "site-packages"), recursive=True):
        with open(os.path.join(packages, "project.pth"), "w") as file:
            file.write(ROOT + "\n")


def install(lock: str) -> None:
    """With uv where there is one; when that fails, and otherwise, with pip."""
    what = ["--require-hashes", "--only-binary", ":all:", "-r", os.path.join(ROOT, lock)]
    uv = shutil.which("uv")
    if uv:
        command = [uv, "pip", "install", "--python", VENV_PYTHON, *what]
        if run(command, uv_environment()) == DONE:
            return
    fault = run([*find_pip(), "install", "--quiet", "--no-input", *what])
    if fault != DONE:
        sys.exit(
            "Setting up stopped while installing %s (%s): see that pip on this machine reaches "
            "its package index, then give the same command again." % (lock, fault)
        )


def find_pip() -> List[str]:
    """The pip of the Python that runs this, else the one that Python carries, put into .venv."""
    base = str(getattr(sys, "_base_executable", sys.executable))  # .venv itself has no pip
    if find_spec("pip"):
        return [sys.executable, "-m", "pip", "--python", VENV_PYTHON]
    if run([base, "-m", "pip", "--version"]) == DONE:
        return [base, "-m", "pip", "--python", VENV_PYTHON]
    if run([VENV_PYTHON, "-m", "ensurepip"]) == DONE:
        return [VENV_PYTHON, "-m", "pip"]
    no_pip()


def no_pip() -> NoReturn:
    sys.exit(
        "Setting up stopped: this Python has no pip; install it (on Debian and Ubuntu: "
        "apt install python3-pip) or uv, then give the same command again."
    )


def uv_environment() -> Dict[str, str]:
    """pip's own configuration in uv's words. What uv was told already wins."""
    environment = dict(os.environ, UV_INDEX_STRATEGY="unsafe-best-match")  # as pip; hashes decide
    try:
        command = [sys.executable, "-m", "pip", "config", "list"]
        listed = subprocess.check_output(command, stderr=subprocess.DEVNULL).decode()
    except (OSError, subprocess.CalledProcessError):
        return environment
    found = {}  # type: Dict[str, str]
    for name, value in re.findall(r"^\S+?\.([\w-]+)='(.*)'", listed, re.M):
        found.setdefault(name, value)  # pip lists the environment before its files
    for name in UV_NAMES.keys() & found.keys():
        values = found[name].replace("\\n", " ").split()
        joined = ("," if name == "find-links" else " ").join(values)
        environment.setdefault(UV_NAMES[name], joined)
    return environment


def run(command: List[str], environment: Optional[Dict[str, str]] = None) -> str:
    """Runs it quietly. Returns DONE, or the last thing it said."""
    done = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode == 0:
        return DONE
    said = done.stdout.decode(errors="replace").split("\n")
    return ([line.strip() for line in said if line.strip()] or ["no reason given"])[-1][:300]


def say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
