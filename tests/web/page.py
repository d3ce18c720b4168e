"""A signed-in browser without a screen: it judges every page that any test fetches.

The house style is in here, so that nobody has to remember it.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
UNFINISHED = re.compile(r"\bNone\b|\bundefined\b|<built-in|\bTODO\b")


@dataclass
class Element:
    """One element with what it says, its own children's words included."""

    tag: str
    attributes: dict[str, str]
    inside: tuple[str, ...]
    text: str = ""


@dataclass
class Page:
    """A page as it was answered, taken apart."""

    response: TestResponse
    elements: list[Element] = field(default_factory=list)

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def text(self) -> str:
        """What a reader sees, in one line."""
        body = next((one.text for one in self.elements if one.tag == "body"), "")
        return " ".join(body.split())

    def all(self, tag: str, **attributes: str) -> list[Element]:
        return [
            one
            for one in self.elements
            if one.tag == tag
            and all(
                one.attributes.get(name.rstrip("_")) == value for name, value in attributes.items()
            )
        ]

    def one(self, tag: str, **attributes: str) -> Element:
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} of <{tag} {attributes}>"
        return found[0]

    def links(self) -> list[str]:
        return [one.attributes["href"] for one in self.all("a")]


class _Reader(HTMLParser):
    """Takes a page apart and refuses one whose elements are not closed in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        inside = tuple(one.tag for one in self.open)
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> says the same twice: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs}, inside)
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        closed = self.open.pop()
        assert closed.tag == tag, f"</{tag}> closes <{closed.tag}>"

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data


def judged(response: TestResponse) -> Page:
    """The page, if it is one that may be shown to staff."""
    page = Page(response)
    if response.mimetype != "text/html" or response.status_code in (302, 303):
        return page
    html = response.get_data(as_text=True)
    assert html.lower().startswith("<!doctype html>"), html[:80]
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert not reader.open, f"never closed: {[one.tag for one in reader.open]}"
    page.elements = reader.elements
    _judge_frame(page)
    _judge_forms(page)
    _judge_policy(page)
    return page


def _judge_frame(page: Page) -> None:
    assert len(page.all("h1")) == 1, "a page has one h1"
    titles = [one.text.strip() for one in page.all("title") if "svg" not in one.inside]
    assert len(titles) == 1 and titles[0], "a page has a title"
    assert page.one("html").attributes["lang"] == "en"
    assert len(page.all("main")) == 1
    ids = [one.attributes["id"] for one in page.elements if "id" in one.attributes]
    assert len(ids) == len(set(ids)), f"the same id twice: {sorted(ids)}"
    for element in page.elements:
        for name in ("aria-labelledby", "aria-describedby", "for"):
            for target in element.attributes.get(name, "").split():
                assert target in ids, f"<{element.tag} {name}={target}> points nowhere"
        if element.tag == "a":
            href = element.attributes.get("href", "")
            assert href, "a link leads somewhere"
            assert not href.startswith("#") or href[1:] in ids, f"{href} points nowhere"
            assert element.text.strip(), f"a link without words: {href}"
    assert not UNFINISHED.search(page.text), UNFINISHED.search(page.text)


def _judge_forms(page: Page) -> None:
    forms = page.all("form")
    tokens = [one for one in page.all("input", name="csrf_token") if one.attributes["value"]]
    assert len(forms) == len(tokens), "every form carries its token"
    for form in forms:
        assert form.attributes.get("action", "").startswith("/"), "a form says where it goes"
        assert form.attributes.get("method") == "post"
    labelled = {one.attributes["for"] for one in page.all("label")}
    for field_ in (*page.all("input"), *page.all("textarea"), *page.all("select")):
        if field_.attributes.get("type") != "hidden":
            assert field_.attributes.get("id") in labelled, f"no label: {field_.attributes}"
    for button in page.all("button"):
        assert button.text.strip()


def _judge_policy(page: Page) -> None:
    assert not page.all("style"), "style stands in the style sheet"
    for element in page.elements:
        assert "style" not in element.attributes, f"inline style on <{element.tag}>"
        assert not any(name.startswith("on") for name in element.attributes)
        if element.tag == "script":
            assert element.attributes.get("src", "").startswith("/static/")


class Browser:
    """Fetches pages, sends forms with their tokens, and judges whatever comes back."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, *, status: int = 200, follow: bool = False) -> Page:
        page = judged(self.client.get(path, follow_redirects=follow))
        assert page.status == status, f"{path}: {page.status}, {page.text[:200]}"
        return page

    def post(self, path: str, *, status: int = 303, page: str = "/sign-in", **fields: Any) -> Page:
        """Send a form as it stands on `page`, whose token goes with it."""
        shown = judged(self.client.get(page, follow_redirects=True))
        token = shown.all("input", name="csrf_token")[0].attributes["value"]
        answer = judged(self.client.post(path, data={"csrf_token": token, **fields}))
        assert answer.status == status, f"{path}: {answer.status}, {answer.text[:200]}"
        return answer
