"""Receipts: late, doubled, shuffled, too early, unknown. The end is always the same."""

from collections.abc import Iterator
from itertools import permutations
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


@pytest.mark.slow
def test_all_720_orders_of_six_receipts_end_in_read(bed: Bed) -> None:
    amina = bed.person()
    message, _ = sent(bed, amina)
    bed.queue(amina, "Never sent.", expires_at=bed.now)
    for order in permutations(WORDS):
        sid = f"SM{uuid4().hex}"
        bed.change(
            "update delivery set state = 'accepted', sid = :sid where message_id = :m",
            sid=sid,
            m=message,
        )
        for status in order:
            track(bed.database, receipt(sid, status), now=bed.now)
        found = bed.rows("select state from delivery where sid = :sid", sid=sid)
        assert found == [("read",)], order


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(heard=st.lists(st.sampled_from([*WORDS, "failed", "canceled", "teleported"]), min_size=1))
def test_the_end_is_the_furthest_state_heard_of_whatever_the_order(
    bed: Bed, heard: list[str]
) -> None:
    message, sid = sent(bed, bed.person())
    for status in heard:
        track(bed.database, receipt(sid, status), now=bed.now)
    furthest = max([RANK["accepted"], *(RANK[STATES[word]] for word in heard if word in STATES)])
    found = bed.rows("select state from delivery where sid = :sid", sid=sid)
    assert RANK[found[0][0]] == furthest
    assert len(bed.rows("select id from receipt where sid = :sid", sid=sid)) == len(set(heard))
    bed.change("update delivery set state = 'cancelled' where message_id = :m", m=message)


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
