"""The page about money: sums that can be checked by hand, and nobody's name."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from bot.actions.alert import raise_alert
from bot.actions.mark import mark
from bot.actions.tally import TALLIED
from bot.parts import Parts
from bot.store.models import Delivery, Message, Tally
from tests.people import keep
from tests.web.cohort import NOW
from tests.web.page import Browser


def written_down(parts: Parts) -> None:
    """All until ten minutes ago: what the cast has sent was written down as nothing."""
    mark(parts.database, name=TALLIED, now=NOW - timedelta(minutes=10))


def spend(parts: Parts) -> None:
    """In September 1,000 parts of SMS; this month a day that is written down, and this morning."""
    written_down(parts)
    with parts.database.transaction() as db:
        went = {"direction": "out", "country": "GB"}
        for row in (
            Tally(day=date(NOW.year, NOW.month - 2, 5), channel="sms", kind="reply", messages=500,
                  parts=1000, **went),
            Tally(day=NOW.date().replace(day=1), channel="sms", kind="reply", messages=10,
                  parts=20, **went),
            Tally(day=NOW.date().replace(day=1), channel="whatsapp", kind="check_in",
                  category="utility", messages=100, parts=0, **went),
            Tally(day=NOW.date().replace(day=1), channel="whatsapp", kind="check_in",
                  category="utility", failed=True, messages=10, parts=0, **went),
        ):  # fmt: skip
            keep(db, row)
        said = keep(db, Message(direction="out", text="Hello.", at=NOW))
        keep(
            db,
            Delivery(
                message_id=said.id, token="t", sid="SM" + "1" * 32, state="read", mode="text",
                parts=1, country="DE", attempted_at=NOW - timedelta(minutes=5), not_before=NOW,
                updated_at=NOW,
            ),
        )  # fmt: skip


def test_the_page_says_what_this_month_cost_of_what_and_what_it_comes_to(
    ruth: Browser, parts: Parts
) -> None:
    spend(parts)
    page = ruth.get("/costs")
    # 20 × 0.0524 + 110 × 0.005 + 100 × 0.022 + 10 × 0.001 + 0.005
    assert "so far: 3.81 USD" in page.text
    passed = Decimal((NOW - NOW.replace(day=1, hour=0, minute=0)) / timedelta(days=1))
    ahead = Decimal("3.813") / passed * 30
    assert f"about {ahead:.2f} USD" in page.text
    cells = [one.text for one in page.all("td")]
    lines = [cells[at : at + 3] for at in range(1, len(cells), 3)]
    assert ["110", "–", "0.55"] in lines and ["100", "–", "2.20"] in lines
    assert ["10", "–", "0.01"] in lines
    assert ["10", "20", "1.05"] in [cells[at : at + 3] for at in range(len(cells))]
    assert "September 2026" in page.text and "52.40 USD" in page.text
    assert "14 of 14 prices have not been checked." in page.text
    assert "No limit in money is set" in page.text


def test_the_limit_stands_beside_what_was_spent_in_a_day(ruth: Browser, parts: Parts) -> None:
    spend(parts)
    settings = replace(parts.settings, most_spent_a_day=Decimal(5))
    ruth.client.application.extensions["bot"] = replace(parts, settings=settings)
    assert "0.01 USD for what we sent, of at most 5.00 USD" in ruth.get("/costs").text


def test_every_count_can_be_downloaded(ivy: Browser, parts: Parts) -> None:
    spend(parts)
    said = ivy.get("/costs?format=csv").response.get_data(as_text=True).splitlines()
    assert said[0].startswith('\ufeff"month","channel"')
    assert (
        '"2026-11","whatsapp","out","check_in","GB","utility","no","100","0","2.7000","USD"' in said
    )
    assert len(said) == 6


def test_a_month_in_which_nothing_happened_says_so(ruth: Browser, parts: Parts) -> None:
    written_down(parts)
    page = ruth.get("/costs")
    assert "Nothing has been sent or received this month." in page.text


def test_staff_read_which_limit_is_reached(ruth: Browser, parts: Parts) -> None:
    with parts.database.transaction() as db:
        raise_alert(db, kind="capped", subject="house:capped", detail="money", now=NOW)
    assert "It is what they may cost (MOST_SPENT_A_DAY)." in ruth.get("/alerts").text
