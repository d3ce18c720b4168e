"""The bot's own commands as processes of this machine, beside a simulated Twilio."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bot.simulator.server import Running, serve
from bot.simulator.twilio import SimulatedTwilio
from tests.webhook import Answered, send
from tests.world import ACCOUNT, SMS_FROM, TOKEN, WHATSAPP_FROM

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 30.0  # how long anything is waited for


@dataclass(kw_only=True)
class Machine:
    """Settings, a simulated Twilio, and every process that a test has started."""

    folder: Path
    environ: dict[str, str]
    simulator: SimulatedTwilio
    twilio: Running
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def base(self) -> str:
        """Where `serve` answers."""
        return self.environ["PUBLIC_URL"]

    def run(
        self, *arguments: str, words: str = "", code: int = 0, **changes: str
    ) -> subprocess.CompletedProcess[str]:
        """One command to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=ROOT,
            env=self.environ | changes,
            input=words,
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS * 2,
            check=False,
        )
        assert done.returncode == code, f"{done.returncode}: {done.stdout}\n{done.stderr}"
        return done

    def start(self, *arguments: str, **changes: str) -> subprocess.Popen[bytes]:
        """One command that goes on; its log is added to `self.log`."""
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "bot", *arguments],
                cwd=ROOT,
                env=self.environ | changes,
                stdout=log,
                stderr=log,
            )
        self.running.append(process)
        return process

    def serve(self, **changes: str) -> subprocess.Popen[bytes]:
        """`serve`, once it is ready."""
        process = self.start("serve", **changes)

        def ready() -> bool:
            assert process.poll() is None, self.log
            with suppress(OSError):
                return self.get("/readyz").status == 200
            return False

        until(ready)
        return process

    def get(self, path: str, **headers: str) -> Answered:
        return send(self.base, path, headers=headers)

    @property
    def log(self) -> str:
        """What every process that goes on has said."""
        path = self.folder / "log"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def end(self, process: subprocess.Popen[bytes], how: int = signal.SIGTERM) -> int:
        """Its exit code after that signal."""
        process.send_signal(how)
        return process.wait(timeout=SECONDS)


def until(true: Callable[[], bool], *, seconds: float = SECONDS) -> None:
    """Wait for it."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def free_port() -> int:
    """One that nobody listens on just now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def machine(database_url: str, folder: Path, **changes: str) -> Iterator[Machine]:
    """Settings of a bot on this machine; what a test starts is ended with it."""
    port = free_port()
    simulator = SimulatedTwilio(
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        whatsapp_from=WHATSAPP_FROM,
        sms_from=SMS_FROM,
        clock=lambda: datetime.now(UTC),
        webhook_url=f"http://127.0.0.1:{port}/webhooks/twilio/message",
    )
    twilio = serve(simulator, deliver_every=0.05)
    settings: Mapping[str, str] = {
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
        "SECRET_KEY": "a secret of the tests, long enough",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_WHATSAPP_FROM": WHATSAPP_FROM,
        "TWILIO_SMS_FROM": SMS_FROM,
        "TWILIO_API_BASE": twilio.base_url,
        "DATABASE_URL": database_url,
        "CONTACT_PHONE": "020 7946 0000",
        "BOT_NO_SETUP": "1",
    }
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    found = Machine(
        folder=folder,
        environ=kept | dict(settings) | {"PYTHONIOENCODING": "utf-8"} | changes,
        simulator=simulator,
        twilio=twilio,
    )
    try:
        yield found
    finally:
        for process in found.running:
            if process.poll() is None:
                process.kill()
            process.wait()
        twilio.close()
