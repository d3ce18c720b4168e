"""The log of who read and did what: on her own page, and as a page of its own."""

import pytest
from flask import Flask

from bot.actions.audit import audit
from bot.parts import Parts
from bot.store.pages.audit import PAGE
from tests.web.cohort import NOW, Cast
from tests.web.colleagues import Hers, colleague, plant
from tests.web.page import Browser


@pytest.fixture
def hers(parts: Parts, cast: Cast) -> Hers:
    return plant(parts, cast)


def lines(page: Browser, address: str) -> list[str]:
    shown = page.get(address)
    return [" ".join(one.text.split()) for one in shown.all("tr") if "tbody" in one.inside]


def test_her_page_says_who_read_it(
    app: Flask, parts: Parts, ruth: Browser, ivy: Browser, cast: Cast
) -> None:
    path = f"/people/{cast.amina}"
    ivy.get(path)
    ivy.get(path)
    assert "Ivy, last just now, 2 times in all." in ruth.get(path).text
    assert "Ivy, last" not in ivy.get(path).text
    coordinator = colleague(app, parts, "Noor", roles=["coordinator"])
    assert "Who read this" not in coordinator.get(path).text


def test_the_log_is_read_by_person_and_by_staff_member(
    ruth: Browser, ivy: Browser, cast: Cast
) -> None:
    ivy.get(f"/people/{cast.amina}")
    ruth.get(f"/people/{cast.grace}")
    everything = lines(ruth, "/audit")
    assert "Ruth read Grace" in everything[0], "the newest first"
    assert any("Ivy read أمينة" in one for one in everything)
    about_her = lines(ruth, f"/audit?participant={cast.amina}")
    assert len(about_her) == 1 and "Ivy read" in about_her[0]
    by_ivy = lines(ruth, f"/audit?staff={cast.ivy}")
    assert by_ivy and all("Ivy" in one for one in by_ivy)
    assert lines(ruth, "/audit?participant=999") == []
    for nonsense in ("x", "-1", "0", "٣", "9" * 30):
        ruth.get(f"/audit?staff={nonsense}", status=404)


def test_the_log_goes_on_to_older_entries(ruth: Browser, parts: Parts, cast: Cast) -> None:
    with parts.database.transaction() as db:
        old = [f"participant:{cast.selam}"] * (PAGE + 3)
        audit(db, staff_id=cast.ruth, action="read", subjects=old, now=NOW)
    first = ruth.get(f"/audit?participant={cast.selam}")
    older = next(one for one in first.links() if "before=" in one)
    assert len(lines(ruth, older)) == 3


def test_an_administrator_alone_sees_ids_and_no_names(
    app: Flask, parts: Parts, ivy: Browser, cast: Cast
) -> None:
    ivy.get(f"/people/{cast.amina}")
    admin = colleague(app, parts, "Ada", roles=["administrator"])
    shown = "\n".join(lines(admin, "/audit"))
    assert f"Ivy read participant {cast.amina}" in shown
    assert "أمينة" not in shown


def test_a_lead_of_one_cohort_sees_the_log_about_its_people(
    app: Flask, parts: Parts, ivy: Browser, cast: Cast, hers: Hers
) -> None:
    ivy.get(f"/people/{cast.amina}")
    ivy.get(f"/people/{cast.beth}")
    lead = colleague(app, parts, "Lena", roles=["safeguarding"], cohorts=[hers.spring])
    shown = lines(lead, "/audit")
    assert len(shown) == 1 and "Ivy read Beth" in shown[0]
    assert lines(lead, f"/audit?participant={cast.amina}") == []
