"""The phones page without JavaScript: what it shows, and what its forms do."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from twilio.rest import Client
from werkzeug.test import TestResponse

from bot.simulator import fetching
from bot.simulator.fetching import Fetched
from bot.simulator.phones import phones_app
from bot.simulator.twilio import SimulatedTwilio
from tests.channels import sounds
from tests.simulator.conftest import AMINA, SELAM, SMS, WHATSAPP, Clock, Product
from tests.simulator.test_contents import create, list_picker, quick_reply, send


class Demo:
    """The demo that the page controls: here it only moves a clock and writes down what it did."""

    def __init__(self, clock: Clock) -> None:
        self.now = clock
        self.clock = clock
        self.jumps: list[str] = []
        self.doing: str | None = None

    def progress(self) -> str | None:
        return self.doing

    def staff_link(self) -> str:
        return "/sign-in/once"

    def jump_to_next_check_in(self) -> None:
        self.jumps.append("check-in")

    def jump_to_next_monday(self) -> None:
        self.jumps.append("monday")

    def jump_to(self, when: datetime) -> None:
        self.clock.now = when


@pytest.fixture
def demo(clock: Clock) -> Demo:
    return Demo(clock)


@pytest.fixture
def page(twilio: SimulatedTwilio, demo: Demo) -> FlaskClient:
    twilio.phone(AMINA).language = "ar"
    twilio.phone(SELAM).language = "ti"
    return phones_app(twilio, demo).test_client()


@pytest.fixture
def press(page: FlaskClient) -> Callable[..., TestResponse]:
    """Sends a form of the page as a browser does."""
    found = re.search(r'name="token" value="([^"]+)"', page.get("/").text)
    assert found is not None

    def post(path: str, **fields: str) -> TestResponse:
        return page.post(path, data={"token": found[1], **fields})

    return post


def text_of(page: FlaskClient) -> str:
    """The page's words, blanks joined."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.get("/").text)).split())


def test_each_phone_speaks_its_own_language_and_direction(page: FlaskClient) -> None:
    html = page.get("/").text
    assert html.count("<h1") == 1
    assert re.search(r'class="phone whatsapp" dir="rtl"', html)
    assert re.search(r'class="phone sms" dir="ltr"', html)
    assert "العربية" in html
    assert "ትግርኛ" in html
    assert "Monday 23 November 2026, 09:00" in html


def test_what_she_writes_reaches_the_webhook_and_her_screen(
    page: FlaskClient, press: Callable[..., TestResponse], product: Product
) -> None:
    answer = press("/0/write", text="٤ <b>", channel="whatsapp")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/#phone-0")
    assert product.forms("/message")[0]["Body"] == "٤ <b>"
    assert "٤ &lt;b&gt;" in page.get("/").text
    assert "She has written, and the webhook answered 204." in text_of(page)
    press("/0/write", text="  ", channel="whatsapp")
    assert len(product.got) == 1
    press("/1/write", text="2", channel="sms")
    assert product.forms("/message")[1]["From"] == SELAM


def test_a_recording_of_ours_is_fetched_once_and_can_be_heard_on_her_phone(
    page: FlaskClient, client: Client, twilio: SimulatedTwilio, product: Product
) -> None:
    twilio.receive_from(AMINA, "hello")
    asked: list[str] = []

    def fetch(url: str) -> Fetched:
        asked.append(url)
        return Fetched(kind="audio/ogg", data=sounds.ogg())

    twilio.fetch = fetch
    url = "http://127.0.0.1/spoken/1"
    client.messages.create(to=f"whatsapp:{AMINA}", from_=WHATSAPP, media_url=[url])
    twilio.settle()
    found = re.search(r'<audio controls preload="metadata" src="([^"]+)"', page.get("/").text)
    assert found is not None and asked == [url]
    heard = page.get(found[1])
    assert (heard.status_code, heard.mimetype, heard.data) == (200, "audio/ogg", sounds.ogg())
    assert page.get(found[1].replace("/0/", "/1/")).status_code == 404, "it is on her phone only"


@pytest.mark.parametrize(
    ("fetched", "code"),
    [
        (None, 63019),
        (Fetched(kind="text/html", data=b"<html>"), 63021),
        (Fetched(kind="audio/ogg", data=b"OggS, but Vorbis"), 63021),
        (Fetched(kind="audio/mpeg", data=bytes(16 << 20) + b"x"), 63034),
        (Fetched(kind="audio/ogg", data=sounds.ogg()), None),
    ],
)
def test_what_cannot_be_fetched_or_played_fails_as_at_twilio(
    client: Client, twilio: SimulatedTwilio, fetched: Fetched | None, code: int | None
) -> None:
    twilio.receive_from(AMINA, "hello")
    twilio.fetch = lambda url: fetched
    url = "http://127.0.0.1/spoken/1"
    sent = client.messages.create(to=f"whatsapp:{AMINA}", from_=WHATSAPP, media_url=[url])
    twilio.settle()
    ended = client.messages(sent.sid).fetch()
    assert (ended.status, ended.error_code) == (("failed", code) if code else ("read", None))


def test_nothing_beyond_this_machine_is_fetched() -> None:
    for url in ("https://127.0.0.1/x", "http://192.0.2.1/x", "http://example.org/x", "file:///x"):
        assert fetching.fetch(url) is None


def test_buttons_and_rows_are_tapped_with_the_message_they_belong_to(
    page: FlaskClient,
    press: Callable[..., TestResponse],
    client: Client,
    twilio: SimulatedTwilio,
    product: Product,
) -> None:
    twilio.receive_from(AMINA, "hello")
    buttons = send(client, create(client, quick_reply("Good", "Hard"), **{"1": "you"}).sid)
    rows = send(client, create(client, list_picker(3)).sid)
    twilio.settle()
    html = page.get("/").text
    assert html.count('class="sheet"') == 1
    assert press("/0/tap", sid=buttons.sid, choice="id-Hard").status_code == 303
    assert press("/0/tap", sid=rows.sid, choice="row-2").status_code == 303
    tapped, picked = product.forms("/message")[1:]
    assert (tapped["ButtonPayload"], tapped["OriginalRepliedMessageSid"]) == (
        "id-Hard",
        buttons.sid,
    )
    assert (picked["ListId"], picked["ListTitle"]) == ("row-2", "Row 2")
    for wrong in ({"sid": buttons.sid, "choice": "no"}, {"sid": "SM", "choice": "id-Hard"}):
        assert press("/0/tap", **wrong).status_code == 400
    assert press("/1/tap", sid=buttons.sid, choice="id-Hard").status_code == 400


def test_the_microphone_sends_a_real_voice_note(
    page: FlaskClient, press: Callable[..., TestResponse], twilio: SimulatedTwilio
) -> None:
    press("/0/voice")
    media = twilio.messages[0].media[0]
    assert (media.content_type, media.data[:4], b"OpusHead" in media.data) == (
        "audio/ogg",
        b"OggS",
        True,
    )
    assert "Voice note" in text_of(page)


def test_ticks_dots_and_troubles_are_shown(
    page: FlaskClient, client: Client, twilio: SimulatedTwilio, clock: Clock
) -> None:
    refused = client.messages.create(to=f"whatsapp:{AMINA}", from_=WHATSAPP, body="Too late")
    assert "The bot is writing" in text_of(page)
    assert "Too late" not in text_of(page)
    twilio.settle()
    assert refused.fetch().status == "failed"
    assert "Not delivered: Failed to send freeform message" in text_of(page)
    client.messages.create(to=SELAM, from_=SMS, body="ሰላም")
    seen = []
    for _ in range(3):
        clock.forward(seconds=0.6)
        twilio.deliver_due()
        seen.append(re.findall(r'class="ticks (\w+)"', page.get("/").text))
    assert seen == [["sent"], ["delivered"], ["delivered"]]


def test_an_sms_on_a_whatsapp_phone_is_marked_and_answered_by_sms(
    page: FlaskClient, client: Client, twilio: SimulatedTwilio
) -> None:
    client.messages.create(to=AMINA, from_=SMS, body="By SMS this time")
    twilio.settle()
    html = page.get("/").text
    assert "<b>SMS</b>" in html
    assert 'name="channel" value="sms" id="channel-0"' in html


def test_the_bar_moves_time_and_opens_the_staff_pages(
    page: FlaskClient, press: Callable[..., TestResponse], demo: Demo, clock: Clock
) -> None:
    before = clock()
    for where in ("check-in", "monday", "day"):
        assert press("/jump", to=where).headers["Location"] == "/"
    assert demo.jumps == ["check-in", "monday"]
    assert clock() == before + timedelta(days=1)
    assert press("/jump", to="nowhere").status_code == 400
    assert press("/staff").headers["Location"] == "/sign-in/once"
    demo.doing = "Tuesday 24 November, 10:00"
    assert "Living through Tuesday 24 November, 10:00" in text_of(page)


def test_twilio_can_be_told_to_misbehave_and_to_behave_again(
    page: FlaskClient, press: Callable[..., TestResponse], twilio: SimulatedTwilio
) -> None:
    press("/misbehave", kind="503_after_accepting")
    press("/misbehave", kind="")
    assert [each.kind for each in twilio.mischief.planned()] == ["503_after_accepting"]
    assert "Next, Twilio takes the message, then answers 503" in text_of(page)
    press("/misbehave", kind="behave")
    assert twilio.mischief.planned() == ()


def test_a_phone_can_be_off_block_the_bot_and_hide_its_ticks(
    press: Callable[..., TestResponse], twilio: SimulatedTwilio
) -> None:
    for name in ("online", "blocks", "reads"):
        press("/0/switch", name=name)
    amina = twilio.phone(AMINA)
    assert (amina.online, amina.blocks, amina.reads) == (False, True, False)
    assert press("/0/switch", name="number").status_code == 400
    assert press("/9/switch", name="online").status_code == 404


def test_live_tells_only_what_has_changed(page: FlaskClient, twilio: SimulatedTwilio) -> None:
    first: dict[str, Any] = page.get("/live").json or {}
    assert set(first["phones"]) == {"0", "1", "2"}
    same = page.get("/live", query_string={"since": first["state"]}).json or {}
    assert "phones" not in same
    twilio.receive_from(AMINA, "hello")
    news = page.get("/live", query_string={"since": first["state"]}).json or {}
    assert "hello" in news["phones"]["0"]["talk"]


def test_other_sites_and_other_names_are_refused(
    page: FlaskClient, press: Callable[..., TestResponse], twilio: SimulatedTwilio
) -> None:
    assert page.post("/0/write", data={"text": "x", "channel": "whatsapp"}).status_code == 403
    assert page.get("/", headers={"Host": "evil.example"}).status_code == 403
    assert page.get("/", headers={"Host": "127.0.0.1:8000"}).status_code == 200
    assert twilio.messages == []


def test_the_page_runs_no_code_and_loads_nothing_from_elsewhere(page: FlaskClient) -> None:
    answer = page.get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! src=)|https?://", answer.text)
    for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', answer.text):
        with page.get(path) as file:
            assert file.status_code == 200


def test_every_input_has_a_label_and_every_form_a_token(page: FlaskClient) -> None:
    html = page.get("/").text
    assert html.count("<form") == html.count('name="token"')
    for control in re.findall(r'<(?:input|select) id="([^"]+)"', html):
        assert f'for="{control}"' in html
