"""How fast and in which order messages leave: to one person, to all, after trouble."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Thread

import pytest

from bot.actions.pace import Pace
from tests.actions.sending import Bed, open_bed


@pytest.fixture
def bed(database_url: str) -> Iterator[Bed]:
    with open_bed(database_url) as bed:
        yield bed


def test_one_person_gets_one_message_in_six_seconds_and_safety_does_not_wait(bed: Bed) -> None:
    amina, luwam = bed.person(), bed.person()
    for words in ("One.", "Two."):
        bed.queue(amina, words)
    bed.queue(luwam, "Hello.")
    assert bed.send() == 2  # nobody else waits for her
    bed.forward(seconds=5)
    assert bed.send() == 0
    bed.queue(amina, "Ring 999.", context="standing.harm_red")
    assert bed.send() == 1
    bed.forward(seconds=4)
    assert bed.send() == 0  # it counts as well
    bed.forward(seconds=3)
    assert bed.send() == 1
    assert bed.bodies(amina) == ["One.", "Ring 999.", "Two."]
    bed.queue(amina, "Three.")
    bed.now -= timedelta(hours=2)  # a clock that was set back holds up nobody for hours
    assert bed.send() == 1


def test_what_is_tried_again_or_by_sms_still_goes_before_what_was_said_after_it(bed: Bed) -> None:
    amina = bed.person(sms=True, fallback=True)
    bed.queue(amina, "First.")
    bed.twilio.misbehave("undelivered", code=63032)
    bed.send()
    bed.queue(amina, "Second.")
    bed.deliver()  # what goes by SMS now is the newest delivery, and of the older message
    bed.forward(minutes=5)
    assert bed.send() == 0  # the SMS of the first one is still to come
    bed.twilio.misbehave("429", retry_after=600)
    bed.forward(minutes=6)
    assert bed.send() == 1  # refused for ten minutes
    bed.forward(minutes=5)
    assert bed.send() == 0
    bed.forward(minutes=6)
    bed.send()
    bed.forward(seconds=7)
    bed.send()
    assert [(one.channel, one.body) for one in bed.sent_to(amina)] == [
        ("whatsapp", "First."),
        ("sms", "First."),
        ("whatsapp", "Second."),
    ]


def test_every_message_waits_for_its_turn_and_an_answer_takes_the_next_one(
    bed: Bed,
) -> None:
    """By a clock of the test: each turn lasts a tenth of a second."""
    time = [0.0]
    turns: list[float] = []

    def sleep(seconds: float) -> None:
        time[0] += seconds
        turns.append(time[0])
        if len(turns) == 5:
            bed.queue(amina, "Thank you.")

    amina = bed.person()
    others = [bed.person() for _ in range(12)]
    for person in others:
        bed.queue(person, "How was your week?", priority=1)
    pace = Pace(per_second=10, clock=lambda: time[0], sleep=sleep)
    bed.send(pace=pace)
    bed.send(pace=pace)
    bodies = [message.body for message in bed.twilio.messages if message.body != "hello"]
    assert len(bodies) == 13 and len(turns) >= 11  # all but the first waited for a turn
    assert bodies.index("Thank you.") <= 5 + 5  # four workers may hold one each by then


def test_a_turn_that_was_not_used_is_given_back_and_workers_share_one_pace() -> None:
    time = [0.0]
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)

    pace = Pace(per_second=2, clock=lambda: time[0], sleep=sleep)
    for _ in range(5):
        pace.take()
        pace.give_back()
    assert slept == []
    threads = [Thread(target=pace.take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(slept) == [0.5, 1.0, 1.5]
    time[0] = 60.0  # nothing is saved up while nothing is sent
    pace.take()
    pace.take()
    assert len(slept) == 4
