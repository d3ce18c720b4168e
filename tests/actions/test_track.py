"""Receipts: late, doubled, shuffled, too early, unknown. The end is always the same."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import cycle, permutations
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlmodel import Session

from bot.actions.say import queue
from bot.actions.settle import bind
from bot.actions.track import track
from bot.channels.base import RANK, Receipt
from bot.channels.twilio_inbound import STATES
from tests.actions.sending import Bed, open_bed

WORDS = ["queued", "sending", "sent", "delivered", "read", "undelivered"]


@pytest.fixture
def bed(database_url: str) -> Iterator[Bed]:
    with open_bed(database_url) as bed:
        yield bed


def receipt(sid: str, status: str, *, token: str | None = None, code: str | None = None) -> Receipt:
    return Receipt(
        external_id=sid, status=status, state=STATES.get(status), token=token, error_code=code
    )


def sent(bed: Bed, person: int) -> tuple[int, str]:
    """A message that Twilio took: its id and SID. What its receipts say is left to the test."""
    message = bed.queue(person, "Hello.")
    bed.send()
    return message, str(bed.delivery(message).sid)


def outbox(bed: Bed, person: int, count: int) -> list[Any]:
    """That many messages at once, each held by a sender whose call has not come back."""
    here = bed.rows("select id from address where channel = 'whatsapp'")[0].id
    held = text(
        "update delivery set state = 'sending', mode = 'session', attempts = 1, address_id = :here"
    )
    with bed.database.transaction() as db:
        for _ in range(count):
            queue(db, participant_id=person, address_id=None, text="Hello.", language="en",
                  now=bed.now)  # fmt: skip
        db.execute(held, {"here": here})
        return list(db.execute(text("select id, token from delivery order by id")))


class OneTransaction:
    """A database for a thousand receipts: what each of them does, with one commit for all."""

    def __init__(self, db: Session) -> None:
        self._db = db

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        yield self._db


ANSWERED = ("before", "after", "never")
SIX = [
    Receipt(external_id="", status="queued", state="accepted"),
    Receipt(external_id="", status="sent", state="sent"),
    Receipt(external_id="", status="undelivered", state="failed", error_code="63032"),
    Receipt(external_id="", status="delivered", state="delivered"),
    Receipt(external_id="", status="sent", state="read", event="READ"),  # its status lags behind
    Receipt(external_id="", status="failed", state="failed", error_code="63032"),
]


def test_all_720_orders_of_six_receipts_end_alike(bed: Bed) -> None:
    """Whether the call came back before them, after them (they are kept until then), or never (our
    token binds them): read, the failure in their middle forgotten, and no SMS is left waiting.
    A fair sample where every statement takes a round trip."""
    amina = bed.person(sms=True)
    bed.change("update address set fallback = :yes where channel = 'sms'", yes=True)
    orders = list(permutations(SIX))
    random.Random(720).shuffle(orders)  # noqa: S311
    orders = orders if bed.database.dialect == "sqlite" else orders[:72]
    deliveries = outbox(bed, amina, len(orders))
    with bed.database.transaction() as db:
        database: Any = OneTransaction(db)
        for answered, delivery, order in zip(cycle(ANSWERED), deliveries, orders, strict=False):
            sid = f"SM{uuid4().hex}"
            if answered == "before":
                assert bind(db, delivery_id=delivery.id, sid=sid, now=bed.now)
            token = delivery.token if answered == "never" else None
            for each in order:
                track(database, replace(each, external_id=sid, token=token), now=bed.now)
            if answered == "after":
                assert bind(db, delivery_id=delivery.id, sid=sid, now=bed.now)
    ends = bed.rows("select state, count(*) from delivery where sid is not null group by state")
    assert ends == [("read", len(orders))]
    fallbacks = bed.rows("select distinct state, reason from delivery where sid is null")
    assert fallbacks == [("cancelled", "it arrived after all")]
    assert bed.rows("select count(*) from receipt where delivery_id is null") == [(0,)]
    assert bed.send() == 0


def test_the_end_is_the_furthest_state_heard_of_whatever_was_heard(bed: Bed) -> None:
    """Doubles, words that nobody knows and words left out, in orders by chance."""
    chance = random.Random(7)  # noqa: S311
    words = [*WORDS, "failed", "canceled", "teleported"]
    deliveries = outbox(bed, bed.person(), 40)
    furthest = {}
    with bed.database.transaction() as db:
        database: Any = OneTransaction(db)
        for delivery in deliveries:
            sid, heard = f"SM{uuid4().hex}", chance.choices(words, k=chance.randint(1, 9))
            assert bind(db, delivery_id=delivery.id, sid=sid, now=bed.now)
            for status in heard:
                track(database, receipt(sid, status), now=bed.now)
            ranks = (RANK[STATES[word]] for word in heard if word in STATES)
            furthest[sid] = (max([RANK["accepted"], *ranks]), len(set(heard)))
    found = bed.rows(
        "select delivery.sid, state, count(receipt.id) as heard from delivery "
        "join receipt on receipt.sid = delivery.sid group by delivery.sid, state"
    )
    assert {row.sid: (RANK[row.state], row.heard) for row in found} == furthest


def test_a_receipt_for_an_unknown_sid_is_kept_and_changes_nothing(bed: Bed) -> None:
    message, _ = sent(bed, bed.person())
    before = bed.delivery(message)
    track(bed.database, receipt("SM" + "e" * 32, "delivered"), now=bed.now)
    assert bed.delivery(message) == before
    assert bed.rows("select status, delivery_id from receipt") == [("delivered", None)]


def test_a_kept_receipt_counts_once_its_sid_is_known(bed: Bed) -> None:
    amina = bed.person()
    message = bed.queue(amina, "Hello.")
    token = bed.delivery(message).token
    sid = "SM" + "d" * 32
    track(bed.database, receipt(sid, "delivered"), now=bed.now)
    track(bed.database, receipt(sid, "sent", token=token), now=bed.now)
    assert (bed.delivery(message).state, bed.delivery(message).sid) == ("delivered", sid)
    assert bed.send() == 0


def test_our_token_corrects_a_sid_that_an_answer_got_wrong(bed: Bed) -> None:
    message, _ = sent(bed, bed.person())
    right = "SM" + "c" * 32
    token = bed.delivery(message).token
    track(bed.database, receipt(right, "delivered", token=token), now=bed.now)
    assert (bed.delivery(message).sid, bed.delivery(message).state) == (right, "delivered")


def test_a_token_that_is_not_ours_binds_nothing(bed: Bed) -> None:
    message, sid = sent(bed, bed.person())
    track(bed.database, receipt("SM" + "b" * 32, "failed", token="0" * 32), now=bed.now)
    assert (bed.delivery(message).state, bed.delivery(message).sid) == ("accepted", sid)


def test_delivered_after_undelivered_wins_and_takes_the_sms_back(bed: Bed) -> None:
    amina = bed.person(sms=True, fallback=True)
    message, sid = sent(bed, amina)
    track(bed.database, receipt(sid, "undelivered", code="63024"), now=bed.now)
    assert bed.states() == ["failed", "queued"]
    track(bed.database, receipt(sid, "delivered"), now=bed.now)
    assert bed.states() == ["delivered", "cancelled"]
    bed.forward(hours=1)
    bed.send()
    assert len(bed.sent_to(amina)) == 1
    assert bed.delivery(message).reason == "it arrived after all"


@pytest.mark.parametrize("late", [True, False])
def test_staff_need_not_look_at_what_arrived_after_all(bed: Bed, late: bool) -> None:
    _, sid = sent(bed, bed.person())
    failure, success = receipt(sid, "undelivered", code="30007"), receipt(sid, "delivered")
    for each in (failure, success) if late else (success, failure):
        track(bed.database, each, now=bed.now)
    assert bed.rows("select state, note from alert") == (
        [("closed", "It arrived after all.")] if late else []
    )


def test_what_failed_before_is_still_for_staff_when_another_arrives(bed: Bed) -> None:
    amina = bed.person()
    sids = [sent(bed, amina)[1] for _ in range(2)]
    for sid in sids:
        track(bed.database, receipt(sid, "undelivered", code="30007"), now=bed.now)
    track(bed.database, receipt(sids[1], "delivered"), now=bed.now)
    found = bed.rows("select subject, state from alert where subject like 'undelivered:part%'")
    assert [row.state for row in found] == ["open"]


def test_the_same_failure_said_twice_falls_back_once(bed: Bed) -> None:
    _, sid = sent(bed, bed.person(sms=True, fallback=True))
    for _ in range(3):
        track(bed.database, receipt(sid, "undelivered", code="63024"), now=bed.now)
    track(bed.database, receipt(sid, "failed", code="63024"), now=bed.now)
    assert bed.states() == ["failed", "queued"]


def test_a_phone_that_is_off_is_tried_again_and_then_the_other_channel(bed: Bed) -> None:
    amina = bed.person(sms=True, fallback=True)
    bed.queue(amina, "Hello.")
    for hours in (0, 2, 7):
        bed.forward(hours=hours)
        bed.twilio.misbehave("undelivered", code=30003)
        assert bed.send() == 1
        bed.deliver()
    bed.forward(minutes=11)
    bed.send()
    assert [message.channel for message in bed.sent_to(amina)] == ["whatsapp"] * 3 + ["sms"]


def test_a_person_who_blocked_us_is_not_written_to_there_again(bed: Bed) -> None:
    amina = bed.person()
    bed.queue(amina, "Hello.")
    bed.twilio.misbehave("blocked")
    bed.send()
    bed.deliver()
    assert bed.rows("select state, state_reason from address") == [("stopped", "code 63014")]
    assert bed.alerts() == ["undelivered"]


@pytest.mark.parametrize(
    "trick", ["duplicate_callbacks", "reorder_callbacks", "late_callbacks", "early_callbacks"]
)
def test_twilios_own_disorder_over_http_does_no_harm(bed: Bed, trick: str) -> None:
    amina = bed.person()
    message = bed.queue(amina, "Hello.")
    bed.twilio.misbehave(trick, times=3, copies=4)
    bed.send()
    bed.settle_down(rounds=3)
    bed.forward(hours=2)
    bed.deliver()
    bed.twilio.release_callbacks()
    assert bed.delivery(message).state == "read"
    assert len(bed.sent_to(amina)) == 1
