"""Each check, with each thing broken: the sentence that is said. Facts in, findings out."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.doctor import line, running, setup, stored, traffic
from bot.doctor.findings import Finding, State, summary
from bot.doctor.line import Answer
from bot.programme.costs import Prices
from bot.programme.oncall import USUAL_COVER, Duty, Rota
from bot.settings import Settings
from bot.store.prices import load_prices

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
KNOW, BAD = State.WARNING, State.WRONG
URL, WHATSAPP, SMS = "https://bot.example.org", "whatsapp:+441134960000", "+441134960001"
MIB = 1 << 20
SETTINGS = Settings(
    public_url=URL,
    secret_key="0123456789abcdefghijklmnopqrstuvwxyz",
    twilio_account_sid="AC" + "0" * 32,
    twilio_auth_tokens=("token",),
    twilio_whatsapp_from=WHATSAPP,
    twilio_sms_from=SMS,
    smtp_url="smtp://mail.example.org",
)
PRICES = load_prices()
CHECKED = Prices(
    "USD", Decimal(0), tuple(replace(one, checked_on=date(2026, 11, 1)) for one in PRICES.lines)
)


def rota(*duties: Duty) -> Rota:
    return Rota(zone=UTC, cover=USUAL_COVER, duties=duties)


LEAD = Duty(
    id=1, staff_id=1, name="Ruth", rank=1, starts_on=date(2026, 1, 1), ends_on=date(2027, 1, 1),
    weekdays=frozenset(range(7)), ways=("sms",), reads=True,
)  # fmt: skip


def over_there(**changes: Any) -> Answer:
    """Twilio's answer about our WhatsApp sender."""
    webhook = {
        "callback_url": f"{URL}/webhooks/twilio/message#{line.OVERRIDES}",
        "callback_method": "POST",
        "fallback_url": f"{URL}{line.FALLBACK_PATH}",
    } | changes.pop("webhook", {})
    row = {"sender_id": WHATSAPP, "status": "ONLINE", "webhook": webhook} | changes
    return Answer(status=200, json={"senders": [row]})


def sender(answer: Answer) -> Iterable[Finding]:
    return line.sender(answer, whatsapp=WHATSAPP, public_url=URL)


def backups(**changes: Any) -> Iterable[Finding]:
    facts = {"folder": True, "newest": NOW - 9 * HOUR, "same_disk": False, "now": NOW} | changes
    return stored.backups(**facts)


SOUND = [
    setup.public_url(URL), setup.secret_key(SETTINGS.secret_key), setup.proxies(URL, 1),
    *setup.senders(SETTINGS), setup.ways_to_call(frozenset({"sms", "email"})),
    setup.contact("0113 496 0000"),
    setup.spending(replace(SETTINGS, most_spent_a_day=Decimal(10)), PRICES),
    stored.shape(there=True, answers=True, at_head=True), stored.whole(0),
    stored.encrypted(key=True), stored.log_size(MIB), stored.disk(5000 * MIB), *backups(),
    stored.opened(12), line.credentials(Answer(status=200)),
    line.clocks(Answer(status=200, date=NOW, asked_at=NOW + timedelta(seconds=2))),
    *sender(over_there()), line.sms_number(public_url=URL), line.healthz(Answer(status=200)),
    line.forged([Answer(status=403)]), line.signed([Answer(status=400)]),
    traffic.came_in(ever=9, lately=2, last=NOW - HOUR, now=NOW),
    traffic.caught_up(ever=9, found=0, at=None, now=NOW),
    traffic.caught_up(ever=9, found=3, at=NOW - 8 * DAY, now=NOW),
    traffic.set_down(0, since=None, now=NOW), traffic.set_down(1, since=NOW, now=NOW),
    traffic.receipts(sent=100, without=9), traffic.receipts(sent=0, without=0),
    *traffic.templates({"en_GB": {"approved": 12}}), running.clock(NOW - MINUTE, now=NOW),
    running.two_clocks({"a": NOW, "b": NOW - 2 * MINUTE}, now=NOW),
    *running.on_call(rota(LEAD), now=NOW), running.mail(""), running.mail(None),
    running.prices(CHECKED, now=NOW), running.helplines(0, known=9),
    running.drafts({"en": 5}, drafted=["ti"]), running.approvals([]),
]  # fmt: skip


def test_what_is_sound_is_said_to_be_ok_in_one_sentence_each() -> None:
    found = [one for one in SOUND if one is not None]
    assert {one.state for one in found} == {State.OK}
    assert all(one.sentence.endswith((".", "POST.")) and not one.do for one in found)
    assert summary(found) == f"{len(found)} ok."


BROKEN: list[tuple[Any, State, str]] = [
    (setup.public_url("http://127.0.0.1:8000"), KNOW, "only this machine"),
    (setup.secret_key("change-me-change-me"), BAD, "guessed"),
    (setup.secret_key("a" * 64), BAD, "guessed"),
    (setup.secret_key("q8Zk2LmX0vTy7BnC4RwE"), KNOW, "fewer than 32"),
    (setup.proxies(URL, 0), KNOW, "is 0"),
    (setup.senders(replace(SETTINGS, twilio_whatsapp_from=None)), KNOW, "none for WhatsApp"),
    (setup.senders(replace(SETTINGS, twilio_sms_from=None)), KNOW, "none for SMS"),
    (setup.senders(replace(SETTINGS, twilio_sms_from="ROUTES")), KNOW, "nobody can answer"),
    (setup.ways_to_call(frozenset()), BAD, "nobody can be called"),
    (setup.ways_to_call(frozenset({"sms"})), KNOW, "SMS only"),
    (setup.ways_to_call(frozenset({"email"})), KNOW, "e-mail only"),
    (setup.contact(""), KNOW, "no number to ring"),
    (setup.spending(SETTINGS, PRICES), KNOW, "up to 300.00 USD a day or more"),
    (stored.shape(there=False, answers=True, at_head=False), BAD, "none yet"),
    (stored.shape(there=True, answers=False, at_head=False), BAD, "does not answer"),
    (stored.shape(there=True, answers=True, at_head=False), BAD, "not that of this version"),
    (stored.whole(2), BAD, "2 damaged places"),
    (stored.encrypted(key=False), KNOW, "not encrypted"),
    (stored.log_size(300 * MIB), KNOW, "300 MiB"),
    (stored.disk(150 * MIB), BAD, "150 MiB"),
    (stored.disk(900 * MIB), KNOW, "900 MiB"),
    (backups(folder=False), KNOW, "nothing is backed up"),
    (backups(newest=None), BAD, "none yet"),
    (backups(newest=NOW - 3 * DAY), BAD, "72 hours old"),
    (backups(same_disk=True), KNOW, "disk of the database"),
    (stored.opened(None), BAD, "does not open"),
    (stored.elsewhere(), KNOW, "PostgreSQL"),
    (line.credentials(Answer(status=None, why="no connection")), BAD, "no connection"),
    (line.credentials(Answer(status=401)), BAD, "credentials"),
    (line.credentials(Answer(status=404)), BAD, "no such account"),
    (line.credentials(Answer(status=429)), KNOW, "429"),
    (line.clocks(Answer(status=200, date=NOW, asked_at=NOW + MINUTE)), BAD, "60 seconds fast"),
    (line.clocks(Answer(status=200, date=NOW, asked_at=NOW - HOUR)), BAD, "3600 seconds slow"),
    (sender(Answer(status=404)), KNOW, "does not say"),
    (sender(Answer(status=200, json={"senders": []})), BAD, "none of this account's"),
    (sender(over_there(status="OFFLINE")), BAD, "it is offline"),
    (sender(over_there(webhook={"callback_url": None})), BAD, "none is set"),
    (sender(over_there(webhook={"callback_url": "https://x.example"})), BAD, "elsewhere"),
    (sender(over_there(webhook={"callback_method": "PUT"})), BAD, "not by POST"),
    (sender(over_there(webhook={"callback_url": f"{URL}{line.MESSAGE_PATH}"})), KNOW,
     "does not try again"),
    (sender(over_there(webhook={"fallback_url": None})), KNOW, "no address of ours"),
    (sender(over_there(webhook={"fallback_url": "https://x.example"})), KNOW, "elsewhere"),
    (line.healthz(Answer(status=None, why="no connection")), BAD, "no connection"),
    (line.healthz(Answer(status=301)), BAD, "301"),
    (line.forged([Answer(status=403), Answer(status=200)]), BAD, "200, not with 403"),
    (line.signed([Answer(status=403)]), BAD, "does not recognise"),
    (line.signed([Answer(status=400), Answer(status=503)]), BAD, "503"),
    (traffic.came_in(ever=0, lately=0, last=None, now=NOW), KNOW, "none has ever come"),
    (traffic.came_in(ever=9, lately=0, last=NOW - 9 * DAY, now=NOW), KNOW, "9 days ago"),
    (traffic.caught_up(ever=9, found=9, at=NOW, now=NOW), BAD, "no webhook brings any"),
    (traffic.caught_up(ever=9, found=3, at=NOW - HOUR, now=NOW), KNOW, "3 had to be fetched"),
    (traffic.set_down(2, since=NOW - HOUR, now=NOW), BAD, "2 messages wait, the oldest for 1 hour"),
    (traffic.receipts(sent=40, without=40), BAD, "none came for the 40"),
    (traffic.receipts(sent=40, without=10), KNOW, "10 of 40"),
    (traffic.resting(WHATSAPP, state="tripped", until=NOW), BAD, "before 12:00 UTC"),
    (traffic.resting("*", state="tripped", until=NOW), BAD, "nothing leaves by all of them"),
    (traffic.resting(SMS, state="limited", until=NOW), KNOW, "begins nothing before"),
    (traffic.templates({}), KNOW, "none was submitted"),
    (traffic.templates({"ar": {"approved": 2, "rejected": 1}}), KNOW, "1 refused"),
    (traffic.templates({"fa": {"approved": 2, "pending": 1}}), KNOW, "2 of 3 approved"),
    (running.clock(None, now=NOW), BAD, "never run"),
    (running.clock(NOW - HOUR, now=NOW), BAD, "1 hour ago"),
    (running.clock(NOW + HOUR, now=NOW), BAD, "in the future"),
    (running.two_clocks({"a": NOW, "b": NOW - timedelta(seconds=20)}, now=NOW), KNOW, "2 of"),
    (running.on_call(rota(), now=NOW), BAD, "starts nothing"),
    (running.on_call(rota(replace(LEAD, ends_on=date(2026, 11, 24))), now=NOW), KNOW,
     "Wednesday 25 November"),
    (running.mail("no connection"), BAD, "no connection"),
    (running.prices(PRICES, now=NOW), KNOW, "14 of 14"),
    (running.helplines(3, known=9), KNOW, "3 that are given"),
    (running.helplines(0, known=0), KNOW, "none yet"),
    (running.drafts({"ti": 2, "ar": 1, "en": 9}, drafted=["ar", "ti", "fa"]), KNOW,
     "3 people are written to in drafts that no native speaker has read: ar, ti"),
    (running.approvals(["ar"]), KNOW, "in ar"),
]  # fmt: skip


@pytest.mark.parametrize(("found", "state", "said"), BROKEN, ids=[row[2] for row in BROKEN])
def test_what_is_broken_is_named_with_what_to_do(found: Any, state: State, said: str) -> None:
    named = [found] if isinstance(found, Finding) else list(found)
    worst = [one for one in named if one.state is not State.OK]
    assert [one.state for one in worst][:1] == [state]
    assert said in worst[0].sentence
    assert worst[0].do.endswith(".")


def test_what_others_may_read_is_wrong_and_what_is_not_there_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    assert setup.private(path, about="Settings file") is None
    path.write_text("SECRET_KEY=x")
    path.chmod(0o640)
    found = setup.private(path, about="Settings file")
    assert found is not None and (found.state, found.do) == (BAD, f"chmod 600 {path}")
    path.chmod(0o600)
    found = setup.private(path, about="Settings file")
    assert found is not None and found.state is State.OK
