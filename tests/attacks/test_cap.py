"""The day's most messages: beyond it only replies to harm and STOP leave, and staff are told."""

import pytest

from tests.actions.sending import Bed
from tests.actions.test_send import bed  # noqa: F401


def test_what_is_over_the_cap_waits_and_a_cry_is_still_answered(bed: Bed) -> None:  # noqa: F811
    people = [bed.person(whatsapp=False, sms=True) for _ in range(6)]
    for who in people:
        bed.queue(who)
    cry = bed.queue(people[5], "Call 999.", context="standing.harm_red")
    stop = bed.queue(people[4], "We stop.", context="standing.stopped")
    bed.send(most_messages=3)
    for _ in range(4):
        bed.forward(seconds=10)
        bed.send(most_messages=3)
    assert {bed.delivery(one).state for one in (cry, stop)} == {"accepted"}
    went = bed.states().count("accepted")
    assert 3 <= went <= 5, "safe replies count, too, and go whatever has gone before them"
    assert bed.states().count("queued") == 8 - went
    assert bed.alerts() == ["capped"]
    assert bed.rows("select times from alert") == [(1,)], "once an hour, not at every look"
    bed.forward(hours=25)
    late = bed.queue(people[0], "A reply of today.")
    bed.send(most_messages=3)
    assert bed.delivery(late).state == "accepted"
    assert bed.states().count("cancelled") == 8 - went, "hours late helps nobody"


@pytest.mark.parametrize("people", [1, 5])
def test_a_house_that_sets_no_cap_has_one_by_its_size(bed: Bed, people: int) -> None:  # noqa: F811
    from bot.actions.cap import left_today

    for _ in range(people):
        bed.person()
    with bed.database.reading() as db:
        assert left_today(db, most=None, now=bed.now) == 1000
        assert left_today(db, most=7, now=bed.now) == 7
