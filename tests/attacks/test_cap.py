"""The day's most messages: beyond it only replies to harm and STOP leave, and staff are told."""

from decimal import Decimal

import pytest
from sqlalchemy import event

from bot.actions.cap import Budget, Left, left_today
from bot.store.prices import load_prices
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
    for _ in range(people):
        bed.person()
    with bed.database.reading() as db:
        assert left_today(db, most=None, now=bed.now).messages == 1000
        assert left_today(db, most=7, now=bed.now).messages == 7


def test_what_is_over_the_cap_of_money_waits_and_a_cry_is_still_answered(bed: Bed) -> None:  # noqa: F811
    people = [bed.person(whatsapp=False, sms=True) for _ in range(7)]
    for who in people[:6]:
        bed.queue(who, "Hello.")  # one part to a British number: 5.24 cents
    cry = bed.queue(people[6], "Call 999.", context="standing.harm_red")
    stop = bed.queue(people[6], "We stop.", context="standing.stopped")
    budget = Budget(most=Decimal("0.16"), prices=load_prices())
    for _ in range(9):
        bed.send(budget=budget)
        bed.forward(seconds=1)
    assert {bed.delivery(one).state for one in (cry, stop)} == {"accepted"}
    went = bed.states().count("accepted")
    assert 4 <= went <= 6, "the last one may go beyond it, and safe replies whatever it costs"
    assert bed.rows("select kind, detail, times from alert") == [("capped", "money", 1)]
    bed.forward(hours=25)
    late = bed.queue(people[0], "A reply of today.")
    bed.send(budget=budget)
    assert bed.delivery(late).state == "accepted"


def test_both_caps_are_one_statement_however_much_was_sent(bed: Bed) -> None:  # noqa: F811
    budget = Budget(most=Decimal(1), prices=load_prices())
    for _ in range(3):
        bed.queue(bed.person(whatsapp=False, sms=True), "Hello.")
        bed.send()
    with bed.database.reading() as db:
        asked: list[str] = []
        event.listen(db.get_bind(), "before_cursor_execute", lambda *given: asked.append(given[2]))
        left = left_today(db, most=7, budget=budget, now=bed.now)
    assert (left, len(asked)) == (Left(messages=2, spent="money"), 1)
