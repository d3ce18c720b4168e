"""The charity's list of people, cell by cell: what a line says, or every reason why it cannot.

Reads text only; whether a line fits what is stored already is for `bot.actions.enrol` to say.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from bot.actions.enrol import PersonRow
from bot.phone_numbers import read_number

COLUMNS = (
    "id",
    "role",
    "name",
    "language",
    "whatsapp",
    "sms",
    "cohort",
    "cohort_start",
    "organisation",
    "mentor_id",
)
OPTIONAL = ("sms_fallback",)  # columns that may be missing
TOO_MANY = ""  # instead of a column's name: the line has more cells than the header
REQUIRED = ("id", "role", "name", "language", "cohort")
LONGEST = {"id": 64, "name": 60, "cohort": 80, "organisation": 120, "mentor_id": 64}
CHANNELS = ("whatsapp", "sms")
JOINERS = "\u200c\u200d"  # Persian and Sorani names are spelt with them
UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
ISO_DATE = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})")
UK_DATE = re.compile(
    r"(?P<day>[0-9]{1,2})[/.-](?P<month>[0-9]{1,2})[/.-](?P<year>[0-9]{4}|[0-9]{2})"
)
MIDNIGHT = re.compile(r"[ T]00:00(:00)?\Z")  # what a spreadsheet adds to a day
YEARS = range(2015, 2100)

Cells = Mapping[str, str]
Languages = Mapping[str, str]  # how a language may be written, casefolded → its tag


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The good lines, in their order, and one sentence for each fault of the others."""

    people: tuple[PersonRow, ...]
    errors: tuple[str, ...]
    broken: frozenset[str] = field(default_factory=frozenset)  # ids of lines that have a fault


def read_rows(lines: Sequence[tuple[int, Cells]], languages: Languages) -> Rows:
    """`lines`: (line's number in the file, column → cell)."""
    faults: dict[int, list[str]] = {}
    read = []
    for number, cells in lines:
        faults[number] = []
        read.append(_read_row(number, cells, languages, faults[number]))
    for check in (_same_ids, _same_numbers, _same_starts):
        check(read, faults)
    starts = {row.cohort.casefold(): row.cohort_start for row in read if row.cohort_start}
    return Rows(
        people=tuple(
            replace(row, cohort_start=starts.get(row.cohort.casefold()))
            for row in read
            if not faults[row.line]
        ),
        errors=tuple(
            f"line {number}: {fault}" for number, found in faults.items() for fault in found
        ),
        broken=frozenset(row.reference for row in read if faults[row.line]),
    )


def _read_row(number: int, cells: Cells, languages: Languages, faults: list[str]) -> PersonRow:
    """What could be read of it; each thing that could not is added to `faults`."""
    texts = {column: _text(column, cells[column], faults) for column in COLUMNS}
    for column in REQUIRED:
        if not texts[column] and not cells[column].strip():
            faults.append(f"{column} is empty")
    if TOO_MANY in cells:
        faults.append("has more cells than the header; quote a cell that has a comma in it")
    role = texts["role"].casefold()
    if role and role not in ("mentee", "mentor"):
        faults.append("role must be mentee or mentor")
    if role == "mentor" and texts["mentor_id"]:
        faults.append("mentor_id is for mentees only")
    return PersonRow(
        line=number,
        sms_fallback=_yes_or_no("sms_fallback", cells, faults),
        reference=texts["id"],
        role=role,
        name=texts["name"],
        language=_language(texts["language"], languages, faults),
        numbers=_numbers(cells, faults),
        cohort=texts["cohort"],
        cohort_start=_day(texts["cohort_start"], faults),
        organisation=texts["organisation"],
        mentor=texts["mentor_id"],
    )


def _text(column: str, cell: str, faults: list[str]) -> str:
    """Trimmed and in one normal form; "" when it cannot be kept. A formula is only text here."""
    if column in CHANNELS:
        return ""
    text = unicodedata.normalize("NFC", cell.strip())
    if any(unicodedata.category(one) in UNSEEN and one not in JOINERS for one in text):
        faults.append(f"{column} has characters in it that cannot be seen")
        return ""
    text = " ".join(text.split())
    if len(text) > LONGEST.get(column, 64):
        faults.append(f"{column} is longer than {LONGEST.get(column, 64)} characters")
        return ""
    return text


def _yes_or_no(column: str, cells: Cells, faults: list[str]) -> bool | None:
    """None: an empty cell, or no such column."""
    said = cells.get(column, "").strip().casefold()
    if said not in ("", "yes", "no"):
        faults.append(f"{column} must be yes or no, or empty")
    return said == "yes" if said in ("yes", "no") else None


def _language(text: str, languages: Languages, faults: list[str]) -> str:
    tag = languages.get(text.replace("_", "-").casefold(), "")
    if text and not tag:
        offered = ", ".join(dict.fromkeys(languages.values()))
        faults.append(f"language is not one of those on offer: {offered}")
    return tag


def _numbers(cells: Cells, faults: list[str]) -> dict[str, str]:
    found = {}
    for channel in CHANNELS:
        if not cells[channel].strip():
            continue
        try:
            found[channel] = read_number(cells[channel])
        except ValueError as reason:
            faults.append(f"{channel} {reason}")
    if not any(cells[channel].strip() for channel in CHANNELS):
        faults.append("whatsapp and sms are both empty")
    return found


def _day(text: str, faults: list[str]) -> date | None:
    """2026-11-16, or with the day first as in the UK: 16/11/2026. "" is no day."""
    if not text:
        return None
    plain = "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in text)
    plain = MIDNIGHT.sub("", plain)
    match = ISO_DATE.fullmatch(plain) or UK_DATE.fullmatch(plain)
    try:
        day = date(*_parts(match)) if match else None
    except ValueError:
        day = None
    if day is None or day.year not in YEARS:
        faults.append("cohort_start is not a date such as 2026-11-16 or 16/11/2026")
        return None
    return day


def _parts(match: re.Match[str]) -> tuple[int, int, int]:
    year, month, day = (int(match[part]) for part in ("year", "month", "day"))
    return (year + 2000 if year < 100 else year), month, day


def _same_ids(rows: Sequence[PersonRow], faults: dict[int, list[str]]) -> None:
    first: dict[str, int] = {}
    for row in rows:
        line = first.setdefault(row.reference.casefold(), row.line)
        if row.reference and line != row.line:
            faults[row.line].append(f"id is the same as on line {line}")


def _same_numbers(rows: Sequence[PersonRow], faults: dict[int, list[str]]) -> None:
    """Two people behind one number on one channel cannot be told apart; on two they can."""
    first: dict[tuple[str, str], PersonRow] = {}
    for row in rows:
        for channel, number in row.numbers.items():
            other = first.setdefault((channel, number), row)
            if other.line != row.line:
                faults[row.line].append(f"{channel} is the same number as on line {other.line}")


def _same_starts(rows: Sequence[PersonRow], faults: dict[int, list[str]]) -> None:
    first: dict[str, PersonRow] = {}
    for row in rows:
        if row.cohort_start is None:
            continue
        other = first.setdefault(row.cohort.casefold(), row)
        if other.cohort_start != row.cohort_start:
            faults[row.line].append(
                f"cohort_start differs from the same cohort's on line {other.line}"
            )
