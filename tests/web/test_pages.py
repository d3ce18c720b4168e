"""The other pages, and how moments are said."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.engine.flow import Ask
from bot.parts import Parts
from bot.web.filters import spoken
from tests.web.page import Browser, judged

LONDON = ZoneInfo("Europe/London")
SEEN = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=3), "today at 11:30"),
        (timedelta(hours=15), "yesterday at 23:30"),
        (timedelta(days=3), "Tuesday at 14:30"),
        (timedelta(days=6), "last Saturday at 14:30"),
        (timedelta(days=8), "12 November at 14:30"),
        (timedelta(days=40), "11 October at 15:30"),
        (timedelta(days=400), "16 October 2025 at 15:30"),
        (-timedelta(minutes=30), "today at 15:00"),
        (-timedelta(days=1), "tomorrow at 14:30"),
        (-timedelta(days=3), "Monday at 14:30"),
    ],
)
def test_a_moment_is_said_as_people_say_it(ago: timedelta, said: str) -> None:
    assert spoken(SEEN - ago, now=SEEN, zone=LONDON) == said


def test_the_full_date_is_there_for_those_who_want_it(ruth: Browser) -> None:
    moment = ruth.get("/alerts").all("time")[0]
    assert moment.attributes["title"] == "Thursday 19 November 2026 at 10:54"
    assert moment.attributes["datetime"] == "2026-11-19T10:54+00:00"


def test_every_conversation_can_be_read_in_every_language(ruth: Browser, parts: Parts) -> None:
    for name, flow in parts.library.flows.items():
        for tag in parts.catalogues.all_languages:
            page = ruth.get(f"/conversations/{name}?language={tag}")
            said = [one for one in page.all("p") if one.attributes.get("class") == "said"]
            assert len(said) == len(flow.steps)
            assert all(one.text.strip() for one in said)
            assert not any("{" in one.text for one in said), "every placeholder is filled"


def test_a_preview_reads_from_the_right_in_arabic(ruth: Browser) -> None:
    page = ruth.get("/conversations/goal_check_in?language=ar")
    assert page.one("ol").attributes["dir"] == "rtl"
    assert "Arabic is a draft." in page.text


def test_a_choice_says_whether_it_leads_on_ends_or_opens_another_conversation(
    ruth: Browser, parts: Parts
) -> None:
    for name, flow in parts.library.flows.items():
        page = ruth.get(f"/conversations/{name}?language=fa")
        said = [one.text for one in page.all("a") if one.attributes.get("class") == "leads"]
        steps = [step for step in flow.steps if isinstance(step, Ask)]
        opened = [one.opens for step in steps for one in step.options if one.opens]
        assert [text.replace("opens: ", "") for text in said if text.startswith("opens: ")] == [
            other.replace("_", " ") for other in opened
        ]
        assert {f"/conversations/{other}?language=fa" for other in opened} <= set(page.links())
    ends = [one.text for one in ruth.get("/conversations/menu").all("span")]
    assert "ends here" in ends


def test_a_moment_several_choices_and_the_discreet_wording_are_said(ruth: Browser) -> None:
    assert "She sends a day and a time; they are read back" in (
        ruth.get("/conversations/session_time").text
    )
    check_in = ruth.get("/conversations/goal_check_in").text
    assert "She may choose several." in check_in
    assert "On a phone that others read:" in check_in


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("menu", "Begins when she sends MENU"),
        ("pause", "Begins when she sends PAUSE"),
        ("my_data", "Begins when she sends DATA"),
        ("session_time", "Begins out of another conversation"),
    ],
)
def test_a_conversation_that_is_never_planned_says_how_it_begins(
    ruth: Browser, name: str, begins: str
) -> None:
    assert f"{begins}." in ruth.get(f"/conversations/{name}").text
    assert begins in ruth.get("/conversations").text
    assert "Begins when" not in ruth.get("/conversations/welcome").text


@pytest.mark.parametrize("address", ["/conversations/unknown", "/conversations/welcome?language=x"])
def test_a_conversation_that_is_none_is_a_404(ruth: Browser, address: str) -> None:
    ruth.get(address, status=404)


def test_languages_say_who_reviewed_them_and_where_whatsapp_has_none(ruth: Browser) -> None:
    page = ruth.get("/languages")
    assert "Reviewed by nobody" in page.text
    rows = [" ".join(one.text.split()) for one in page.all("tr")]
    assert any(row.startswith("Arabic العربية draft 1 ar") for row in rows)
    assert any(row.startswith("Tigrinya") and "WhatsApp has none" in row for row in rows)


def test_an_empty_house_teaches(nobody: Browser, parts: Parts) -> None:
    from bot.actions.invite import invite

    link = invite(
        parts.database, email="ruth@example.org", name="Ruth", public_url="", now=parts.now()
    )
    nobody.post(link, page=link)
    assert "python3 -m bot people import" in nobody.get("/", follow=True).text
    assert "Nobody is here yet" in nobody.get("/people").text
    assert "Nobody is waiting" in nobody.get("/alerts").text
    assert "This bot has no WhatsApp sender" in nobody.get("/templates").text


def test_nothing_is_loaded_from_elsewhere(ruth: Browser) -> None:
    page = ruth.get("/", follow=True)
    for one in (*page.all("link"), *page.all("script"), *page.all("img")):
        address = one.attributes.get("href") or one.attributes["src"]
        assert address.startswith("/static/")


@pytest.mark.parametrize(
    "html",
    [
        "<h1>One</h1><h1>Two</h1>",
        "<h1>One</h1><p style='color:red'>x</p>",
        "<h1>One</h1><script>alert(1)</script>",
        "<h1>One</h1><form method=post action=/x><button>Go</button></form>",
        "<h1>One</h1><input name=x>",
        "<h1>One</h1> <p>None</p>",
        "<h1>One</h1><a href='#gone'>x</a>",
        "<h1>One</h1><p id=a></p><p id=a></p>",
        "<h1>One</h1><b><i></b></i>",
    ],
)
def test_the_judge_of_pages_sees_what_is_wrong(html: str) -> None:
    from werkzeug.test import TestResponse, run_wsgi_app
    from werkzeug.wrappers import Request, Response

    whole = (
        f"<!doctype html><html lang=en><head><title>x</title></head><body><main>{html}</main>"
        "</body></html>"
    )
    environ = {"REQUEST_METHOD": "GET", "wsgi.url_scheme": "http"}
    body, status, headers = run_wsgi_app(Response(whole, mimetype="text/html"), environ)
    with pytest.raises(AssertionError):
        judged(TestResponse(body, status, headers, request=Request(environ)))
