"""Sessions with their two sides: what each said, who the two are, what else they have planned."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, insert, or_, select, update
from sqlmodel import Session as Db

from bot.programme.sessions import Said
from bot.store.models import (
    CheckIn,
    Cohort,
    Conversation,
    Enrolment,
    Pairing,
    Participant,
    Session,
    SessionReport,
)
from bot.store.tables import table

SESSION, REPORT, PAIRING = table(Session), table(SessionReport), table(Pairing)
COHORT, PERSON = table(Cohort), table(Participant)
CHECK_IN, TALK = table(CheckIn), table(Conversation)
MENTOR = table(Enrolment).alias("mentor")
MENTEE = table(Enrolment).alias("mentee")
_SAID = {role: table(SessionReport).alias(f"{role}_report") for role in ("mentor", "mentee")}
ABOUT_ITS_TIME = ("session_propose", "session_remind", "session_move")
ASKS_FOR_A_TIME = ("session_arrange", "session_propose", "session_move")


@dataclass(frozen=True, kw_only=True)
class TwoSided:
    """One session with both reports, as they stand. Ids of `*_id` are enrolments', of `*_person`
    participants'."""

    id: int
    pairing_id: int
    starts_at: datetime
    planned_minutes: int
    state: str
    minutes: int | None
    proof: str
    reason: str
    place: str
    proposed_by: str
    settled_at: datetime | None
    mentor_id: int
    mentee_id: int
    mentor_person: int
    mentee_person: int
    mid_sessions: int
    target: int  # sessions
    mentor: Said | None
    mentee: Said | None

    def said(self, role: str) -> Said | None:
        return self.mentor if role == "mentor" else self.mentee

    @property
    def by_staff(self) -> bool:
        """Staff have said what came of it: no message changes that."""
        return self.proof == "staff"

    @property
    def called_off(self) -> bool:
        """Cancelled or moved before its time, by no report: nothing can be reported of it."""
        said_nothing = self.mentor is None and self.mentee is None
        return self.state == "cancelled" or (self.state == "rescheduled" and said_nothing)


_REPORTED = [
    _SAID[role].c[name].label(f"{role}_{name}")
    for role in _SAID
    for name in ("met", "minutes", "feeling", "reason")
]
_NAMES = ("id", "pairing_id", "starts_at", "planned_minutes", "state", "minutes", "proof")
_TWO_SIDED = (
    select(
        *(SESSION.c[name] for name in (*_NAMES, "reason", "place", "proposed_by", "settled_at")),
        PAIRING.c.mentor_id,
        PAIRING.c.mentee_id,
        MENTOR.c.participant_id.label("mentor_person"),
        MENTEE.c.participant_id.label("mentee_person"),
        COHORT.c.mid_sessions,
        COHORT.c.sessions.label("target"),
        *_REPORTED,
    )
    .select_from(SESSION)
    .join(PAIRING, PAIRING.c.id == SESSION.c.pairing_id)
    .join(MENTOR, MENTOR.c.id == PAIRING.c.mentor_id)
    .join(MENTEE, MENTEE.c.id == PAIRING.c.mentee_id)
    .join(COHORT, COHORT.c.id == MENTEE.c.cohort_id)
)
for _role, _report in _SAID.items():
    _TWO_SIDED = _TWO_SIDED.outerjoin(
        _report, and_(_report.c.session_id == SESSION.c.id, _report.c.role == _role)
    )


def two_sided(db: Db, *, session_id: int) -> TwoSided | None:
    """That session, locked on PostgreSQL first, so that two reports are not brought together
    from what stood before either."""
    that = select(SESSION.c.id).where(SESSION.c.id == session_id)
    if db.execute(that.with_for_update(key_share=True)).first() is None:
        return None
    row = db.execute(_TWO_SIDED.where(SESSION.c.id == session_id)).one()
    return _two_sided(row)


def _two_sided(row: Row[Any]) -> TwoSided:
    values = {
        name: value
        for name, value in row._mapping.items()
        if not name.startswith(("mentor_", "mentee_")) or name.endswith(("_id", "_person"))
    }
    return TwoSided(**values, mentor=_said(row, "mentor"), mentee=_said(row, "mentee"))


def _said(row: Row[Any], role: str) -> Said | None:
    met, minutes, feeling, reason = (
        row._mapping[f"{role}_{name}"] for name in ("met", "minutes", "feeling", "reason")
    )
    if met is None:
        return None
    return Said(met, minutes=minutes, feeling=feeling, reason=reason)


def keep_report(db: Db, *, session_id: int, role: str, said: Said, new: bool, at: datetime) -> None:
    """Her report as it now stands."""
    values = {
        "met": said.met,
        "minutes": said.minutes,
        "feeling": said.feeling,
        "reason": said.reason,
        "at": at,
    }
    if new:
        db.execute(insert(REPORT).values(session_id=session_id, role=role, **values))
        return
    hers = update(REPORT).where(REPORT.c.session_id == session_id, REPORT.c.role == role)
    db.execute(hers.values(**values))


def change_session(db: Db, session_id: int, **values: object) -> None:
    """Set those columns of one session."""
    db.execute(update(SESSION).where(SESSION.c.id == session_id).values(**values))


def place_at(db: Db, *, session_id: int, starts_at: datetime, place: str) -> None:
    """Where they meet, if that session is at that time."""
    that = (SESSION.c.id == session_id, SESSION.c.starts_at == starts_at)
    db.execute(update(SESSION).where(*that).values(place=place))


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One session of a pair as its next steps need it."""

    id: int
    number: int
    starts_at: datetime
    state: str
    proof: str
    reason: str
    proposed_by: str
    moved_to: int | None


def sessions_of_pair(db: Db, *, pairing_id: int) -> Sequence[Planned]:
    """All of them, by their time."""
    names = ("id", "number", "starts_at", "state", "proof", "reason", "proposed_by", "moved_to")
    found = (
        select(*(SESSION.c[name] for name in names))
        .where(SESSION.c.pairing_id == pairing_id)
        .order_by(SESSION.c.starts_at, SESSION.c.id)
    )
    return [Planned(**row._mapping) for row in db.execute(found)]


def skip_about(db: Db, *, session_ids: Iterable[int], flows: Sequence[str], reason: str) -> None:
    """Nothing of those flows is asked about those sessions any more."""
    db.execute(
        update(CHECK_IN)
        .where(
            CHECK_IN.c.session_id.in_(tuple(session_ids)),
            CHECK_IN.c.flow.in_(flows),
            CHECK_IN.c.state == "planned",
        )
        .values(state="skipped", reason=reason)
    )


def close_talks_about(
    db: Db,
    *,
    session_id: int,
    now: datetime,
    but: int | None = None,
    only: int | None = None,
    became: str = "skipped",
    reason: str = "",
) -> None:
    """Whoever was asked about its time need not answer; `but` is the talk that made it so. What
    she was asked by becomes skipped, for that reason, or missed."""
    open_ones = [
        TALK.c.session_id == session_id,
        TALK.c.flow.in_(ABOUT_ITS_TIME),
        TALK.c.state.in_(("open", "held")),
        TALK.c.id == only if only is not None else TALK.c.id != (but or 0),
    ]
    asked = select(TALK.c.check_in_id).where(*open_ones)
    db.execute(
        update(CHECK_IN)
        .where(CHECK_IN.c.id.in_(asked), CHECK_IN.c.state == "asked")
        .values(state=became, reason=reason)
    )
    ended = {"state": "abandoned", "ended_at": now, "updated_at": now}
    db.execute(update(TALK).where(*open_ones).values(**ended))


def ask_for_no_time(db: Db, *, pairing_id: int, reason: str, now: datetime) -> None:
    """Neither of that pair is asked when they meet, also about a session that is off already."""
    asks = CHECK_IN.c.flow.in_(ASKS_FOR_A_TIME), _of_pair(pairing_id)
    talks = (
        TALK.c.check_in_id.in_(select(CHECK_IN.c.id).where(*asks)),
        TALK.c.state.in_(("open", "held")),
    )
    ended = {"state": "abandoned", "ended_at": now, "updated_at": now}
    db.execute(update(TALK).where(*talks).values(**ended))
    waiting = CHECK_IN.c.state.in_(("planned", "asked"))
    db.execute(update(CHECK_IN).where(*asks, waiting).values(state="skipped", reason=reason))


def ask_for_a_time_again(db: Db, *, pairing_id: int, reason: str, now: datetime) -> None:
    """The mentor is asked after all what was skipped for that reason before it was sent."""
    skipped = (
        CHECK_IN.c.flow == "session_arrange",
        CHECK_IN.c.state == "skipped",
        CHECK_IN.c.reason == reason,
        CHECK_IN.c.asked_at.is_(None),
    )
    due_at = case((CHECK_IN.c.due_at > now, CHECK_IN.c.due_at), else_=now)
    again = {"state": "planned", "reason": "", "due_at": due_at}
    db.execute(update(CHECK_IN).where(*skipped, _of_pair(pairing_id)).values(**again))


def _of_pair(pairing_id: int) -> ColumnElement[bool]:
    """About one of its sessions, or about its first, of which there is none yet."""
    its = select(SESSION.c.id).where(SESSION.c.pairing_id == pairing_id)
    return or_(CHECK_IN.c.session_id.in_(its), CHECK_IN.c.slot == f"arrange-{pairing_id}")


def held_of(db: Db, *, pairing_id: int) -> int:
    """How many sessions that pair has held."""
    held = (SESSION.c.pairing_id == pairing_id, SESSION.c.state == "held")
    return int(db.execute(select(func.count()).select_from(SESSION).where(*held)).scalar_one())


def held_with_all(db: Db, *, mentee_id: int) -> int:
    """How many sessions that mentee has held, with whichever mentor."""
    pairs = SESSION.join(PAIRING, PAIRING.c.id == SESSION.c.pairing_id)
    hers = (PAIRING.c.mentee_id == mentee_id, SESSION.c.state == "held")
    found = select(func.count()).select_from(pairs).where(*hers)
    return int(db.execute(found).scalar_one())


def bring_forward(db: Db, *, enrolment_id: int, slot: str, flow: str, due_at: datetime) -> None:
    """What is planned for later in that slot is due then."""
    db.execute(
        update(CHECK_IN)
        .where(
            CHECK_IN.c.enrolment_id == enrolment_id,
            CHECK_IN.c.slot == slot,
            CHECK_IN.c.flow == flow,
            CHECK_IN.c.state == "planned",
            CHECK_IN.c.due_at > due_at,
        )
        .values(due_at=due_at)
    )
