"""The page on which the rota is set, what every page says while there is none, an alert's life."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlmodel import select

from bot.actions.alert import raise_alert
from bot.actions.note_step import note_step
from bot.parts import Parts
from bot.store.models import AlertConflict, Cover, Duty, Staff
from tests.web.cohort import NOW, Cast
from tests.web.conftest import signed_in
from tests.web.page import Browser
from tests.web.rows import kept

STARTS_NOTHING = "The bot starts nothing: no lead can be reached."
DUTY = {"staff_id": "2", "rank": "2", "starts_on": "2026-11-20", "ends_on": "2026-12-31"}


@pytest.fixture
def noor(app: Flask, parts: Parts, cast: Cast) -> Browser:
    """A second safeguarding lead."""
    with parts.database.transaction() as db:
        noor = Staff(email="noor@example.org", name="Noor", roles=["safeguarding"], created_at=NOW)
        kept(db, noor)
    return signed_in(app, parts, email="noor@example.org")


def without_a_rota(parts: Parts) -> None:
    with parts.database.transaction() as db:
        for duty in db.exec(select(Duty)):
            db.delete(duty)


def test_the_page_says_who_is_on_call_and_that_all_is_in_order(ruth: Browser) -> None:
    page = ruth.get("/on-call")
    assert "Ruth, lead" in page.text
    assert "For the coming week a lead can be reached in all hours of cover." in page.text
    assert "/on-call" in ruth.get("/settings").links()
    assert STARTS_NOTHING not in page.text


def test_without_a_lead_every_page_and_the_week_say_that_nothing_is_started(
    ruth: Browser, ivy: Browser, parts: Parts
) -> None:
    without_a_rota(parts)
    for browser in (ruth, ivy):
        for address in ("/alerts", "/people", "/settings"):
            assert STARTS_NOTHING in browser.get(address).text
        assert "No lead can be reached on" in browser.get("/", follow=True).text
    assert "/on-call" in ruth.get("/people").links()
    assert "/on-call" not in ivy.get("/people").links()
    assert "nobody leads." in ruth.get("/on-call").text


def test_a_duty_is_added_and_removed(ruth: Browser, parts: Parts) -> None:
    ruth.post("/on-call/duties", page="/on-call", **DUTY, weekday="4")
    page = ruth.get("/on-call")
    assert "She is on the rota." in page.text
    assert "Ivy deputy 20 November 2026 31 December 2026 Friday" in page.text
    ruth.post("/on-call/duties/2/removed", page="/on-call")
    assert "That duty is off the rota." in ruth.get("/on-call").text
    ruth.post("/on-call/duties/2/removed", page="/on-call", status=422)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"ends_on": "2026-11-01"}, "The last day is before the first"),
        ({"ends_on": ""}, "Please give a day, such as 2026-11-16."),
        ({"rank": "9"}, "A rank is lead, deputy or director"),
        ({"staff_id": "99"}, "There is no such staff member"),
        ({"weekday": "8"}, "a weekday one of the seven"),
    ],
)
def test_a_duty_that_cannot_be_is_refused_in_a_sentence(
    ruth: Browser, parts: Parts, changes: dict[str, str], says: str
) -> None:
    page = ruth.post("/on-call/duties", page="/on-call", status=422, **(DUTY | changes))
    assert says in page.one("p", role="alert").text
    with parts.database.reading() as db:
        assert len(db.exec(select(Duty)).all()) == 1


def test_the_hours_of_cover_are_set(ruth: Browser, parts: Parts) -> None:
    hours = {"from-0": "08:00", "to-0": "20:00", "from-6": "10:00", "to-6": "00:00"}
    blank = {f"{side}-{day}": "" for side in ("from", "to") for day in range(7)}
    ruth.post("/on-call/cover", page="/on-call", **(blank | hours))
    assert "The hours of cover are changed." in ruth.get("/on-call").text
    with parts.database.reading() as db:
        found = [(row.weekday, row.from_minute, row.to_minute) for row in db.exec(select(Cover))]
    assert found == [(0, 480, 1200), (6, 600, 1440)]
    for wrong in (blank, blank | {"from-0": "10:00"}, blank | {"from-0": "10", "to-0": "9"}):
        page = ruth.post("/on-call/cover", page="/on-call", status=422, **wrong)
        assert page.one("p", role="alert").text


def test_a_number_is_kept_as_it_is_dialled_and_a_wrong_one_is_not(
    ruth: Browser, parts: Parts, cast: Cast
) -> None:
    ruth.post(f"/on-call/phones/{cast.ivy}", page="/on-call", phone="07700 900123")
    page = ruth.post(f"/on-call/phones/{cast.ivy}", page="/on-call", phone="12", status=422)
    assert "is not a complete phone number" in page.one("p", role="alert").text
    with parts.database.reading() as db:
        assert db.get_one(Staff, cast.ivy).phone == "+447700900123"


def test_a_reader_and_a_coordinator_do_not_open_it(ivy: Browser) -> None:
    ivy.get("/on-call", status=403)


def test_an_alert_shows_each_step_of_its_life(ruth: Browser, parts: Parts, cast: Cast) -> None:
    with parts.database.transaction() as db:
        alert = raise_alert(
            db, kind="harm_red", subject="harm:1", participant_id=cast.amina, now=NOW
        )
        for minutes, kind, detail in (
            (0, "called", "sms"),
            (0, "called", "email"),
            (15, "not_called", "sms:30003"),
            (30, "nobody", ""),
        ):
            at = NOW + timedelta(minutes=minutes)
            note_step(db, [alert], kind=kind, staff_id=cast.ruth, detail=detail, now=at)
    page = ruth.get("/alerts")
    assert "Each step, 4" in page.text
    assert "Ruth called by SMS and by e-mail" in page.text
    assert "Ruth not called: by SMS it failed" in page.text
    assert "Nobody could be called. Please act now" in page.text
    ruth.post(f"/alerts/{alert}/noted", page="/alerts")
    assert "Ruth has it" in ruth.get("/alerts").text
    assert "Nobody could be called. Please act now" in ruth.get("/alerts").text


def test_an_alert_about_a_colleague_goes_round_her(
    ruth: Browser, noor: Browser, parts: Parts, cast: Cast
) -> None:
    with parts.database.transaction() as db:
        alert = raise_alert(
            db, kind="harm_red", subject="harm:1", participant_id=cast.amina, now=NOW
        )
    form = f"alert-{alert}"
    assert form in {one.attributes.get("id") for one in ruth.get("/alerts").all("li")}
    noor.post(f"/alerts/{alert}/excluded", page="/alerts", staff_id=str(cast.ruth))
    assert "Goes round Ruth" in noor.get("/alerts").text
    assert form not in {one.attributes.get("id") for one in ruth.get("/alerts").all("li")}
    for act in ("noted", "closed", "excluded", f"included/{cast.ruth}"):
        ruth.post(f"/alerts/{alert}/{act}", page="/alerts", note="x", staff_id="1", status=404)
    noor.post(f"/alerts/{alert}/included/{cast.ruth}", page="/alerts")
    assert form in {one.attributes.get("id") for one in ruth.get("/alerts").all("li")}
    with parts.database.reading() as db:
        assert db.exec(select(AlertConflict)).all() == []


def test_the_last_one_who_could_act_cannot_be_excluded(
    ruth: Browser, parts: Parts, cast: Cast
) -> None:
    page = ruth.post("/alerts/1/excluded", page="/alerts", staff_id=str(cast.ruth), status=422)
    assert "Somebody must remain who can act" in page.text
