"""A charity's list as a file, and what importing it makes of a database."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlmodel import SQLModel

from bot.people_file import ImportReport, import_people
from bot.people_rows import COLUMNS
from bot.store.database import Database

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
GRACE = {
    "id": "M-1",
    "role": "mentor",
    "name": "Grace",
    "language": "en",
    "whatsapp": "07700 900201",
    "cohort": "Autumn",
    "cohort_start": "2026-11-16",
    "organisation": "Acorn Ltd",
}
AMINA = {
    "id": "W-1",
    "role": "mentee",
    "name": "Amina",
    "language": "ar",
    "whatsapp": "٠٧٧٠٠٩٠٠١٠١",
    "sms": "07700900101",
    "cohort": "Autumn",
    "cohort_start": "16/11/2026",
    "mentor_id": "M-1",
}
SELAM = {
    "id": "W-2",
    "role": "Mentee",
    "name": "Selam",
    "language": "Tigrinya",
    "sms": "+447700900102",
    "cohort": "Autumn",
}
EVERYBODY = (AMINA, SELAM, GRACE)  # mentees first: the order does not matter
Row = dict[str, str]


def text_of(*rows: Row, delimiter: str = ",", columns: tuple[str, ...] = COLUMNS) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def run(
    database: Database, path: Path, *rows: Row, apply: bool = True, now: datetime = NOW
) -> ImportReport:
    path.write_text(text_of(*rows), encoding="utf-8", newline="")
    return import_people(database, path, apply=apply, now=now, zone=LONDON)


def run_bytes(database: Database, path: Path, content: bytes) -> ImportReport:
    path.write_bytes(content)
    return import_people(database, path, apply=True, now=NOW, zone=LONDON)


def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.reading() as db:
        return {
            name: sorted((tuple(row) for row in db.execute(table.select())), key=repr)
            for name, table in SQLModel.metadata.tables.items()
        }
