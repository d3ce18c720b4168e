"""What a colleague in a hurry, or somebody with her password, could send to the pages of staff."""

from datetime import date

import pytest
from sqlmodel import select

from bot.parts import Parts
from bot.store.models import AuditEntry, Cohort, Holiday, Participant, Session
from tests.web.cohort import Cast
from tests.web.page import Browser

NUL = "a\x00b"
FORMS = [
    ("/pairs/1/ended", "/pairs/1", {"why": NUL}),
    ("/cohorts/1/impact", "/cohorts/1/impact", {"title": NUL}),
    ("/cohorts/new", "/cohorts/new", {"name": NUL}),
    ("/cohorts/1/holidays/preview", "/cohorts/1", {"name": NUL, "starts_on": "2026-12-24"}),
    ("/people/1/wishes", "/people/1/wishes", {"language": "ar", "safe_word": NUL}),
    ("/cohorts/1/trainings", "/cohorts/1/trainings/new", {"title": NUL, "word": NUL}),
]


def count(parts: Parts) -> int:
    with parts.database.reading() as db:
        return len(db.exec(select(AuditEntry)).all())


@pytest.mark.parametrize(("path", "page", "fields"), FORMS)
def test_a_form_with_a_nul_in_it_is_refused_kindly_on_either_database(
    ruth: Browser, parts: Parts, cast: Cast, path: str, page: str, fields: dict[str, str]
) -> None:
    ruth.get(page)
    before = count(parts)
    assert "That did not work" in ruth.post(path, page=page, status=400, **fields).text
    with parts.database.reading() as db:
        written = db.exec(select(AuditEntry.action).order_by(AuditEntry.id)).all()[before:]
    assert set(written) <= {"read"}


@pytest.mark.parametrize(
    "moment",
    ["0001-01-01T00:00", "1999-11-24T17:30", "9999-12-31T23:59", "2026-11-10T17:30+14:00", "now"],
)
def test_a_session_is_in_no_other_century_and_by_no_other_clock(
    ruth: Browser, parts: Parts, cast: Cast, moment: str
) -> None:
    with parts.database.reading() as db:
        last = db.exec(select(Session).order_by(Session.number.desc())).first()  # type: ignore[attr-defined]
    assert last is not None
    for state in ("held", "planned", "cancelled"):
        said = {"state": state, "minutes": "60", "starts_at": moment, "why": "a slip"}
        page = ruth.post(
            f"/pairs/{last.pairing_id}/sessions/{last.id}",
            page=f"/pairs/{last.pairing_id}",
            status=422,
            **said,
        )
        assert "Please give day and time like" in page.text
    with parts.database.reading() as db:
        assert db.get_one(Session, last.id).starts_at == last.starts_at


@pytest.mark.parametrize("until", ["9999-12-31", "2101-01-01", "0001-01-01"])
def test_nobody_is_paused_until_another_century(
    ruth: Browser, parts: Parts, cast: Cast, until: str
) -> None:
    her = f"/people/{cast.amina}"
    page = ruth.post(f"{her}/paused", page=her, status=422, reason="asked", until=until)
    assert "Please give the day like" in page.text
    with parts.database.reading() as db:
        assert db.get_one(Participant, cast.amina).state == "active"


def test_a_break_of_another_cohort_is_not_removed_from_this_ones_page(
    ruth: Browser, parts: Parts, cast: Cast
) -> None:
    with parts.database.transaction() as db:
        other = Cohort(name="Another", starts_on=date(2026, 9, 7))
        db.add(other)
        db.flush()
        day = date(2026, 12, 24)
        db.add(Holiday(cohort_id=other.id, name="Theirs", starts_on=day, ends_on=day))
    with parts.database.reading() as db:
        theirs = db.exec(select(Holiday).where(Holiday.name == "Theirs")).one()
    for path in (
        f"/cohorts/1/holidays/{theirs.id}/preview",
        f"/cohorts/1/holidays/{theirs.id}/removed",
    ):
        ruth.post(path, page="/cohorts/1", status=404)
    with parts.database.reading() as db:
        assert db.get(Holiday, theirs.id) is not None
