"""A whole bot on this machine for one test: web server, sender, database, simulated Twilio, phones.

Nothing in it is a stand-in but Twilio itself, and time, which each test moves by hand.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import insert, select, text

from bot.app import create_app
from bot.channels.twilio import TwilioChannel
from bot.clock import Clock, run_due
from bot.parts import Parts, build_parts
from bot.people_file import import_people
from bot.programme.oncall import LEAD
from bot.settings import Settings
from bot.simulator.records import Approval, Content, Message
from bot.simulator.server import serve, serve_wsgi
from bot.simulator.twilio import SimulatedTwilio
from bot.store.database import Database
from bot.store.migrations import upgrade
from bot.store.models import Duty, Staff, Template
from bot.store.tables import table

ACCOUNT = "AC" + "5" * 32
TOKEN = "a-token-of-the-tests"
WHATSAPP_FROM, SMS_FROM = "whatsapp:+447700900000", "+447700900001"
MONDAY = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)

LEAD_PHONE = "+447700900555"
AMINA, SELAM, LUWAM, FARAH = "+447700900101", "+447700900103", "+447700900102", "+447700900106"
GRACE, BETH = "+447700900201", "+447700900206"
COLUMNS = [
    "id",
    "role",
    "name",
    "language",
    "whatsapp",
    "sms",
    "cohort",
    "cohort_start",
    "organisation",
    "mentor_id",
]


class World:
    """One bot and the phones around it. `now` only moves when a test says so."""

    def __init__(self, *, settings: Settings, simulator: SimulatedTwilio, start: datetime) -> None:
        self.time = start
        self.settings, self.simulator = settings, simulator
        self.parts: Parts = build_parts(settings, now=lambda: self.time)
        self.clock = Clock(self.parts, TwilioChannel(settings), paced=False)

    # --- time ------------------------------------------------------------------------------------

    def tick(self) -> dict[str, int]:
        """Do what is due now, and let it arrive on the phones."""
        counts: dict[str, int] = {}
        for _ in range(5):
            done = run_due(self.clock)
            counts = {key: counts.get(key, 0) + done.get(key, 0) for key in {*counts, *done}}
            self.time += timedelta(seconds=10)
            if not self.simulator.deliver_due() and not done:
                break
        return counts

    def go_to(self, moment: datetime) -> dict[str, int]:
        """Move on to a later moment and do what is due there."""
        assert moment >= self.time, "time does not run backwards"
        self.time = moment
        return self.tick()

    def later(self, **span: float) -> dict[str, int]:
        """Move on by hours=, days=, minutes= and do what is due."""
        return self.go_to(self.time + timedelta(**span))

    # --- people ----------------------------------------------------------------------------------

    def enrol(self, folder: Path, rows: Iterable[Mapping[str, str]]) -> None:
        """Import people as a charity does, and give each of them a phone."""
        rows = list(rows)
        path = folder / "people.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=COLUMNS, restval="")
            writer.writeheader()
            writer.writerows(rows)
        report = import_people(
            self.parts.database, path, apply=True, now=self.time, zone=self.parts.house.zone
        )
        assert not report.errors, report.errors
        for row in rows:
            self.simulator.add_phone(
                number=row.get("whatsapp") or row["sms"],
                name=row["name"],
                whatsapp=bool(row.get("whatsapp")),
                sms=bool(row.get("sms")),
            )

    def says(self, number: str, words: str, **more: Any) -> list[str]:
        """She writes; returns what her phone shows in answer."""
        before = len(self.simulator.sent_to(number))
        self.simulator.receive_from(number, words, **more)
        self.tick()
        return [message.body for message in self.simulator.sent_to(number)[before:]]

    def taps(self, number: str, key: str, *, on: Message | None = None) -> list[str]:
        """She taps the button or row that ends in `key` on the newest message (or on `on`)."""
        message = on or self.newest(number)
        assert message.shown is not None, f"no buttons under: {message.body}"
        choices = (*message.shown.buttons, *message.shown.rows)
        choice = next((c for c in choices if c.id.endswith(f":{key}")), None)
        assert choice is not None, f"no {key} among {[c.id for c in choices]}"
        picked = (choice.id, choice.title)
        return self.says(
            number,
            "",
            replied_to=message.sid,
            **{"button" if choice in message.shown.buttons else "list_item": picked},
        )

    def newest(self, number: str) -> Message:
        """The newest message of ours on her phone."""
        return self.simulator.sent_to(number)[-1]

    def bodies(self, number: str) -> list[str]:
        """Everything her phone got from us, oldest first."""
        return [message.body for message in self.simulator.sent_to(number)]

    # --- the database ----------------------------------------------------------------------------

    def rows(self, sql: str, **values: object) -> list[Any]:
        """Read rows, for what cannot be seen from outside."""
        with self.parts.database.reading() as db:
            return list(db.execute(text(sql), values).all())

    def one(self, sql: str, **values: object) -> Any:
        """The one value that the query finds."""
        return self.rows(sql, **values)[0][0]

    def alerts(self, *, state: str = "open") -> list[str]:
        """The kinds of alert in that state, oldest first."""
        found = self.rows("select kind from alert where state = :state order by id", state=state)
        return [row[0] for row in found]


def lead_on_call(database: Database, *, now: datetime) -> int:
    """The id of a lead who is on call for years: without one the bot starts nothing."""
    lead = Staff(
        email="lead@example.org",
        name="Ruth",
        roles=["safeguarding"],
        phone=LEAD_PHONE,
        created_at=now,
    )
    with database.transaction() as db:
        db.add(lead)
        db.flush()
        assert lead.id is not None
        years = {"starts_on": date(2020, 1, 1), "ends_on": date(2040, 12, 31)}
        db.add(Duty(staff_id=lead.id, rank=LEAD, created_at=now, **years))
        return lead.id


@cache
def approved_wordings() -> tuple[list[dict[str, Any]], list[tuple[Content, Approval]]]:
    """What our table and Twilio hold once every wording is approved: brought about once."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/approved.sqlite3"
        upgrade(url)
        with open_world(url, on_call=False) as world:
            world.clock.templates()
            with world.parts.database.reading() as db:
                rows = [dict(row._mapping) for row in db.execute(select(table(Template)))]
            for row in rows:
                del row["id"]
            verdicts = world.simulator.approvals
            return rows, [(one, verdicts[sid]) for sid, one in world.simulator.contents.items()]


def approve(world: World) -> None:
    """WhatsApp has approved each wording already, which takes the first tick a second else."""
    rows, stored = approved_wordings()
    looked = {"updated_at": world.time, "not_before": world.time + timedelta(days=3650)}
    with world.parts.database.transaction() as db:
        db.execute(insert(table(Template)), [row | looked for row in rows])
    for content, approval in stored:
        world.simulator.shelf.put(content, approval)


@contextmanager
def open_world(
    database_url: str,
    *,
    start: datetime = MONDAY,
    on_call: bool = True,
    approved: bool = True,
    **changes: Any,
) -> Iterator[World]:
    """A running bot, with a lead on call and its wordings approved unless a test says not;
    `changes` are settings."""
    holder: dict[str, World] = {}
    simulator = SimulatedTwilio(
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        whatsapp_from=WHATSAPP_FROM,
        sms_from=SMS_FROM,
        clock=lambda: holder["world"].time if holder else start,
    )
    twilio = serve(simulator)
    front: dict[str, Any] = {}
    web = serve_wsgi(lambda environ, respond: front["app"](environ, respond))
    folder = TemporaryDirectory(prefix="media-")
    values: dict[str, Any] = {
        "media_dir": Path(folder.name),
        "public_url": web.base_url,
        "secret_key": "a secret of the tests, long enough",
        "twilio_account_sid": ACCOUNT,
        "twilio_auth_tokens": (TOKEN,),
        "twilio_whatsapp_from": WHATSAPP_FROM,
        "twilio_sms_from": SMS_FROM,
        "twilio_api_base": twilio.base_url,
        "database_url": database_url,
        "contact_phone": "020 7946 0000",
    }
    settings = Settings(**(values | changes))
    world = holder["world"] = World(settings=settings, simulator=simulator, start=start)
    if on_call:
        lead_on_call(world.parts.database, now=start)
    if on_call and approved and settings.twilio_whatsapp_from:
        approve(world)
    front["app"] = create_app(world.parts)
    simulator.webhook_url = f"{web.base_url}/webhooks/twilio/message"
    try:
        yield world
    finally:
        web.close()
        twilio.close()
        world.parts.database.dispose()
        folder.cleanup()
