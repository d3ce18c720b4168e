"""Everything that can happen to a call to Twilio, at each kind of call: one table.

Whatever the case, in the end nothing is lost and nothing doubled. Silence lasts 35 seconds over
there and less than one here: the client waits as much shorter.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from bot.actions.ask_after import ask_after
from bot.actions.catch_up import catch_up
from bot.actions.erase_copies import erase_copies, keep_leftovers
from bot.channels.base import Inbound
from bot.store.models import Message
from tests.actions.sending import Bed, open_bed

# The channel's answer, in a word: what is true of a message just after the call that met the fault.
# Sending: waits (surely not taken: tried again), doubt (nobody knows: looked for in the list before
# anything is sent again) or taken. The other calls: later, or done.
AWAY = "http://twilio.invalid"  # a name that nobody may own (RFC 6761)
CLOSED = "http://127.0.0.1:9"
DATE = "Mon, 23 Nov 2026 10:02:00 GMT"
SILENCE = 0.25  # seconds that the client waits for an answer; a whole call may take twice as long


@dataclass(frozen=True, kw_only=True)
class Case:
    """One fault, and what follows at once: at a send, a list or one message that is asked after,
    a new content, an erasure."""

    name: str
    kind: str = ""
    away: str = ""  # where Twilio's API is looked for in vain
    options: tuple[tuple[str, Any], ...] = ()
    send: str
    list: str = "later"
    content: str = "later"
    erase: str = "later"
    alert: str = ""  # what staff see of it at a send


def case(name: str, kind: str = "", *expected: str, away: str = "", alert: str = "",
         **options: Any) -> Case:  # fmt: skip
    send, *others = expected
    return Case(
        name=name,
        kind=kind,
        away=away,
        options=tuple(options.items()),
        send=send,
        alert=alert,
        **dict(zip(("list", "content", "erase"), others, strict=False)),
    )


TROUBLE = "channel_trouble"
CASES = (
    #                                                          send     list     content  erase
    #                                                                 or fetch
    case("429", "429",                                         "waits"),
    case("429, with Retry-After in seconds", "429",            "waits", retry_after=120),
    case("429, with Retry-After as a date", "429",             "waits", retry_after=DATE),
    case("401", "401",                                         "waits", alert=TROUBLE),
    case("500, nothing taken", "500",                          "doubt"),
    case("503, nothing taken", "503",                          "doubt"),
    case("500, taken", "500_after_accepting",                  "doubt"),
    case("503, taken", "503_after_accepting",                  "doubt"),
    case("reset before it was taken", "drop_before",           "doubt"),
    case("reset after it was taken", "drop_after_accepting",   "doubt"),
    case("silence, nothing taken", "hang",                     "doubt", seconds=2),
    case("silence, taken", "hang_after_accepting",             "doubt", seconds=2),
    case("half a JSON", "half_json",                           "doubt", "later", "later", "done"),
    case("the SID of another", "wrong_sid",                    "taken", "later", "later", "done"),
    case("one byte after the other", "slow_drip",              "taken", "done",  "done",  "done",
         seconds=0.0001),
    case("one byte now and then", "slow_drip",                 "doubt", "later", "later", "done",
         seconds=0.05),
    case("its name is not known", "",                          "waits", away=AWAY, alert=TROUBLE),
    case("nobody is there", "",                                "waits", away=CLOSED, alert=TROUBLE),
)  # fmt: skip


@pytest.fixture
def bed(database_url: str) -> Iterator[Bed]:
    with open_bed(database_url, judged=False) as bed:
        yield bed


@contextmanager
def met(bed: Bed, case: Case, on: str) -> Iterator[None]:
    """The next call of that kind meets the fault."""
    client = bed.channel._client
    settings, there = bed.channel._settings, bed.channel._settings.twilio_api_base
    if case.away:
        bed.channel._client = None
        object.__setattr__(settings, "twilio_api_base", case.away)
    else:
        bed.twilio.misbehave(case.kind, on=on, **dict(case.options))
        if client is not None and dict(case.options).get("seconds", 0) >= 0.05:
            client.http_client.timeout, client.http_client._whole = SILENCE, 2 * SILENCE
    yield
    bed.twilio.behave()
    object.__setattr__(settings, "twilio_api_base", there)
    bed.channel._client = client
    if client is not None:
        client.http_client.timeout, client.http_client._whole = 5, 10


@pytest.fixture(autouse=True)
def no_such_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The resolver answers as it must for a name under .invalid, without asking any network."""
    ask = socket.getaddrinfo

    def answer(host: Any, *args: Any, **more: Any) -> Any:
        if str(host).endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return ask(host, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", answer)


WORDS = {"queued": "waits", "unknown": "doubt", "accepted": "taken", "sent": "taken"}
TAKEN = ("accepted", "sent", "delivered", "read")
HELLO = "How is it going?"
CHOICES = [(f"k{number}", f"Row {number}") for number in range(4)]


def table_of(column: str) -> dict[str, str]:
    return {each.name: getattr(each, column) for each in CASES}


def calm_down(bed: Bed) -> None:
    """The fault is over; receipts stay away, so that the list has to do."""
    bed.twilio.misbehave("lost_callbacks", times=99)
    open_ones = "select count(*) from delivery where state in ('queued', 'sending', 'unknown')"
    for _ in range(6):
        if bed.rows(open_ones) == [(0,)]:
            break
        bed.forward(minutes=20)
        bed.reconcile()
        bed.send()
    bed.twilio.behave()


def reached(bed: Bed, person: int, *texts: str) -> None:
    """Each of them is on her phone, once, and nothing of it is left in our outbox."""
    assert bed.bodies(person) == list(texts)
    left = bed.rows("select distinct state from delivery where participant_id = :p", p=person)
    assert {row.state for row in left} <= set(TAKEN)


def test_at_a_send(bed: Bed) -> None:
    found, told = {}, {}
    for each in connected(bed):
        bed.change("delete from alert")
        amina = bed.person()
        message = bed.queue(amina, HELLO)
        with met(bed, each, "send"):
            bed.send()
        found[each.name] = WORDS[bed.delivery(message).state]
        told[each.name] = "".join(bed.alerts())
        calm_down(bed)
        reached(bed, amina, HELLO)
    assert found == table_of("send")
    assert told == table_of("alert")


def test_at_the_list_that_tells_what_was_taken(bed: Bed) -> None:
    found = {}
    for each in connected(bed):
        amina = bed.person()
        bed.queue(amina, HELLO)
        bed.twilio.misbehave("500_after_accepting")
        bed.twilio.misbehave("lost_callbacks", times=9)
        bed.send()
        bed.twilio.behave()
        bed.forward(minutes=1)
        with met(bed, each, "list"):
            found[each.name] = "done" if bed.reconcile() else "later"
        calm_down(bed)
        reached(bed, amina, HELLO)
    assert found == table_of("list")


def test_at_the_list_that_tells_what_came_in(bed: Bed) -> None:
    found = {}
    for place, each in enumerate(connected(bed)):
        bed.person(wrote=False)
        number = bed.rows("select reference from participant order by id desc")[0][0]
        bed.forward(minutes=30)
        bed.twilio.receive_from(number, f"hello {place}")
        bed.forward(minutes=3)  # its webhook may come until then
        with met(bed, each, "list"):
            found[each.name] = "done" if pulled(bed) else "later"
        bed.forward(minutes=1)
        pulled(bed)
    assert found == table_of("list")
    came = bed.rows("select text from message where direction = 'in' order by id")
    numbered = [row.text for row in came if row.text != "hello"]
    assert numbered == [f"hello {place}" for place in range(len(CASES))]


def pulled(bed: Bed) -> int:
    def receive(inbound: Inbound) -> None:
        with bed.database.transaction() as db:
            db.add(
                Message(
                    direction="in",
                    channel=inbound.channel,
                    external_id=inbound.external_id,
                    text=inbound.text,
                    at=bed.now,
                )
            )

    return catch_up(bed.database, bed.channel, receive, now=bed.now)


def test_at_one_message_that_is_asked_after(bed: Bed) -> None:
    found = {}
    for each in connected(bed):
        amina = bed.person()
        message = bed.queue(amina, HELLO)
        bed.twilio.misbehave("lost_callbacks", times=9)
        bed.send()
        bed.deliver()
        bed.twilio.behave()
        bed.forward(hours=5)
        with met(bed, each, "fetch"):
            ask_after(bed.database, bed.channel, now=bed.now)
        found[each.name] = "done" if bed.delivery(message).state == "read" else "later"
        ask_after(bed.database, bed.channel, now=bed.now)
        assert bed.delivery(message).state == "read", each.name
        reached(bed, amina, HELLO)
    assert found == table_of("list")


def test_at_a_new_content_numbers_take_the_place_of_buttons_until_it_is_there(bed: Bed) -> None:
    found = {}
    for each in connected(bed):
        bed.change("delete from template")
        amina = bed.person()
        first = bed.queue(amina, HELLO, choices=CHOICES)
        with met(bed, each, "content"):
            bed.send()
        found[each.name] = "done" if bed.delivery(first).mode == "session" else "later"
        calm_down(bed)
        second = bed.queue(amina, HELLO, choices=CHOICES)
        calm_down(bed)
        assert bed.delivery(second).mode == "session", each.name
        assert len(bed.sent_to(amina)) == 2
        assert all(body.startswith(HELLO) for body in bed.bodies(amina))
    assert found == table_of("content")


def test_at_an_erasure(bed: Bed) -> None:
    found = {}
    for each in connected(bed):
        amina = bed.person()
        bed.queue(amina, HELLO)
        bed.send()
        bed.deliver()
        sid = bed.sent_to(amina)[0].sid
        with bed.database.transaction() as db:
            keep_leftovers(db, [sid], erasure_id=None, now=bed.now)
        with met(bed, each, "delete"):
            gone = erase_copies(bed.database, bed.channel, older_than=None, now=bed.now)
        found[each.name] = "done" if gone else "later"
        bed.forward(minutes=5)
        assert gone + erase_copies(bed.database, bed.channel, older_than=None, now=bed.now) == 1
        assert sid not in bed.twilio.ledger.messages
    assert found == table_of("erase")


def connected(bed: Bed) -> tuple[Case, ...]:
    """Every case, once the line is there that some of them break."""
    bed.queue(bed.person(), "Before.")
    bed.send()
    return CASES
