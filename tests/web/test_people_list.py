"""The list of people: narrowed by plain links, and each state in words."""

from datetime import timedelta

import pytest
from sqlmodel import col, select, update

from bot.parts import Parts
from bot.store.models import Alert, Cohort, Enrolment, Participant
from tests.web.cohort import NOW, Cast
from tests.web.page import Browser, Page


def listed(page: Page) -> set[str]:
    """The references of whoever stands in a table."""
    return {one.text for one in page.all("span") if "th" in one.inside}


def row(page: Page, reference: str) -> str:
    found = (" ".join(one.text.split()) for one in page.all("tr"))
    return next(text for text in found if f" {reference} " in text)


def set_person(parts: Parts, who: int, **values: object) -> None:
    with parts.database.transaction() as db:
        db.exec(update(Participant).where(col(Participant.id) == who).values(**values))


def test_the_list_is_narrowed_to_a_cohort_and_a_role(ruth: Browser, parts: Parts) -> None:
    with parts.database.reading() as db:
        spring = db.exec(select(Cohort.id).where(Cohort.name == "Spring 2027")).one()
    assert listed(ruth.get("/people")) == {"A1", "S1", "L1", "F1", "G1", "H1", "B1"}
    assert listed(ruth.get(f"/people?cohort={spring}")) == {"B1"}
    assert listed(ruth.get("/people?role=mentor")) == {"G1", "H1", "B1"}
    assert listed(ruth.get(f"/people?role=mentee&cohort={spring}")) == set()
    assert "Nobody is like that just now." in ruth.get(f"/people?role=mentee&cohort={spring}").text


def test_whoever_needs_somebody_has_an_alert_or_is_held(
    ruth: Browser, parts: Parts, cast: Cast
) -> None:
    page = ruth.get("/people?needs=yes")
    assert listed(page) == {"A1", "S1", "L1", "F1"}
    assert "1 alert" in row(page, "A1"), "the closed one does not count"
    assert "2 alerts" in row(page, "S1")
    with parts.database.transaction() as db:
        db.exec(update(Alert).values(state="closed"))
    assert listed(ruth.get("/people?needs=yes")) == {"L1"}, "she is held"
    assert "alert" not in row(ruth.get("/people"), "L1")


def test_the_links_keep_what_else_is_chosen_and_say_what_is(ruth: Browser) -> None:
    page = ruth.get("/people?role=mentor&needs=yes")
    assert "/people?role=mentee&needs=yes" in page.links()
    assert "/people?role=mentor" in page.links()
    here = [one.text for one in page.all("a", **{"aria-current": "true"})]
    assert here == ["All", "Mentors", "Needs somebody (4)"]


@pytest.mark.parametrize(
    "query",
    ["cohort=x", f"cohort={'9' * 5000}", "cohort=-1", "role=boss", "needs=maybe", "cohort=²"],
)
def test_a_link_that_makes_no_sense_shows_everyone(ruth: Browser, query: str) -> None:
    assert len(listed(ruth.get(f"/people?{query}"))) == 7


def test_each_state_is_said_in_words(ruth: Browser, parts: Parts, cast: Cast) -> None:
    set_person(parts, cast.amina, state="paused", paused_until=NOW + timedelta(days=13))
    set_person(parts, cast.selam, state="paused", paused_until=NOW - timedelta(days=1))
    set_person(parts, cast.beth, quiet_at=NOW - timedelta(days=9))
    set_person(parts, cast.grace, state="left")
    with parts.database.transaction() as db:
        hers = col(Enrolment.participant_id) == cast.luwam
        db.exec(update(Enrolment).where(hers).values(state="completed"))
    page = ruth.get("/people")
    assert row(page, "A1").endswith("paused until 3 December 2026")
    assert "paused" not in row(page, "S1"), "that pause is over"
    assert row(page, "B1").endswith("quiet since 11 November 2026")
    assert row(page, "G1").endswith("has left")
    assert row(page, "L1").endswith("held after a concern has completed it")
