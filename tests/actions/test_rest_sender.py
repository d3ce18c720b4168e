"""One of our senders has trouble: it rests, longer each time, one message tries it, all go on."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from bot.actions.plan_templates import plan_templates
from bot.actions.rest_sender import TRIES
from bot.channels.policy import ENOUGH_PEOPLE, RESTS
from bot.store.models import Template
from bot.web.words import alert_detail, alert_help, delivery
from tests.actions.sending import (
    MONDAY,
    WHATSAPP_FROM,
    Bed,
    catalogues,
    library,
    open_bed,
)

WEEK = [("good", "Good"), ("ok", "OK"), ("hard", "Hard"), ("skip", "Skip")]


@pytest.fixture
def bed(database_url: str) -> Iterator[Bed]:
    with open_bed(database_url) as bed:
        yield bed


def senders(bed: Bed) -> list[Any]:
    return bed.rows("select address, state, code, failures from sender order by id")


def taken(bed: Bed) -> int:
    """How many messages Twilio was asked to send."""
    return len([call for call in bed.twilio.calls if call.path.endswith("/Messages.json")
                and call.method == "POST"])  # fmt: skip


def approve(bed: Bed) -> None:
    """The one wording that these tests write first in."""
    planned = plan_templates(library(), catalogues())
    code = "en_GB"
    wanted = (wording for wording in planned
              if (wording.context, wording.language) == ("goal_check_in.week", code))  # fmt: skip
    wording = next(wanted)
    sid = bed.channel.create_content(wording.draft)
    bed.channel.submit(content_sid=sid, name=wording.draft.name, category="UTILITY")
    with bed.database.transaction() as db:
        db.add(
            Template(
                key=wording.key,
                digest=wording.digest,
                name=wording.draft.name,
                language=wording.language,
                category="utility",
                content_sid=sid,
                state="approved",
                updated_at=bed.now,
            )
        )


def round_(bed: Bed) -> int:
    sent = bed.send()
    bed.deliver()
    return sent


def trip(bed: Bed, person: int, code: int = 63007, **more: Any) -> int:
    """A message of hers shows that our WhatsApp sender cannot send."""
    bed.twilio.misbehave("failed", code=code)
    message = bed.queue(person, "How was your week?", **({"priority": 1} | more))
    assert round_(bed) == 1
    return message


def test_a_sender_in_trouble_rests_alone_until_one_message_has_tried_it(bed: Bed) -> None:
    amina, luwam, selam = bed.person(), bed.person(), bed.person(whatsapp=False, sms=True)
    bed.twilio.misbehave("failed", code=63007, times=2)
    for person in (amina, bed.person()):
        bed.queue(person, "How was your week?", priority=1)
    assert round_(bed) == 2
    assert senders(bed) == [(WHATSAPP_FROM, "tripped", "63007", 1)]  # two at once are one trouble
    assert bed.alerts() == ["channel_trouble"]
    later = bed.queue(luwam, "And yours?", priority=1)
    bed.queue(selam, "And yours?", priority=1)
    assert bed.send() == 1  # the SMS; another process would find the same in the database
    assert [message.channel for message in bed.sent_to(selam)] == ["sms"]
    assert bed.delivery(later).reason == RESTS
    assert delivery("queued", reason=RESTS, code=None) == f"Waiting to go: {RESTS}"
    bed.forward(minutes=10)
    assert bed.send() == 0 and bed.sent_to(luwam) == []

    bed.forward(minutes=6)
    assert bed.send() == 1  # of the three that wait
    tried = "select sender from delivery where state = 'accepted' and mode <> 'sms'"
    assert bed.rows(tried) == [(WHATSAPP_FROM,)]
    assert bed.send() == 0  # before it is known what becomes of it
    bed.deliver()
    assert senders(bed) == [(WHATSAPP_FROM, "working", "63007", 0)]
    assert bed.send() == 2
    bed.deliver()
    assert len(bed.bodies(amina)) == 2 and bed.bodies(luwam) == ["And yours?"]
    ((kind, detail, state),) = bed.rows("select kind, detail, state from alert")
    assert (kind, detail, state) == ("channel_trouble", "works again: code 63007", "open")
    assert alert_detail(kind, detail).startswith("It works again: messages leave. Why: Twilio")
    assert "console" in alert_help(kind, agreed=True, detail=detail)


def test_the_rest_grows_to_six_hours_and_an_older_failure_prolongs_nothing(bed: Bed) -> None:
    amina = bed.person()
    message = trip(bed, amina, priority=0)
    rests = []
    for _ in range(7):
        ((until,),) = bed.rows("select until from sender")
        until = until if isinstance(until, datetime) else datetime.fromisoformat(until)
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        rests.append(round((until - bed.now).total_seconds() / 60))
        assert bed.delivery(message).attempts == 0  # it is not the message's fault
        bed.now = until + timedelta(seconds=1)
        bed.change("update address set last_inbound_at = :now", now=bed.now.replace(tzinfo=None))
        bed.twilio._last_inbound.clear()
        bed.twilio.receive_from(bed.rows("select reference from participant")[0][0], "hello")
        bed.twilio.misbehave("failed", code=63007)
        assert bed.send() == 1
        assert bed.delivery(message).reason.endswith(TRIES)
        bed.deliver()
    assert rests == [15, 30, 60, 120, 240, 360, 360]
    assert senders(bed) == [(WHATSAPP_FROM, "tripped", "63007", 8)]


def test_meanwhile_answers_and_what_would_be_too_late_go_by_sms_where_she_allows_it(
    bed: Bed,
) -> None:
    amina = bed.person(sms=True, fallback=True)
    luwam = bed.person(sms=True)
    trip(bed, bed.person())
    bed.queue(amina, "Thank you.")
    bed.queue(luwam, "Thank you.")
    round_(bed)
    ends = bed.now + timedelta(minutes=9)
    for person in (amina, luwam):
        bed.queue(person, "Today?", priority=1, expires_at=ends)
    round_(bed)
    assert [message.channel for message in bed.sent_to(amina)] == ["sms", "sms"]
    assert bed.sent_to(luwam) == []
    held = bed.person(held_at=bed.now)
    here = bed.rows("select id from address where participant_id = :p", p=held)[0].id
    bed.queue(held, "Ring 999.", context="standing.harm_red", address_id=here)
    round_(bed)
    assert bed.bodies(held) == ["Ring 999."]  # tried, whatever is known of the sender


def test_trouble_with_the_account_stops_every_sender_and_survives_a_restart(bed: Bed) -> None:
    amina, selam = bed.person(), bed.person(whatsapp=False, sms=True)
    bed.twilio.misbehave("401")
    bed.queue(amina, "Hello.", priority=1)
    assert bed.send() == 1
    assert senders(bed) == [("*", "tripped", "20003", 1)]
    bed.queue(selam, "Hello.")
    before = taken(bed)
    assert bed.send() == 0 and taken(bed) == before
    bed.forward(minutes=16)
    assert bed.send() == 2  # the first one's answer shows that it works: the other follows at once
    assert senders(bed) == [("*", "working", "20003", 0)]
    assert bed.bodies(amina) == bed.bodies(selam) == ["Hello."]


def test_a_limit_of_whatsapp_holds_what_we_start_and_no_answer(bed: Bed) -> None:
    amina, luwam = bed.person(), bed.person(wrote=False)
    approve(bed)
    message = trip(bed, amina, code=63018)
    assert senders(bed) == [(WHATSAPP_FROM, "limited", "63018", 1)]
    assert bed.alerts() == []  # not before it lasts
    first = bed.say(luwam, "goal_check_in.week", words={"name": "Amina"}, choices=WEEK, priority=1)
    bed.queue(amina, "Thank you.")
    bed.forward(seconds=10)
    bed.send()
    assert bed.bodies(amina)[-1] == "Thank you."
    assert (bed.delivery(first).state, bed.delivery(first).reason) == ("queued", RESTS)
    for minutes in (2, 11):  # it lasts
        bed.forward(minutes=minutes)
        bed.twilio.misbehave("failed", code=63018, times=3)
        round_(bed)
    assert senders(bed)[0][3] == 3 and bed.alerts() == ["channel_trouble"]
    assert bed.delivery(message).attempts >= 2


def test_a_daily_limit_of_the_account_lasts_until_the_next_day(bed: Bed) -> None:
    trip(bed, bed.person(), code=63038)
    assert senders(bed) == [("*", "tripped", "63038", 1)]
    bed.now = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    assert bed.send() == 0
    bed.now = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    assert bed.send() == 1


def test_beyond_the_people_of_a_day_the_next_wait_or_get_an_sms_and_staff_hear_once(
    bed: Bed,
) -> None:
    approve(bed)
    first, second = bed.person(wrote=False), bed.person(wrote=False)
    allows = bed.person(wrote=False, sms=True, fallback=True)
    answers = bed.person()
    messages = [
        bed.say(person, "goal_check_in.week", words={"name": "Amina"}, choices=WEEK, priority=1)
        for person in (first, second, allows, first, answers)
    ]
    for _ in range(3):
        bed.send(daily_people=1)
        bed.deliver()
    reached = [[one.channel for one in bed.sent_to(person)] for person in
               (first, second, allows, answers)]  # fmt: skip
    assert reached == [["whatsapp", "whatsapp"], [], ["sms"], ["whatsapp"]]
    assert bed.delivery(messages[1]).reason == ENOUGH_PEOPLE
    assert bed.alerts() == ["channel_trouble"]
    ((detail,),) = bed.rows("select detail from alert")
    assert "1 people" in alert_detail("channel_trouble", detail)
    bed.now = MONDAY + timedelta(days=1, hours=1)
    bed.send(daily_people=1)
    assert len(bed.sent_to(second)) == 1


def test_a_code_about_her_alone_stops_nobody_else(bed: Bed) -> None:
    amina, luwam = bed.person(), bed.person()
    bed.twilio.misbehave("failed", code=63015)
    bed.queue(amina, "Hello.")
    round_(bed)
    assert (senders(bed), bed.alerts()) == ([], ["undelivered"])
    bed.queue(luwam, "Hello.")
    round_(bed)
    assert bed.bodies(luwam) == ["Hello."]


def test_to_somebody_in_danger_it_is_tried_again_soon_and_then_more_seldom(bed: Bed) -> None:
    amina = bed.person(sms=False)
    bed.queue(amina, "Ring 999.", context="standing.harm_red")
    bed.twilio.misbehave("failed", code=63007, times=100)
    tried = []
    while bed.now < MONDAY + timedelta(hours=8):
        if bed.send():
            tried.append(bed.now)
        bed.deliver()
        bed.forward(minutes=1)
    waits = [later - sooner for sooner, later in pairwise(tried)]
    assert waits[0] <= timedelta(minutes=4) and waits == sorted(waits)
    assert waits[-1] >= timedelta(minutes=45) and len(tried) < 30
    bed.twilio.behave()
    bed.forward(hours=1)
    round_(bed)
    assert [message.status for message in bed.sent_to(amina)][-1] == "read"
