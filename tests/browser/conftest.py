"""The demo with four of its cast, on the Thursday on which they are first asked how it goes, and a
real Chromium to look at it, opened once. What a page complains of fails its test.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from bot.programme.calendar import local_moment
from bot.simulator.cast import CAST
from bot.simulator.demo import Demo, Opened, open_demo
from tests.browser.looking import Watched
from tests.chromium import chromium

FOUR = [each for each in CAST if each.name in ("Grace", "Amina", "Harriet", "Luwam")]
PATIENCE = 20_000  # milliseconds: a loaded machine is slow, not wrong


@pytest.fixture(scope="package", name="chromium")
def _chromium() -> Iterator[Browser]:
    """The first Chromium that this machine has; without one nothing here is tested."""
    with chromium("THE DEMO IS NOT WALKED THROUGH IN A BROWSER") as browser:
        yield browser


@pytest.fixture(scope="package")
def opened(chromium: Browser) -> Iterator[Opened]:
    """Welcomed on Monday, goals on Tuesday, asked on Thursday at ten; from then on time flows."""
    opened = open_demo(port=0, weeks=0, cast=FOUR)
    demo = opened.demo
    zone = demo.parts.house.zone
    thursday = demo.now().astimezone(zone).date() + timedelta(days=3)
    demo.live_past(local_moment(thursday, 9 * 60 + 55, zone))
    demo.life.live_until(local_moment(thursday, 10 * 60, zone), by_hand=True)
    demo.let_time_flow()
    yield opened
    opened.close()


@pytest.fixture(scope="package")
def demo(opened: Opened) -> Demo:
    return opened.demo


@pytest.fixture
def new_context(chromium: Browser, opened: Opened) -> Iterator[Callable[..., BrowserContext]]:
    """Browsers of different people; all are closed in the end."""
    contexts = []

    def new(**options: object) -> BrowserContext:
        context = chromium.new_context(base_url=opened.address, **options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return context

    yield new
    for context in contexts:
        context.close()


@pytest.fixture
def watch() -> Iterator[Callable[[Page], Page]]:
    """Listens to what a page complains of: errors, and whatever the policy has refused."""
    watched: list[Watched] = []

    def listen(page: Page) -> Page:
        watched.append(Watched(page))
        return page

    yield listen
    assert [said for each in watched for said in each.complaints] == []


@pytest.fixture
def phones(new_context: Callable[..., BrowserContext], watch: Callable[[Page], Page]) -> Page:
    page = watch(new_context(viewport={"width": 1280, "height": 900}).new_page())
    page.goto("/phones/")
    return page


@pytest.fixture
def ruth(
    demo: Demo, new_context: Callable[..., BrowserContext], watch: Callable[[Page], Page]
) -> Page:
    """Signed in by a link, as she does it: she opens it and presses the button."""
    page = watch(new_context(viewport={"width": 1280, "height": 900}).new_page())
    page.goto(demo.staff_link())
    page.get_by_role("button", name="Sign me in").click()
    page.get_by_role("button", name="Sign out").wait_for()
    return page
