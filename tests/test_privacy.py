"""Nothing personal in the logs: no text, no name, no number, no secret, at any level."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from bot.simulator.hooks import signature
from tests.process import Machine, machine, until
from tests.test_journeys import ROW_AMINA, ROW_GRACE
from tests.webhook import form, send
from tests.world import AMINA, COLUMNS, GRACE, TOKEN, WHATSAPP_FROM

pytestmark = pytest.mark.timeout(240)  # real processes, perhaps on a busy machine

STRANGER = "+447700900781"
SAID = [
    "I would like to become a seamstress",
    "أريد أن أبدأ مشروع خياطة",
    "I want to die",
    "{{7*7}} %s {name} secretly",
    "a\x00b\x1b[31m what about this one",
    "STOP",
    "a line\nand another line of hers",
]
METRICS = "a token for the metrics page"


@pytest.fixture
def bot(empty_database_url: str, tmp_path: Path) -> Iterator[Machine]:
    """A machine that logs as much as it can."""
    with machine(empty_database_url, tmp_path, LOG_LEVEL="DEBUG", METRICS_TOKEN=METRICS) as bot:
        bot.simulator.add_phone(number=AMINA, name="Amina")
        bot.simulator.add_phone(number=GRACE, name="Grace")
        bot.simulator.add_phone(number=STRANGER, name="Somebody Else", user_id="GB.1A2B3C4D")
        yield bot


def enrol(bot: Machine) -> None:
    path = bot.folder / "people.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=COLUMNS, restval="")
        writer.writeheader()
        writer.writerows([ROW_GRACE, ROW_AMINA])
    bot.run("people", "import", str(path), "--apply")


def a_day_of_everything(bot: Machine) -> None:
    """Words, voice, taps, strangers, forgeries, trouble with Twilio, staff, a clock beside it."""
    server = bot.serve()
    enrol(bot)
    for number in (AMINA, STRANGER, GRACE):
        for words in SAID:
            bot.simulator.receive_from(number, words)
    bot.simulator.receive_from(AMINA, "", media=[("audio/ogg", b"OggS")])
    bot.simulator.receive_from(AMINA, button=("t:welcome.right_number:yes", "A label she taps"))
    bot.simulator.receive_from(GRACE, "START by text", channel="sms")
    for kind in ("500", "503_after_accepting", "drop_before", "undelivered", "429"):
        bot.simulator.misbehave(kind)
        bot.simulator.receive_from(STRANGER, "I want to die, said again")
    send(bot.base, "/webhooks/twilio/message", body=b"Body=a+forged+text&From=%2B447700900782")
    unreadable = form("an unreadable text", From="not an address")
    _signed(bot, unreadable)
    link = bot.run("staff", "add", "ruth@example.org").stdout.strip()
    for path in (link.removeprefix(bot.base), "/people/999999999999999999999", "/weeks/9999-W99"):
        bot.get(path)
    bot.get("/metrics", Authorization=f"Bearer {METRICS}")
    bot.get("/metrics", Authorization="Bearer wrong-token-given")
    clock = bot.start("clock")
    until(lambda: "clock started" in bot.log)
    until(lambda: len(bot.simulator.sent_to(AMINA)) > 0)
    assert bot.end(clock) == 0
    assert bot.end(server) == 0


def _signed(bot: Machine, fields: dict[str, str]) -> None:
    url = f"{bot.base}/webhooks/twilio/message"
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": signature(TOKEN, url, fields),
    }
    send(bot.base, "/webhooks/twilio/message", body=urlencode(fields).encode(), headers=headers)


def test_the_log_of_a_whole_day_holds_no_text_no_name_no_number_and_no_secret(
    bot: Machine,
) -> None:
    a_day_of_everything(bot)
    log = bot.log
    lines = [json.loads(line) for line in log.splitlines()]  # each a line of JSON, nothing beside
    assert {"bot.web.webhooks", "bot.actions.send"} <= {line["from"] for line in lines}
    said = [
        *(part for words in SAID for part in words.splitlines() if part != "STOP"),
        *(message.body for message in bot.simulator.messages if len(message.body) > 4),
        "a label she taps", "forged", "unreadable text", "not an address",
    ]  # fmt: skip
    numbers = [number.lstrip("+") for number in (AMINA, GRACE, STRANGER, WHATSAPP_FROM[10:])]
    secrets = [TOKEN, METRICS, bot.environ["SECRET_KEY"], "wrong-token-given", "/signin/"]
    names = ["amina", "grace", "somebody", "1a2b3c4d", "acorn", "ruth"]
    plain = json.dumps(log, ensure_ascii=False).casefold() + log.casefold()
    for each in (*said, *numbers, *secrets, *names, "447700900782"):
        assert each.casefold() not in plain, each
