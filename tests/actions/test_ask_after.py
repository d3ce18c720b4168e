"""What Twilio took and no receipt has told of for hours is asked after, once."""

from collections.abc import Iterator

import pytest

from bot.actions.ask_after import ask_after
from tests.actions.sending import Bed, open_bed


@pytest.fixture
def bed(database_url: str) -> Iterator[Bed]:
    with open_bed(database_url) as bed:
        yield bed


def fetches(bed: Bed) -> int:
    return len([call for call in bed.twilio.calls if call.method == "GET"
                and "/Messages/SM" in call.path])  # fmt: skip


def test_what_no_receipt_told_is_asked_after_four_hours_and_settled(bed: Bed) -> None:
    came, failed, off, gone = (bed.person(sms=True, fallback=True) for _ in range(4))
    messages = {}
    bed.twilio.misbehave("lost_callbacks", times=99)
    for person, trick in ((came, None), (failed, 63024), (off, None), (gone, None)):
        if trick:
            bed.twilio.misbehave("undelivered", code=trick)
        messages[person] = bed.queue(person, "Hello.")
        assert bed.send() == 1
    assert ask_after(bed.database, bed.channel, now=bed.now) == 0
    off_sid, gone_sid = (bed.delivery(messages[who]).sid for who in (off, gone))
    bed.twilio.ledger.messages[off_sid].steps[1:] = []  # it gets as far as "sent"
    bed.deliver()
    del bed.twilio.ledger.messages[gone_sid]
    assert bed.states() == ["accepted"] * 4
    bed.forward(hours=3)
    assert ask_after(bed.database, bed.channel, now=bed.now) == 0
    bed.forward(hours=1, minutes=1)
    bed.twilio.misbehave("503", on="any")
    assert ask_after(bed.database, bed.channel, now=bed.now) == 0  # it is down: later
    assert ask_after(bed.database, bed.channel, now=bed.now) == 4
    states = {who: bed.rows("select state from delivery where message_id = :m order by id",
                            m=message) for who, message in messages.items()}  # fmt: skip
    assert states[came] in ([("delivered",)], [("read",)])
    assert states[failed] == [("failed",), ("queued",)]  # and what its code asks for is done
    assert (states[off], states[gone]) == ([("sent",)], [("accepted",)])
    before = fetches(bed)
    bed.forward(hours=1)
    assert ask_after(bed.database, bed.channel, now=bed.now) == 0 and fetches(bed) == before
