"""What the simulated Twilio posts to the product, and what it makes of the answers."""

import json

import pytest
import requests
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from bot.simulator.server import Running, serve_wsgi
from bot.simulator.twilio import SimulatedTwilio
from tests.simulator.conftest import (
    ACCOUNT,
    AMINA,
    LUWAM,
    SELAM,
    SMS,
    TOKEN,
    WHATSAPP,
    Clock,
    Product,
)


def test_every_webhook_carries_a_signature_that_twilios_own_check_accepts(
    twilio: SimulatedTwilio, client: Client, product: Product
) -> None:
    twilio.webhook_url = f"{product.base_url}/message?a=%2F&b=%D8%B3#rc=2&rp=5xx"
    twilio.receive_from(AMINA, "مرحبا\u200f 👋", media=[("audio/ogg", b"OggS")])
    twilio.receive_from(SELAM, "hello", channel="sms")
    callback = f"{product.base_url}/status?m=1%202"
    client.messages.create(
        to=f"whatsapp:{AMINA}", from_=WHATSAPP, body="x", status_callback=callback
    )
    twilio.settle()
    assert len(product.got) == 5
    for url, form, signature in product.got:
        assert RequestValidator(TOKEN).validate(url, form, signature)
        assert not RequestValidator("another").validate(url, form, signature)


def test_a_whatsapp_text_has_all_the_parameters_of_this_year(
    twilio: SimulatedTwilio, product: Product
) -> None:
    sid = twilio.receive_from(AMINA, "hello", profile_name="أمينة")
    form = product.forms("/message")[0]
    assert (
        form.items()
        >= {
            "MessageSid": sid,
            "SmsSid": sid,
            "SmsMessageSid": sid,
            "AccountSid": ACCOUNT,
            "From": f"whatsapp:{AMINA}",
            "To": WHATSAPP,
            "Body": "hello",
            "NumMedia": "0",
            "NumSegments": "1",
            "SmsStatus": "received",
            "ApiVersion": "2010-04-01",
            "ProfileName": "أمينة",
            "WaId": AMINA[1:],
            "MessageType": "text",
        }.items()
    )
    assert form["ExternalUserId"].startswith("whatsapp:GB.")
    context = json.loads(form["ChannelMetadata"])["data"]["context"]
    assert context == {"ProfileName": "أمينة", "WaId": AMINA[1:]}


def test_someone_without_a_number_is_known_by_her_user_id(
    twilio: SimulatedTwilio, product: Product
) -> None:
    twilio.receive_from("GB.1A2B3C", "hello")
    form = product.forms("/message")[0]
    assert (form["From"], form["ExternalUserId"]) == ("whatsapp:GB.1A2B3C",) * 2
    assert "WaId" not in form
    assert LUWAM[1:] not in str(form)


def test_taps_carry_payload_title_and_the_message_they_belong_to(
    twilio: SimulatedTwilio, client: Client, product: Product
) -> None:
    twilio.receive_from(AMINA, "hello")
    sent = client.messages.create(to=f"whatsapp:{AMINA}", from_=WHATSAPP, body="x")
    twilio.receive_from(AMINA, button=("17:well", "Going well"), replied_to=sent.sid)
    twilio.receive_from(AMINA, list_item=("17:two", "Two"), replied_to=sent.sid)
    button, row = product.forms("/message")[1:]
    assert (button["ButtonPayload"], button["ButtonText"], button["Body"]) == (
        "17:well",
        "Going well",
        "Going well",
    )
    assert (button["MessageType"], button["OriginalRepliedMessageSid"]) == ("interactive", sent.sid)
    assert (row["ListId"], row["ListTitle"], row["Body"]) == ("17:two", "Two", "Two")


def test_an_sms_has_empty_places_and_no_whatsapp_parameters(
    twilio: SimulatedTwilio, product: Product
) -> None:
    twilio.receive_from(SELAM, "ሰ" * 71, channel="sms")
    form = product.forms("/message")[0]
    assert (form["From"], form["To"], form["NumSegments"]) == (SELAM, SMS, "2")
    assert form["FromCity"] == ""
    assert not {"ProfileName", "WaId", "MessageType", "ExternalUserId"} & set(form)


def test_a_voice_note_has_no_body_and_its_bytes_can_be_fetched_and_deleted(
    twilio: SimulatedTwilio, client: Client, running: Running, product: Product
) -> None:
    sid = twilio.receive_from(AMINA, media=[("audio/ogg", b"OggS1234")])
    form = product.forms("/message")[0]
    assert sid.startswith("MM")
    assert "Body" not in form
    assert (form["NumMedia"], form["MediaContentType0"], form["MessageType"]) == (
        "1",
        "audio/ogg",
        "audio",
    )
    url = form["MediaUrl0"]
    assert url.startswith(running.base_url)
    assert requests.get(url, timeout=5).status_code == 401
    twilio.misbehave("media_404")
    assert requests.get(url, auth=(ACCOUNT, TOKEN), timeout=5).status_code == 404
    assert requests.get(url, auth=(ACCOUNT, TOKEN), timeout=5).content == b"OggS1234"
    media = client.messages(sid).media.list()
    assert [each.content_type for each in media] == ["audio/ogg"]
    assert client.messages(sid).media(media[0].sid).fetch().parent_sid == sid
    assert client.messages(sid).media(media[0].sid).delete()
    assert requests.get(url, auth=(ACCOUNT, TOKEN), timeout=5).status_code == 404


def test_extra_parameters_win(twilio: SimulatedTwilio, product: Product) -> None:
    twilio.receive_from(AMINA, "x", extra={"MessageType": "reaction", "NewThing": "1"})
    form = product.forms("/message")[0]
    assert (form["MessageType"], form["NewThing"]) == ("reaction", "1")


@pytest.mark.parametrize(
    ("fragment", "tries"),
    [("", 1), ("#rc=3&rp=5xx", 4), ("#rc=3&rp=4xx", 1), ("#rc=2&rp=all", 3), ("#rc=9&rp=all", 6)],
)
def test_a_failing_webhook_is_tried_again_only_as_the_fragment_says(
    twilio: SimulatedTwilio, product: Product, fragment: str, tries: int
) -> None:
    product.answers = [(503, "", "")] * 9
    twilio.webhook_url = f"{product.base_url}/message{fragment}"
    twilio.receive_from(AMINA, "hello")
    assert len(product.got) == tries
    assert (twilio.hooks[0].status, twilio.hooks[0].attempts) == (503, tries)
    assert twilio.alerts[0][0] == 11200


def test_without_a_connection_it_tries_twice_and_then_the_fallback(
    twilio: SimulatedTwilio, product: Product
) -> None:
    nobody = serve_wsgi(lambda environ, start: [])
    nobody.close()
    twilio.webhook_url = f"{nobody.base_url}/message"
    twilio.fallback_url = f"{product.base_url}/fallback"
    twilio.receive_from(AMINA, "hello")
    assert (twilio.hooks[0].status, twilio.hooks[0].attempts) == (None, 2)
    assert twilio.alerts[0][0] == 11205
    assert len(product.forms("/fallback")) == 1


@pytest.mark.parametrize(
    ("answer", "texts", "alert"),
    [
        ((204, "", ""), [], None),
        ((200, "text/xml", "<Response/>"), [], None),
        ((200, "text/plain", "OK"), ["OK"], None),
        ((200, "text/xml", "<Response><Message>a &amp; b</Message></Response>"), ["a & b"], None),
        ((200, "text/html", "OK"), [], 12300),
        ((200, "text/xml", "<Nonsense/>"), [], 12100),
    ],
)
def test_the_answer_to_a_webhook_may_be_sent_to_her(
    twilio: SimulatedTwilio,
    product: Product,
    answer: tuple[int, str, str],
    texts: list[str],
    alert: int | None,
) -> None:
    product.answers = [answer]
    twilio.receive_from(AMINA, "hello")
    assert [each.body for each in twilio.sent_to(AMINA)] == texts
    assert [code for code, _ in twilio.alerts] == ([alert] if alert else [])


def test_webhooks_can_be_lost_doubled_and_repeated(
    twilio: SimulatedTwilio, product: Product, clock: Clock
) -> None:
    twilio.misbehave("lost_webhook")
    twilio.misbehave("duplicate_webhook", copies=3)
    twilio.receive_from(AMINA, "lost")
    assert product.got == []
    sid = twilio.receive_from(AMINA, "three times")
    clock.forward(days=365)
    assert twilio.repeat(sid).status == 204
    assert [form["MessageSid"] for form in product.forms("/message")] == [sid] * 4
    assert [each.body for each in twilio.messages] == ["lost", "three times"]
