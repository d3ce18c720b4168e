"""The moment at which the cohort of cohort.py is looked at, and how its rows are kept."""

from datetime import UTC, datetime, timedelta

from sqlmodel import Session as Db

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)  # a Friday morning in London
MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
WEEK = "2026-W47"


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def kept(db: Db, row: object) -> int:
    """The id of a row, which is in the database from now on."""
    db.add(row)
    db.flush()
    number: int = row.id  # type: ignore[attr-defined]
    return number
