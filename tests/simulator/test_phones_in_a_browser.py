"""The phones in a real Chromium: live screens, a list sheet, narrow screens, accessibility."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from twilio.rest import Client

from bot.simulator.phones import phones_app
from bot.simulator.server import serve_wsgi
from bot.simulator.twilio import SimulatedTwilio
from tests.chromium import chromium
from tests.process import until
from tests.simulator.conftest import AMINA, SELAM, Clock, Product
from tests.simulator.test_contents import create, list_picker, quick_reply, send
from tests.simulator.test_phones import Demo

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium("THE PHONES ARE NOT TESTED IN A BROWSER") as browser:
        yield browser


@pytest.fixture
def address(twilio: SimulatedTwilio, clock: Clock) -> Iterator[str]:
    twilio.phone(AMINA).language = "ar"
    twilio.phone(SELAM).language = "ti"
    running = serve_wsgi(phones_app(twilio, Demo(clock)))
    yield running.base_url
    running.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    yield page
    page.close()
    assert complaints == []


def test_a_talk_goes_on_without_loading_the_page_again(
    page: Page, client: Client, twilio: SimulatedTwilio, product: Product
) -> None:
    page.evaluate("window.sameDocument = true")
    page.fill("#text-0", "مرحبا")
    page.press("#text-0", "Enter")
    expect(page.locator("#talk-0 .mine .text")).to_have_text("مرحبا")
    assert page.input_value("#text-0") == ""
    send(client, create(client, quick_reply("جيد", "صعب"), **{"1": "أمينة"}).sid)
    twilio.settle()
    page.get_by_role("button", name="صعب").click()
    expect(page.locator("#talk-0 .mine .text").nth(1)).to_have_text("صعب")
    until(lambda: product.forms("/message")[-1].get("ButtonPayload") == "id-صعب")
    assert page.evaluate("window.sameDocument")


def test_a_list_opens_as_a_sheet_and_stays_open_while_other_things_happen(
    page: Page, client: Client, twilio: SimulatedTwilio, product: Product
) -> None:
    twilio.receive_from(AMINA, "hello")
    send(client, create(client, list_picker(4)).sid)
    twilio.settle()
    page.locator("#talk-0 summary").click()
    twilio.receive_from(SELAM, "ሰላም", channel="sms")
    expect(page.locator("#talk-1 .mine .text")).to_have_text("ሰላም")
    page.get_by_role("button", name="Row 3").click()
    expect(page.locator("#talk-0 .mine .text").nth(1)).to_have_text("Row 3")
    until(lambda: product.forms("/message")[-1].get("ListId") == "row-3")


def test_it_works_without_javascript(
    browser: Browser, address: str, twilio: SimulatedTwilio
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.fill("#text-1", "2")
    page.get_by_role("button", name="Send as Selam").click()
    expect(page.locator("#talk-1 .mine .text")).to_have_text("2")
    assert page.url.endswith("#phone-1")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_shut_out(
    page: Page, client: Client, twilio: SimulatedTwilio, scheme: str
) -> None:
    client.messages.create(to=f"whatsapp:{AMINA}", from_=twilio.senders["whatsapp"], body="x")
    twilio.settle()
    twilio.receive_from(AMINA, media=[("audio/ogg", b"OggS")])
    send(client, create(client, quick_reply("Good", "Hard"), **{"1": "you"}).sid)
    send(client, create(client, list_picker(4)).sid)
    twilio.settle()
    twilio.receive_from(SELAM, "ሰላም", channel="sms")
    twilio.misbehave("429")
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.reload()
    results = Axe().run(page, options=RULES)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_the_page_itself_never_scrolls_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    phone = page.locator("#phone-0 .phone").bounding_box()
    assert phone is not None
    assert phone["width"] <= width
