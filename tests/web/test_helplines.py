"""The page on which staff look after the numbers that people in danger are given."""

import pytest
from sqlmodel import col, select

from bot.parts import Parts
from bot.store.helplines import HelplineRow, bring_in, helplines
from bot.store.models import AuditEntry
from tests.web.cohort import NOW, Cast
from tests.web.page import Browser

PAGE = "/helplines"


@pytest.fixture(autouse=True)
def brought_in(parts: Parts, cast: Cast) -> None:
    with parts.database.transaction() as db:
        bring_in(db, now=NOW)


def one(parts: Parts, key: str) -> HelplineRow:
    with parts.database.reading() as db:
        return next(row for row in helplines(db) if row.key == key)


def audited(parts: Parts) -> list[str]:
    with parts.database.reading() as db:
        mine = select(AuditEntry.action).where(AuditEntry.subject == "helpline:samaritans")
        return list(db.exec(mine.order_by(col(AuditEntry.id))).all())


def test_it_says_what_is_said_now_and_that_nobody_has_checked_it(ruth: Browser) -> None:
    page = ruth.get(PAGE)
    assert "she is given Samaritans 116 123" in page.text
    assert "10 of those that are on want checking" in page.text
    assert "Off: sexual violence" in page.text and "not free to ring" in page.text


def test_whoever_rang_it_today_stands_beside_it_and_in_the_record(
    ruth: Browser, parts: Parts
) -> None:
    line = one(parts, "samaritans")
    ruth.post(f"{PAGE}/{line.id}/checked", page=PAGE, status=303)
    line = one(parts, "samaritans")
    assert line.checked_by == "Ruth" and line.checked_on is not None
    assert "by Ruth" in ruth.get(PAGE).text and "9 of those that are on" in ruth.get(PAGE).text
    assert audited(parts) == ["checked a helpline"]


def test_another_number_wants_checking_anew_and_what_is_off_is_not_said(
    ruth: Browser, parts: Parts
) -> None:
    line = one(parts, "samaritans")
    ruth.post(f"{PAGE}/{line.id}/checked", page=PAGE, status=303)
    ruth.post(f"{PAGE}/{line.id}/changed", page=PAGE, number=" 0800  123 456 ", status=303)
    line = one(parts, "samaritans")
    assert (line.number, line.active, line.checked_on) == ("0800 123 456", False, None)
    assert "No number is said now" in ruth.get(PAGE).text
    assert audited(parts)[1:] == [
        "changed a helpline",
        "switched a helpline off",
    ]


@pytest.mark.parametrize("number", ["", "12", "call me", "116 123; 999", "١١٦١٢٣", "1" * 21])
def test_what_is_no_number_is_refused(ruth: Browser, parts: Parts, number: str) -> None:
    line = one(parts, "samaritans")
    page = ruth.post(
        f"{PAGE}/{line.id}/changed", page=PAGE, number=number, active="yes", status=422
    )
    assert "Please write the number" in page.text
    assert one(parts, "samaritans").number == "116 123"


def test_only_those_who_hold_safeguarding_or_administer_open_it(ivy: Browser) -> None:
    ivy.get(PAGE, status=403)
