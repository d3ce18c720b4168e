"""People in the middle of their programme, and time that passes hour by hour. For tests of what
the bot starts, and when: what she is planned to be asked is only what a test says.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select, text
from sqlmodel import SQLModel

from bot.store.due import anything_waits, next_moment
from bot.store.models import (
    Address,
    CheckIn,
    Cohort,
    Consent,
    Delivery,
    Enrolment,
    Holiday,
    Message,
    Pairing,
    Participant,
)
from bot.store.tables import table
from tests.quick import Quick, open_quick

THURSDAY = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)


@dataclass(frozen=True)
class Told:
    """One message of ours: when, how (0 is a reply, 1 started by the bot, 2 a reminder), what."""

    at: datetime
    priority: int
    context: str
    body: str
    state: str


@dataclass(frozen=True)
class Her:
    """A participant in a cohort."""

    id: int
    enrolment_id: int
    number: str


# When nothing may be sent anyway (UTC), and how long it is left alone
NIGHT_BEGINS, NIGHT = (21, 2), timedelta(hours=5)


class Living(Quick):
    """A quick world with nobody in it but whom a test puts there."""

    def keep(self, *rows: SQLModel) -> None:
        with self.parts.database.transaction() as db:
            for row in rows:
                db.add(row)
                db.flush()

    def change(self, sql: str, **values: object) -> None:
        with self.parts.database.transaction() as db:
            db.execute(text(sql), values)

    def cohort(self, name: str = "Autumn", **terms: Any) -> int:
        row = Cohort(name=name, **({"starts_on": date(2026, 11, 16)} | terms))
        self.keep(row)
        assert row.id is not None
        return row.id

    def holiday(self, first: date, last: date, *, cohort_id: int | None = None) -> None:
        self.keep(Holiday(name="Break", cohort_id=cohort_id, starts_on=first, ends_on=last))

    def join(
        self, cohort_id: int, number: str, *, role: str = "mentee", name: str = "Amina", **more: Any
    ) -> Her:
        """She agreed long ago, and has written nothing since."""
        long_ago = self.time - timedelta(days=60)
        she = Participant(
            reference=number, name=name, created_at=long_ago, **({"language": "en"} | more)
        )
        self.keep(she)
        assert she.id is not None
        enrolment = Enrolment(
            participant_id=she.id, cohort_id=cohort_id, role=role, created_at=long_ago
        )
        self.keep(
            enrolment,
            Address(
                participant_id=she.id,
                channel="whatsapp",
                address=f"whatsapp:{number}",
                last_inbound_at=long_ago,
                created_at=long_ago,
            ),
            Consent(
                participant_id=she.id,
                kind="messages",
                given=True,
                wording="welcome.consent",
                language="en",
                channel="whatsapp",
                at=long_ago,
            ),
        )
        assert enrolment.id is not None
        self.simulator.add_phone(number=number, name=name)
        return Her(she.id, enrolment.id, number)

    def pair(self, mentor: Her, mentee: Her) -> int:
        row = Pairing(
            mentor_id=mentor.enrolment_id, mentee_id=mentee.enrolment_id, created_at=self.time
        )
        self.keep(row)
        assert row.id is not None
        return row.id

    def plan(self, her: Her, flow: str, due_at: datetime, **more: Any) -> int:
        slot = f"{flow}-{due_at.isoformat()}"
        row = CheckIn(
            enrolment_id=her.enrolment_id, flow=flow, due_at=due_at, **({"slot": slot} | more)
        )
        self.keep(row)
        assert row.id is not None
        return row.id

    def weekly(self, her: Her, weeks: int, *, first: datetime = THURSDAY) -> None:
        """A question a week; the number of each is its week after the first Thursday."""
        for at in (first + week * WEEK for week in range(weeks)):
            self.plan(her, "goal_check_in", at, slot=f"week-{(at - THURSDAY) // WEEK + 1}")

    def live(
        self, until: datetime, *, step: timedelta = timedelta(hours=1), nights: bool = False
    ) -> dict[str, int]:
        """Hour by hour while anything waits, with one look in the night and one on each day on
        which nothing is due; what is sent arrives at once. `nights`: hour by hour always."""
        counts: dict[str, int] = {}
        while self.time < until:
            night = self.time.hour in NIGHT_BEGINS and not nights
            wait = step if nights else max(self._quiet_for(step), NIGHT if night else step)
            self.time = min(self.time + wait, until)
            for name, count in self.tick().items():
                counts[name] = counts.get(name, 0) + count
            self.read()
        return counts

    def _quiet_for(self, step: timedelta) -> timedelta:
        """Until the step before the one in which something is due; a day at most."""
        with self.parts.database.reading() as db:
            due = next_moment(db, after=self.time, deliveries=True)
            waits = anything_waits(db, now=self.time)
        if waits:
            return step
        quiet = DAY if due is None else min(due - self.time, DAY)
        return quiet // step * step

    def told(self, her: Her, *, started: bool = True) -> list[Told]:
        """What the bot began with her; or everything."""
        message, delivery = table(Message), table(Delivery)
        rows = (
            select(
                message.c.at,
                delivery.c.priority,
                message.c.context,
                message.c.text,
                delivery.c.state,
            )
            .join(delivery, delivery.c.message_id == message.c.id)
            .where(message.c.participant_id == her.id, message.c.direction == "out")
            .where(delivery.c.priority > 0 if started else delivery.c.priority >= 0)
            .order_by(message.c.at, message.c.id)
        )
        with self.parts.database.reading() as db:
            return [Told(*row) for row in db.execute(rows)]

    def contexts(self, her: Her) -> list[str]:
        return [told.context for told in self.told(her)]

    def check_ins(self, her: Her) -> list[tuple[str, str, str]]:
        """(flow, state, reason) in the order of their times."""
        found = self.rows(
            "select flow, state, reason from check_in where enrolment_id = :id order by due_at, id",
            id=her.enrolment_id,
        )
        return [(row[0], row[1], row[2]) for row in found]

    def talks(self, her: Her) -> list[tuple[str, str]]:
        found = self.rows(
            "select flow, state from conversation where participant_id = :id order by id",
            id=her.id,
        )
        return [(row[0], row[1]) for row in found]


@contextmanager
def open_living(database_url: str) -> Iterator[Living]:
    """An empty programme on Monday, 16 November 2026, at ten in the morning."""
    with open_quick(database_url) as world:
        world.__class__ = Living
        assert isinstance(world, Living)
        yield world
