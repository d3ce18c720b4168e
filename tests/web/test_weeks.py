"""The weekly summary as a page and as a table."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, event
from sqlmodel import select

from bot.parts import Parts
from bot.store.models import Alert, AuditEntry, Message
from bot.web.sheets import FORMULA_STARTS, safe_cell
from tests.web.cohort import NOW, WEEK, Cast
from tests.web.conftest import Clock, signed_in
from tests.web.page import Browser, Page

PARTS = (
    "Needs you",
    "Quiet",
    "Hard week",
    "Good news",
    "Wrote to us",
    "Sessions",
    "Goals",
    "Messages",
    "Checks",
)


@pytest.fixture
def week(ruth: Browser) -> Page:
    return ruth.get(f"/weeks/{WEEK}")


def part(page: Page, title: str) -> str:
    """What one part of the page says."""
    return next(
        " ".join(one.text.split())
        for one in page.all("section")
        if one.text.strip().startswith(title)
    )


def test_the_first_page_is_this_week(ruth: Browser) -> None:
    assert ruth.get("/", status=302).response.headers["Location"] == f"/weeks/{WEEK}"


def test_people_come_before_numbers(week: Page) -> None:
    titles = [one.text.split("\n")[0].strip() for one in week.all("h2")]
    assert [title.rstrip(" 0123456789") for title in titles] == list(PARTS)


def test_the_week_is_told_in_a_breath(week: Page) -> None:
    assert week.one("h1").text == "16 to 22 November 2026"
    assert "Four need you, two have gone quiet and one had a hard week." in week.text


def test_the_most_urgent_stands_first_and_only_she_is_red(week: Page) -> None:
    lines = [one for one in week.all("li") if one.attributes.get("class", "").startswith("line")]
    assert "Luwam may be in danger" in lines[0].text
    red = [one for one in lines if "red" in one.attributes["class"].split()]
    assert len(red) == 1


def test_somebody_who_has_it_is_named(week: Page) -> None:
    assert "Selam did not get a message. Tuesday at 08:30 Ruth has it." in part(week, "Needs you")


def test_who_is_quiet_is_said_with_the_reason(week: Page) -> None:
    quiet = part(week, "Quiet")
    assert "Selam has not written for two weeks" in quiet
    assert "have not met yet, after 38 days; no session is planned" in quiet
    assert "فرح" not in quiet, "she has stopped messages: that is not silence"


def test_a_hard_week_names_what_was_in_the_way(week: Page) -> None:
    hard = part(week, "Hard week")
    assert "أمينة had a hard week: travel or bus money and children." in hard
    assert "1 travel or bus money" in hard


def raised(parts: Parts, *, kind: str, level: str, detail: str, who: int) -> None:
    with parts.database.transaction() as db:
        db.add(
            Alert(
                kind=kind,
                level=level,
                subject=f"{kind}:{detail}:{who}",
                participant_id=who,
                detail=detail,
                opened_at=NOW,
                last_at=NOW,
            )
        )


def test_on_a_monday_what_has_just_been_raised_stands_above_the_week_that_ended(
    ruth: Browser, parts: Parts, cast: Cast, clock: Clock
) -> None:
    clock.now = NOW + timedelta(days=(7 - NOW.weekday()))
    with parts.database.transaction() as db:
        db.add(
            Alert(
                kind="harm_red",
                level="red",
                subject="new",
                participant_id=cast.grace,
                opened_at=clock.now - timedelta(minutes=5),
                last_at=clock.now - timedelta(minutes=5),
            )
        )
    ruth = signed_in(ruth.client.application, parts, email="ruth@example.org")
    page = ruth.get("/", follow=True)
    assert page.one("h1").text == "16 to 22 November 2026"
    assert "Grace may be in danger" in part(page, "Needs you")
    assert "Grace may be in danger" not in ruth.get("/weeks/2026-W46").text


def test_of_a_pair_that_disagrees_both_are_named_with_the_day_and_lead_to_their_page(
    ruth: Browser, parts: Parts, cast: Cast
) -> None:
    raised(parts, kind="disputed", level="amber", detail="session:5", who=cast.amina)
    raised(parts, kind="missed_twice", level="amber", detail="pairing:1", who=cast.amina)
    page = ruth.get(f"/weeks/{WEEK}")
    needs = part(page, "Needs you")
    assert "أمينة and Grace do not agree whether they met on 10 November. Ask each" in needs
    assert "أمينة and Grace missed two sessions in a row." in needs
    assert "/pairs/1" in page.links()


def test_what_is_in_the_way_stands_with_what_staff_do_about_it(
    ruth: Browser, parts: Parts, cast: Cast
) -> None:
    for who in (cast.amina, cast.luwam):
        raised(parts, kind="barrier_travel", level="green", detail="barriers", who=who)
    raised(parts, kind="barrier_lawyer", level="green", detail="barriers", who=cast.luwam)
    page = ruth.get(f"/weeks/{WEEK}")
    hard = part(page, "Hard week")
    travel, lawyer = "Travel or bus money 2 A refund or bus pass.", "A lawyer or the Home Office 1"
    assert travel in hard and f"{lawyer} Signpost to regulated advice only." in hard
    assert hard.index(travel) < hard.index(lawyer), "the most frequent first"
    assert "bus pass" not in part(page, "Wrote to us")
    assert {row["part"] for row in table(ruth)} >= {"To do: Travel or bus money"}


def test_the_week_is_read_in_as_many_statements_however_much_there_is(
    ruth: Browser, parts: Parts, cast: Cast
) -> None:
    statements: list[str] = []

    def count(_connection: object, _cursor: object, sql: str, *_: object) -> None:
        statements.append(sql)

    raised(parts, kind="disputed", level="amber", detail="session:5", who=cast.amina)
    event.listen(Engine, "before_cursor_execute", count)
    ruth.get(f"/weeks/{WEEK}")
    before = len(statements)
    for number in (1, 2, 3, 4):
        raised(parts, kind="disputed", level="amber", detail=f"session:{number}", who=cast.amina)
    statements.clear()
    ruth.get(f"/weeks/{WEEK}")
    event.remove(Engine, "before_cursor_execute", count)
    assert len(statements) == before


def test_her_words_keep_their_language_and_direction(week: Page) -> None:
    quotes = [one for one in week.all("span") if "quote" in one.attributes.get("class", "")]
    spoken = {one.attributes["lang"] for one in quotes}
    assert spoken == {"ar", "en", "ti", "und"}
    assert {one.attributes["dir"] for one in quotes} == {"auto"}


def test_messages_outside_any_question_are_not_lost(week: Page) -> None:
    wrote = part(week, "Wrote to us")
    assert "ንሰሉስ" in wrote
    assert "sent a voice message or a picture" in wrote
    assert "Somebody at +447700900781 wrote: Wednesday at 06:06 Hello, is this the" in wrote


def test_sessions_goals_and_messages_are_counted(week: Page) -> None:
    assert "1 held, reported by one" in part(week, "Sessions")
    assert "3 h together since the start, of 20 h planned" in part(week, "Sessions")
    assert "1 up by 3 or more since the start" in part(week, "Goals")
    assert "1 of 3 check-ins of the week are answered (33%)" in part(week, "Messages")
    assert "The week before: 67%" in part(week, "Messages")


def test_every_figure_leads_to_the_people_behind_it(ruth: Browser, week: Page) -> None:
    figures = [href for href in week.links() if href.startswith(f"/weeks/{WEEK}/")]
    assert len(figures) >= 10
    for href in figures:
        behind = ruth.get(href)
        assert "How this is counted." in behind.text
        assert any(link.startswith(("/people/", "/pairs/")) for link in behind.links()), href


def test_what_waits_and_what_is_refused_stands_under_checks(week: Page) -> None:
    checks = part(week, "Checks")
    assert "1 WhatsApp template cannot be used" in checks
    assert "1 WhatsApp template waits for approval" in checks
    assert "4 people are written to in a draft language" in checks


def test_one_week_leads_to_the_next(ruth: Browser, week: Page) -> None:
    assert "/weeks/2026-W48" not in week.links(), "the future is empty"
    before = ruth.get("/weeks/2026-W46")
    assert {"/weeks/2026-W45", f"/weeks/{WEEK}"} <= set(before.links())
    assert "Closed by Ruth" in part(before, "Needs you"), "what became of last week's"


def test_a_new_house_teaches_instead_of_showing_zeros(
    ruth: Browser, parts: Parts, clock: Clock
) -> None:
    page = ruth.get("/weeks/2026-W20")
    assert "Nobody has told us of a hard week" in page.text


@pytest.mark.parametrize(
    "label",
    ["2026-W00", "2026-W54", "2025-W53", "26-W1", "2026-W5", "٢٠٢٦-W47", "9999-W01", "2026-47"],
)
def test_a_week_that_is_none_is_a_kind_404(ruth: Browser, label: str) -> None:
    ruth.get(f"/weeks/{label}", status=404)
    ruth.get(f"/weeks/{label}/behind", status=404)


def test_a_figure_that_is_none_is_a_kind_404(ruth: Browser) -> None:
    ruth.get(f"/weeks/{WEEK}/everything", status=404)


def table(browser: Browser) -> list[dict[str, str]]:
    answer = browser.client.get(f"/weeks/{WEEK}?format=csv")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="week-{WEEK}.csv"'
    text = answer.get_data(as_text=True)
    assert text.startswith("\ufeff")
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))


def test_the_table_has_the_rows_of_the_page(ruth: Browser, week: Page) -> None:
    rows = table(ruth)
    assert rows[0]["part"] == "Needs you"
    assert rows[0]["who"] == "Luwam"
    assert {row["part"] for row in rows} >= {"Needs you", "Quiet", "Hard week", "1 up"}
    for row in rows:
        assert row["who"] in week.text or row["part"][0].isdigit()


def test_what_somebody_wrote_is_no_formula_in_the_table(
    ruth: Browser, parts: Parts, cast: Cast
) -> None:
    with parts.database.transaction() as db:
        db.add(
            Message(
                participant_id=cast.amina,
                direction="in",
                channel="sms",
                text='=HYPERLINK("https://evil.example","Open")',
                language="en",
                at=NOW,
            )
        )
    words = [row["her words"] for row in table(ruth)]
    assert '\'=HYPERLINK("https://evil.example","Open")' in words


@given(st.text())
def test_no_cell_begins_a_formula_and_none_loses_a_letter(text: str) -> None:
    cell = safe_cell(text)
    assert cell in (text, f"'{text}")
    assert not cell.startswith(FORMULA_STARTS)


@pytest.mark.parametrize("text", ["=1+1", "+44", "-1", "@SUM", "\t=1", "  =1", '"=1', "＝1+1"])
def test_everything_a_spreadsheet_would_run_is_kept_as_text(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


def test_reading_her_words_is_recorded(ruth: Browser, parts: Parts, cast: Cast) -> None:
    ruth.get(f"/weeks/{WEEK}")
    with parts.database.reading() as db:
        entries = db.exec(select(AuditEntry).where(AuditEntry.action == "read")).all()
    assert {entry.subject for entry in entries} == {
        f"participant:{cast.amina}",
        f"participant:{cast.luwam}",
        f"address:{cast.stranger}",
    }
    assert {entry.staff_id for entry in entries} == {cast.ruth}
