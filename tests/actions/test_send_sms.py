"""What goes by SMS: several where one would be too long, whole letters, and no keyword traps."""

import secrets
import textwrap
from collections.abc import Iterator

import pytest

from bot.actions.track import track
from bot.channels.base import Outbound, Receipt
from bot.channels.segments import count, straighten
from tests.actions.sending import Bed, catalogues, open_bed

LONG = "ብጽሒት ትፈልጢ ኢኺ። " * 22
CHOICES = [("yes", "እወ"), ("no", "ኣይፋል")]


@pytest.fixture
def bed(database_url: str) -> Iterator[Bed]:
    with open_bed(database_url) as bed:
        yield bed


def queue_long(bed: Bed, person: int) -> int:
    return bed.queue(person, LONG + "ሕራይ ድዩ?", language="ti", choices=CHOICES, priority=1)


def test_a_text_that_is_too_long_goes_as_several_in_order_before_what_comes_next(bed: Bed) -> None:
    selam = bed.person(whatsapp=False, sms=True, language="ti")
    queue_long(bed, selam)
    bed.queue(selam, "Next.", priority=1)
    bed.settle_down()
    *first, last, after = bed.bodies(selam)
    assert after == "Next." and last.endswith("ሕራይ ድዩ?\n1 እወ\n2 ኣይፋል")
    assert first and all(one.endswith("።") for one in first)
    assert not any(count(one).too_many for one in (*first, last))
    assert " ".join((*first, last)).replace("\n", " ").startswith(LONG.strip())
    assert set(bed.states()) == {"delivered"}


def test_only_the_piece_that_failed_is_sent_again(bed: Bed) -> None:
    selam = bed.person(whatsapp=False, sms=True, language="ti")
    message = queue_long(bed, selam)
    bed.twilio.misbehave("failed", code=30008)
    bed.settle_down(rounds=20, minutes=2)
    found = bed.rows("select piece, state from delivery where message_id = :m", m=message)
    arrived = sorted(row.piece for row in found if row.state == "delivered")
    assert arrived == [1, 2] and [row.piece for row in found if row.state == "failed"] == [1]
    assert len(bed.bodies(selam)) == len(found) == 3


def test_a_piece_nobody_heard_back_from_is_looked_for_and_not_doubled(bed: Bed) -> None:
    selam = bed.person(whatsapp=False, sms=True, language="ti")
    queue_long(bed, selam)
    bed.twilio.misbehave("500_after_accepting")
    bed.settle_down(rounds=20)
    bodies = bed.bodies(selam)
    assert len(bodies) == len(set(bodies)) == 2 and bodies[1].endswith("2 ኣይፋል")


def test_a_whatsapp_message_that_arrives_after_all_takes_every_piece_back(bed: Bed) -> None:
    luwam = bed.person(sms=True, fallback=True, language="ti")
    message = queue_long(bed, luwam)
    bed.twilio.misbehave("failed", code=63024)
    bed.send()
    bed.deliver()
    bed.forward(minutes=11)
    bed.send(limit=1)
    sid = bed.rows("select sid from delivery where piece = 0 and message_id = :m", m=message)[0].sid
    arrived = Receipt(external_id=sid, status="delivered", state="delivered")
    assert bed.states() == ["failed", "accepted", "queued"]
    track(bed.database, arrived, now=bed.now)
    assert bed.states() == ["delivered", "accepted", "cancelled"]


def test_every_letter_of_every_language_arrives_as_it_was_written(bed: Bed) -> None:
    """All texts, as many together as one message takes: none may come out as "?"."""
    number = bed.rows("select reference from participant where id = :p", p=bed.person(sms=True))[0][
        0
    ]
    for tag in catalogues().languages:
        texts = catalogues().texts[tag].values()
        for body in textwrap.wrap(straighten(" ".join(texts)), 1500, break_long_words=False):
            outbound = Outbound(token=secrets.token_hex(16), address=number, body=body)
            bed.channel.send(outbound)
            assert bed.twilio.sent_to(number)[-1].body == body


def test_labels_have_straight_quotes_too(bed: Bed) -> None:
    selam = bed.person(whatsapp=False, sms=True)
    bed.queue(selam, "Can you come?", choices=[("no", "I can’t"), ("yes", "Yes – sure")])
    bed.send()
    assert bed.bodies(selam) == ["Can you come?\n1 I can't\n2 Yes - sure"]
    assert count(straighten("I can’t – “no”… it\u00a0is")).encoding == "GSM-7"
