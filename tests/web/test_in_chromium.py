"""The staff pages in a real Chromium: accessibility, narrow screens, the keyboard, our policy."""

from collections.abc import Iterator
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from bot.actions.invite import invite
from bot.parts import Parts
from bot.store.models import Message
from tests.chromium import chromium
from tests.web.cohort import NOW, WEEK, Cast
from tests.web.conftest import Clock
from tests.web.phone import PASSWORD, RUTH, Phone

pytestmark = pytest.mark.slow

# What Chromium's own decoder makes of the recording on the page
DECODED = """async () => {
    const answer = await fetch(document.querySelector("audio").src);
    const kind = answer.headers.get("content-type");
    const context = new OfflineAudioContext(1, 48000, 48000);
    const sound = await context.decodeAudioData(await answer.arrayBuffer());
    const loudest = sound.getChannelData(0).reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    return [kind, sound.duration, loudest];
}"""

PAGES = (
    f"/weeks/{WEEK}",
    f"/weeks/{WEEK}/behind",
    "/people",
    "/people/1",
    "/people/3",
    "/people/1/wishes",
    "/people/1/left",
    "/pairs/1",
    "/pairs/1?correct=1",
    "/pairs/2",
    "/cohorts",
    "/cohorts/new",
    "/cohorts/1",
    "/trainings",
    "/cohorts/2/trainings",
    "/cohorts/2/trainings/new",
    "/trainings/1",
    "/trainings/1/slide",
    "/alerts",
    "/on-call",
    "/strangers/1",
    "/conversations",
    "/conversations/welcome?language=fa",
    "/conversations/session_confirm?language=ti",
    "/recordings",
    "/recordings/ar/session_confirm.minutes",
    "/languages",
    "/templates",
    "/reports",
    "/reports/1",
    "/cohorts/1/impact",
    "/account",
    "/second-step",
    "/password",
    "/nothing-here",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium("NO STAFF PAGE IS TESTED IN A BROWSER") as browser:
        yield browser


@pytest.fixture
def address(app: Flask, cast: Cast) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def context(browser: Browser, address: str, parts: Parts) -> Iterator[BrowserContext]:
    """Ruth's browser, signed in by her link as she does it: she opens it and presses the button."""
    context = browser.new_context(base_url=address)
    page = context.new_page()
    link = invite(
        parts.database, email="ruth@example.org", name="", public_url=address, now=parts.now()
    )
    page.goto(link)
    page.get_by_role("button", name="Sign me in").click()
    page.wait_for_url("**/password")
    page.close()
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    page.close()
    broken = [one for one in complaints if "404" not in one and "[DOM]" not in one]
    assert broken == [], "neither the policy nor a script complains"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_shuts_anybody_out(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for path in PAGES:
        page.goto(path)
        for hidden in page.locator("details").all():
            hidden.evaluate("one => one.open = true")
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"


def test_no_page_is_wider_than_the_narrowest_phone(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    for path in PAGES:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path


def test_everything_can_be_done_with_the_keyboard(page: Page) -> None:
    page.goto("/alerts")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the page"
    page.keyboard.press("Enter")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "BUTTON":
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "where one is can be seen"
    page.keyboard.press("Enter")
    page.get_by_text("Luwam: you have it.").wait_for()


def test_an_alert_is_closed_and_she_can_be_written_to_again(page: Page) -> None:
    page.goto("/alerts")
    alert = page.locator(".alert.red")
    alert.get_by_text("Close the alert").click()
    alert.get_by_label("What was done?").fill("Rang her. She is with her sister.")
    alert.get_by_label("She can be written to again").check()
    alert.get_by_role("button", name="Close it").click()
    page.get_by_text("Luwam: closed. She can be written to again.").wait_for()
    assert page.locator(".alert.red.open").count() == 0


def test_she_sets_up_her_second_step_and_signs_in_with_it(
    page: Page, browser: Browser, address: str, clock: Clock
) -> None:
    page.goto("/password")
    page.get_by_label("Your new password").fill(PASSWORD)
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/second-step")
    assert page.locator("img.qr").evaluate("one => one.complete && one.naturalWidth > 100")
    phone = Phone(secret="".join(page.locator(".secret code").all_inner_texts()), clock=clock)
    page.get_by_label("Type the code that it shows now").fill(phone.code())
    page.get_by_role("button", name="Set it up").click()
    page.get_by_role("heading", name="Your recovery codes").wait_for()
    assert page.locator(".codes code").count() == 10
    assert Axe().run(page).violations_count == 0
    clock.forward(minutes=1)
    elsewhere = browser.new_context(base_url=address)
    other = elsewhere.new_page()
    other.goto("/people")
    other.get_by_label("Your email").fill(RUTH)
    other.get_by_label("Your password").fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    other.get_by_role("heading", name="Your second step").wait_for()
    assert Axe().run(other).violations_count == 0
    other.get_by_label("The code that your app shows now").fill(phone.code())
    other.get_by_role("button", name="Go on").click()
    other.get_by_role("heading", name="People").wait_for()
    elsewhere.close()


def test_arabic_runs_from_the_right_in_its_bubble(page: Page) -> None:
    page.goto("/people/1")
    said = page.locator(".bubble .said").first
    assert said.evaluate("one => getComputedStyle(one).direction") == "rtl"
    assert page.locator("main").evaluate("one => getComputedStyle(one).direction") == "ltr"


def test_a_text_is_recorded_in_the_page_and_another_reader_hears_it(page: Page) -> None:
    page.goto("/recordings/ar/goal_check_in.rating")
    state = page.get_by_role("status")
    page.get_by_role("button", name="Record", exact=True).click()
    page.get_by_role("button", name="Stop (2 s)").click()
    expect(state).to_contain_text("Play it before you use it.")
    page.keyboard.press("Enter")  # what comes next has the focus
    expect(state).to_have_text("Playing.")
    page.get_by_role("button", name="Use it").click()
    page.get_by_text("Those who like to listen hear it").wait_for()
    kind, seconds, loudest = page.evaluate(DECODED)
    assert kind == "audio/ogg"
    assert 1.5 < seconds < 4
    assert loudest > 0.1, "what the browser wrapped as WebM is no silence as Ogg"


def test_what_somebody_writes_runs_nowhere(page: Page, parts: Parts, cast: Cast) -> None:
    with parts.database.transaction() as db:
        for place, text in enumerate(
            (
                "<script>document.title='mine'</script>",
                "<img src=x onerror=\"document.title='mine'\">",
                "<svg onload=\"document.title='mine'\">",
                "javascript:document.title='mine'",
            )
        ):
            db.add(
                Message(
                    participant_id=cast.amina,
                    direction="in",
                    channel="sms",
                    external_id=f"SMx{place}",
                    text=text,
                    at=NOW,
                )
            )
    for path in (f"/people/{cast.amina}", f"/weeks/{WEEK}"):
        page.goto(path)
        assert "mine" not in page.title()
        assert page.locator("main script, main img, main [onload]").count() == 0
