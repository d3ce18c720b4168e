"""Where senders are killed: a simulated Twilio, people, an outbox that fills, a time for all."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from sqlmodel import Session

from bot.actions.say import queue
from bot.app import create_app
from bot.bench.cast import is_empty
from bot.bench.reaper import Reaper
from bot.bench.serving import free_port
from bot.clock import Clock
from bot.parts import build_parts, wall_clock
from bot.settings import load_settings
from bot.simulator.server import Running, serve, serve_wsgi
from bot.simulator.twilio import SimulatedTwilio
from bot.store.database import Database
from bot.store.models import Address, Participant

ACCOUNT, TOKEN = "AC" + "5" * 32, "a-token-of-the-benchmark"
WHATSAPP, SMS = "whatsapp:+447700900000", "+447700900001"
TEN_ON_A_MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # nothing waits for the morning
FIRST_NUMBER = 447_700_910_000
CHOICES = (("yes", "Yes"), ("no", "No"))
TRICKS = (
    "429", "500", "503", "drop_before", "500_after_accepting", "503_after_accepting",
    "drop_after_accepting", "hang_after_accepting", "half_json", "wrong_sid", "early_callbacks",
    "duplicate_callbacks", "reorder_callbacks", "late_callbacks", "stray_callbacks",
    "lagging_read",
)  # fmt: skip


@dataclass(kw_only=True)
class Scene:
    """`later`: by how much the time here is ahead of the machine's."""

    database: Database
    twilio: SimulatedTwilio
    reaper: Reaper
    chance: Random
    environ: Mapping[str, str]
    people: list[int] = field(default_factory=list)
    later: timedelta = field(default_factory=lambda: TEN_ON_A_MONDAY - wall_clock())
    queued: int = 0

    def now(self) -> datetime:
        return wall_clock() + self.later

    def enrol(self, people: int) -> None:
        """Everybody has just written to us; every third has no WhatsApp."""
        with self.database.transaction() as db:
            for place in range(people):
                self._enrol_one(db, f"+{FIRST_NUMBER + place}", whatsapp=place % 3 != 2)

    def _enrol_one(self, db: Session, number: str, *, whatsapp: bool) -> None:
        channel = "whatsapp" if whatsapp else "sms"
        self.twilio.add_phone(number=number, name="Amina", whatsapp=whatsapp)
        # So that her window is open; what she wrote must not be caught up with
        self.twilio.ledger.delete(self.twilio.receive_from(number, "hello", channel=channel))
        person = Participant(reference=number, name="Amina", language="en", created_at=self.now())
        db.add(person)
        db.flush()
        assert person.id is not None  # noqa: S101
        self.people.append(person.id)
        db.add(
            Address(
                participant_id=person.id,
                channel=channel,
                address=f"whatsapp:{number}" if whatsapp else number,
                last_inbound_at=self.now(),
                created_at=self.now(),
            )
        )

    def queue_until(self, total: int) -> None:
        """Each in turn, with buttons now and then; by SMS where she has nothing else."""
        with self.database.transaction() as db:
            while self.queued < total:
                queue(
                    db,
                    participant_id=self.people[self.queued % len(self.people)],
                    address_id=None,
                    text=f"Message {self.queued}.",
                    language="en",
                    choices=CHOICES if self.chance.random() < 0.3 else None,
                    now=self.now(),
                )
                self.queued += 1

    def misbehave(self) -> None:
        """Up to two tricks for the next life. Half of the receipts never come."""
        for kind in self.chance.choices(TRICKS, k=self.chance.choice((0, 1, 1, 2))):
            self.twilio.misbehave(kind, seconds=0.2 if kind.startswith("hang") else None)
        if self.chance.random() < 0.5:
            self.twilio.misbehave("lost_callbacks", times=6)
        if self.chance.random() < 0.1:
            self.twilio.misbehave("503", on="list")


@contextmanager
def open_scene(*, database_url: str, seed: int, people: int) -> Iterator[tuple[Scene, Clock]]:
    """The bot's own web pages take the receipts; its clock, which nobody has started, comes too."""
    chance, database, port = Random(seed), Database(database_url), free_port()  # noqa: S311
    if not is_empty(database):
        raise SystemExit("The benchmark needs an empty database: this one has people in it.")
    scenes: list[Scene] = []
    twilio = SimulatedTwilio(
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        whatsapp_from=WHATSAPP,
        sms_from=SMS,
        clock=lambda: scenes[0].now(),
    )
    reaper = Reaper(chance)
    running = serve(twilio, deliver_every=0.1, wrap=reaper.around)
    environ = {
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SECRET_KEY": "a secret of the benchmark",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_WHATSAPP_FROM": WHATSAPP,
        "TWILIO_SMS_FROM": SMS,
        "TWILIO_API_BASE": running.base_url,
        "DATABASE_URL": database_url,
        "BOT_NO_SETUP": "1",
    }
    scene = Scene(database=database, twilio=twilio, reaper=reaper, chance=chance, environ=environ)
    scenes.append(scene)
    scene.enrol(people)
    parts = build_parts(load_settings(environ), database=database, now=scene.now)
    web: Running = serve_wsgi(create_app(parts), port=port)
    try:
        yield scene, Clock(parts)
    finally:
        running.close()
        web.close()
        database.dispose()
