"""Trainings as staff plan them, show the word, tick the list and read the hours."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session as Db

from bot.parts import Parts
from bot.store.models import Attendance, AuditEntry, CheckIn, Enrolment, Organisation, Participant
from bot.store.models import Training as Row
from bot.store.tables import table
from tests.web.cohort import Cast
from tests.web.page import Browser, Page
from tests.web.rows import days_ago, kept

FIELDS: dict[str, Any] = {
    "title": "Listening well",
    "date": "2026-11-24",
    "time": "18:00",
    "minutes": "120",
    "audience": "mentor",
    "word": "Kettle",
}


def add(ruth: Browser, **more: str) -> str:
    """The page of a training that Ruth has just added to the autumn cohort."""
    form = "/cohorts/1/trainings/new"
    page = ruth.post("/cohorts/1/trainings", page=form, **{**FIELDS, **more})
    where = page.response.headers["Location"]
    assert where.startswith("/trainings/")
    return where


def add_held(ruth: Browser) -> str:
    """One that was yesterday evening."""
    return add(ruth, date="2026-11-19")


def row(parts: Parts, training: str) -> Row:
    with parts.database.reading() as db:
        return db.get_one(Row, int(training.rpartition("/")[2]))


def listed(page: Page) -> dict[str, str]:
    """Everybody's enrolment in the form of the list, by her name."""
    labels = [one for one in page.all("label") if one.text.startswith("was there: ")]
    return {
        one.text.removeprefix("was there: "): one.attributes["for"].removeprefix("there-")
        for one in labels
    }


def attended(parts: Parts) -> list[tuple[int, int | None, str]]:
    there = table(Attendance)
    with parts.database.reading() as db:
        columns = select(there.c.enrolment_id, there.c.minutes, there.c.source)
        return [tuple(one) for one in db.execute(columns.order_by(there.c.id))]


def test_a_cohort_without_trainings_teaches_and_offers_to_add_one(ruth: Browser) -> None:
    page = ruth.get("/cohorts/1/trainings")
    assert "No training is planned." in page.text
    assert "Each mentor has 14 h of training to come to." in page.text
    assert "/cohorts/1/trainings/new" in page.links()
    assert "/cohorts/1/trainings" in ruth.get("/trainings").links()


def test_ruth_adds_a_training_and_its_invitations_stand_in_the_plan(
    ruth: Browser, parts: Parts
) -> None:
    where = add(ruth)
    assert "Tuesday 24 November 2026 at 18:00, 2 h." in ruth.get(where).text
    kept_row = row(parts, where)
    assert kept_row.starts_at == datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
    assert (kept_row.minutes, kept_row.audience, kept_row.word) == (120, "mentor", "Kettle")
    with parts.database.reading() as db:
        invited = select(table(CheckIn).c.due_at).where(table(CheckIn).c.flow == "training_invite")
        due = {moment.isoformat() for (moment,) in db.execute(invited)}
        audited = select(table(AuditEntry).c.subject).where(
            table(AuditEntry).c.action == "training_added"
        )
        assert db.execute(audited).scalar_one() == f"training:{kept_row.id}"
    assert due == {"2026-11-23T10:00:00+00:00"}
    assert "Listening well" in ruth.get("/trainings").text


def test_summer_time_is_the_clock_of_the_cohort(ruth: Browser, parts: Parts) -> None:
    where = add(ruth, date="2027-06-01")
    assert row(parts, where).starts_at == datetime(2027, 6, 1, 17, 0, tzinfo=UTC)
    assert ruth.get(f"{where}/change").one("input", id="time").attributes["value"] == "18:00"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", "", "Please give it a name."),
        ("title", "x" * 81, "Please keep the name under 80 characters."),
        ("date", "tomorrow", "Please give the day, such as 24/11/2026."),
        ("date", "9999-12-31", "Please give the day, such as 24/11/2026."),
        ("time", "25:00", "Please give the time, such as 18:00."),
        ("minutes", "0", "Please give its length in minutes, 480 at most."),
        ("minutes", "٩٠", "Please give its length in minutes, 480 at most."),
        ("minutes", "99999999999", "Please give its length in minutes, 480 at most."),
        ("audience", "nobody", "Please say whom it is for."),
        ("word", "stop", "That word already means something to the bot."),
        ("word", "<b>", "Please choose a word of at least three letters."),
    ],
)
def test_what_will_not_do_is_said_beside_its_field_and_nothing_is_lost(
    ruth: Browser, parts: Parts, field: str, value: str, sentence: str
) -> None:
    form = "/cohorts/1/trainings/new"
    sent: dict[str, Any] = {**FIELDS, field: value}
    page = ruth.post("/cohorts/1/trainings", page=form, status=422, **sent)
    assert sentence in page.text
    typed = {one.attributes["name"]: one.attributes["value"] for one in page.all("input")
             if one.attributes.get("type") in ("text", "date", "time")}  # fmt: skip
    assert typed == {name: text for name, text in sent.items() if name != "audience"}
    with parts.database.reading() as db:
        assert db.execute(select(table(Row)).where(table(Row).c.cohort_id == 1)).first() is None


def test_the_same_word_twice_on_a_day_is_refused(ruth: Browser) -> None:
    where = add(ruth)
    page = ruth.post(
        "/cohorts/1/trainings", page="/cohorts/1/trainings/new", status=422,
        **{**FIELDS, "time": "10:00", "word": "KETTLE"},
    )  # fmt: skip
    assert "Another training of this cohort has that word on the same day." in page.text
    ruth.post(f"{where}/changed", page=f"{where}/change", **{**FIELDS, "title": "Again"})
    assert ruth.get(where).one("h1").text == "Again"


def test_the_word_stands_large_on_a_page_of_its_own(ruth: Browser, ivy: Browser) -> None:
    where = add(ruth)
    for browser in (ruth, ivy):
        slide = browser.get(f"{where}/slide")
        assert slide.one("h1").text == slide.one("text").text == "Kettle"
        assert not slide.all("nav")
    without = add(ruth, word="", date="2026-11-25")
    ruth.get(f"{without}/slide", status=404)
    assert "the list is ticked by staff" in ruth.get(without).text


def test_ruth_ticks_the_list_and_the_hours_count(ruth: Browser, parts: Parts) -> None:
    assert not listed(ruth.get(add(ruth))), "there is nothing to tick before it begins"
    where = add_held(ruth)
    people = listed(ruth.get(where))
    grace = people["Grace"]
    everyone: dict[str, Any] = {f"was-{one}": "" for one in people.values()}
    ticked: dict[str, Any] = {**everyone, f"there-{grace}": "yes", f"minutes-{grace}": "90"}
    ruth.post(f"{where}/attendance", page=where, **ticked)
    assert attended(parts) == [(int(grace), 90, "staff")]
    page = ruth.get(where)
    assert page.one("input", id=f"there-{grace}").attributes.get("checked") == ""
    assert "Grace missed 30 min." in page.text
    assert "Grace G1 1 h 30" in ruth.get("/cohorts/1/trainings").text
    again: dict[str, Any] = {**ticked, f"was-{grace}": "90"}
    ruth.post(f"{where}/attendance", page=where, **again)
    assert "Nothing was changed." in ruth.get(where).text
    unticked: dict[str, Any] = {**everyone, f"was-{grace}": "90"}
    ruth.post(f"{where}/attendance", page=where, **unticked)
    assert attended(parts) == [(int(grace), None, "")]


@pytest.mark.parametrize("minutes", ["", "0", "121", "all of it", "-5"])
def test_minutes_that_cannot_be_are_asked_again_beside_her_name(
    ruth: Browser, parts: Parts, minutes: str
) -> None:
    where = add_held(ruth)
    grace = listed(ruth.get(where))["Grace"]
    sent: dict[str, Any] = {
        f"was-{grace}": "",
        f"there-{grace}": "yes",
        f"minutes-{grace}": minutes,
    }
    page = ruth.post(f"{where}/attendance", page=where, status=422, **sent)
    assert page.one("p", id=f"problem-{grace}").text == "Please give 1 to 120 minutes."
    assert page.one("input", id=f"minutes-{grace}").attributes["value"] == minutes
    assert attended(parts) == []


def test_the_list_is_not_ticked_before_it_begins(ruth: Browser, parts: Parts) -> None:
    where = add(ruth)
    page = ruth.post(f"{where}/attendance", page=where, status=422)
    assert "It has not begun yet." in page.text
    assert attended(parts) == []


def test_a_make_up_adds_what_she_missed_and_never_more(ruth: Browser, parts: Parts) -> None:
    where = add_held(ruth)
    grace = listed(ruth.get(where))["Grace"]

    def made_up(minutes: str, *, status: int = 303) -> Page:
        fields: dict[str, Any] = {"enrolment_id": grace, "minutes": minutes}
        return ruth.post(f"{where}/made-up", page=where, status=status, **fields)

    made_up("50")
    made_up("70")
    assert attended(parts) == [(int(grace), 120, "staff")]
    assert "Grace did not miss that many minutes." in made_up("1", status=422).text
    ruth.post(f"{where}/made-up", page=where, status=404, enrolment_id="999", minutes="5")


def test_a_training_that_does_not_take_place_is_removed(ruth: Browser) -> None:
    where = add(ruth)
    page = ruth.post(f"{where}/removed", page=where)
    assert page.response.headers["Location"] == "/cohorts/1/trainings"
    ruth.get(where, status=404)
    held = add_held(ruth)
    grace = listed(ruth.get(held))["Grace"]
    sent: dict[str, Any] = {f"was-{grace}": "", f"there-{grace}": "yes", f"minutes-{grace}": "120"}
    ruth.post(f"{held}/attendance", page=held, **sent)
    refused = ruth.post(f"{held}/removed", page=held, status=422)
    assert "Untick the list first." in refused.text


def test_usefulness_is_shown_in_counts_and_never_by_name(ruth: Browser, parts: Parts) -> None:
    where = add_held(ruth)
    people = listed(ruth.get(where))
    with parts.database.transaction() as db:
        for one, useful in zip(people.values(), ("very", "not"), strict=False):
            kept(db, Attendance(training_id=row(parts, where).id or 0, enrolment_id=int(one),
                                coming="yes", minutes=120, source="word", useful=useful,
                                at=days_ago(0.4)))  # fmt: skip
    page = ruth.get(where)
    assert "1 very useful 0 OK 1 not useful" in page.text
    assert "sent the word" in page.text
    download = ruth.get(f"{where}?format=csv").response.get_data(as_text=True)
    assert '"Listening well","2026-11-19 18:00","120","Grace","G1","mentor","comes","120"' in (
        download
    )
    assert "useful" not in download


def test_an_organisations_hours_are_shown_from_five_mentors_on(ruth: Browser, parts: Parts) -> None:
    where = add(ruth)
    before = ruth.get("/cohorts/1/trainings").text
    assert "when five or more of its mentors are in this cohort" in before
    with parts.database.transaction() as db:
        acorn, brook = 1, kept(db, Organisation(name="Brook plc"))
        for number in range(9):
            mentor(db, number, brook if number < 6 else acorn, row(parts, where).id)
    page = ruth.get("/cohorts/1/trainings")
    assert "Brook plc 6 9 h" in page.text
    assert "Acorn Ltd too few to show" in page.text


def mentor(db: Db, number: int, organisation: int, training: int | None) -> None:
    """One more mentor, who was at that training for an hour and a half."""
    person = kept(
        db,
        Participant(
            reference=f"X{number}", name=f"M{number}", language="en", created_at=days_ago(9)
        ),
    )
    enrolment = kept(
        db,
        Enrolment(
            participant_id=person,
            cohort_id=1,
            role="mentor",
            organisation_id=organisation,
            created_at=days_ago(9),
        ),
    )
    there: dict[str, Any] = {"training_id": training, "enrolment_id": enrolment, "at": days_ago(1)}
    kept(db, Attendance(minutes=90, source="word", **there))


def test_a_reader_reads_and_changes_nothing(ruth: Browser, ivy: Browser) -> None:
    where = add_held(ruth)
    page = ivy.get(where)
    assert "Nobody is written down yet." in page.text
    assert [one.attributes["action"] for one in page.all("form")] == ["/sign-out"]
    assert "/cohorts/1/trainings/new" not in ivy.get("/cohorts/1/trainings").links()
    for address in (f"{where}/attendance", f"{where}/removed", "/cohorts/1/trainings"):
        ivy.post(address, page="/password", status=403)
    ivy.get("/cohorts/1/trainings/new", status=403)


@pytest.mark.parametrize(
    "address", ["/trainings/99", "/cohorts/99/trainings", "/trainings/99/slide"]
)
def test_a_training_or_cohort_that_is_none_is_a_404(ruth: Browser, address: str) -> None:
    ruth.get(address, status=404)


def test_names_that_look_like_formulas_stay_names_in_the_table(ruth: Browser, cast: Cast) -> None:
    add(ruth, title="=1+1")
    sheet = ruth.get("/cohorts/1/trainings?format=csv").response.get_data(as_text=True)
    assert '"\'=1+1"' in sheet
