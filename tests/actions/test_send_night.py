"""At night nobody is written to who has not just written: whatever kept a message until then."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.actions.release import find_another_way, release_waiting
from bot.actions.say import queue
from bot.actions.templates import sync_templates
from tests.actions.sending import Bed, catalogues, library, open_bed
from tests.world import open_world

EVENING = datetime(2026, 11, 23, 19, 58, tzinfo=UTC)
MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def bed(database_url: str) -> Iterator[Bed]:
    with open_bed(database_url) as bed:
        bed.now = EVENING
        yield bed


def sync(bed: Bed) -> None:
    sync_templates(
        bed.database, bed.channel, library=library(), catalogues=catalogues(), now=bed.now
    )


def until_morning(bed: Bed) -> None:
    """Send, deliver and look all through the night."""
    while bed.now < MORNING - timedelta(minutes=30):
        bed.send()
        bed.deliver()
        bed.reconcile()
        bed.forward(minutes=29, seconds=50)


def test_a_question_of_the_evening_that_an_outage_kept_goes_in_the_morning(bed: Bed) -> None:
    amina = bed.person()
    message = bed.queue(amina, "How was your week?", priority=1)
    bed.twilio.misbehave("429", retry_after=600)
    bed.send()
    before = len(bed.sent_to(amina))
    until_morning(bed)
    found = bed.delivery(message)
    assert (found.state, len(bed.sent_to(amina)), before) == ("queued", 0, 0)
    bed.now = MORNING
    assert bed.send() == 1
    assert bed.bodies(amina) == ["How was your week?"]


def test_an_approval_at_night_lets_nothing_go_before_the_morning(bed: Bed) -> None:
    amina = bed.person(wrote=False)
    bed.say(amina, "goal_check_in.week", words={"name": "Amina"}, priority=1)
    bed.send()
    bed.now = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    sync(bed)
    assert bed.send() == 0
    assert bed.sent_to(amina) == []
    bed.now = MORNING
    assert bed.send() == 1


def test_an_sms_in_place_of_a_whatsapp_message_is_not_sent_at_night(bed: Bed) -> None:
    amina = bed.person(sms=True, fallback=True)
    bed.queue(amina, "How was your week?", priority=1)
    bed.twilio.misbehave("not_on_whatsapp")
    bed.send()
    until_morning(bed)
    assert [message.channel for message in bed.sent_to(amina)] == ["whatsapp"]
    bed.now = MORNING
    bed.send()
    assert [message.channel for message in bed.sent_to(amina)] == ["whatsapp", "sms"]


def test_what_was_found_not_to_have_been_taken_is_not_sent_again_at_night(
    database_url: str,
) -> None:
    with open_bed(database_url, judged=False) as bed:
        bed.now = EVENING
        amina = bed.person()
        bed.queue(amina, "How was your week?", priority=1)
        bed.twilio.misbehave("500")
        bed.send()
        until_morning(bed)
        assert (bed.states(), bed.sent_to(amina)) == (["queued"], [])


def test_her_reply_and_a_safe_reply_go_at_any_hour(bed: Bed) -> None:
    amina, grace = bed.person(), bed.person(held_at=EVENING)
    bed.now = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    bed.queue(amina, "Thank you.")
    bed.queue(grace, "Thanks, got it.", context="standing.harm_red.discreet")
    bed.send()
    assert (bed.bodies(amina), bed.bodies(grace)) == (["Thank you."], ["Thanks, got it."])


def test_who_answers_the_opener_at_night_gets_what_waited_at_once(bed: Bed) -> None:
    amina = bed.person()
    bed.queue(amina, "How was your week?", priority=1)
    bed.change("update delivery set state = 'waiting'")
    bed.now = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    with bed.database.transaction() as db:
        assert release_waiting(db, participant_id=amina, now=bed.now) == 1
    bed.send()
    assert bed.bodies(amina) == ["How was your week?"]


def test_what_waited_for_an_opener_that_failed_does_not_go_at_night(bed: Bed) -> None:
    amina = bed.person()
    bed.queue(amina, "How was your week?", priority=1)
    bed.change("update delivery set state = 'waiting'")
    bed.now = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    with bed.database.transaction() as db:
        find_another_way(db, participant_id=amina, now=bed.now, reason="opener failed")
    assert bed.send() == 0
    assert bed.sent_to(amina) == []


def test_the_night_is_that_of_the_house(bed: Bed) -> None:
    amina = bed.person()
    bed.queue(amina, "How was your week?", priority=1)
    assert bed.send(zone=ZoneInfo("Africa/Asmara")) == 0  # 22:58 there
    assert bed.send(zone=ZoneInfo("Europe/London")) == 0  # it has been put off already
    bed.now = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    assert bed.send(zone=ZoneInfo("Africa/Asmara")) == 1


def test_the_clock_sends_by_the_day_of_the_house(database_url: str) -> None:
    far = ZoneInfo("Pacific/Auckland")
    with open_world(database_url, start=datetime(2026, 11, 23, 12, tzinfo=UTC),
                    tz_name=far.key) as world:  # fmt: skip
        with world.parts.database.transaction() as db:
            queue(
                db,
                participant_id=None,
                address_id=None,
                text="How was your week?",
                language="en",
                priority=1,
                now=world.time,
            )
        world.clock.send()
        ((until,),) = world.rows("select not_before from delivery")
    assert str(until).startswith("2026-11-23 20:00")  # nine in the morning there


def test_what_is_useless_by_the_morning_is_cancelled_and_not_sent(bed: Bed) -> None:
    amina = bed.person()
    bed.now = EVENING + timedelta(minutes=5)
    message = bed.queue(
        amina, "How was it today?", priority=1, expires_at=bed.now + timedelta(hours=4)
    )
    until_morning(bed)
    bed.now = MORNING
    bed.send()
    assert (bed.delivery(message).reason, bed.sent_to(amina)) == ("expired", [])
