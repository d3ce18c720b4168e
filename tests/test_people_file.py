"""`people import`: what a file may look like, and that every bad row is named."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from bot.people_file import import_people
from bot.people_rows import COLUMNS
from bot.store.database import Database
from bot.store.models import Organisation, Participant
from tests.people_csv import (
    AMINA,
    EVERYBODY,
    GRACE,
    NOW,
    SELAM,
    Row,
    everything,
    run,
    run_bytes,
    text_of,
)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    yield made
    made.dispose()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "people.csv"


# --- What a file may look like --------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_commas_or_semicolons_with_or_without_bom_and_any_line_ending(
    database: Database, path: Path, delimiter: str, encoding: str, ending: str
) -> None:
    text = text_of(*EVERYBODY, delimiter=delimiter).replace("\r\n", ending)
    report = run_bytes(database, path, text.encode(encoding))
    assert (report.errors, report.created) == ((), 3)


def test_the_order_of_the_columns_is_free_and_empty_lines_do_not_count(
    database: Database, path: Path
) -> None:
    text = text_of(*EVERYBODY, columns=tuple(reversed(COLUMNS))).replace("\r\n", "\r\n,,\r\n\r\n")
    assert run_bytes(database, path, text.replace("sms", " SMS ", 1).encode()).created == 3


def test_a_name_that_looks_like_a_formula_is_only_a_name(database: Database, path: Path) -> None:
    run(database, path, GRACE | {"name": '=HYPERLINK("x","y")', "organisation": "@Acorn; Sons, Co"})
    with database.reading() as db:
        assert db.exec(select(Participant.name)).one() == '=HYPERLINK("x","y")'
        assert db.exec(select(Organisation.name)).one() == "@Acorn; Sons, Co"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (text_of(*EVERYBODY).encode("utf-16"), "not UTF-8 but UTF-16"),
        (text_of(*EVERYBODY).encode("utf-16-le"), "not UTF-8 but UTF-16"),
        (text_of(GRACE | {"name": "Zoë"}).encode("latin-1"), "line 2: the file is not UTF-8 here"),
        (b"PK\x03\x04 and so on", "a spreadsheet, not a CSV"),
        (b"", "The file is empty."),
        (b"\n\n", "The file is empty."),
        (b"x" * 2_100_000, "larger than 2 MiB"),
        (b"id,role\n1,mentor\n", "missing: name, language, whatsapp, sms, cohort, cohort_start"),
        (text_of().replace("sms", "sms,phone").encode(), "not known: phone"),
        (text_of().replace("sms", "sms,sms").encode(), "there twice: sms"),
        (text_of(GRACE).replace("Grace", '"Gra"ce').encode(), "line 2: cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    database: Database, path: Path, content: bytes, reason: str
) -> None:
    report = run_bytes(database, path, content)
    assert reason in report.errors[0]
    assert report.errors[-1] == "Nothing was written."


def test_a_file_that_is_not_there_says_so(database: Database, path: Path) -> None:
    report = import_people(database, path, apply=True, now=NOW)
    assert report.errors[0] == "The file cannot be read."


# --- Every bad row is named -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": ""}, "id is empty"),
        ({"name": "  "}, "name is empty"),
        ({"name": "x" * 61}, "name is longer than 60 characters"),
        ({"name": "Se\x07lam"}, "name has characters in it that cannot be seen"),
        ({"name": "Se\u202elam"}, "name has characters in it that cannot be seen"),
        ({"name": "Se\nlam"}, "name has characters in it that cannot be seen"),
        ({"role": "coach"}, "role must be mentee or mentor"),
        ({"role": ""}, "role is empty"),
        ({"language": "tlh"}, "language is not one of those on offer: en, ar, fa, ti"),
        ({"language": ""}, "language is empty"),
        ({"sms": ""}, "whatsapp and sms are both empty"),
        ({"sms": "12"}, "sms is not a complete phone number"),
        ({"whatsapp": "020 7946 0958"}, "whatsapp is not a mobile number"),
        ({"cohort": ""}, "cohort is empty"),
        ({"cohort_start": "next week"}, "cohort_start is not a date"),
        ({"cohort_start": "31/02/2026"}, "cohort_start is not a date"),
        ({"cohort_start": "16/11/1926"}, "cohort_start is not a date"),
        ({"cohort_start": "2026-11-17"}, "cohort_start differs from the same cohort's on line 2"),
        ({"mentor_id": "M-9"}, "mentor_id is neither in this file nor known"),
        ({"mentor_id": "W-1"}, "mentor_id is no mentor in this cohort"),
        ({"id": "w-1"}, "id is the same as on line 3"),
        ({"sms": "07700 900101"}, "sms is the same number as on line 3"),
        ({"whatsapp": "07700 900201"}, "whatsapp is the same number as on line 2"),
        ({"cohort": "Summer"}, "cohort_start is missing: this cohort is new"),
        (
            {"cohort": "Summer", "cohort_start": "1/6/2027", "mentor_id": "M-1"},
            "mentor_id is no mentor in this cohort",
        ),
        ({"role": "mentor", "mentor_id": "M-1"}, "mentor_id is for mentees only"),
    ],
)
def test_a_bad_row_is_named_with_its_line_and_nothing_is_written(
    database: Database, path: Path, change: Row, reason: str
) -> None:
    before = everything(database)
    report = run(database, path, GRACE, AMINA, SELAM | change)
    assert len(report.errors) == 2
    assert report.errors[0].startswith(f"line 4: {reason}")
    assert (report.lines, report.applied) == ((), False)
    assert everything(database) == before


def test_every_bad_row_is_named_also_those_that_only_the_database_knows(
    database: Database, path: Path
) -> None:
    run(database, path, *EVERYBODY)
    before = everything(database)
    report = run(
        database,
        path,
        GRACE | {"cohort_start": "2026-11-23"},
        AMINA | {"cohort_start": "", "mentor_id": ""},
        SELAM | {"id": "W-3"},
        SELAM | {"id": "", "name": "", "sms": "1"},
        SELAM | {"role": "mentor"},
    )
    assert [error.partition(";")[0] for error in report.errors] == [
        "line 2: cohort_start differs: this cohort starts on 2026-11-16",
        "line 3: cohort_start differs: this cohort starts on 2026-11-16",
        "line 4: cohort_start differs: this cohort starts on 2026-11-16",
        "line 5: id is empty",
        "line 5: name is empty",
        "line 5: sms is not a complete phone number",
        "line 6: sms is the same number as on line 4",
        "Nothing was written.",
    ]
    assert everything(database) == before


def test_a_number_of_somebody_else_is_refused(database: Database, path: Path) -> None:
    run(database, path, *EVERYBODY)
    report = run(database, path, SELAM | {"id": "W-3"})
    assert report.errors[0] == "line 2: sms is already the number of W-2"


def test_one_phone_may_be_one_persons_whatsapp_and_anothers_sms(
    database: Database, path: Path
) -> None:
    run(database, path, *EVERYBODY)
    sister = SELAM | {"id": "W-3", "sms": "", "whatsapp": "07700 900102"}
    assert run(database, path, sister).errors == ()
    report = run(database, path, SELAM | {"id": "W-4", "sms": "", "whatsapp": "07700 900102"})
    assert report.errors[0] == "line 2: whatsapp is already the number of W-3"


def test_one_role_in_one_cohort(database: Database, path: Path) -> None:
    run(database, path, *EVERYBODY)
    report = run(database, path, SELAM | {"role": "mentor"})
    assert report.errors[0] == "line 2: role differs: in this cohort this person is a mentee"


def test_a_fault_of_the_mentors_line_is_not_the_mentees(database: Database, path: Path) -> None:
    report = run(database, path, GRACE | {"language": "x"}, AMINA)
    assert len(report.errors) == 2
    assert report.errors[0].startswith("line 2: language")


def test_a_line_with_too_many_cells_is_named(database: Database, path: Path) -> None:
    text = text_of(GRACE, SELAM).replace("Acorn Ltd", "Acorn, Bee, Cee")
    report = run_bytes(database, path, text.encode())
    assert report.errors[0].startswith("line 2: has more cells than the header")


def test_cells_missing_at_the_end_are_empty_ones(database: Database, path: Path) -> None:
    text = text_of(GRACE, SELAM).replace(",\r\n", "\r\n")
    assert run_bytes(database, path, text.encode()).created == 2


def test_the_report_holds_no_name_and_no_number(database: Database, path: Path) -> None:
    report = run(database, path, *EVERYBODY)
    said = " ".join(report.lines)
    assert not [word for word in ("Amina", "Grace", "7700", "9001") if word in said]
