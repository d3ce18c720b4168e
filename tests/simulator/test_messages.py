"""The Messages resource, through the real client."""

import json
from datetime import timedelta

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from bot.simulator.server import Running
from bot.simulator.twilio import SimulatedTwilio
from tests.simulator.conftest import AMINA, LUWAM, MONDAY, SELAM, SMS, WHATSAPP, Clock, Product


def test_an_sms_is_queued_then_sent_then_delivered(
    twilio: SimulatedTwilio, client: Client, clock: Clock, product: Product
) -> None:
    callback = f"{product.base_url}/status?m=17"
    sent = client.messages.create(to=SELAM, from_=SMS, body="ሰላም", status_callback=callback)
    assert (sent.status, sent.num_segments, sent.date_sent) == ("queued", "1", None)
    clock.forward(seconds=2)
    assert twilio.deliver_due() == 2
    assert product.statuses() == ["sent", "delivered"]
    assert {form["MessageSid"] for form in product.forms("/status")} == {sent.sid}
    assert product.got[0][0] == callback
    assert client.messages(sent.sid).fetch().status == "delivered"


def test_a_whatsapp_message_is_read_where_receipts_are_on(
    twilio: SimulatedTwilio, client: Client, product: Product
) -> None:
    for number in (AMINA, LUWAM):
        twilio.receive_from(number, "hello")
    twilio.phone(LUWAM).reads = False
    for to in (AMINA, "GB.1A2B3C"):
        client.messages.create(
            to=f"whatsapp:{to}",
            from_=WHATSAPP,
            body="Hello",
            status_callback=f"{product.base_url}/status",
        )
    twilio.settle()
    assert [each.status for each in twilio.sent_to(AMINA)] == ["read"]
    assert [each.status for each in twilio.sent_to(LUWAM)] == ["delivered"]
    last = product.forms("/status")[-1]
    assert (last["To"], last["ExternalUserId"]) == ("whatsapp:GB.1A2B3C",) * 2
    assert last["EventType"] == "DELIVERED"


def test_wrong_credentials_and_a_strange_account_are_refused(
    client: Client, running: Running, twilio: SimulatedTwilio
) -> None:
    client.auth = (twilio.account_sid, "wrong")
    with pytest.raises(TwilioRestException) as refusal:
        client.messages.create(to=AMINA, from_=SMS, body="x")
    assert (refusal.value.status, refusal.value.code) == (401, 20003)
    client.auth = (twilio.account_sid, twilio.auth_token)
    with pytest.raises(TwilioRestException) as refusal:
        client.api.v2010.accounts("AC" + "f" * 32).messages.create(to=AMINA, from_=SMS, body="x")
    assert refusal.value.code == 20404


def test_a_form_field_that_twilio_does_not_know_is_refused(client: Client) -> None:
    uri = f"https://api.twilio.com/2010-04-01/Accounts/{client.username}/Messages.json"
    form = {"To": AMINA, "From": SMS, "Body": "x", "IdempotencyKey": "1"}
    answer = client.request("POST", uri, data=form)
    assert answer.status_code == 400
    assert "IdempotencyKey" in json.loads(answer.text)["message"]


def test_free_text_outside_the_window_fails_by_receipt(
    client: Client, twilio: SimulatedTwilio, clock: Clock, product: Product
) -> None:
    def send() -> str:
        message = client.messages.create(
            to=f"whatsapp:{AMINA}",
            from_=WHATSAPP,
            body="How is it going?",
            status_callback=f"{product.base_url}/status",
        )
        twilio.settle()
        return str(message.fetch().status)

    assert send() == "failed"
    assert product.forms("/status")[-1]["ErrorCode"] == "63016"
    twilio.receive_from(AMINA, "hello")
    clock.forward(hours=23, minutes=59)
    assert send() == "read"
    clock.forward(minutes=1)
    assert send() == "failed"


def test_free_text_outside_the_window_can_be_refused_at_once(
    client: Client, twilio: SimulatedTwilio
) -> None:
    twilio.sync_window_errors = True
    with pytest.raises(TwilioRestException) as refusal:
        client.messages.create(to=f"whatsapp:{AMINA}", from_=WHATSAPP, body="x")
    assert refusal.value.code == 63016


@pytest.mark.parametrize(
    ("to", "from_", "code"),
    [
        (f"whatsapp:{SELAM}", WHATSAPP, 63024),
        ("whatsapp:+447700900555", WHATSAPP, 63024),
        ("+447700900555", SMS, 30005),
        (LUWAM, SMS, 30006),
    ],
)
def test_a_message_to_someone_who_cannot_get_it_ends_with_a_code(
    client: Client, twilio: SimulatedTwilio, to: str, from_: str, code: int
) -> None:
    sent = client.messages.create(to=to, from_=from_, body="x")
    twilio.settle()
    assert client.messages(sent.sid).fetch().error_code == code


def test_a_phone_that_is_off_or_has_blocked_us(client: Client, twilio: SimulatedTwilio) -> None:
    twilio.receive_from(AMINA, "hello")
    amina = twilio.phone(AMINA)
    amina.online = False
    off = client.messages.create(to=f"whatsapp:{AMINA}", from_=WHATSAPP, body="x")
    off_sms = client.messages.create(to=AMINA, from_=SMS, body="x")
    amina.online, amina.blocks = True, True
    blocked = client.messages.create(to=f"whatsapp:{AMINA}", from_=WHATSAPP, body="x")
    twilio.settle()
    assert (off.fetch().status, off.fetch().error_code) == ("sent", None)
    assert (off_sms.fetch().status, off_sms.fetch().error_code) == ("undelivered", 30003)
    assert (blocked.fetch().status, blocked.fetch().error_code) == ("failed", 63014)


def test_the_list_is_newest_first_filtered_and_in_pages(
    client: Client, twilio: SimulatedTwilio, clock: Clock
) -> None:
    for number in range(5):
        client.messages.create(to=AMINA, from_=SMS, body=f"n{number}")
        twilio.settle()
        clock.forward(hours=1)
    client.messages.create(to=SELAM, from_=SMS, body="other")
    twilio.receive_from(AMINA, "hello", channel="sms")
    mine = client.messages.list(to=AMINA, from_=SMS, page_size=2)
    assert [each.body for each in mine] == ["n4", "n3", "n2", "n1", "n0"]
    since = MONDAY + timedelta(hours=3)
    late = client.messages.list(to=AMINA, from_=SMS, date_sent_after=since)
    assert [each.body for each in late] == ["n4", "n3"]
    early = client.messages.list(to=AMINA, date_sent_before=since)
    assert [each.body for each in early] == ["n2", "n1", "n0"]
    received = client.messages.list(from_=AMINA, date_sent_after=clock())
    assert [each.direction for each in received] == ["inbound"]  # the limit itself counts
    assert len(client.messages.list(date_sent=MONDAY)) == 6  # the queued one has no date yet
    assert len(client.messages.list(limit=2)) == 2


def test_a_message_can_be_redacted_and_deleted_once_it_is_final(
    client: Client, twilio: SimulatedTwilio
) -> None:
    sent = client.messages.create(to=AMINA, from_=SMS, body="private")
    with pytest.raises(TwilioRestException) as refusal:
        client.messages(sent.sid).delete()
    assert refusal.value.code == 20009
    twilio.settle()
    assert client.messages(sent.sid).update(body="").body == ""
    assert client.messages(sent.sid).delete()
    with pytest.raises(TwilioRestException) as refusal:
        client.messages(sent.sid).fetch()
    assert (refusal.value.status, refusal.value.code) == (404, 20404)


def test_a_messaging_service_starts_as_accepted_and_may_schedule(
    client: Client, twilio: SimulatedTwilio, clock: Clock
) -> None:
    service = "MG" + "0" * 32
    first = client.messages.create(to=AMINA, messaging_service_sid=service, body="x")
    assert (first.status, first.from_) == ("accepted", SMS)
    later = client.messages.create(
        to=AMINA,
        messaging_service_sid=service,
        body="x",
        schedule_type="fixed",
        send_at=MONDAY + timedelta(hours=1),
    )
    assert later.status == "scheduled"
    clock.forward(minutes=50)
    twilio.deliver_due()
    assert first.fetch().status == "delivered"
    assert client.messages(later.sid).update(status="canceled").status == "canceled"


def test_stop_on_sms_blocks_answers_and_still_reaches_the_webhook(
    client: Client, twilio: SimulatedTwilio, product: Product
) -> None:
    twilio.receive_from(SELAM, "Stop ", channel="sms")
    assert [form["Body"] for form in product.forms("/message")] == ["Stop "]
    assert "unsubscribed" in twilio.sent_to(SELAM)[-1].body
    with pytest.raises(TwilioRestException) as refusal:
        client.messages.create(to=SELAM, from_=SMS, body="x")
    assert refusal.value.code == 21610
    twilio.receive_from(SELAM, "stop please", channel="sms")
    twilio.receive_from(SELAM, "YES", channel="sms")
    assert "re-subscribed" in twilio.sent_to(SELAM)[-1].body
    client.messages.create(to=SELAM, from_=SMS, body="x")
    twilio.receive_from(SELAM, "help", channel="sms")
    assert twilio.sent_to(SELAM)[-1].body.startswith("Reply STOP")
    assert len(product.forms("/message")) == 4


def test_stop_on_whatsapp_does_nothing_by_itself(client: Client, twilio: SimulatedTwilio) -> None:
    twilio.receive_from(AMINA, "STOP")
    client.messages.create(to=f"whatsapp:{AMINA}", from_=WHATSAPP, body="x")
    assert [each.body for each in twilio.sent_to(AMINA)] == ["x"]
