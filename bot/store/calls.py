"""Reads for the calls of staff: what is urgent and open, who was called, who else may be."""

from collections import defaultdict
from collections.abc import Container, Iterable
from datetime import datetime

from sqlalchemy import exists, func, or_, select
from sqlmodel import Session

from bot.programme.calling import Colleague, Waiting
from bot.store.models import Alert, AlertConflict, AlertStep, CallOut, Staff
from bot.store.rota import ways_of
from bot.store.tables import table

ALERT, CALL, STEP = table(Alert), table(CallOut), table(AlertStep)
CONFLICT, STAFF = table(AlertConflict), table(Staff)
NOBODY = "nobody"
_QUEUED = exists().where(CALL.c.alert_id == ALERT.c.id, CALL.c.state == "queued")


def anybody_to_call(db: Session) -> bool:
    """Whether an urgent alert is open, or a call waits to be made. One statement, asked often."""
    open_ones = select(ALERT.c.id).where(
        ALERT.c.state == "open", or_(ALERT.c.level == "red", _QUEUED)
    )
    return db.execute(open_ones.limit(1)).first() is not None


def waiting_alerts(db: Session, *, lock: bool = False) -> tuple[Waiting, ...]:
    """Every urgent alert that nobody has. `lock`: no other process changes them meanwhile."""
    red = (
        select(ALERT.c.id, ALERT.c.opened_at, ALERT.c.last_at, ALERT.c.noted_at)
        .where(ALERT.c.state == "open", ALERT.c.level == "red")
        .order_by(ALERT.c.id)
    )
    rows = db.execute(red.with_for_update() if lock else red).all()
    ids = [row.id for row in rows]
    called, excluded = _called(db, ids), excluded_from(db, ids)
    return tuple(
        Waiting(
            alert_id=row.id,
            since=row.opened_at if row.noted_at is None else row.last_at,
            called=tuple(
                sorted(at for at in called[row.id] if row.noted_at is None or at > row.noted_at)
            ),
            excluded=excluded[row.id],
        )
        for row in rows
    )


def _called(db: Session, alert_ids: Iterable[int]) -> dict[int, set[datetime]]:
    """The moments of the calls about each; that nobody could be called counts as one."""
    ids = tuple(alert_ids)
    calls = select(CALL.c.alert_id, CALL.c.due_at.label("at")).where(CALL.c.alert_id.in_(ids))
    nobody = select(STEP.c.alert_id, STEP.c.at).where(
        STEP.c.alert_id.in_(ids), STEP.c.kind == NOBODY
    )
    found: dict[int, set[datetime]] = defaultdict(set)
    for row in db.execute(calls.union(nobody)):
        found[row.alert_id].add(row.at)
    return found


def excluded_from(db: Session, alert_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Whom each of those alerts is about among staff."""
    found: dict[int, frozenset[int]] = defaultdict(frozenset)
    rows = select(CONFLICT.c.alert_id, CONFLICT.c.staff_id)
    for row in db.execute(rows.where(CONFLICT.c.alert_id.in_(tuple(alert_ids)))):
        found[row.alert_id] |= {row.staff_id}
    return found


def last_rounds(db: Session, alert_ids: Iterable[int]) -> dict[int, int]:
    """The number of the newest call about each alert."""
    rows = (
        select(CALL.c.alert_id, func.max(CALL.c.round).label("newest"))
        .where(CALL.c.alert_id.in_(tuple(alert_ids)))
        .group_by(CALL.c.alert_id)
    )
    return {row.alert_id: row.newest for row in db.execute(rows)}


def colleagues(db: Session, *, ways: Container[str]) -> tuple[Colleague, ...]:
    """Those who may be asked when nobody of the rota can be."""
    rows = db.execute(
        select(STAFF.c.id, STAFF.c.roles, STAFF.c.phone, STAFF.c.email)
        .where(STAFF.c.active.is_(True))
        .order_by(STAFF.c.id)
    ).all()
    return tuple(
        Colleague(
            staff_id=row.id,
            safeguarding="safeguarding" in row.roles,
            ways=ways_of(phone=row.phone, email=row.email, ways=ways),
        )
        for row in rows
        if {"safeguarding", "administrator"} & set(row.roles)
    )
