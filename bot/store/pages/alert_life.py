"""The life of alerts, line by line, and whom each of them goes round."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from bot.store.models import AlertConflict, AlertStep, Staff
from bot.store.tables import table

STEP, CONFLICT, STAFF = table(AlertStep), table(AlertConflict), table(Staff)


@dataclass(frozen=True, kw_only=True)
class StepRow:
    """One line: what happened, with whom, when. `detail` is a way, a code or a reason."""

    kind: str
    name: str
    detail: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Round:
    """A staff member whom an alert goes round."""

    staff_id: int
    name: str


def steps_of(db: Session, alert_ids: Iterable[int]) -> Mapping[int, tuple[StepRow, ...]]:
    """The lines of each of them, the oldest first."""
    rows = db.execute(
        select(STEP.c.alert_id, STEP.c.kind, STAFF.c.name, STEP.c.detail, STEP.c.at)
        .outerjoin(STAFF, STAFF.c.id == STEP.c.staff_id)
        .where(STEP.c.alert_id.in_(tuple(alert_ids)))
        .order_by(STEP.c.id)
    )
    found: dict[int, tuple[StepRow, ...]] = defaultdict(tuple)
    for row in rows:
        line = StepRow(kind=row.kind, name=row.name or "", detail=row.detail, at=row.at)
        found[row.alert_id] += (line,)
    return found


def conflicts_of(db: Session, alert_ids: Iterable[int]) -> Mapping[int, tuple[Round, ...]]:
    """Whom each of them goes round, by name."""
    rows = db.execute(
        select(CONFLICT.c.alert_id, CONFLICT.c.staff_id, STAFF.c.name)
        .join(STAFF, STAFF.c.id == CONFLICT.c.staff_id)
        .where(CONFLICT.c.alert_id.in_(tuple(alert_ids)))
        .order_by(STAFF.c.name)
    )
    found: dict[int, tuple[Round, ...]] = defaultdict(tuple)
    for row in rows:
        found[row.alert_id] += (Round(staff_id=row.staff_id, name=row.name),)
    return found
