"""Every outside name of the bot as other programs use it: commands, settings, routes, signals."""

import csv
import json
import signal
import socket
import stat
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import text

from bot.simulator.hooks import signature
from bot.store.database import Database
from tests.process import Machine, machine, until
from tests.test_journeys import ROW_AMINA, ROW_GRACE
from tests.webhook import Answered, form, send
from tests.world import AMINA, COLUMNS, GRACE, TOKEN

pytestmark = pytest.mark.timeout(240)  # real processes, perhaps on a busy machine

UNSET = ("PUBLIC_URL", "SECRET_KEY", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN",
         "TWILIO_WHATSAPP_FROM", "TWILIO_SMS_FROM")  # fmt: skip
MONDAY = "2026-11-16T10:00"


@pytest.fixture
def bot(empty_database_url: str, tmp_path: Path) -> Iterator[Machine]:
    """A machine on which nothing has been run yet."""
    with machine(empty_database_url, tmp_path) as bot:
        yield bot


@pytest.fixture
def people(bot: Machine) -> Path:
    """A file with Amina and Grace, who have phones."""
    path = bot.folder / "people.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=COLUMNS, restval="", delimiter=";")
        writer.writeheader()
        writer.writerows([ROW_GRACE, ROW_AMINA])
    bot.simulator.add_phone(number=AMINA, name="Amina")
    bot.simulator.add_phone(number=GRACE, name="Grace")
    return path


def rows(bot: Machine, sql: str) -> list[tuple[object, ...]]:
    database = Database(bot.environ["DATABASE_URL"])
    try:
        with database.reading() as db:
            return [tuple(row) for row in db.execute(text(sql))]
    finally:
        database.dispose()


def texts(bot: Machine, number: str) -> list[str]:
    return [message.body for message in bot.simulator.sent_to(number)]


def tomorrow(*, and_days: int = 0) -> str:
    """A day on which a tick may be told to be: the commands themselves know what day it is."""
    return f"{datetime.now(UTC) + timedelta(days=1 + and_days):%Y-%m-%d}"


def test_serve_refuses_to_start_with_one_sentence_for_each_problem(bot: Machine) -> None:
    done = bot.run("serve", code=2, PORT="0", CLOCK="maybe", **dict.fromkeys(UNSET, ""))
    sentences = done.stderr.strip().splitlines()
    assert len(sentences) == 7
    assert all(sentence.endswith(".") for sentence in sentences)
    named = {sentence.split()[0] for sentence in sentences}
    assert {"PUBLIC_URL", "SECRET_KEY", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"} <= named
    assert {"PORT", "CLOCK"} <= named
    assert done.stdout == ""


@pytest.mark.parametrize("command", ["clock", "tick", "serve"])
def test_nothing_starts_without_the_token_that_signatures_are_checked_with(
    bot: Machine, command: str
) -> None:
    done = bot.run(command, code=2, TWILIO_AUTH_TOKEN="")
    assert done.stderr.startswith("TWILIO_AUTH_TOKEN is missing")
    assert TOKEN not in done.stderr


def test_a_database_that_is_not_there_is_one_sentence(bot: Machine) -> None:
    away = "postgresql://nobody:pw@127.0.0.1:1/none"
    nowhere = "sqlite:////proc/none/x.sqlite3"
    for command, url in (("upgrade", away), ("serve", nowhere), ("tick", nowhere), ("serve", away)):
        done = bot.run(command, code=2, DATABASE_URL=url)
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        assert done.stderr.startswith("DATABASE_URL")
        assert "pw" not in done.stderr


def test_a_week_by_hand_with_the_commands_alone(bot: Machine, people: Path) -> None:
    assert "up to date" in bot.run("upgrade").stdout
    assert bot.run("people", "import", str(people)).stdout
    assert rows(bot, "select count(*) from participant") == [(0,)]
    bot.run("people", "import", str(people), "--apply")
    bot.run("people", "import", str(people), "--apply")
    assert rows(bot, "select count(*) from participant") == [(2,)]
    assert "started" not in bot.run("tick", "--now", f"{tomorrow()}T03:00").stdout
    assert bot.run("tick", "--now", f"{tomorrow()}T10:00").stdout == "uncovered 2\n"
    bot.run("staff", "add", "ruth@example.org")
    on_call = ("lead", tomorrow(), tomorrow(and_days=14), "--phone", "07700 900301")
    bot.run("oncall", "add", "ruth@example.org", *on_call)
    assert "started 2" in bot.run("tick", "--now", f"{tomorrow()}T10:00").stdout
    until(lambda: len(texts(bot, AMINA)) == 1)
    assert "started" not in bot.run("tick", "--now", f"{tomorrow()}T10:00").stdout
    listed = bot.run("people", "list").stdout
    assert "Amina" in listed and "Grace" in listed


def test_a_bad_row_is_named_with_its_line_and_nothing_is_written(
    bot: Machine, people: Path
) -> None:
    with people.open("a", encoding="utf-8") as file:
        file.write("X1;mentee;Xena;xx;not a number;;;;;\r\n")
    done = bot.run("people", "import", str(people), "--apply", code=1)
    assert "4" in done.stdout + done.stderr
    assert rows(bot, "select count(*) from participant") == [(0,)]


def test_time_cannot_be_moved_where_real_people_are_written_to(bot: Machine) -> None:
    for base in ("", "https://api.twilio.com"):
        done = bot.run("tick", "--now", MONDAY, code=2, TWILIO_API_BASE=base)
        assert done.stderr.startswith("--now needs")
    assert bot.run("tick", "--now", "yesterday", code=2).stderr.startswith("--now must look")


def test_staff_add_prints_a_link_that_lets_her_in_once(bot: Machine) -> None:
    bot.serve()
    link = bot.run("staff", "add", "ruth@example.org").stdout.strip()
    assert link.startswith(bot.base + "/")
    assert "\n" not in link
    path = link.removeprefix(bot.base)
    assert bot.get(path).status == 200
    assert bot.get("/").status == 303
    assert bot.run("staff", "list").stdout.startswith("ruth@example.org\t")
    assert bot.run("staff", "add", "no address", code=2).stderr.strip()


def test_understand_reads_and_writes_json_lines_as_long_as_they_come(bot: Machine) -> None:
    asked: list[tuple[dict[str, object], str, object]] = [
        ({"language": "ar", "ask": "rating", "text": "٣"}, "number", 3),
        ({"language": "ti", "ask": "rating", "text": "፲"}, "number", 10),
        ({"language": "en", "ask": "rating", "text": "11"}, "unclear", None),
        ({"language": "fa", "ask": "yes_no", "text": "بله"}, "yes", None),
        ({"language": "en", "ask": "any", "text": "stop"}, "stop", None),
        ({"language": "ar", "ask": "any", "text": "START"}, "start", None),
        ({"language": "en", "ask": "any", "text": "I want to die"}, "harm", "red"),
        ({"language": "en", "ask": "any", "text": "فارسی"}, "language", "fa"),
        ({"language": "en", "ask": "duration", "text": "1h30"}, "duration", 90),
        ({"language": "en", "ask": "options", "text": "2", "options": ["A", "B"]}, "option", 2),
        (
            {"language": "en", "ask": "date", "text": "tomorrow 3pm", "now": "2026-11-16T10:00:00"},
            "date",
            "2026-11-17T15:00:00",
        ),
        ({"language": "en", "ask": "number", "text": "\x00\u202e"}, "unclear", None),
    ]
    lines = [json.dumps({"id": place} | line) for place, (line, _, _) in enumerate(asked)]
    done = bot.run("understand", words="\n".join([*lines, ""]), DATABASE_URL="", SECRET_KEY="")
    heard = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["id"] for one in heard] == list(range(len(asked)))
    assert [one["reading"] for one in heard] == [reading for _, reading, _ in asked]
    values = [one["value"] for one in heard]
    assert values[:10] == [value for _, _, value in asked[:10]]
    assert str(values[10]).startswith("2026-11-17T15:00")


def test_serve_migrates_answers_and_sends_what_it_is_asked(bot: Machine, people: Path) -> None:
    process = bot.serve()
    assert (bot.get("/healthz").status, bot.get("/readyz").status) == (200, 200)
    bot.simulator.receive_from(AMINA, "hello, who is this?")
    until(lambda: len(texts(bot, AMINA)) == 1)
    assert "020 7946 0000" in texts(bot, AMINA)[0]
    until(lambda: rows(bot, "select state from delivery") == [("delivered",)])
    unsigned = send(bot.base, "/webhooks/twilio/message", body=b"Body=x")
    assert unsigned.status == 403
    assert bot.end(process) == 0
    assert "stopped" in bot.log
    assert "Traceback" not in bot.log


def test_a_port_that_is_taken_is_one_sentence(bot: Machine) -> None:
    bot.serve()
    done = bot.run("serve", code=2)
    assert done.stderr.strip().splitlines()[-1] == (
        f"PORT {bot.environ['PORT']} is in use by another process."
    )


def test_metrics_are_only_there_for_whoever_has_the_token(bot: Machine) -> None:
    first = bot.serve()
    assert bot.get("/metrics").status == 404
    bot.end(first)
    bot.serve(METRICS_TOKEN="a token for metrics")
    wrong = (
        {},
        {"Authorization": "Bearer another"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer é"},
        {"Authorization": "Basic YTpi"},
    )
    for headers in wrong:
        found = send(bot.base, "/metrics", headers=headers)
        assert found.status == 401, headers
        assert "routes" not in found.body
    right = bot.get("/metrics", Authorization="Bearer a token for metrics")
    assert right.status == 200
    assert right.content_type.startswith("text/plain")
    for line in right.body.splitlines():
        assert line.startswith("#") or len(line.rsplit(" ", 1)) == 2


def first_line(bot: Machine, sent: bytes) -> str:
    """What the server answers to these very bytes; "" when it hangs up."""
    with socket.create_connection(("127.0.0.1", int(bot.environ["PORT"])), timeout=20) as wire:
        wire.sendall(sent)
        with suppress(ConnectionError):
            return wire.recv(200).decode("latin-1").partition("\r\n")[0]
    return ""


def test_requests_that_are_too_large_or_never_end_stop_nobody(bot: Machine) -> None:
    bot.serve(CLOCK="off")
    start = b"POST /webhooks/twilio/message HTTP/1.1\r\nHost: x\r\n"
    assert " 413 " in first_line(bot, start + b"Content-Length: 10000000000\r\n\r\nBody=x")
    assert " 431 " in first_line(bot, start + b"X-Long: " + b"x" * 100_000 + b"\r\n\r\n")
    assert " 400 " in first_line(bot, start + b"Content-Length: -1\r\n\r\n")
    address = ("127.0.0.1", int(bot.environ["PORT"]))
    with ExitStack() as stack:
        for _ in range(200):  # more than waitress has threads, or would have connections
            slow = stack.enter_context(socket.create_connection(address, timeout=20))
            slow.sendall(start + b"Content-Length: 1000\r\n\r\nBody=")
        assert bot.get("/healthz").status == 200
        assert _post(bot, form("hello")).status == 200
    assert rows(bot, "select count(*) from message where direction = 'in'") == [(1,)]


def test_what_is_in_hand_is_finished_before_serve_stops(bot: Machine) -> None:
    if not bot.environ["DATABASE_URL"].startswith("sqlite"):
        pytest.skip("the lock that holds the request up is SQLite's")
    process = bot.serve(CLOCK="off")
    database = Database(bot.environ["DATABASE_URL"])
    answers: list[Answered] = []
    bot.simulator.add_phone(number=AMINA, name="Amina")
    fields = form("hello")
    with database.transaction():  # the only writer: the request must wait
        asking = threading.Thread(target=lambda: answers.append(_post(bot, fields)))
        asking.start()
        until(lambda: process.poll() is None, seconds=1)
        threading.Event().wait(0.5)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGTERM)
        threading.Event().wait(0.3)
    asking.join(timeout=20)
    assert process.wait(timeout=20) == 0
    database.dispose()
    assert rows(bot, "select external_id from message where direction = 'in'") == [
        (fields["MessageSid"],)
    ]
    assert [answer.status for answer in answers] == [200]


def _post(bot: Machine, fields: dict[str, str]) -> Answered:
    url = f"{bot.base}/webhooks/twilio/message"
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": signature(TOKEN, url, fields),
    }
    body = urlencode(fields).encode()
    return send(bot.base, "/webhooks/twilio/message", body=body, headers=headers)


def test_a_clock_of_its_own_starts_and_sends_for_a_server_without_one(
    bot: Machine, people: Path
) -> None:
    server = bot.serve(CLOCK="off")
    bot.simulator.receive_from(AMINA, "hello, who is this?")
    assert rows(bot, "select state from delivery") == [("queued",)]
    assert texts(bot, AMINA) == []
    clock = bot.start("clock")
    until(lambda: len(texts(bot, AMINA)) == 1)
    until(lambda: rows(bot, "select state from delivery") == [("delivered",)])
    assert bot.end(clock) == 0
    assert bot.end(server) == 0
    assert "Traceback" not in bot.log


@pytest.mark.slow
def test_two_clocks_and_a_server_with_one_send_each_message_once(
    bot: Machine, people: Path
) -> None:
    bot.run("people", "import", str(people), "--apply")
    bot.serve()
    bot.start("clock")
    bot.start("clock")
    numbers = [f"+4477009008{place:02}" for place in range(20)]
    for number in numbers:
        bot.simulator.add_phone(number=number, name="Somebody")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: bot.simulator.receive_from(number, "hello"), numbers))
    until(lambda: all(len(texts(bot, number)) == 1 for number in numbers))
    bot.run("tick")
    assert [len(texts(bot, number)) for number in numbers] == [1] * 20


def test_what_arrived_while_the_server_was_off_is_pulled_once(bot: Machine) -> None:
    bot.run("upgrade")
    numbers = [f"+4477009006{place:02}" for place in range(12)]
    for number in numbers:
        bot.simulator.add_phone(number=number, name="Somebody")
        bot.simulator.receive_from(number, "is anybody there?")  # nobody is
    for message in bot.simulator.messages:  # some minutes ago: no webhook is on its way any more
        message.created_at -= timedelta(minutes=5)
    assert rows(bot, "select count(*) from message") == [(0,)]
    first = bot.serve()
    incoming = "select count(*) from message where direction = 'in'"
    until(lambda: rows(bot, incoming) == [(12,)])
    until(lambda: all(len(texts(bot, number)) == 1 for number in numbers))
    bot.end(first)
    bot.serve()
    bot.simulator.receive_from(numbers[0], "thank you")
    assert rows(bot, incoming) == [(13,)]
    assert [len(texts(bot, number)) for number in numbers] == [1] * 12


def test_the_files_of_the_database_are_their_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "for it"
    with machine(f"sqlite:///{folder / 'routes.sqlite3'}", tmp_path) as bot:
        bot.serve()
        bot.simulator.add_phone(number=AMINA, name="Amina")
        bot.simulator.receive_from(AMINA, "hello")
        files = sorted(path for path in folder.iterdir() if path.is_file())
        assert len(files) >= 3  # the database, its log, its lock
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
