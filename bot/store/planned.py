"""What is planned for an enrolment or a pairing. Planning the same twice changes nothing."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Delete,
    Insert,
    Table,
    Update,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    union,
    update,
)
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


@dataclass(frozen=True, kw_only=True)
class NewCheckIn:
    """One occasion that is to be planned, and what it is about."""

    enrolment_id: int
    flow: str
    slot: str
    due_at: datetime
    session_id: int | None = None
    goal_id: int | None = None
    training_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class NewSession:
    """One session that is to be planned."""

    pairing_id: int
    starts_at: datetime
    minutes: int


def insert_check_ins(db: Db, new: Iterable[NewCheckIn]) -> None:
    """Those whose slot is free."""
    _many(db, insert_into(db, _CHECK_IN).on_conflict_do_nothing(), _planned_rows(new))


def move_check_ins(db: Db, due: Mapping[int, datetime]) -> None:
    """By their ids: those that have not been sent yet are due then."""
    row = update(_CHECK_IN).where(
        _CHECK_IN.c.id == bindparam("which"), _CHECK_IN.c.state == "planned"
    )
    moved = row.values(due_at=bindparam("at"))
    _many(db, moved, [{"which": key, "at": at} for key, at in due.items()])


def remove_check_ins(db: Db, *, check_in_ids: Iterable[int]) -> None:
    """Those that have not been sent yet were never to be."""
    row = delete(_CHECK_IN).where(
        _CHECK_IN.c.id == bindparam("which"), _CHECK_IN.c.state == "planned"
    )
    _many(db, row, [{"which": key} for key in check_in_ids])


def due_about_sessions(db: Db, due: Iterable[NewCheckIn], *, now: datetime) -> None:
    """What is asked about a session is due then, unless it was asked already.

    One that was skipped comes back when the session has another time ahead.
    """
    row = insert_into(db, _CHECK_IN)
    again = and_(_CHECK_IN.c.state == "skipped", row.excluded.due_at > now)
    upsert = row.on_conflict_do_update(
        index_elements=["enrolment_id", "flow", "slot"],
        set_={"due_at": row.excluded.due_at, "state": "planned", "reason": ""},
        where=or_(_CHECK_IN.c.state == "planned", again),
    )
    _many(db, upsert, _planned_rows(due))


def skip_reminders(db: Db, sides: Iterable[tuple[int, int]], *, reason: str) -> None:
    """Nobody is reminded who still was to be: each an enrolment, and the session."""
    which = (
        _CHECK_IN.c.enrolment_id == bindparam("whose"),
        _CHECK_IN.c.session_id == bindparam("which"),
        _CHECK_IN.c.flow == "session_remind",
        _CHECK_IN.c.state == "planned",
    )
    skipped = update(_CHECK_IN).where(*which).values(state="skipped", reason=reason)
    _many(db, skipped, [{"whose": hers, "which": session_id} for hers, session_id in sides])


def skip_about_session(db: Db, *, session_id: int, reason: str) -> None:
    """What is still planned about a session is not asked."""
    which = _CHECK_IN.c.session_id == session_id, _CHECK_IN.c.state == "planned"
    db.execute(update(_CHECK_IN).where(*which).values(state="skipped", reason=reason))


def insert_sessions(db: Db, new: Sequence[NewSession]) -> Sequence[int]:
    """Numbered in this order from the last one of their pair; the new ids. For pairs that are
    locked: else another one may take the same number."""
    if not new:
        return []
    last = _last_numbers(db, pairing_ids={each.pairing_id for each in new})
    rows = []
    for each in new:
        last[each.pairing_id] += 1
        rows.append(
            {
                "pairing_id": each.pairing_id,
                "number": last[each.pairing_id],
                "starts_at": each.starts_at,
                "planned_minutes": each.minutes,
            }
        )
    return db.execute(insert(_SESSION).returning(_SESSION.c.id), rows).scalars().all()


def _last_numbers(db: Db, *, pairing_ids: Collection[int]) -> Counter[int]:
    """The highest number of a session of each pair (0: none)."""
    query = select(_SESSION.c.pairing_id, func.max(_SESSION.c.number))
    of_theirs = query.where(_SESSION.c.pairing_id.in_(pairing_ids)).group_by(_SESSION.c.pairing_id)
    return Counter({row[0]: row[1] for row in db.execute(of_theirs)})


def move_sessions(db: Db, moved: Mapping[int, tuple[datetime, int]]) -> None:
    """By their ids: those of the cohort's own plan, which nobody touched, are then, so long."""
    loose = _SESSION.c.state == "planned", _SESSION.c.proposed_by == ""
    row = update(_SESSION).where(_SESSION.c.id == bindparam("which"), *loose)
    _many(
        db,
        row.values(starts_at=bindparam("at"), planned_minutes=bindparam("long")),
        [{"which": key, "at": at, "long": minutes} for key, (at, minutes) in moved.items()],
    )


def remove_sessions(db: Db, ids: Sequence[int], *, reason: str) -> None:
    """They were never to be, nor the questions about them that were not asked yet. One that
    something else tells of stays, as cancelled."""
    if not ids:
        return
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


def renumber(db: Db, numbers: Mapping[int, int]) -> None:
    """These sessions, by their ids, have these numbers from now on."""
    row = update(_SESSION).where(_SESSION.c.id == bindparam("which"))
    row = row.values(number=bindparam("its_number"))
    for sign in (-1, 1):  # no number twice, not even for a moment
        rows = [{"which": key, "its_number": sign * number} for key, number in numbers.items()]
        _many(db, row, rows)


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
    remove_sessions(db, db.execute(coming).scalars().all(), reason="ended")
    ask_for_no_time(db, pairing_id=pairing.id or 0, reason="ended", now=now)


def has_goal(db: Db, *, enrolment_id: int) -> bool:
    """Whether she has an active goal there."""
    goal = table(Goal)
    hers = select(goal.c.id).where(goal.c.enrolment_id == enrolment_id, goal.c.state == "active")
    return db.execute(hers.limit(1)).first() is not None


def _planned_rows(new: Iterable[NewCheckIn]) -> list[dict[str, object]]:
    return [vars(each) | {"state": "planned", "reason": ""} for each in new]


def _many(
    db: Db, statement: Insert | Update | Delete, rows: Sequence[Mapping[str, object]]
) -> None:
    """One statement, run for all of these rows at once."""
    if rows:
        db.execute(statement, rows)
