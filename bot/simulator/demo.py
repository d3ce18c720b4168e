"""The demo: the whole product on this machine, with invented people in the middle of a programme.

Everything is the real thing (webhooks, sender, database, staff pages) but for Twilio, which is the
simulated one, and time, which can be moved. Nothing leaves this machine.
"""

import secrets
import shutil
import tempfile
import threading
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from bot.actions.invite import invite
from bot.app import create_app
from bot.clock import Clock
from bot.doctor.line import FALLBACK_PATH, MESSAGE_PATH, OVERRIDES
from bot.logs import set_up_logs
from bot.parts import Parts, build_parts
from bot.programme.calendar import local_moment
from bot.settings import Settings
from bot.simulator import hooks
from bot.simulator.cast import CAST, Character
from bot.simulator.life import Life, MovableClock
from bot.simulator.mailbox import open_mailbox
from bot.simulator.phones import phones_app
from bot.simulator.server import Running, serve, serve_wsgi
from bot.simulator.shortcut import handed_over, unhurried
from bot.simulator.story import NINE, STAFF, STAFF_NAME, enrol_everybody, give_phones, live
from bot.simulator.twilio import SimulatedTwilio
from bot.store.migrations import upgrade

ACCOUNT = "AC" + "0" * 32
WHATSAPP_FROM, SMS_FROM = "whatsapp:+447700900000", "+447700900001"
WEEKS_LIVED = 4


@dataclass(kw_only=True)
class Demo:
    """A running demo: what its phones page may ask of it (see `phones.Control`)."""

    parts: Parts
    time: MovableClock
    life: Life
    simulator: SimulatedTwilio
    shortcut: hooks.Post
    _progress: str | None = None
    _jumping: threading.Lock = field(default_factory=threading.Lock)
    _flowing: Clock | None = None

    def now(self) -> datetime:
        """The simulated moment."""
        return self.time()

    def progress(self) -> str | None:
        """What a jump is doing at present; None when time flows."""
        return self._progress

    def staff_link(self) -> str:
        """A fresh one-time link to the staff pages."""
        return invite(
            self.parts.database,
            email=STAFF,
            name=STAFF_NAME,
            public_url=self.parts.settings.public_url,
            now=self.time(),
        )

    def jump_to_next_check_in(self) -> None:
        """Go to when the next check-in starts."""
        moment = self.life.next_check_in()
        if moment is not None:
            self.jump_to(moment)

    def jump_to_next_monday(self) -> None:
        """Go to Monday, nine o'clock: staff read the week."""
        zone = self.parts.house.zone
        local = self.time().astimezone(zone)
        monday = local.date() + timedelta(days=7 - local.weekday())
        self.jump_to(local_moment(monday, NINE, zone))

    def jump_to(self, when: datetime) -> None:
        """Go there in the background, everything on the way happening. One jump at a time."""
        if self._jumping.acquire(blocking=False):
            threading.Thread(target=self._jump, args=(when,), daemon=True).start()

    def prepare(self, cast: Sequence[Character], *, shown: Callable[[], None]) -> None:
        """Everybody is enrolled. The phones can be seen meanwhile, but nobody moves time."""
        with self._jumping:
            self._report(self.time())
            shown()
            enrol_everybody(self.parts, cast=cast, now=self.time())

    def live_past(self, when: datetime) -> None:
        """Everybody answers by herself, also those who are played by hand afterwards."""
        with self._jumping:
            self.simulator.post = self.shortcut
            self.life.live_until(when, by_hand=False, report=self._report)
            self.simulator.post = hooks.post

    def let_time_flow(self) -> None:
        """From here on time goes by as it does outside."""
        self._progress = None
        self.time.put(self.time(), still=False)
        self._flowing = Clock(self.parts)
        self._flowing.start()

    def hold_time(self) -> None:
        """Nothing happens by itself any more: while time jumps, only `life` may send."""
        if self._flowing is not None:
            self._flowing.stop()
            self._flowing = None

    def _jump(self, when: datetime) -> None:
        try:
            self._report(self.time())
            self.hold_time()
            self.life.live_until(when, by_hand=True, report=self._report)
        finally:
            self.let_time_flow()
            self._jumping.release()

    def _report(self, moment: datetime) -> None:
        local = moment.astimezone(self.parts.house.zone)
        self._progress = f"{local:%A %d %B, %H:%M}"


@dataclass(frozen=True, kw_only=True)
class Opened:
    """Everything a started demo holds."""

    demo: Demo
    address: str
    close: Callable[[], None]


def open_demo(
    *,
    port: int,
    weeks: int = WEEKS_LIVED,
    cast: Sequence[Character] = CAST,
    shown: Callable[[str], None] = lambda _: None,
) -> Opened:
    """Start everything on this machine, `weeks` weeks ago. `port` 0 finds a free one.

    `shown` is told the address as soon as the phones can be seen; then people are enrolled.
    """
    folder = Path(tempfile.mkdtemp(prefix="routes-demo-"))
    time = MovableClock(_first_monday(weeks))
    simulator, twilio = _twilio(time)
    front = _Front()
    web = serve_wsgi(front, port=port)
    address = web.base_url
    mailbox = open_mailbox(time)
    settings = _settings(
        folder,
        mail=mailbox.url,
        address=address,
        twilio=twilio,
        token=simulator.auth_token,
        port=urlsplit(address).port or port,
    )
    hurry = ExitStack()
    hurry.enter_context(unhurried(settings.database_url))
    upgrade(settings.database_url)
    parts = build_parts(settings, now=time)
    life = Life(time=time, clock=Clock(parts, paced=False), simulator=simulator, cast=cast)
    app = create_app(parts)
    demo = Demo(parts=parts, time=time, life=life, simulator=simulator, shortcut=handed_over(app))
    give_phones(simulator, cast)
    phones = phones_app(simulator, demo, mailbox=mailbox).wsgi_app
    front.show(DispatcherMiddleware(app.wsgi_app, {"/phones": phones}))
    simulator.webhook_url = f"{address}{MESSAGE_PATH}#{OVERRIDES}"
    simulator.fallback_url = f"{address}{FALLBACK_PATH}"
    demo.prepare(cast, shown=lambda: shown(address))

    def close() -> None:
        demo.hold_time()
        web.close()
        twilio.close()
        mailbox.close()
        parts.database.dispose()
        hurry.close()
        shutil.rmtree(folder, ignore_errors=True)

    return Opened(demo=demo, address=address, close=close)


def run(*, port: int, browser: bool) -> None:
    """Start the demo, say where everything is, and serve until told to stop."""
    set_up_logs("ERROR")

    def shown(address: str) -> None:
        click.echo(f"Phones:       {address}/phones/")
        if browser:
            webbrowser.open(f"{address}/phones/")

    running = open_demo(port=port, shown=shown)
    try:
        live(running.demo, weeks=WEEKS_LIVED, say=click.echo)
        click.echo(
            f"Staff pages:  {running.address}/\nSign in once: {running.demo.staff_link()}\n\n"
            "Everybody here is invented. Stop it with Ctrl-C."
        )
        threading.Event().wait()
    except KeyboardInterrupt:
        click.echo("Stopping.")
    finally:
        running.close()


class _Front:
    """The server needs its port before the app can know its own address: who comes early waits."""

    def __init__(self) -> None:
        self._app: Any = None
        self._open = threading.Event()

    def show(self, app: Any) -> None:
        """From now on, this one answers."""
        self._app = app
        self._open.set()

    def __call__(self, environ: Any, start_response: Any) -> Any:
        self._open.wait(timeout=30)
        return self._app(environ, start_response)


def _twilio(time: MovableClock) -> tuple[SimulatedTwilio, Running]:
    simulator = SimulatedTwilio(
        account_sid=ACCOUNT,
        auth_token=secrets.token_hex(16),
        whatsapp_from=WHATSAPP_FROM,
        sms_from=SMS_FROM,
        clock=time,
    )
    return simulator, serve(simulator, deliver_every=0.4)


def _settings(
    folder: Path, *, mail: str, address: str, twilio: Running, token: str, port: int
) -> Settings:
    return Settings(
        public_url=address,
        secret_key=secrets.token_hex(32),
        twilio_account_sid=ACCOUNT,
        twilio_auth_tokens=(token,),
        twilio_whatsapp_from=WHATSAPP_FROM,
        twilio_sms_from=SMS_FROM,
        twilio_api_base=twilio.base_url,
        database_url=f"sqlite:///{(folder / 'demo.sqlite3').as_posix()}",
        port=port,
        contact_phone="020 7946 0000",
        smtp_url=mail,
        mail_from="check-ins@example.org",
    )


def _first_monday(weeks: int) -> datetime:
    """The Monday, some weeks ago, on which the demo's programme begins."""
    today = datetime.now(UTC).date()
    return datetime.combine(
        today - timedelta(days=today.weekday() + 7 * weeks), datetime.min.time(), tzinfo=UTC
    ) + timedelta(hours=8)
