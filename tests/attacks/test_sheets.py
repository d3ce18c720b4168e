"""Tables that staff open in a spreadsheet: whatever was written stays text there."""

import csv
from io import BytesIO, StringIO

import pytest
from flask import Flask
from openpyxl import load_workbook

from bot.web.sheets import sheet
from tests.attacks.payloads import FORMULAS
from tests.web.cohort import WEEK
from tests.web.page import Browser

ROWS = [[one, "after it"] for one in (*FORMULAS, "\0=1+1", "a\0b", "Amina")]
TABLES = (f"/weeks/{WEEK}", "/cohorts/1/trainings", "/trainings/1", "/cohorts/1/impact",
          "/reports/1")  # fmt: skip


def opened(app: Flask, ending: str) -> list[list[str]]:
    with app.test_request_context(f"/?format={ending}"):
        answer = sheet("table", ["=what", "then"], ROWS)
    data = answer.get_data()
    if ending == "csv":
        return list(csv.reader(StringIO(data.decode("utf-8-sig"), newline="")))
    page = load_workbook(BytesIO(data)).active
    assert page is not None
    for row in page.iter_rows():
        for cell in row:
            assert (cell.data_type, cell.hyperlink) == ("s", None), "text, and nothing to follow"
    return [[str(cell) for cell in row] for row in page.iter_rows(values_only=True)]


def test_in_excel_nothing_is_a_formula_a_link_or_a_number(app: Flask) -> None:
    found = opened(app, "xlsx")
    for (text, after), row in zip(ROWS, found[1:], strict=True):
        kept = text.replace("\0", "").replace("\r", "\n")[:32_767]
        assert row[0].replace("_x000D_", "\n").replace("\r", "\n") == kept
        assert row[1] == after


def test_in_a_csv_an_apostrophe_keeps_the_text_from_running(app: Flask) -> None:
    found = opened(app, "csv")
    for (text, after), row in zip(ROWS, found[1:], strict=True):
        harmless = text in ("a\0b", "Amina") or text[:1].isalnum()
        assert row == [text if harmless else f"'{text}", after]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_every_table_comes_in_both_formats_and_as_a_download(ruth: Browser, ending: str) -> None:
    for path in TABLES:
        answer = ruth.client.get(f"{path}?format={ending}")
        assert answer.status_code == 200, path
        said = answer.headers["Content-Disposition"]
        assert said.startswith("attachment") and said.endswith(f'.{ending}"')
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.data.startswith(b"PK" if ending == "xlsx" else "\ufeff".encode())
    assert "<html" in ruth.client.get(f"/weeks/{WEEK}?format=exe").get_data(as_text=True)
