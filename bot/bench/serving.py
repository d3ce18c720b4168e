"""The measured servers, each a process of its own: the bot, and what it is measured beside."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.app import WAITRESS
from bot.bench.posting import ACCOUNT, PUBLIC_URL, SENDER, TOKEN

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Server:
    """One that is ready, and how long that took from the start of its process."""

    process: subprocess.Popen[bytes]
    port: int
    seconds: float

    @property
    def mebibytes(self) -> float:
        """The memory that it holds now."""
        command = ["ps", "-o", "rss=", "-p", str(self.process.pid)]
        return int(subprocess.check_output(command)) / 1024

    def kill(self) -> None:
        """As a power cut does: nothing is finished."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextmanager
def bot_server(scratch: Path, *, database_url: str) -> Iterator[Server]:
    """The real thing: `python3 -m bot serve`, without its clock, so that nothing is sent."""
    settings = {
        "PUBLIC_URL": PUBLIC_URL,
        "SECRET_KEY": "a secret of the benchmark",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_WHATSAPP_FROM": SENDER,
        "TWILIO_API_BASE": "http://127.0.0.1:9",  # nobody is there
        "DATABASE_URL": database_url,
        "CLOCK": "off",
        "BOT_NO_SETUP": "1",
    }
    with _started([sys.executable, "-m", "bot", "serve"], scratch, settings) as server:
        yield server


@contextmanager
def plain_server(scratch: Path, kind: str, *, database: str = "") -> Iterator[Server]:
    """Flask alone on the same server: `bare`, or `durable` with its signature and its row."""
    more = [database, TOKEN, PUBLIC_URL] if kind == "durable" else []
    command = [sys.executable, "-P", str(Path(__file__).with_name("plain.py")), kind]
    with _started([*command, "{port}", json.dumps(WAITRESS), *more], scratch, {}) as server:
        yield server


@contextmanager
def _started(command: Sequence[str], scratch: Path, settings: dict[str, str]) -> Iterator[Server]:
    port = free_port()
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("TWILIO_", "FLASK_"))}
    with (scratch / "servers.log").open("ab") as log:
        began = time.perf_counter()
        process = subprocess.Popen(
            [part.replace("{port}", str(port)) for part in command],
            cwd=ROOT,
            env=environment | settings | {"PORT": str(port)},
            stderr=log,
            stdout=log,
        )
    try:
        _wait(process, port, log=scratch / "servers.log")
        yield Server(process=process, port=port, seconds=time.perf_counter() - began)
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    """One that nobody listens on just now."""
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        port: int = asking.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[bytes], port: int, *, log: Path) -> None:
    end = time.perf_counter() + PATIENCE_SECONDS
    while time.perf_counter() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except OSError:
            time.sleep(0.004)
    raise SystemExit(f"A server did not start:\n{log.read_text(errors='replace')[-2000:]}")
