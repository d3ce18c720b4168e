"""Tables to open in a spreadsheet. What somebody wrote must never run there as a formula."""

import csv
import unicodedata
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO

from flask import Response, request

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
INVISIBLE = " '\"\u200e\u200f\ufeff\u00a0\u061c\u200b\u2066\u2067\u2068\u2069"
FORMATS = ("csv", "xlsx")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Everything is text: no formula, no link, no number that a telephone number would become
PLAIN = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
MOST_IN_A_CELL = 32_767  # characters; Excel takes no more


def wanted_format() -> str:
    """csv or xlsx where the address asks for one; else ""."""
    asked = request.args.get("format", "") if request.method == "GET" else ""
    return asked if asked in FORMATS else ""


def sheet(name: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Response:
    """The table in the format that was asked for; `name` has no ending."""
    ending = wanted_format() or "csv"
    table = [list(columns), *([str(cell) for cell in row] for row in rows)]
    content, kind = (
        (_xlsx(table), XLSX) if ending == "xlsx" else (_csv(table), "text/csv; charset=utf-8")
    )
    return Response(
        content,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}.{ending}"'},
    )


def _csv(table: Sequence[Sequence[str]]) -> str:
    """With a byte order mark, by which Excel knows that it is UTF-8."""
    out = StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(table[0])
    writer.writerows([safe_cell(cell) for cell in row] for row in table[1:])
    return "\ufeff" + out.getvalue()


def _xlsx(table: Sequence[Sequence[str]]) -> bytes:
    from xlsxwriter import Workbook  # type: ignore[import-untyped]

    out = BytesIO()
    with Workbook(out, PLAIN) as book:
        page = book.add_worksheet()
        page.freeze_panes(1, 0)
        for place, row in enumerate(table):
            for column, cell in enumerate(row):
                page.write_string(place, column, _storable(cell)[:MOST_IN_A_CELL])
    return out.getvalue()


def _storable(text: str) -> str:
    """Without what no XML file may hold; the writer itself would leave NUL in."""
    return "".join(sign for sign in text if sign >= " " or sign in "\t\n\r")


def safe_cell(text: str) -> str:
    """The same text, kept from being a formula by an apostrophe (OWASP ASVS 5.0, 1.2.10).

    Looks behind spaces, quotes and marks that nobody sees, and takes full-width signs for what
    they stand for.
    """
    start = unicodedata.normalize("NFKC", text).lstrip(INVISIBLE)
    return f"'{text}" if start.startswith(FORMULA_STARTS) else text
