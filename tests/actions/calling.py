"""A whole bot with three on call: phones at the simulated Twilio, e-mail in a mailbox."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.simulator.mailbox import Mailbox, open_mailbox
from bot.store.models import Duty, Staff
from tests.world import LEAD_PHONE, MONDAY, World, open_world

PHONES = {"Ruth": LEAD_PHONE, "Noor": "+447700900556", "Joan": "+447700900557"}
ADDRESSES = {"Ruth": "lead@example.org", "Noor": "noor@example.org", "Joan": "joan@example.org"}
URGENT = "New urgent item, sign in: "


@dataclass
class Team:
    """The bot, the mailbox, and the ids of the three by their names."""

    world: World
    mailbox: Mailbox
    ids: dict[str, int]

    def called(self, since: datetime) -> list[tuple[int, str, str]]:
        """Every call so far: minutes since then, whom, and how, in the order they arrived."""
        found = [
            (message.created_at, "sms", name)
            for name, number in PHONES.items()
            for message in self.world.simulator.sent_to(number)
        ]
        found += [
            (letter.at, "email", name)
            for name, address in ADDRESSES.items()
            for letter in self.mailbox.sent_to(address)
        ]
        order = list(PHONES)
        return [
            (int((at - since).total_seconds() // 60), name, way)
            for at, way, name in sorted(
                found, key=lambda one: (one[0], order.index(one[2]), one[1])
            )
        ]

    def minutes(self, count: int) -> None:
        """That many minutes go by, each with what it brings."""
        for _ in range(count):
            self.world.time += timedelta(minutes=1)
            self.world.clock.call()
            self.world.simulator.deliver_due()

    def steps(self, alert_id: int = 1) -> list[tuple[str, str, str]]:
        """The life of an alert: what, who, detail."""
        names = {staff_id: name for name, staff_id in self.ids.items()}
        rows = self.world.rows(
            "select kind, staff_id, detail from alert_step where alert_id = :id order by id",
            id=alert_id,
        )
        return [(row[0], names.get(row[1], ""), row[2]) for row in rows]

    def keep(self, sql: str, **values: object) -> None:
        from sqlalchemy import text

        with self.world.parts.database.transaction() as db:
            db.execute(text(sql), values)


@contextmanager
def open_team(database_url: str, *, start: datetime = MONDAY, **changes: Any) -> Iterator[Team]:
    """Ruth leads, Noor is her deputy, Joan the director: all three can be called both ways."""
    holder: dict[str, World] = {}
    mailbox = open_mailbox(lambda: holder["world"].time)
    settings = {"smtp_url": mailbox.url, "mail_from": "bot@example.org"} | changes
    try:
        with open_world(database_url, start=start, **settings) as world:
            holder["world"] = world
            ids = {"Ruth": 1} | {name: _join(world, name, rank) for name, rank in RANKS.items()}
            for name, number in PHONES.items():
                world.simulator.add_phone(number=number, name=name, whatsapp=False, sms=True)
            yield Team(world, mailbox, ids)
    finally:
        mailbox.close()


RANKS = {"Noor": 2, "Joan": 3}


def _join(world: World, name: str, rank: int) -> int:
    one = Staff(
        email=ADDRESSES[name],
        name=name,
        roles=["safeguarding"],
        phone=PHONES[name],
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    with world.parts.database.transaction() as db:
        db.add(one)
        db.flush()
        assert one.id is not None
        years = {"starts_on": date(2020, 1, 1), "ends_on": date(2040, 12, 31)}
        db.add(Duty(staff_id=one.id, rank=rank, created_at=one.created_at, **years))
        return one.id
