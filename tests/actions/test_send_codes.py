"""What each kind of failure does to her message, her address and what staff read."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.channels.policy import NOT_ALLOWED, NOT_HER_HOUR
from bot.web.words import address, alert_detail, alert_help
from tests.actions.sending import SMS_FROM, Bed, open_bed


@pytest.fixture
def bed(database_url: str) -> Iterator[Bed]:
    with open_bed(database_url) as bed:
        yield bed


def fails(bed: Bed, person: int, code: int, **more: object) -> int:
    """A message of hers that Twilio takes and then cannot deliver."""
    bed.twilio.misbehave("undelivered", code=code)
    message = bed.queue(person, "Hello.", **more)
    bed.forward(seconds=7)
    assert bed.send() == 1
    bed.deliver()
    return message


def channels(bed: Bed, person: int) -> list[str]:
    return [message.channel for message in bed.sent_to(person)]


def test_without_her_yes_nothing_goes_by_sms_and_staff_read_why(bed: Bed) -> None:
    amina, luwam = bed.person(sms=True), bed.person(sms=True, fallback=False)
    for person in (amina, luwam):
        fails(bed, person, 63003)
    bed.forward(hours=1)
    for person in (amina, luwam):
        bed.queue(person, "And now?", priority=1)
    assert bed.send() == 0
    assert channels(bed, amina) == channels(bed, luwam) == ["whatsapp"]
    told = bed.rows("select kind, detail from alert order by id")
    assert [row.kind for row in told] == ["undelivered", "undelivered", "no_route", "no_route"]
    for kind, detail in told:
        assert NOT_ALLOWED in alert_detail(kind, detail)
    assert "not on WhatsApp" in alert_detail(*told[0])
    assert "number" in alert_help("undelivered", agreed=True, detail=told[0].detail)
    (state, reason), *_ = bed.rows("select state, state_reason from address order by id")
    assert address(state, reason=reason) == "cannot be used (this number is not on WhatsApp)"


def test_an_address_is_given_up_after_several_failures_and_not_before(bed: Bed) -> None:
    amina = bed.person(sms=True, fallback=True)
    selam = bed.person(whatsapp=False, sms=True)
    states = "select state from address where participant_id = :p order by id"
    for number in range(1, 4):
        fails(bed, amina, 63024)
        assert bed.rows(states, p=amina)[0][0] == ("unusable" if number == 3 else "usable")
        bed.forward(minutes=11)
        bed.send()  # by SMS
        bed.deliver()
    assert channels(bed, amina) == ["whatsapp", "sms"] * 3
    detail = bed.rows("select detail from alert where participant_id = :p", p=amina)
    assert [row.detail for row in detail] == ["by SMS: code 63024"]  # when it was given up
    fails(bed, selam, 30005)
    bed.queue(selam, "Hello.")
    bed.forward(seconds=7)
    bed.send()
    bed.deliver()  # it arrives: the next failure is a first one again
    fails(bed, selam, 30005)
    assert bed.rows(states, p=selam) == [("usable",)]
    fails(bed, selam, 30005)
    assert bed.rows(states, p=selam) == [("unusable",)]


def test_who_blocked_us_gets_an_sms_only_as_she_allowed_and_staff_hear_of_it(bed: Bed) -> None:
    allows, not_asked = bed.person(sms=True, fallback=True), bed.person(sms=True)
    for person in (allows, not_asked):
        fails(bed, person, 63014)
    bed.forward(minutes=11)
    bed.send()
    assert channels(bed, allows) == ["whatsapp", "sms"]
    assert channels(bed, not_asked) == ["whatsapp"]
    assert bed.alerts() == ["undelivered", "undelivered"]
    assert bed.rows("select state from address where channel = 'whatsapp'") == [("stopped",)] * 2


def test_what_whatsapp_declined_is_tried_once_hours_later_or_by_sms_if_it_is_urgent(
    bed: Bed,
) -> None:
    amina, luwam = (bed.person(sms=True, fallback=True) for _ in range(2))
    fails(bed, amina, 63049, priority=1)
    ends = bed.now + timedelta(hours=3)
    fails(bed, luwam, 63049, priority=1, expires_at=ends)
    bed.forward(minutes=11)
    bed.send()
    assert channels(bed, luwam) == ["whatsapp", "sms"] and channels(bed, amina) == ["whatsapp"]
    bed.forward(hours=7)
    bed.twilio.misbehave("undelivered", code=63049)
    assert bed.send() == 1
    bed.deliver()
    bed.forward(minutes=11)
    bed.send()
    assert channels(bed, amina) == ["whatsapp", "whatsapp", "sms"]
    assert bed.alerts() == ["template_trouble"]


def test_what_goes_with_it_cannot_be_sent_the_words_go_alone(bed: Bed) -> None:
    amina = bed.person()
    message = bed.queue(amina, "Ready?", choices=[("yes", "Yes"), ("no", "No")])
    bed.twilio.misbehave("failed", code=63019)
    bed.send()
    bed.deliver()
    bed.forward(seconds=7)
    bed.send()
    assert bed.delivery(message).mode == "text"
    assert bed.bodies(amina)[1] == "Ready?\n1 Yes\n2 No"


def test_the_sender_and_the_reason_stand_on_each_delivery(bed: Bed) -> None:
    amina, selam = bed.person(), bed.person(whatsapp=False, sms=True)
    bed.now = bed.now.replace(hour=23)
    waits = bed.queue(amina, "How was your week?", priority=1)
    said = bed.queue(selam, "Thank you.")
    bed.send()
    assert bed.delivery(waits).reason == NOT_HER_HOUR
    assert (bed.delivery(said).sender, bed.delivery(said).reason) == (SMS_FROM, "SMS only")
