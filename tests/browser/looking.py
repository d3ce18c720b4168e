"""What the tests look for in a page: complaints, shut doors, sideways scrolling, lost focus."""

from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Locator, Page, expect

PATIENCE = 20_000
WIDTHS = (320, 360, 768, 1280)
SERIOUS = ("serious", "critical")


@dataclass
class Watched:
    """A page and everything that its console has said since."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))


class Phone:
    """One of the phones of the demo, and the thumb of whom it belongs to."""

    def __init__(self, page: Page, name: str) -> None:
        heading = page.get_by_role("heading", name=name, exact=True)
        self.all = page.locator(".person").filter(has=heading)
        self.page = page

    def hears(self, words: str) -> Locator:
        """Waits until the newest message on the screen is the bot's and has these words."""
        newest = self.all.locator(".message:not(.typing)").last
        expect(newest).to_have_class("message theirs first", timeout=PATIENCE)
        expect(newest.locator(".text")).to_contain_text(words, timeout=PATIENCE)
        return newest

    def writes(self, text: str) -> None:
        box = self.all.locator("input[name=text]")
        box.fill(text)
        box.press("Enter")

    def taps(self, title: str) -> None:
        """A button under the newest message."""
        choices = self.all.locator(".choices").last
        choices.get_by_role("button", name=title, exact=True).click()

    def picks(self, title: str) -> None:
        """A row of the newest list."""
        sheet = self.all.locator("details.list").last
        sheet.locator("summary").click()
        sheet.get_by_role("button", name=title).click()


def barriers(page: Page, *, only: tuple[str, ...] = ()) -> list[str]:
    """What axe calls serious or critical, each in one line; `only` these of its rules."""
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if only:
        options["runOnly"] = {"type": "rule", "values": list(only)}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{one['id']}: {node['html'][:120]}"
        for one in found
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]


def too_wide(page: Page) -> list[int]:
    """The widths of screens on which the page would scroll sideways."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(width)
    return found


def unseen_stops(page: Page, *, stops: int) -> list[str]:
    """Those of the first tab stops that do not show that one is there."""
    lost = []
    for _ in range(stops):
        page.keyboard.press("Tab")
        lost += page.evaluate(
            """() => {
              const here = document.activeElement, style = getComputedStyle(here);
              const box = here.getBoundingClientRect();
              const ringed = style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 2;
              const onScreen = box.bottom > 0 && box.right > 0 && box.left < innerWidth;
              return ringed && onScreen ? [] : [here.outerHTML.slice(0, 100)];
            }"""
        )
    return lost
