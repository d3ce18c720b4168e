"""What `python3 -m bot test` runs: ruff and mypy beside pytest, which speaks last, for all."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
CHECKS = {
    "ruff": ("ruff", "check", "--quiet", "bot", "conversations", "tests"),
    "mypy --strict": ("mypy", "--no-error-summary"),
}
MOST_WORKERS = 4
MEMORY, ROOM = Path("/dev/shm"), 2 * 1024**3  # noqa: S108
ROOM_SETTING = "PYTEST_DEBUG_TEMPROOT"  # pytest's own: under which it makes its folders


def check_everything(*, everything: bool) -> int:
    """Returns the exit code: 0 only if each check and each test passed."""
    # One more than there are processors: tests wait for servers, browsers and PostgreSQL
    workers = min(MOST_WORKERS, (os.cpu_count() or 1) + 1)
    arguments = ("--db", "both", "-n", str(workers), "--dist", "loadgroup")
    with TemporaryDirectory() as folder, ThreadPoolExecutor(1) as beside:
        found = Path(folder) / "found.txt"
        checks = beside.submit(run_checks, found)
        environment = {"TESTS_FOUND_BESIDE": str(found), **in_memory()}
        code = run_pytest(arguments, everything=everything, environment=environment)
        return code or len(checks.result())


def in_memory() -> dict[str, str]:
    """Where this machine has a disk in memory with room, the tests' files go there: each commit of
    each test would else wait for a real disk."""
    if ROOM_SETTING in os.environ or not hasattr(os, "statvfs") or not MEMORY.is_dir():
        return {}
    disk = os.statvfs(MEMORY)
    roomy = disk.f_bavail * disk.f_frsize >= ROOM
    runs = not disk.f_flag & os.ST_NOEXEC  # some tests make a Python of their own
    return {ROOM_SETTING: str(MEMORY)} if roomy and runs and os.access(MEMORY, os.W_OK) else {}


def run_checks(found: Path) -> list[str]:
    """Names the checks that failed. What they said is in the file `found`, once it is there:
    pytest waits for it and says it at its end."""
    running = {
        name: subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for name, command in CHECKS.items()
    }
    failed, lines = [], []
    for name, process in running.items():
        said, _ = process.communicate()
        lines.append(f"{name}: {'FAILED' if process.returncode else 'passed'}\n{said}".strip())
        if process.returncode:
            failed.append(name)
    unfinished = found.with_suffix(".new")
    unfinished.write_text("\n".join(lines), encoding="utf-8")
    os.replace(unfinished, found)
    return failed


def run_pytest(
    arguments: Sequence[str], *, everything: bool, environment: Mapping[str, str] | None = None
) -> int:
    marks = ("-m", "slow or not slow") if everything else ()
    return subprocess.run(
        [sys.executable, "-m", "pytest", *marks, *arguments],
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        check=False,
    ).returncode
