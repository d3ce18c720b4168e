"""What is planned for an enrolment or a pairing. Planning the same twice changes nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Table, delete, func, select, update
from sqlmodel import Session as Db

from bot.store.models import CheckIn, Cohort, Enrolment, Goal, Pairing, Session, SessionReport
from bot.store.tables import insert_into, table

_CHECK_IN: Table = table(CheckIn)
_ENROLMENT: Table = table(Enrolment)
_SESSION: Table = table(Session)
_REPORT: Table = table(SessionReport)


def insert_once(db: Db, into: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert those rows that break no unique constraint; leave out the others."""
    if rows:
        db.execute(insert_into(db, into).on_conflict_do_nothing(), [dict(row) for row in rows])


def enrolment_in_cohort(db: Db, *, enrolment_id: int) -> tuple[Enrolment, Cohort]:
    enrolment = db.get_one(Enrolment, enrolment_id)
    return enrolment, db.get_one(Cohort, enrolment.cohort_id)


def insert_check_ins(
    db: Db, *, enrolment_id: int, flow: str, slots: Mapping[str, datetime]
) -> None:
    """One planned check-in for each slot that has none yet."""
    rows = [
        _check_in(enrolment_id=enrolment_id, flow=flow, slot=slot, due_at=due_at)
        for slot, due_at in slots.items()
    ]
    insert_once(db, _CHECK_IN, rows)


def insert_confirmations(
    db: Db, *, enrolment_id: int, flow: str, sessions: Mapping[int, datetime]
) -> None:
    """One planned check-in with the mentor about each session (id → when to ask)."""
    rows = [
        _check_in(
            enrolment_id=enrolment_id,
            flow=flow,
            slot=f"session-{session_id}",
            due_at=due_at,
            session_id=session_id,
        )
        for session_id, due_at in sessions.items()
    ]
    insert_once(db, _CHECK_IN, rows)


def insert_sessions(
    db: Db, *, pairing_id: int, first: int, starts: Sequence[datetime], minutes: int
) -> Mapping[int, datetime]:
    """Numbered from `first` in this order; the new ids with their starts."""
    rows = [
        Session(pairing_id=pairing_id, number=number, starts_at=at, planned_minutes=minutes)
        for number, at in enumerate(starts, start=first)
    ]
    db.add_all(rows)
    db.flush()
    return {row.id: row.starts_at for row in rows if row.id is not None}


def sessions_so_far(db: Db, *, pairing_id: int) -> tuple[int, datetime | None]:
    """The highest number (0: none), and when the last of them is."""
    query = select(func.max(_SESSION.c.number), func.max(_SESSION.c.starts_at)).where(
        _SESSION.c.pairing_id == pairing_id
    )
    number, starts_at = db.execute(query).one()
    return number or 0, starts_at


def skip_planned(db: Db, *, enrolment_id: int, reason: str) -> None:
    """Nothing more is asked in this enrolment; the rows stay, with the reason."""
    db.execute(
        update(_CHECK_IN)
        .where(_CHECK_IN.c.enrolment_id == enrolment_id, _CHECK_IN.c.state == "planned")
        .values(state="skipped", reason=reason)
    )


def active_enrolments(db: Db, *, participant_id: int) -> Sequence[int]:
    """The ids of her enrolments in which something is still to come."""
    hers = (_ENROLMENT.c.participant_id == participant_id, _ENROLMENT.c.state == "active")
    return (
        db.execute(select(_ENROLMENT.c.id).where(*hers).order_by(_ENROLMENT.c.id)).scalars().all()
    )


def skip_welcomes(db: Db, *, participant_id: int, reason: str) -> None:
    """In none of her enrolments is she asked any more what she has answered now."""
    hers = select(_ENROLMENT.c.id).where(_ENROLMENT.c.participant_id == participant_id)
    db.execute(
        update(_CHECK_IN)
        .where(
            _CHECK_IN.c.enrolment_id.in_(hers),
            _CHECK_IN.c.flow == "welcome",
            _CHECK_IN.c.state == "planned",
        )
        .values(state="skipped", reason=reason)
    )


def end_pairing(db: Db, pairing: Pairing, *, now: datetime) -> None:
    """The two meet no more: sessions to come, and the questions about them, were never to be."""
    pairing.state = "ended"
    db.add(pairing)
    db.flush()
    coming = select(_SESSION.c.id).where(
        _SESSION.c.pairing_id == pairing.id,
        _SESSION.c.state == "planned",
        _SESSION.c.starts_at > now,
        _SESSION.c.id.not_in(select(_REPORT.c.session_id)),
    )
    planned = _CHECK_IN.c.state == "planned"
    db.execute(delete(_CHECK_IN).where(_CHECK_IN.c.session_id.in_(coming), planned))
    asked = select(_CHECK_IN.c.session_id).where(_CHECK_IN.c.session_id.is_not(None))
    ids = db.execute(coming.where(_SESSION.c.id.not_in(asked))).scalars().all()
    db.execute(delete(_SESSION).where(_SESSION.c.id.in_(ids)))


def _check_in(
    *, enrolment_id: int, flow: str, slot: str, due_at: datetime, session_id: int | None = None
) -> dict[str, object]:
    return {
        "enrolment_id": enrolment_id,
        "flow": flow,
        "slot": slot,
        "session_id": session_id,
        "due_at": due_at,
        "state": "planned",
        "reason": "",
    }


def has_goal(db: Db, *, enrolment_id: int) -> bool:
    """Whether she has an active goal there."""
    goal = table(Goal)
    hers = select(goal.c.id).where(goal.c.enrolment_id == enrolment_id, goal.c.state == "active")
    return db.execute(hers.limit(1)).first() is not None
