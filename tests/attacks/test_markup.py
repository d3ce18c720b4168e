"""Stored XSS: everything that anybody can send or import, then every page in a real Chromium."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import text

from bot.actions.invite import invite
from bot.web.access import MACHINE, access_of
from tests.attacks.payloads import EVIL, FORMATS, MARKUP
from tests.chromium import chromium
from tests.people import ruth
from tests.quick import open_quick
from tests.rows import ROW_AMINA, ROW_GRACE
from tests.test_lives import Lives
from tests.web.test_access import VALUES
from tests.webhook import form, post
from tests.world import AMINA, GRACE

STRANGER = "+447700955555"
NAMED, MENTOR = MARKUP[0], MARKUP[4]
# What must not be in a page: handlers, scripts of somebody else, frames, addresses that run
FOREIGN = """() => [...document.querySelectorAll('*')].filter(one =>
  ['iframe', 'object', 'embed', 'base', 'marquee', 'video', 'math', 'noscript', 'template',
   'animate', 'foreignobject'].includes(one.localName)
  || (one.localName === 'script' && !(one.getAttribute('src') || '').startsWith('/static/'))
  || (one.localName === 'link' && !(one.getAttribute('href') || '').startsWith('/static/')
      && !(one.getAttribute('href') || '').startsWith('data:'))
  || (one.localName === 'style') || (one.localName === 'meta' && one.httpEquiv)
  || [...one.attributes].some(mark => mark.name.startsWith('on')
      || /^\\s*(java\\s*script|vbscript|data:text)/i.test(mark.value)
      || (['href', 'src', 'action', 'formaction', 'style'].includes(mark.name)
          && !mark.value.startsWith('otpauth://totp/')
          && /evil|alert\\(|pwned/i.test(decodeURIComponent(mark.value))))
).map(one => one.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium("NO PAYLOAD IS TRIED IN A BROWSER") as browser:
        yield browser


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[Lives]:
    """A house that is called, and full of people who write, what an attacker would choose."""
    with open_quick(database_url, charity_name=MARKUP[1], contact_name=MARKUP[2]) as world:
        world.__class__ = Lives
        assert isinstance(world, Lives)
        mine = {"language": "en", "cohort": MARKUP[5]}
        errors = world.enrols(
            tmp_path,
            ROW_GRACE | mine | {"name": MENTOR, "organisation": MARKUP[3]},
            ROW_AMINA | mine | {"name": NAMED},
        )
        assert errors == ()
        world.tick()
        world.agrees(AMINA)
        world.read()
        for payload in (*FORMATS, *MARKUP):
            world.time += timedelta(minutes=5)
            assert post(world, hook(payload)).status == 200
            world.read()
        for payload in MARKUP[:8]:
            assert post(world, hook(payload, number=STRANGER)).status == 200
            assert post(world, hook(f"I want to die {payload}", number=GRACE)).status == 200
        everywhere(world)
        yield world


def hook(payload: str, *, number: str = AMINA) -> dict[str, str]:
    """One payload in every field of a WhatsApp webhook that is a text of hers."""
    return form(
        payload,
        number=number,
        ProfileName=payload,
        ButtonText=payload,
        ListTitle=payload,
        ListDescription=payload,
        Label=payload,
        Address=payload,
        Latitude="51.5",
        Longitude="-0.1",
        NumMedia="1",
        MediaUrl0=f"{EVIL}/{payload}",
        MediaContentType0=payload,
        MediaFilename0=payload,
        ChannelMetadata=payload,
        ReferralBody=payload,
        ReferralHeadline=payload,
        ErrorMessage=payload,
    )


def everywhere(world: Lives) -> None:
    """What staff type, and what she once answered: by the database, in every column of words."""
    with world.parts.database.transaction() as db:
        ruth(db)
        db.execute(
            text(
                "insert into goal (enrolment_id, number, focus, words, language, next_step, state, "
                "created_at) select id, 1, 'work', :p, 'en', :p, 'active', created_at "
                "from enrolment where role = 'mentee'"
            ),
            {"p": MARKUP[6]},
        )
        for table, column in (
            ("alert", "note"), ("alert", "detail"), ("answer", "words"), ("answer", "value"),
            ("participant", "safe_word"), ("staff", "name"), ("organisation", "name"),
            ("media", "reason"), ("delivery", "error_code"),
        ):  # fmt: skip
            db.execute(text(f"update {table} set {column} = :p"), {"p": MARKUP[7]})  # noqa: S608


def addresses(world: Lives) -> list[str]:
    """Every page that a browser can open, with things that are there."""
    from bot.app import create_app

    app = create_app(world.parts)
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and access_of(app, rule.endpoint) != MACHINE:
                values = {name: VALUES[name] for name in rule.arguments}
                found.append(app.url_for(rule.endpoint, **values))
    stranger = world.one("select id from address where address like :a", a=f"%{STRANGER}")
    people = [row[0] for row in world.rows("select id from participant")]
    more = [f"/people/{one}" for one in people] + [f"/people/{one}/wishes" for one in people]
    more += [f"/strangers/{stranger}", "/weeks/2026-W47", "/weeks/2026-W47/needs",
             "/people?search=" + "%3Cscript%3Ealert(1)%3C/script%3E",
             "/nothing/%3Cscript%3Ealert(1)%3C/script%3E",
             "/alerts?state=%22%3E%3Cimg%20src=x%3E"]  # fmt: skip
    return sorted({*found, *more} - {"/static/staff.css"})


def test_nothing_that_anybody_wrote_runs_on_any_page(world: Lives, browser: Browser) -> None:
    base = world.settings.public_url
    context = browser.new_context(base_url=base)
    page = context.new_page()
    heard: list[str] = []
    listen(page, heard, base)
    link = invite(
        world.parts.database, email="ruth@example.org", name="", public_url=base, now=world.time
    )
    page.goto(link)
    page.get_by_role("button", name="Sign me in").click()
    page.wait_for_load_state()
    paths = addresses(world)
    seen = 0
    for path in paths:
        if path.startswith("/media/"):
            continue
        page.goto(path, wait_until="load")
        for hidden in page.locator("details").all():
            hidden.evaluate("one => one.open = true")
        assert page.evaluate(FOREIGN) == [], path
        seen += "alert(" in page.content()
    context.close()
    assert heard == []
    assert len(paths) > 30 and seen >= 8, "the payloads were on the pages, as words"


def listen(page: Page, heard: list[str], base: str) -> None:
    """Whatever runs, complains or asks somebody else."""

    def asked(request: Any) -> None:
        if not request.url.startswith((base, "data:")):
            heard.append(f"asked {request.url}")

    def said(message: Any) -> None:
        if "responded with a status of 4" not in message.text and "[DOM]" not in message.text:
            heard.append(message.text)

    def box(dialog: Any) -> None:
        heard.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", box)
    page.on("console", said)
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", asked)
