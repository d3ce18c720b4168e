"""The pages of cohorts: settings and breaks are shown as what they change before they change it."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import select

from bot.actions.hold import everything_held
from bot.parts import Parts
from bot.store.models import CheckIn, Cohort, Consent, Holiday, Participant
from tests.web.cohort import NOW, Cast
from tests.web.conftest import Clock
from tests.web.page import Browser, Page

COHORT = "/cohorts/1"
BREAK = {"name": "Winter break", "starts_on": "2026-12-07", "ends_on": "2026-12-13"}


@pytest.fixture
def planned(parts: Parts, cast: Cast, ruth: Browser) -> Parts:
    """Amina has agreed, and her programme is planned."""
    from bot.actions.replan import replan
    from bot.store.cohorts import calendar_of

    with parts.database.transaction() as db:
        db.add(
            Consent(
                participant_id=cast.amina,
                kind="messages",
                given=True,
                wording="w",
                language="ar",
                channel="whatsapp",
                at=NOW - timedelta(days=38),
            )
        )
        db.flush()
        replan(db, calendars=[calendar_of(db, cohort_id=1)], now=NOW, apply=True)
    return parts


def hidden(page: Page) -> dict[str, str]:
    """What the form with the main button would send."""
    return {
        one.attributes["name"]: one.attributes["value"]
        for one in page.all("input", type="hidden")
        if one.attributes["name"] != "csrf_token"
    }


def settings(page: Page) -> dict[str, str]:
    """The settings as the form shows them."""
    found = {
        one.attributes["name"]: one.attributes["value"]
        for one in page.all("input")
        if one.attributes.get("type") != "hidden" and not one.attributes["id"].startswith("break-")
    }
    return found


def due(parts: Parts, slot: str) -> datetime | None:
    with parts.database.reading() as db:
        query = select(CheckIn.due_at).where(CheckIn.slot == slot, CheckIn.state == "planned")
        return db.exec(query.order_by(CheckIn.enrolment_id)).first()


def test_the_list_says_who_is_in_each_cohort(ruth: Browser) -> None:
    text = ruth.get("/cohorts").text
    assert "Autumn 2026 12 October 2026 16 weeks 4 mentees, 2 mentors" in text
    assert "Spring 2027 1 March 2027 to come 16 weeks 0 mentees, 1 mentor" in text


def test_every_setting_has_its_label_and_its_help(ruth: Browser) -> None:
    page = ruth.get(COHORT)
    described = [
        one
        for one in (*page.all("input"), *page.all("select"))
        if "aria-describedby" in one.attributes
    ]
    assert len(described) == 26
    assert [one.text.strip() for one in page.all("legend")] == [
        "Programme",
        "Times",
        "When nobody answers",
        "Most messages in a week",
    ]


def test_a_change_is_shown_first_by_person_and_date_and_nothing_is_written(
    ruth: Browser, planned: Parts
) -> None:
    before = due(planned, "week-7")
    page = ruth.post(f"{COHORT}/preview", page=COHORT, status=200, check_in_weekday="friday")
    assert "Nothing that has been sent changes." in page.text
    assert "Check-in day Thursday Friday" in page.text
    assert "The check-in of week 7 moves Thu 26 November, 10:00 Fri 27 November, 10:00" in page.text
    assert page.one("th", scope="rowgroup").text == "أمينة"
    assert due(planned, "week-7") == before


def test_confirming_does_exactly_what_was_shown(ruth: Browser, planned: Parts) -> None:
    page = ruth.post(f"{COHORT}/preview", page=COHORT, status=200, check_in_weekday="friday")
    ruth.post(COHORT, page=COHORT, **hidden(page))
    assert "Autumn 2026: the settings are changed." in ruth.get(COHORT).text
    moved = due(planned, "week-7")
    assert moved is not None and moved.date() == date(2026, 11, 27)
    with planned.database.reading() as db:
        assert db.get_one(Cohort, 1).check_in_weekday == 4


def test_what_changed_in_between_is_shown_again_instead_of_done(
    ruth: Browser, planned: Parts
) -> None:
    page = ruth.post(f"{COHORT}/preview", page=COHORT, status=200, check_in_weekday="friday")
    with planned.database.transaction() as db:
        row = db.exec(select(CheckIn).where(CheckIn.slot == "week-7")).first()
        assert row is not None
        row.state = "asked"
        db.add(row)
    again = ruth.post(COHORT, page=COHORT, status=409, **hidden(page))
    assert "Something else changed in between." in again.text
    assert "week 7 " not in again.text
    with planned.database.reading() as db:
        assert db.get_one(Cohort, 1).check_in_weekday == 3
    ruth.post(COHORT, page=COHORT, **hidden(again))


def test_a_confirmation_without_a_preview_is_no_confirmation(ruth: Browser, planned: Parts) -> None:
    ruth.post(COHORT, page=COHORT, status=409, check_in_weekday="friday")
    with planned.database.reading() as db:
        assert db.get_one(Cohort, 1).check_in_weekday == 3


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("weeks", "0", "Please give a number from 1 to 60."),
        ("weeks", "many", "Please give a whole number."),
        ("check_in_minute", "21:00", "This is outside the hours for messages, 09:00 to 20:00."),
        ("zone", "Nowhere/Land", "Please give a time zone such as Europe/London."),
        ("zone", "../../etc/passwd", "Please give a time zone such as Europe/London."),
        ("name", "Spring 2027", "Another cohort has this name."),
        ("name", "", "Please give a name of up to 80 letters."),
        ("check_in_weekday", "someday", "Please choose a day of the week."),
        ("session_plan", "<b>", "Please choose one of the two."),
    ],
)
def test_what_cannot_be_is_marked_where_it_stands(
    ruth: Browser, field: str, text: str, sentence: str
) -> None:
    for path in (f"{COHORT}/preview", COHORT):
        page = ruth.post(path, page=COHORT, status=422, **{field: text})
        assert page.one("p", id=f"{field}-problem").text == sentence
        wrong = [one for one in page.elements if one.attributes.get("aria-invalid") == "true"]
        assert [one.attributes["id"] for one in wrong] == [field]


def test_a_break_is_previewed_added_previewed_and_removed(ruth: Browser, planned: Parts) -> None:
    page = ruth.post(f"{COHORT}/holidays/preview", page=COHORT, status=200, **BREAK)
    assert "The check-in of week 9 vanishes" in page.text
    assert due(planned, "week-9") is not None
    ruth.post(f"{COHORT}/holidays", page=COHORT, **hidden(page))
    assert due(planned, "week-9") is None
    listed = ruth.get(COHORT).text
    assert "Winter break 7 December 2026 13 December 2026 this cohort" in listed
    page = ruth.post(f"{COHORT}/holidays/1/preview", page=COHORT, status=200)
    assert "The check-in of week 9 is new" in page.text
    ruth.post(f"{COHORT}/holidays/1/removed", page=COHORT, **hidden(page))
    assert due(planned, "week-9") is not None
    with planned.database.reading() as db:
        assert db.exec(select(Holiday)).all() == []


def test_a_break_of_every_cohort_and_of_a_single_day(ruth: Browser, planned: Parts) -> None:
    one_day = {"name": "A day", "starts_on": "2026-12-10", "everywhere": "yes"}
    page = ruth.post(f"{COHORT}/holidays/preview", page=COHORT, status=200, **one_day)
    ruth.post(f"{COHORT}/holidays", page=COHORT, **hidden(page))
    with planned.database.reading() as db:
        row = db.exec(select(Holiday)).one()
    assert (row.cohort_id, row.starts_on, row.ends_on) == (None, row.ends_on, date(2026, 12, 10))
    assert "A day 10 December 2026 10 December 2026 every cohort" in ruth.get("/cohorts/2").text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": " "}, "Please give a name of up to 80 letters."),
        ({"starts_on": "soon"}, "Please give a day, such as 2026-11-16."),
        ({"ends_on": "2026-12-01"}, "The last day must not be before the first."),
        ({"ends_on": "2027-12-01"}, "A break can be 60 days at most."),
    ],
)
def test_a_break_that_is_none_is_refused_in_a_sentence(
    ruth: Browser, change: dict[str, str], sentence: str
) -> None:
    for path in ("holidays/preview", "holidays"):
        page = ruth.post(f"{COHORT}/{path}", page=COHORT, status=422, **(BREAK | change))
        assert page.one("p", id="break-problem").text == sentence


def test_a_new_cohort_begins_with_a_name_and_a_day(ruth: Browser, parts: Parts) -> None:
    form = settings(ruth.get("/cohorts/new"))
    sent = {**form, "name": "Summer 2027", "starts_on": "2027-05-03", "weeks": "12"}
    created = ruth.post("/cohorts/new", page="/cohorts/new", **sent)
    assert "Summer 2027 is there." in ruth.get(created.response.headers["Location"]).text
    with parts.database.reading() as db:
        row = db.exec(select(Cohort).where(Cohort.name == "Summer 2027")).one()
    assert (row.starts_on, row.weeks, row.zone) == (date(2027, 5, 3), 12, "Europe/London")
    page = ruth.post("/cohorts/new", page="/cohorts/new", status=422, **sent)
    assert page.one("p", id="name-problem").text == "Another cohort has this name."


def test_holding_everything_stands_on_every_page_until_it_is_released(
    ruth: Browser, parts: Parts, clock: Clock
) -> None:
    assert "STOP works" in ruth.get("/cohorts").text, "what it means stands beside the button"
    ruth.post("/cohorts/hold", page="/cohorts")
    with parts.database.reading() as db:
        assert everything_held(db)
    clock.forward(hours=1)
    for path in ("/people", "/alerts", "/cohorts"):
        assert "Everything is held since today at" in ruth.get(path).text
    ruth.post("/cohorts/release", page="/people", next="/people")
    assert "Everything is held" not in ruth.get("/people").text
    with parts.database.reading() as db:
        assert not everything_held(db)


def test_a_reader_sees_everything_and_changes_nothing(ivy: Browser, ruth: Browser) -> None:
    page = ivy.get(COHORT)
    assert page.one("input", id="weeks").attributes.get("disabled") == ""
    assert "Show what will change" not in page.text
    ruth.post("/cohorts/hold", page="/cohorts")
    assert "Let messages go out again" not in ivy.get("/cohorts").text
    for path in ("/preview", "", "/holidays/preview", "/holidays", "/holidays/1/removed"):
        ivy.post(f"{COHORT}{path}", page="/cohorts", status=403)
    ivy.post("/cohorts/hold", page="/cohorts", status=403)
    ivy.get("/cohorts/new", status=403)


def test_what_is_not_there_is_not_found(ruth: Browser) -> None:
    ruth.get("/cohorts/99", status=404)
    ruth.post("/cohorts/99/preview", page=COHORT, status=404)
    ruth.post(f"{COHORT}/holidays/99/preview", page=COHORT, status=404)


def test_a_name_with_markup_is_shown_as_it_is(ruth: Browser, planned: Parts) -> None:
    with planned.database.transaction() as db:
        her = db.exec(select(Participant).where(Participant.reference == "A1")).one()
        her.name = "<script>x</script>"
    sent = {"check_in_weekday": "friday", "name": "<img src=x>"}
    page = ruth.post(f"{COHORT}/preview", page=COHORT, status=200, **sent)
    assert "<script>x</script>" in page.text and "<img src=x>" in page.text
    assert page.all("script") == page.all("img") == []
