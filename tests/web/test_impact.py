"""A cohort's report: its figures, their limits, and that what was frozen stays as it was."""

import csv
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlmodel import select

from bot.commands.impact import impact
from bot.errors import Refused
from bot.parts import Parts
from bot.programme.impact_statements import LIMITS, STATEMENTS
from bot.store.models import Answer, AuditEntry, Consent, Enrolment, Participant, Report
from tests.web.cohort import Cast
from tests.web.conftest import Clock
from tests.web.ended import WORDS, answer, ended_cohort
from tests.web.page import Browser, Page


@pytest.fixture
def cohort(parts: Parts, cast: Cast) -> int:
    with parts.database.transaction() as db:
        return ended_cohort(db)


@pytest.fixture
def report(ruth: Browser, cohort: int) -> Page:
    return ruth.get(f"/cohorts/{cohort}/impact")


def freeze(browser: Browser, cohort: int, *, title: str = "Annual report") -> str:
    """The address of the frozen report."""
    here = f"/cohorts/{cohort}/impact"
    return browser.post(here, page=here, title=title).response.headers["Location"]


def rows(page: Page) -> dict[str, dict[str, str]]:
    """A download, by its figures."""
    text = page.response.get_data(as_text=True).removeprefix("\ufeff")
    return {row["figure"]: row for row in csv.DictReader(StringIO(text))}


def say_less(parts: Parts) -> None:
    """M01 changes her mind about how helpful it was, after the report."""
    with parts.database.transaction() as db:
        found = select(Answer).join(Participant).where(Participant.reference == "M01")
        said = db.exec(found.where(Answer.step == "helpful")).one()
        said.replaced_at = said.at + timedelta(days=30)
        answer(
            db,
            talk=said.conversation_id,
            person=said.participant_id,
            enrolment=said.enrolment_id or 0,
            flow="end_survey",
            step="helpful",
            value="not",
        )


def test_a_headline_stands_with_who_answered_and_who_could_have(report: Page) -> None:
    first = report.all("li", class_="headline")[0].text
    assert "83% of mentees found mentoring very helpful or helpful" in " ".join(first.split())
    assert "15 of 18 who answered (of 20)" in first
    assert "95% interval 61 to 94%" in first


def test_every_statement_stands_in_the_table_with_its_numbers(report: Page) -> None:
    table = next(one for one in report.all("table") if "Every statement" in one.text)
    for one in STATEMENTS:
        assert f"{one.role.capitalize()}s {one.text}" in table.text


def test_goals_are_counted_both_ways_and_the_modest_one_is_named(report: Page) -> None:
    assert "8 nearer by 3 or more · 4 nearer by 1 or 2 · 3 the same · 3 further" in report.text
    assert "4 nearer by 3 or more · 7 nearer by 1 or 2 · 2 the same · 1 further" in report.text
    assert "The more modest of the two is the rating in hindsight." in report.text


def test_the_limits_stand_on_every_report(ruth: Browser, cohort: int, report: Page) -> None:
    kept = ruth.get(freeze(ruth, cohort))
    for limit in LIMITS:
        assert limit in report.text
        assert limit in kept.text


def test_small_groups_are_not_shown(report: Page) -> None:
    assert "fewer than 5" in report.text
    employers = next(one for one in report.all("table") if "Organisation" in one.text)
    assert "Birch plc 9" in " ".join(employers.text.split())


def test_the_cohort_before_stands_beside_it(ruth: Browser, parts: Parts, cohort: int) -> None:
    with parts.database.reading() as db:
        later = db.exec(select(Enrolment.cohort_id).where(Enrolment.cohort_id != cohort)).first()
    page = ruth.get(f"/cohorts/{later}/impact")
    assert "Spring 2026: 83% (15 of 18)" in page.text


def test_a_frozen_report_stays_as_it_was_when_answers_change(
    ruth: Browser, parts: Parts, cohort: int, clock: Clock
) -> None:
    frozen = freeze(ruth, cohort)
    before = ruth.get(frozen)
    say_less(parts)
    clock.forward(minutes=10)
    assert "14 of 18 who answered (of 20)" in ruth.get(f"/cohorts/{cohort}/impact").text
    after = ruth.get(frozen)
    assert "15 of 18 who answered (of 20)" in after.text
    assert "They stay so, whatever is answered later." in after.text
    assert "Checked: nothing in them has changed" in after.text
    assert (
        rows(ruth.get(f"{frozen}?format=csv"))["mentees found mentoring very helpful or helpful"][
            "number"
        ]
        == "15"
    )
    assert [one.text for one in before.all("td")] == [one.text for one in after.all("td")]


def test_a_frozen_report_that_somebody_changed_says_so(
    ruth: Browser, parts: Parts, cohort: int
) -> None:
    frozen = freeze(ruth, cohort)
    with parts.database.transaction() as db:
        report = db.exec(select(Report).where(Report.cohort_id == cohort)).one()
        report.figures = {**report.figures, "now": {**report.figures["now"], "cohort": "Other"}}  # type: ignore[dict-item]
    page = ruth.get(frozen)
    assert "Do not use this report" in page.text
    assert "Checked" not in page.text


def test_freezing_is_recorded_and_listed(ruth: Browser, parts: Parts, cohort: int) -> None:
    frozen = freeze(ruth, cohort, title="Annual report 2026")
    assert "Frozen. These figures stay as they are." in ruth.get(frozen).text
    with parts.database.reading() as db:
        entry = db.exec(select(AuditEntry).where(AuditEntry.action == "froze")).one()
    assert entry.subject == f"report:{frozen.rsplit('/', 1)[1]}"
    assert "Annual report 2026" in ruth.get("/reports").text
    assert "Annual report 2026" in ruth.get(f"/cohorts/{cohort}/impact").text


def test_a_report_without_a_title_is_not_frozen(ruth: Browser, parts: Parts, cohort: int) -> None:
    here = f"/cohorts/{cohort}/impact"
    page = ruth.post(here, page=here, status=422, title="  ")
    assert "Please give the report a title, such as the year." in page.text
    with parts.database.reading() as db:
        assert db.exec(select(Report).where(Report.cohort_id == cohort)).all() == []


def test_a_reader_reads_the_report_and_freezes_nothing(ivy: Browser, cohort: int) -> None:
    here = f"/cohorts/{cohort}/impact"
    assert not ivy.get(here).all("input", id="title")
    ivy.post(here, page=here, status=403, title="Mine")


def test_her_words_stand_there_without_a_name_and_reading_them_is_recorded(
    report: Page, parts: Parts
) -> None:
    assert WORDS.replace("Teresa", "[…]") in report.text
    assert "Teresa" not in report.text and "Layla" not in report.text
    with parts.database.reading() as db:
        layla = db.exec(select(Participant.id).where(Participant.reference == "M01")).one()
        read = db.exec(select(AuditEntry.subject).where(AuditEntry.action == "read")).all()
    assert read == [f"participant:{layla}"]


def test_words_leave_a_frozen_report_too_when_she_takes_her_consent_back(
    ruth: Browser, parts: Parts, cohort: int, clock: Clock
) -> None:
    frozen = freeze(ruth, cohort)
    assert "say I speak well now" in ruth.get(frozen).text
    with parts.database.transaction() as db:
        layla = db.exec(select(Participant.id).where(Participant.reference == "M01")).one()
        no = Consent(
            participant_id=layla,
            kind="quote",
            given=False,
            wording="end_survey.print v1",
            language="en",
            channel="whatsapp",
            at=clock(),
        )
        db.add(no)
    page = ruth.get(frozen)
    assert "say I speak well now" not in page.text
    assert "Checked: nothing in them has changed" in page.text


def test_the_download_holds_every_figure_and_nobodys_words(
    ruth: Browser, parts: Parts, cohort: int
) -> None:
    page = ruth.get(f"/cohorts/{cohort}/impact?format=csv")
    found = rows(page)["mentees found mentoring very helpful or helpful"]
    assert list(found.values())[2:9] == ["15", "18", "20", "83", "61", "94", "90"]
    text = page.response.get_data(as_text=True)
    assert "speak well" not in text and "Layla" not in text
    with parts.database.reading() as db:
        assert db.exec(select(AuditEntry).where(AuditEntry.action == "read")).all() == []


def test_a_cohort_that_is_not_there_has_no_report(ruth: Browser, cohort: int) -> None:
    ruth.get("/cohorts/99999/impact", status=404)
    ruth.get("/reports/99999", status=404)
    ruth.post("/cohorts/99999/impact", page="/reports", status=404, title="Nothing")


def test_a_cohort_on_its_first_day_says_that_it_is_too_early(ruth: Browser, cast: Cast) -> None:
    text = ruth.get("/cohorts/1/impact").text
    assert "too few answers to show" in text
    assert "0 answered (of 2)" in text


def test_the_command_prints_the_same_and_writes_the_table(
    database_url: str, cohort: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    file = tmp_path / "figures.csv"
    told = CliRunner().invoke(impact, ["spring 2026", "--csv", str(file)], catch_exceptions=False)
    assert "Spring 2026, started on 2 March 2026" in told.output
    assert "83%  of mentees found mentoring very helpful or helpful: 15 of 18" in told.output
    assert LIMITS[2] in told.output
    assert "speak well" not in told.output and "Layla" not in told.output
    with file.open(encoding="utf-8-sig", newline="") as table:
        found = {row["figure"]: row for row in csv.DictReader(table)}
    assert found["mentees found mentoring very helpful or helpful"]["number"] == "15"


def test_the_command_names_the_cohorts_there_are(
    database_url: str, cohort: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    with pytest.raises(Refused, match=r"no cohort 'Winter'.*Spring 2026"):
        CliRunner().invoke(impact, ["Winter"], catch_exceptions=False)
