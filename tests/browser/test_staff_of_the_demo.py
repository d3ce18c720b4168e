"""Ruth's Monday in a real browser, from the link in her hand to the last alert closed."""

from collections.abc import Callable
from datetime import UTC, datetime

import pyotp
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import text

from bot.actions.invite import invite
from bot.actions.reset_second_step import reset_second_step
from bot.simulator.cast import CAST
from bot.simulator.demo import Demo
from tests.browser.looking import PATIENCE, barriers, too_wide, unseen_stops

PASSWORD = "teapot orbit velvet nine"
HARRIET = next(each for each in CAST if each.name == "Harriet")
WORDS = "she told me he hits her"
PAGES = (
    "/",
    "/people",
    "/people/{amina}",
    "/alerts",
    "/conversations",
    "/conversations/goal_check_in?language=ar",
    "/languages",
    "/password",
)


def one(demo: Demo, query: str, **values: object) -> object:
    with demo.parts.database.reading() as db:
        return db.execute(text(query), values).scalar()


def paths(demo: Demo) -> list[str]:
    amina = one(demo, "select id from participant where reference = 'W-101'")
    return [path.format(amina=amina) for path in PAGES]


def test_ruth_chooses_a_password_and_comes_back_with_it_and_a_code(ruth: Page, demo: Demo) -> None:
    assert ruth.url.endswith("/password"), "who has none yet is asked for one"
    ruth.get_by_label("Your new password").fill(PASSWORD)
    ruth.get_by_role("button", name="Save").click()
    ruth.wait_for_url("**/second-step")
    phone = pyotp.TOTP("".join(ruth.locator(".secret code").all_inner_texts()))
    ruth.get_by_label("Type the code that it shows now").fill(phone.now())
    ruth.get_by_role("button", name="Set it up").click()
    expect(ruth.locator(".codes code")).to_have_count(10)
    ruth.get_by_role("link", name="I have kept them").click()
    ruth.get_by_role("button", name="Sign out").click()
    expect(ruth.get_by_role("heading", level=1)).to_have_text("Sign in")
    ruth.get_by_label("Your email").fill("ruth@example.org")
    ruth.get_by_label("Your password").fill(PASSWORD)
    ruth.get_by_role("button", name="Sign in").click()
    expect(ruth.get_by_role("heading", level=1)).to_have_text("Your second step")
    ruth.get_by_label("The code that your app shows now").fill(
        phone.at(datetime.now(UTC), counter_offset=1)
    )
    ruth.get_by_role("button", name="Go on").click()
    ruth.wait_for_url("**/weeks/*")
    expect(ruth.get_by_role("heading", name="Needs you")).to_be_visible()
    reset_second_step(demo.parts.database, email="ruth@example.org", by=None, now=demo.now())


def test_an_alert_goes_from_the_week_to_her_page_and_is_closed(ruth: Page, demo: Demo) -> None:
    demo.simulator.receive_from(HARRIET.number, WORDS)
    ruth.goto("/")
    line = ruth.locator(".line.red").filter(has_text="Harriet")
    expect(line).to_contain_text("may be in danger")
    line.get_by_role("link", name="Harriet", exact=True).click()
    expect(ruth.get_by_role("heading", level=1)).to_have_text("Harriet")
    expect(ruth.locator(".bubble.hers .said").last).to_have_text(WORDS)
    ruth.goto("/alerts")
    alert = ruth.locator(".alert.red").filter(has_text="Harriet")
    alert.get_by_role("button", name="I have it").click()
    expect(ruth.locator(".alert.red.noted").filter(has_text="Ruth has it")).to_be_visible()
    alert.locator("summary").filter(has_text="Close").click()
    alert.get_by_label("What was done?").fill("Rang her. We talked it through.")
    alert.get_by_label("She can be written to again").check()
    alert.get_by_role("button", name="Close it").click()
    expect(ruth.get_by_role("status")).to_contain_text("closed", timeout=PATIENCE)
    held = "select held_at from participant where reference = :reference"
    assert one(demo, held, reference=HARRIET.id) is None
    closed = "select note from alert where level = 'red' and state = 'closed'"
    assert one(demo, closed) == "Rang her. We talked it through."


def test_ivy_may_read_and_nothing_else(
    demo: Demo, new_context: Callable[..., BrowserContext], watch: Callable[[Page], Page]
) -> None:
    context = new_context()
    page = watch(context.new_page())
    parts = demo.parts
    link = invite(
        parts.database,
        email="ivy@example.org",
        name="Ivy",
        roles=["reader"],
        public_url=parts.settings.public_url,
        now=demo.now(),
    )
    page.goto(link)
    page.get_by_role("button", name="Sign me in").click()
    for path in paths(demo)[:4]:
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        buttons = page.locator("main").get_by_role("button").all_text_contents()
        assert buttons == [], path


def test_no_staff_page_shuts_anybody_out_by_day_or_by_night(ruth: Page, demo: Demo) -> None:
    for path in paths(demo):
        ruth.emulate_media(color_scheme="light")
        ruth.goto(path)
        assert barriers(ruth) == [], path
        ruth.emulate_media(color_scheme="dark")
        assert barriers(ruth, only=("color-contrast", "link-in-text-block")) == [], path


def test_every_staff_page_fits_every_screen(ruth: Page, demo: Demo) -> None:
    for path in paths(demo):
        ruth.goto(path)
        assert too_wide(ruth) == [], path


def test_the_keyboard_is_always_seen(ruth: Page, demo: Demo) -> None:
    for path in paths(demo)[:4]:
        ruth.goto(path)
        assert unseen_stops(ruth, stops=10) == [], path


def test_the_week_is_printed_without_what_only_a_screen_can_use(ruth: Page) -> None:
    ruth.goto("/")
    ruth.emulate_media(media="print", color_scheme="dark")
    expect(ruth.get_by_role("heading", name="Needs you")).to_be_visible()
    expect(ruth.locator("header nav")).to_be_hidden()
    assert ruth.locator("main button:visible").count() == 0
    paper = ruth.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")


def test_her_words_run_her_way_on_an_english_page(ruth: Page, demo: Demo) -> None:
    ruth.goto(paths(demo)[2])
    said = ruth.locator(".bubble.hers .said[lang=ar]").first
    assert said.evaluate("one => getComputedStyle(one).direction") == "rtl"
    assert ruth.locator("main").evaluate("one => getComputedStyle(one).direction") == "ltr"
