"""kill -9 at any moment: what was acknowledged is kept, and what was sent is not sent twice."""

import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import text

from bot.bench.kills import Counted, Killing, kill_senders
from bot.simulator.hooks import signature
from bot.store.database import Database
from tests.process import Machine, machine
from tests.webhook import MESSAGE, form, send
from tests.world import TOKEN

pytestmark = pytest.mark.timeout(240)  # real processes, perhaps on a busy machine

PEOPLE = [f"+4477009005{place:02}" for place in range(40)]


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


def test_senders_that_are_killed_in_the_middle_lose_and_double_nothing(tmp_path: Path) -> None:
    """`python3 -m bot bench --kills 200 --sends 600` does the same for longer."""
    url = f"sqlite:///{tmp_path / 'kills.sqlite3'}"
    counted = kill_senders(plan(tmp_path, url, kills=6, sends=40))
    assert (counted.kills, counted.problems, counted.given_up) == (6, [], 0)


@pytest.mark.slow
def test_so_do_many_on_either_database(database_url: str, tmp_path: Path) -> None:
    counted = kill_senders(plan(tmp_path, database_url, kills=25, sends=120))
    assert counted.in_calls > 0
    assert (counted.problems, counted.given_up) == ([], 0)


def plan(folder: Path, url: str, *, kills: int, sends: int) -> Killing:
    return Killing(kills=kills, sends=sends, seed=2, database_url=url, log=folder / "senders.log")


def test_what_was_lost_or_doubled_is_said_in_a_sentence_each() -> None:
    good = Counted(
        kills=1, in_calls=1, sends=9, lost=0, doubled=0, disordered=0, given_up=0, seconds=1
    )
    assert good.problems == []
    assert replace(good, lost=2, doubled=1).problems == [
        "2 messages never left, or are still in the outbox.",
        "1 messages left more than once.",
    ]
