"""What is planned for an enrolment or a pairing. Planning the same twice changes nothing."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Table, delete, func, select, union, update
from sqlmodel import Session as Db

from bot.store.models import (
    CheckIn,
    Conversation,
    Enrolment,
    Goal,
    Pairing,
    Session,
    SessionReport,
)
from bot.store.sessions import ask_for_no_time
from bot.store.tables import insert_into, table

_CHECK_IN: Table = table(CheckIn)
_ENROLMENT: Table = table(Enrolment)
_SESSION: Table = table(Session)
_REPORT: Table = table(SessionReport)
_TALK: Table = table(Conversation)


def insert_once(db: Db, into: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert those rows that break no unique constraint; leave out the others."""
    if rows:
        db.execute(insert_into(db, into).on_conflict_do_nothing(), [dict(row) for row in rows])


def insert_check_in(
    db: Db,
    *,
    enrolment_id: int,
    flow: str,
    slot: str,
    due_at: datetime,
    session_id: int | None = None,
    goal_id: int | None = None,
    training_id: int | None = None,
) -> None:
    """One planned check-in, if its slot is free."""
    row = {
        "enrolment_id": enrolment_id,
        "flow": flow,
        "slot": slot,
        "due_at": due_at,
        "session_id": session_id,
        "goal_id": goal_id,
        "training_id": training_id,
        "state": "planned",
        "reason": "",
    }
    insert_once(db, _CHECK_IN, [row])


def move_check_in(db: Db, *, check_in_id: int, due_at: datetime) -> None:
    """One that has not been sent yet is due then."""
    planned = (_CHECK_IN.c.id == check_in_id, _CHECK_IN.c.state == "planned")
    db.execute(update(_CHECK_IN).where(*planned).values(due_at=due_at))


def remove_check_in(db: Db, *, check_in_id: int) -> None:
    """One that has not been sent yet was never to be."""
    planned = (_CHECK_IN.c.id == check_in_id, _CHECK_IN.c.state == "planned")
    db.execute(delete(_CHECK_IN).where(*planned))


def due_about_session(
    db: Db, *, enrolment_id: int, session_id: int, flow: str, due_at: datetime, now: datetime
) -> None:
    """What one side is asked about a session is due then, unless it was asked already.

    One that was skipped comes back when the session has another time ahead.
    """
    again = ("planned", "skipped") if due_at > now else ("planned",)
    row = {
        "enrolment_id": enrolment_id,
        "flow": flow,
        "slot": f"session-{session_id}",
        "session_id": session_id,
        "due_at": due_at,
        "state": "planned",
        "reason": "",
    }
    db.execute(
        insert_into(db, _CHECK_IN)
        .values(**row)
        .on_conflict_do_update(
            index_elements=["enrolment_id", "flow", "slot"],
            set_={"due_at": due_at, "state": "planned", "reason": ""},
            where=_CHECK_IN.c.state.in_(again),
        )
    )


def skip_about_session(
    db: Db, *, session_id: int, reason: str, flow: str = "", enrolment_id: int | None = None
) -> None:
    """What is still planned about a session is not asked; `flow`, `enrolment_id`: only that."""
    which = [_CHECK_IN.c.session_id == session_id, _CHECK_IN.c.state == "planned"]
    if flow:
        which.append(_CHECK_IN.c.flow == flow)
    if enrolment_id is not None:
        which.append(_CHECK_IN.c.enrolment_id == enrolment_id)
    db.execute(update(_CHECK_IN).where(*which).values(state="skipped", reason=reason))


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


def last_number(db: Db, *, pairing_id: int) -> int:
    """The highest number of a session of this pair (0: none)."""
    query = select(func.max(_SESSION.c.number)).where(_SESSION.c.pairing_id == pairing_id)
    return db.execute(query).scalar_one() or 0


def move_session(db: Db, *, session_id: int, starts_at: datetime, minutes: int) -> None:
    """One of the cohort's own plan, which nobody touched, is then."""
    loose = _SESSION.c.state == "planned", _SESSION.c.proposed_by == ""
    row = update(_SESSION).where(_SESSION.c.id == session_id, *loose)
    db.execute(row.values(starts_at=starts_at, planned_minutes=minutes))


def remove_session(db: Db, *, session_id: int) -> None:
    """It was never to be. One that something else tells of stays, as cancelled."""
    _remove_sessions(db, [session_id], reason="replanned")


def _remove_sessions(db: Db, ids: Sequence[int], *, reason: str) -> None:
    """With the questions about them that were not asked yet."""
    planned = _CHECK_IN.c.session_id.in_(ids), _CHECK_IN.c.state == "planned"
    db.execute(delete(_CHECK_IN).where(*planned))
    mentioned = union(
        *(
            select(column).where(column.in_(ids))
            for column in (_CHECK_IN.c.session_id, _TALK.c.session_id, _SESSION.c.moved_to)
        )
    )
    told = set(db.execute(mentioned).scalars())
    ahead = _SESSION.c.state.in_(("planned", "proposed"))
    gone = [session_id for session_id in ids if session_id not in told]
    db.execute(delete(_SESSION).where(_SESSION.c.id.in_(gone), ahead))
    row = update(_SESSION).where(_SESSION.c.id.in_(told), ahead)
    db.execute(row.values(state="cancelled", reason=reason))


def renumber(db: Db, *, session_ids: Sequence[int]) -> None:
    """The numbers that these sessions have between them, given out in the order of time."""
    query = select(_SESSION.c.id, _SESSION.c.number).where(_SESSION.c.id.in_(session_ids))
    by_time = db.execute(query.order_by(_SESSION.c.starts_at, _SESSION.c.id)).all()
    numbers = sorted(row.number for row in by_time)
    changed = [
        (row.id, number)
        for row, number in zip(by_time, numbers, strict=True)
        if row.number != number
    ]
    for sign in (-1, 1):  # no number twice, not even for a moment
        for session_id, number in changed:
            row = update(_SESSION).where(_SESSION.c.id == session_id)
            db.execute(row.values(number=sign * number))


def skip_planned(db: Db, *, enrolment_id: int, reason: str, but: Collection[str] = ()) -> None:
    """Nothing more is asked in this enrolment, `but` in these flows; the rows stay."""
    db.execute(
        update(_CHECK_IN)
        .where(
            _CHECK_IN.c.enrolment_id == enrolment_id,
            _CHECK_IN.c.state == "planned",
            _CHECK_IN.c.flow.not_in(but),
        )
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


def end_pairing(db: Db, pairing: Pairing, *, now: datetime, reason: str = "") -> None:
    """The two meet no more: sessions to come, and the questions about them, were never to be.

    Of a session that has begun both are still asked.
    """
    pairing.state = "ended"
    pairing.ended_at = pairing.ended_at or now
    pairing.end_reason = pairing.end_reason or reason
    db.add(pairing)
    db.flush()
    coming = select(_SESSION.c.id).where(
        _SESSION.c.pairing_id == pairing.id,
        _SESSION.c.state.in_(("planned", "proposed")),
        _SESSION.c.starts_at > now,
        _SESSION.c.id.not_in(select(_REPORT.c.session_id)),
    )
    _remove_sessions(db, db.execute(coming).scalars().all(), reason="ended")
    ask_for_no_time(db, pairing_id=pairing.id or 0, reason="ended", now=now)


def has_goal(db: Db, *, enrolment_id: int) -> bool:
    """Whether she has an active goal there."""
    goal = table(Goal)
    hers = select(goal.c.id).where(goal.c.enrolment_id == enrolment_id, goal.c.state == "active")
    return db.execute(hers.limit(1)).first() is not None
