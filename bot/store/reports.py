"""Reports that were frozen: kept as they were, and read back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlmodel import Session

from bot.store.models import Cohort, Report, Staff
from bot.store.sight import Sight
from bot.store.tables import table

COHORT = table(Cohort)
REPORT = table(Report)
STAFF = table(Staff)


@dataclass(frozen=True, kw_only=True)
class FrozenReport:
    """A report as it was frozen. `figures` and `digest` never change."""

    id: int
    cohort_id: int
    cohort: str
    title: str
    figures: dict[str, object]
    digest: str
    frozen_at: datetime
    frozen_by: str


def keep_report(
    db: Session,
    *,
    cohort_id: int,
    title: str,
    figures: dict[str, object],
    digest: str,
    staff_id: int,
    now: datetime,
) -> int:
    """The id of a new frozen report."""
    statement = insert(REPORT).values(
        cohort_id=cohort_id,
        title=title,
        figures=figures,
        digest=digest,
        staff_id=staff_id,
        frozen_at=now,
    )
    report_id: int = db.execute(statement.returning(REPORT.c.id)).scalar_one()
    return report_id


def report(db: Session, *, report_id: int, sight: Sight) -> FrozenReport | None:
    seen = sight.of_cohort(REPORT.c.cohort_id)
    found = _rows(db, _reports().where(REPORT.c.id == report_id, seen))
    return found[0] if found else None


def reports(db: Session, *, sight: Sight, cohort_id: int | None = None) -> tuple[FrozenReport, ...]:
    """Every frozen report that she sees, or those of one cohort, the newest first."""
    wanted = _reports().where(sight.of_cohort(REPORT.c.cohort_id))
    if cohort_id is not None:
        wanted = wanted.where(REPORT.c.cohort_id == cohort_id)
    return _rows(db, wanted.order_by(REPORT.c.frozen_at.desc(), REPORT.c.id.desc()))


def _rows(db: Session, statement: Any) -> tuple[FrozenReport, ...]:
    return tuple(FrozenReport(**row._mapping) for row in db.execute(statement))


def _reports() -> Any:
    return (
        select(
            REPORT.c.id,
            REPORT.c.cohort_id,
            COHORT.c.name.label("cohort"),
            REPORT.c.title,
            REPORT.c.figures,
            REPORT.c.digest,
            REPORT.c.frozen_at,
            STAFF.c.name.label("frozen_by"),
        )
        .join(COHORT, COHORT.c.id == REPORT.c.cohort_id)
        .join(STAFF, STAFF.c.id == REPORT.c.staff_id)
    )
