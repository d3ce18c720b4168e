"""`people import`: a CSV of participants, organisations, cohorts and pairings, all or nothing.

Without `apply` the same work is done and then rolled back, so that the report cannot be wrong.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from itertools import zip_longest
from pathlib import Path

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session as Db

from bot.actions.enrol import Enrolled, PersonRow, enrol
from bot.actions.plan import LONDON
from bot.catalogues import load_catalogues
from bot.errors import Refused
from bot.library import load_library
from bot.people_rows import COLUMNS, OPTIONAL, TOO_MANY, Cells, Languages, Rows, read_rows
from bot.store.database import Database, once_more

MOST_BYTES = 2 * 1024 * 1024
SAVE_AS = "save it as “CSV UTF-8”"
UTF16 = (b"\xff\xfe", b"\xfe\xff")
NOTHING_WRITTEN = "Nothing was written."


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """`lines` say what becomes of each row; with any `errors` nothing was written."""

    lines: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    applied: bool = False


class _RolledBack(Exception):
    """Carries the report out of a transaction that must leave no trace."""

    def __init__(self, report: ImportReport) -> None:
        super().__init__()
        self.report = report


class _Unusable(Exception):
    """The file as a whole cannot be read; the message says why."""


def import_people(
    database: Database,
    path: Path,
    *,
    apply: bool,
    now: datetime,
    zone: tzinfo = LONDON,
    key: str = "",
) -> ImportReport:
    """Read the file, report, and write when `apply` is set and every row is good.

    `key` is the SECRET_KEY, by which numbers are known that nobody may write to.
    """
    try:
        rows = read_rows(list(_lines(_decode(path))), _languages())
        report = once_more(  # a message of hers may come in just then
            lambda: _write(database, rows, apply=apply, now=now, zone=zone, key=key)
        )
    except _Unusable as reason:
        return ImportReport(errors=(str(reason), NOTHING_WRITTEN))
    except _RolledBack as rolled_back:
        return rolled_back.report
    except IntegrityError:
        again = "Somebody else changed the same people just now; try again."
        return ImportReport(errors=(again, NOTHING_WRITTEN))
    return replace(_closed(report, "Written."), applied=True)


def _write(
    database: Database, rows: Rows, *, apply: bool, now: datetime, zone: tzinfo, key: str
) -> ImportReport:
    with database.transaction() as db:
        report = _enrol_all(db, rows, now=now, zone=zone, key=key)
        if report.errors or not apply:
            raise _RolledBack(_closed(report, NOTHING_WRITTEN))
    return report


def _enrol_all(db: Db, rows: Rows, *, now: datetime, zone: tzinfo, key: str) -> ImportReport:
    """Mentors first, whatever the order of the file; the report is in the file's order."""
    done: dict[int, Enrolled] = {}
    errors = dict.fromkeys(rows.errors)
    broken = set(rows.broken)
    for person in sorted(rows.people, key=lambda row: row.role != "mentor"):
        if person.mentor in broken:  # named already; is no fault of this line
            person = replace(person, mentor="")
        try:
            done[person.line] = enrol(db, person=person, now=now, zone=zone, key=key)
        except Refused as reason:
            broken.add(person.reference)
            errors[f"line {person.line}: {reason}"] = None
    return ImportReport(
        lines=tuple(_line(row, done[row.line]) for row in rows.people if row.line in done),
        errors=tuple(sorted(errors, key=_line_number)),
        created=sum(one.new for one in done.values()),
        changed=sum(bool(one.changes) and not one.new for one in done.values()),
        unchanged=sum(not one.changes and not one.new for one in done.values()),
    )


def _line(person: PersonRow, became: Enrolled) -> str:
    """Ids and words only: the file has the names and numbers."""
    what = "new" if became.new else "changed" if became.changes else "unchanged"
    details = "; ".join((*became.changes, *became.notes))
    return f"line {person.line}: {person.reference}: {what}" + (f": {details}" if details else "")


def _line_number(error: str) -> int:
    return int(error.removeprefix("line ").partition(":")[0])


def _closed(report: ImportReport, ending: str) -> ImportReport:
    """With the last line: how many, and whether it counts."""
    if report.errors:
        return ImportReport(errors=(*report.errors, ending))
    counts = f"{report.created} new, {report.changed} changed, {report.unchanged} unchanged."
    hint = " Add --apply to write it." if ending == NOTHING_WRITTEN else ""
    return replace(report, lines=(*report.lines, f"{counts} {ending}{hint}"))


def _decode(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError:
        raise _Unusable("The file cannot be read.") from None
    if len(content) > MOST_BYTES:
        raise _Unusable(f"The file is larger than {MOST_BYTES // 1024 // 1024} MiB.")
    if content.startswith(b"PK\x03\x04"):
        raise _Unusable(f"The file is a spreadsheet, not a CSV; {SAVE_AS}.")
    if content.startswith(UTF16) or b"\0" in content[:1000]:
        raise _Unusable(f"The file is not UTF-8 but UTF-16; {SAVE_AS}.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _Unusable(f"line {line}: the file is not UTF-8 here; {SAVE_AS}.") from None


def _lines(text: str) -> Iterator[tuple[int, Cells]]:
    """(number of its first line, column → cell) of every row that is not empty.

    Cells that are missing at the end are empty ones.
    """
    columns: tuple[str, ...] = ()
    for number, cells in _records(text):
        while cells and not cells[-1].strip():
            cells.pop()
        if not cells:
            continue
        if not columns:
            columns = _header(cells)
            continue
        row = dict(zip_longest(columns, cells[: len(columns)], fillvalue=""))
        more = cells[len(columns) :]
        yield number, row | ({TOO_MANY: ""} if more else {})
    if not columns:
        raise _Unusable("The file is empty.")


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    first_line = text.lstrip().partition("\n")[0]
    delimiter = ";" if first_line.count(";") > first_line.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = 1
    try:
        for cells in reader:
            yield start, cells
            start = reader.line_num + 1
    except csv.Error:
        raise _Unusable(f"line {start}: cannot be read; look at its quotation marks.") from None


def _header(cells: list[str]) -> tuple[str, ...]:
    columns = tuple("_".join(cell.casefold().replace("-", " ").split()) for cell in cells)
    unknown = [
        cell.strip() or "(no name)"
        for cell, name in zip(cells, columns, strict=True)
        if name not in (*COLUMNS, *OPTIONAL)
    ]
    missing = [name for name in COLUMNS if name not in columns]
    double = sorted({name for name in columns if columns.count(name) > 1} & {*COLUMNS, *OPTIONAL})
    problems = [
        f"{what}: {', '.join(names)}."
        for what, names in (
            ("Columns that are missing", missing),
            ("Columns that are not known", unknown),
            ("Columns that are there twice", double),
        )
        if names
    ]
    if problems:
        raise _Unusable(" ".join(problems))
    return columns


def _languages() -> Languages:
    """Tags, own names and English names of the languages on offer."""
    offered = load_catalogues(load_library()).languages
    names: Mapping[str, str] = {
        written.casefold(): tag
        for tag, language in offered.items()
        for written in (language.english_name, language.own_name, tag)
    }
    return names
