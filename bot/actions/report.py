"""Write down what one side says of a session. The other side never learns of it."""

from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session as Db

from bot.store.models import CheckIn, Session, SessionReport
from bot.store.tables import table

_CHECK_IN = table(CheckIn)
_REPORT = table(SessionReport)
_SESSION = table(Session)

STATES = {"yes": "held", "no": "missed", "moved": "rescheduled"}


def report_session(
    db: Db,
    *,
    check_in_id: int | None,
    role: str,
    part: str,
    value: str,
    number: int | None,
    now: datetime,
) -> None:
    """Set one part of a report: met, minutes, feeling or reason. `number` is minutes."""
    found = select(_CHECK_IN.c.session_id).where(_CHECK_IN.c.id == check_in_id)
    session_id = db.execute(found).scalar_one_or_none()
    if session_id is None:
        return
    report = _report(db, session_id=session_id, role=role, now=now)
    if part == "met":
        report.met = value
        _settle(db, session_id=session_id, state=STATES[value], minutes=report.minutes)
    elif part == "minutes" and number is not None:
        report.minutes = number
        _settle(db, session_id=session_id, state=STATES[report.met], minutes=number)
    elif part in ("feeling", "reason"):
        setattr(report, part, value)
    report.at = now
    db.add(report)
    db.flush()


def _report(db: Db, *, session_id: int, role: str, now: datetime) -> SessionReport:
    hers = select(SessionReport).where(
        _REPORT.c.session_id == session_id,
        _REPORT.c.role == role,
    )
    found: SessionReport | None = db.execute(hers).scalar_one_or_none()
    return found or SessionReport(session_id=session_id, role=role, met="yes", at=now)


def _settle(db: Db, *, session_id: int, state: str, minutes: int | None) -> None:
    """The session's own state. A time that did not take place has no minutes."""
    counted = minutes if state == "held" else None
    row = update(_SESSION).where(_SESSION.c.id == session_id)
    db.execute(row.values(state=state, minutes=counted))
