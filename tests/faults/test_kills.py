"""kill -9 at any moment: what was acknowledged is kept, and what was sent is not sent twice."""

import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import text

from bot.simulator.hooks import signature
from bot.store.database import Database
from tests.process import Machine, machine, until
from tests.webhook import MESSAGE, form, send
from tests.world import TOKEN

pytestmark = pytest.mark.timeout(240)  # real processes, perhaps on a busy machine

PEOPLE = [f"+4477009005{place:02}" for place in range(40)]
LONGEST_LEASE = 120  # seconds: later than any lease of a sender that was killed


@pytest.fixture
def bot(database_url: str, tmp_path: Path) -> Iterator[Machine]:
    """A machine whose database is ready, and forty phones."""
    with machine(database_url, tmp_path) as bot:
        for number in PEOPLE:
            bot.simulator.add_phone(number=number, name="Somebody")
        yield bot


def rows(bot: Machine, sql: str) -> list[tuple[object, ...]]:
    database = Database(bot.environ["DATABASE_URL"])
    try:
        with database.reading() as db:
            return [tuple(row) for row in db.execute(text(sql))]
    finally:
        database.dispose()


def acknowledged(bot: Machine, number: str) -> str | None:
    """The id of a message that the bot has said it took; None when nobody knows."""
    fields = form("hello", number=number)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": signature(TOKEN, bot.base + MESSAGE, fields),
    }
    with suppress(OSError, HTTPException):
        body = urlencode(fields).encode()
        if send(bot.base, MESSAGE, body=body, headers=headers).status == 200:
            return fields["MessageSid"]
    return None


def load_until_killed(bot: Machine, *, seconds: float) -> list[str]:
    """Write from many phones at once while the server is killed; what it had acknowledged."""
    server, over, taken = bot.serve(CLOCK="off"), threading.Event(), list[str]()

    def write(place: int) -> None:
        while not over.is_set():
            sid = acknowledged(bot, PEOPLE[place])
            if sid is not None:
                taken.append(sid)

    with ThreadPoolExecutor(8) as pool:
        for place in range(8):
            pool.submit(write, place)
        time.sleep(seconds)
        bot.end(server, signal.SIGKILL)
        over.set()
    return taken


@pytest.mark.slow
def test_whatever_was_acknowledged_before_a_kill_is_on_disk_once(bot: Machine) -> None:
    taken = [sid for _ in range(3) for sid in load_until_killed(bot, seconds=0.7)]
    assert len(taken) > 50
    incoming = rows(bot, "select external_id from message where direction = 'in'")
    stored = Counter(sid for (sid,) in incoming)
    assert set(taken) <= set(stored)
    assert set(stored.values()) == {1}
    answered = rows(
        bot,
        "select count(*) from message where context = 'standing.unknown_sender' "
        "group by address_id having count(*) <> 1",
    )
    assert answered == []
    strangers = rows(bot, "select count(*) from address")[0][0]
    assert rows(bot, "select count(*) from alert where kind = 'unknown_sender'") == [(strangers,)]


@pytest.mark.slow
def test_a_sender_that_is_killed_in_the_middle_loses_and_doubles_nothing(bot: Machine) -> None:
    server = bot.serve(CLOCK="off")
    for number in PEOPLE:
        bot.simulator.receive_from(number, "hello")
    assert bot.end(server) == 0
    for round_ in range(3):
        bot.simulator.misbehave("500_after_accepting", times=4)
        bot.simulator.misbehave("hang_after_accepting", times=2, seconds=3)
        before = sent(bot)
        clock = bot.start("clock")
        until(lambda before=before, round_=round_: sent(bot) > before or sent(bot) == len(PEOPLE))
        time.sleep(0.05 * round_)
        bot.end(clock, signal.SIGKILL)
    bot.simulator.behave()
    doubtful = "select count(*) from delivery where state in ('sending', 'unknown')"
    assert rows(bot, doubtful) != [(0,)]
    for later in range(1, 8):
        bot.run("tick", "--now", moment(minutes=LONGEST_LEASE / 60 + later * 2))
    bot.simulator.settle()
    assert [len(bot.simulator.sent_to(number)) for number in PEOPLE] == [1] * len(PEOPLE)
    left = "select count(*) from delivery where state in ('queued', 'sending', 'unknown')"
    assert rows(bot, left) == [(0,)]


def sent(bot: Machine) -> int:
    return sum(len(bot.simulator.sent_to(number)) for number in PEOPLE)


def moment(*, minutes: float) -> str:
    """That much later than now, as `--now` takes it."""
    return (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()
