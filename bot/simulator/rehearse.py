"""The rehearsal: a cohort of invented people lives through a whole programme in simulated time.

Everything is the real thing (list, signed webhook, clock, sender, database) but for Twilio, which
is the simulated one, and time. `bot.rehearsal` is something else: one conversation, tried out.
"""

import secrets
import shutil
import tempfile
import time as wall
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, event, func, select

from bot.app import create_app
from bot.errors import Refused
from bot.parts import Parts, build_parts
from bot.settings import Settings
from bot.simulator.cohort import invent
from bot.simulator.demo import ACCOUNT, SMS_FROM, WHATSAPP_FROM
from bot.simulator.evidence import Evidence
from bot.simulator.happened import Happened, happened
from bot.simulator.invariants import broken
from bot.simulator.life import MovableClock
from bot.simulator.rehearsing import Calendar, Rehearsing
from bot.simulator.server import serve
from bot.simulator.shortcut import handed_over, unhurried
from bot.simulator.twilio import SimulatedTwilio
from bot.simulator.witness import listening
from bot.store.migrations import upgrade
from bot.store.models import Alert, Answer, Participant, Session
from bot.store.tables import table

BEGINS = date(2026, 10, 19)  # a Monday: both changes of the clocks lie in the 26 weeks after it
PUBLIC_URL = "http://127.0.0.1"  # nothing listens there: webhooks are handed over by hand
EIGHT = timedelta(hours=8)


def run(
    *,
    pairs: int,
    weeks: int,
    seed: int,
    database_url: str | None,
    say: Callable[[str], None],
    most: tuple[int, int] | None = None,
) -> Happened:
    """Rehearse, telling each week; then what happened, and what did not hold. `most`: messages a
    week to a mentee and to a mentor, where they are not to be the usual ones."""
    begun = wall.monotonic()
    with (
        _counted() as statements,
        opened(
            pairs=pairs, weeks=weeks, seed=seed, database_url=database_url, most=most
        ) as rehearsing,
    ):
        rehearsing.begin()
        rehearsing.live(report=lambda week: say(_week(rehearsing, week, begun)))
        evidence = Evidence(rehearsing)
        return happened(
            evidence,
            broken(evidence),
            seconds=wall.monotonic() - begun,
            statements=statements.count,
        )


def _week(rehearsing: Rehearsing, week: int, begun: float) -> str:
    """One line about how things stand at the end of a week."""
    messages = rehearsing.simulator.ledger.messages.values()
    received = sum(message.inbound for message in messages)
    held = select(func.count()).where(table(Session).c.state == "held")
    with rehearsing.parts.database.reading() as db:
        counts = [
            db.execute(query).scalar_one()
            for query in (
                select(func.count()).select_from(table(Answer)),
                held,
                select(func.count()).select_from(table(Alert)),
            )
        ]
    day = rehearsing.calendar.begins + timedelta(weeks=week, days=-1)
    return (
        f"Week {week:2} of {rehearsing.calendar.weeks}, to {day.day} {day:%B %Y}: "
        f"{len(messages) - received} messages sent, {received} received, {counts[0]} answers, "
        f"{counts[1]} sessions held, {counts[2]} alerts ({wall.monotonic() - begun:.0f} s)"
    )


@dataclass
class _Count:
    count: int = 0


@contextmanager
def _counted() -> Iterator[_Count]:
    """How many statements the databases of this process are sent meanwhile."""
    counted = _Count()

    def one_more(*_: object) -> None:
        counted.count += 1

    event.listen(Engine, "before_cursor_execute", one_more)
    try:
        yield counted
    finally:
        event.remove(Engine, "before_cursor_execute", one_more)


@contextmanager
def opened(
    *,
    pairs: int,
    weeks: int,
    seed: int,
    database_url: str | None = None,
    begins: date = BEGINS,
    most: tuple[int, int] | None = None,
) -> Iterator[Rehearsing]:
    """Everything that a rehearsal needs, on this machine. Without a database, one of its own."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="routes-rehearsal-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        url = database_url or f"sqlite:///{(folder / 'rehearsal.sqlite3').as_posix()}"
        if url.startswith("sqlite"):
            stack.enter_context(unhurried(url))
        time = MovableClock(datetime.combine(begins, datetime.min.time(), tzinfo=UTC))
        time.put(time() + EIGHT, still=True)
        simulator = SimulatedTwilio(
            account_sid=ACCOUNT,
            auth_token=secrets.token_hex(16),
            whatsapp_from=WHATSAPP_FROM,
            sms_from=SMS_FROM,
            clock=time,
        )
        twilio = serve(simulator)
        stack.callback(twilio.close)
        settings = Settings(
            public_url=PUBLIC_URL,
            secret_key=secrets.token_hex(32),
            twilio_account_sid=ACCOUNT,
            twilio_auth_tokens=(simulator.auth_token,),
            twilio_whatsapp_from=WHATSAPP_FROM,
            twilio_sms_from=SMS_FROM,
            twilio_api_base=twilio.base_url,
            database_url=url,
            contact_phone="020 7946 0000",
        )
        upgrade(settings.database_url)
        parts = build_parts(settings, now=time)
        stack.callback(parts.database.dispose)
        _must_be_empty(parts)
        app = create_app(parts)
        simulator.post = handed_over(app)
        simulator.webhook_url = f"{PUBLIC_URL}/webhooks/twilio/message"
        rehearsing = Rehearsing(
            parts=parts,
            time=time,
            simulator=simulator,
            calendar=Calendar(begins=begins, weeks=weeks, most=most),
            cast=invent(pairs=pairs, seed=seed, offered=parts.catalogues.languages),
            seed=seed,
        )
        stack.enter_context(listening(rehearsing.witness, time))
        yield rehearsing


def _must_be_empty(parts: Parts) -> None:
    """Invented people must never stand among real ones."""
    with parts.database.reading() as db:
        if db.execute(select(table(Participant).c.id).limit(1)).first() is not None:
            raise Refused("There are people in this database: a rehearsal needs an empty one.")
