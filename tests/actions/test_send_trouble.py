"""What the sender does when Twilio refuses, hangs or is away, and with two senders at once."""

from collections.abc import Iterator
from threading import Thread
from time import sleep

import pytest

from bot.actions.templates import sync_templates
from tests.actions.sending import Bed, catalogues, library, open_bed

WEEK = [("good", "Good"), ("ok", "OK"), ("hard", "Hard"), ("skip", "Skip")]


@pytest.fixture
def bed(database_url: str) -> Iterator[Bed]:
    with open_bed(database_url) as bed:
        yield bed


def test_a_window_that_twilio_knows_to_be_closed_leads_to_the_template(bed: Bed) -> None:
    amina = bed.person(name="Amina")
    sync_templates(
        bed.database, bed.channel, library=library(), catalogues=catalogues(), now=bed.now
    )
    bed.twilio._last_inbound.clear()
    words = {"name": "Amina"}
    bed.say(amina, "goal_check_in.week", words=words, choices=WEEK, priority=1)
    bed.send()
    bed.deliver()
    assert bed.states()[0] == "failed"
    bed.send()
    bed.deliver()
    modes = bed.rows("select mode, state from delivery order by id")
    assert modes[0] == ("session", "failed")
    assert modes[1][0] == "template" and modes[1][1] in ("delivered", "read")


def test_not_on_whatsapp_goes_by_sms_where_she_allows_it(bed: Bed) -> None:
    amina = bed.person(sms=True, fallback=True)
    bed.queue(amina, "Hello.")
    bed.twilio.misbehave("not_on_whatsapp")
    bed.send()
    bed.deliver()
    assert bed.send() == 0  # "delivered" may still come
    bed.forward(minutes=11)
    assert bed.send() == 1
    assert [message.channel for message in bed.sent_to(amina)] == ["whatsapp", "sms"]
    assert bed.alerts() == []


def test_an_opener_that_is_not_on_whatsapp_leads_to_an_sms_within_the_hour(bed: Bed) -> None:
    luwam = bed.person(sms=True, fallback=True, wrote=False, language="ti", name="Luwam")
    sync_templates(
        bed.database, bed.channel, library=library(), catalogues=catalogues(), now=bed.now
    )
    bed.queue(luwam, "ሰላም", language="ti", priority=1)
    bed.twilio.misbehave("not_on_whatsapp")
    bed.send()
    bed.deliver()
    bed.forward(minutes=11)
    bed.send()
    assert [message.channel for message in bed.sent_to(luwam)] == ["whatsapp", "sms"]


def test_words_of_harm_are_never_answered_at_a_number_that_is_not_hers(bed: Bed) -> None:
    amina = bed.person(sms=True, fallback=True, held_at=bed.now)
    bed.change("update address set state = 'wrong' where channel = 'sms'")
    here = bed.rows("select id from address where channel = 'whatsapp'")[0].id
    bed.queue(amina, "Thanks, got it.", context="standing.harm_red.discreet", address_id=here)
    bed.change("update delivery set mode = 'sms'")
    bed.send()
    assert [message.channel for message in bed.sent_to(amina)] == ["whatsapp"]


def test_a_safe_reply_that_failed_still_knows_where_she_wrote_from(bed: Bed) -> None:
    amina = bed.person(sms=True, fallback=True, state="stopped")
    here = bed.rows("select id from address where channel = 'whatsapp'")[0].id
    bed.queue(amina, "Ring us.", context="standing.help", address_id=here)
    bed.twilio.misbehave("not_on_whatsapp")
    bed.send()
    bed.deliver()
    bed.change("update address set state = 'stopped'")
    bed.forward(minutes=11)
    bed.send()
    assert [message.channel for message in bed.sent_to(amina)] == ["whatsapp", "whatsapp"]
    assert bed.alerts() == []


def test_not_on_whatsapp_without_sms_is_told_to_staff(bed: Bed) -> None:
    amina = bed.person()
    bed.queue(amina)
    bed.twilio.misbehave("not_on_whatsapp")
    bed.send()
    bed.deliver()
    assert (bed.states(), bed.alerts()) == (["failed"], ["undelivered"])


def test_an_address_that_whatsapp_does_not_know_is_not_used_again(bed: Bed) -> None:
    amina = bed.person(sms=True, fallback=True)
    bed.queue(amina, "Hello.")
    bed.twilio.misbehave("not_on_whatsapp", sync=True)
    bed.send()
    assert [message.channel for message in bed.sent_to(amina)] == ["sms"]
    assert bed.rows("select state from address where channel = 'whatsapp'") == [("unusable",)]


def test_who_opted_out_at_the_carrier_is_stopped_there_and_not_written_to_again(bed: Bed) -> None:
    selam = bed.person(whatsapp=False, sms=True)
    number = bed.rows("select reference from participant")[0][0]
    bed.twilio.receive_from(number, "STOP", channel="sms")
    bed.queue(selam, "Hello.")
    bed.send()
    assert bed.rows("select state, error_code from delivery") == [("failed", "21610")]
    assert bed.rows("select state from address") == [("stopped",)]


def test_bad_credentials_keep_the_message_and_tell_staff(bed: Bed) -> None:
    amina = bed.person()
    bed.queue(amina)
    bed.twilio.misbehave("401", times=2)
    for _ in range(2):
        bed.send()
        bed.forward(minutes=31)
    assert (bed.states(), bed.alerts()) == (["queued"], ["channel_trouble"])
    bed.send()
    assert len(bed.sent_to(amina)) == 1


def test_when_twilio_cannot_be_reached_messages_wait_and_staff_are_told_once(
    database_url: str,
) -> None:
    with open_bed(database_url) as bed:
        amina = bed.person()
        bed.queue(amina)
        there = bed.channel._settings.twilio_api_base
        object.__setattr__(bed.channel._settings, "twilio_api_base", "http://127.0.0.1:9")
        for _ in range(8):
            bed.send()
            bed.forward(minutes=2)
        assert (bed.states(), bed.alerts()) == (["queued"], ["channel_trouble"])
        object.__setattr__(bed.channel._settings, "twilio_api_base", there)
        bed.channel._client = None
        bed.send()
        assert len(bed.sent_to(amina)) == 1


def test_after_six_tries_staff_take_over(bed: Bed) -> None:
    amina = bed.person()
    bed.queue(amina)
    bed.twilio.misbehave("429", times=99)
    for _ in range(12):
        bed.send()
        bed.forward(hours=2)
    assert (bed.states(), bed.alerts()) == (["failed"], ["undelivered"])
    assert bed.rows("select attempts from delivery") == [(6,)]


def test_one_message_that_cannot_be_composed_does_not_stop_the_others(bed: Bed) -> None:
    amina, grace = bed.person(), bed.person()
    broken = bed.queue(amina, "Hello.", choices=[("a", "A")])
    bed.change("update message set choices = '[[\"a\"]]' where id = :m", m=broken)
    bed.queue(grace, "Hello.")
    bed.send()
    assert bed.states() == ["failed", "accepted"]
    assert bed.alerts() == ["undelivered"]


def test_a_strangers_answer_goes_back_to_where_he_wrote_from(bed: Bed) -> None:
    bed.person()
    bed.change("update address set participant_id = null")
    address = bed.rows("select id, address from address")[0]
    bed.queue(None, "Hello. I do not know this number.", address_id=address.id)
    bed.send()
    assert bed.twilio.sent_to(address.address)[0].body == "Hello. I do not know this number."


def test_a_reply_does_not_wait_for_a_call_that_hangs(database_url: str) -> None:
    with open_bed(database_url, judged=False) as bed:
        amina, grace = bed.person(), bed.person()
        bed.twilio.misbehave("hang")
        bed.queue(amina, "Hangs.")
        sender = Thread(target=bed.send)
        sender.start()
        while not bed.rows("select id from delivery where state = 'sending'"):
            sleep(0.01)
        bed.queue(grace, "Thank you.")
        while not bed.sent_to(grace):
            assert sender.is_alive()
            sleep(0.01)
        assert bed.states()[0] == "sending"
        sender.join()


def test_two_senders_at_once_send_everything_once(database_url: str) -> None:
    with open_bed(database_url) as bed:
        people = [bed.person() for _ in range(10)]
        for person in people:
            for part in range(3):
                bed.queue(person, f"Part {part}.")
        for _ in range(3):
            senders = [Thread(target=bed.send) for _ in range(3)]
            for sender in senders:
                sender.start()
            for sender in senders:
                sender.join()
            bed.forward(seconds=7)
        for person in people:
            assert bed.bodies(person) == ["Part 0.", "Part 1.", "Part 2."]
