"""Sessions that nothing final has come of, pairs with nothing ahead, and those nobody could tell.

Each is one read, however many there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, case, exists, func, literal, or_, select
from sqlmodel import Session as Db

from bot.store.models import (
    Alert,
    CheckIn,
    Cohort,
    Conversation,
    Enrolment,
    Mark,
    Pairing,
    Session,
)
from bot.store.sessions import ASKS_FOR_A_TIME
from bot.store.tables import table

SESSION, PAIRING, COHORT = table(Session), table(Pairing), table(Cohort)
CHECK_IN, ENROLMENT, ALERT = table(CheckIn), table(Enrolment), table(Alert)
MARK, TALK = table(Mark), table(Conversation)
MENTOR = table(Enrolment).alias("mentor")
MENTEE = table(Enrolment).alias("mentee")
CONFIRM = "session_confirm"
NOBODY_TOLD = (  # why a check-in was skipped, where it was not we who no longer needed it
    "stopped",
    "paused",
    "left",
    "concern",
    "no_consent",
    "late",
    "holiday",
    "quiet",
    "cap",
)
WAITED, NEAR = timedelta(hours=1), timedelta(hours=12)


@dataclass(frozen=True, kw_only=True)
class Unsettled:
    """A session that has begun. `pending`: questions about it that are planned or open;
    `asked_at`: when the last of them was asked, or fell due where none could be; `asked_again`:
    the mentor was asked once more; `spoken_of`: somebody was asked about it, or is to be."""

    id: int
    state: str
    starts_at: datetime
    mentee_person: int
    pairing_state: str
    ended_at: datetime | None
    close_hours: int
    pending: int
    asked_at: datetime | None
    asked_again: bool
    spoken_of: bool


def unsettled(db: Db, *, now: datetime) -> Sequence[Unsettled]:
    """Every session that has begun and has no final state yet, the oldest first."""
    again = and_(CHECK_IN.c.slot.like("%-again"), CHECK_IN.c.state != "planned")
    pending = CHECK_IN.c.state.in_(("planned", "asked"))
    spoken_of = or_(pending, CHECK_IN.c.asked_at.is_not(None))
    last = func.coalesce(CHECK_IN.c.asked_at, CHECK_IN.c.due_at)
    about = and_(CHECK_IN.c.session_id == SESSION.c.id, CHECK_IN.c.flow == CONFIRM)
    rows = db.execute(
        select(
            SESSION.c.id,
            SESSION.c.state,
            SESSION.c.starts_at,
            MENTEE.c.participant_id.label("mentee_person"),
            PAIRING.c.state.label("pairing_state"),
            PAIRING.c.ended_at,
            COHORT.c.close_hours,
            func.sum(case((pending, 1), else_=0)).label("pending"),
            func.max(last).label("asked_at"),
            func.max(case((again, 1), else_=0)).label("asked_again"),
            func.max(case((spoken_of, 1), else_=0)).label("spoken_of"),
        )
        .join(PAIRING, PAIRING.c.id == SESSION.c.pairing_id)
        .join(MENTEE, MENTEE.c.id == PAIRING.c.mentee_id)
        .join(COHORT, COHORT.c.id == MENTEE.c.cohort_id)
        .outerjoin(CHECK_IN, about)
        .where(SESSION.c.settled_at.is_(None), SESSION.c.starts_at <= now)
        .group_by(SESSION.c.id, PAIRING.c.id, MENTEE.c.id, COHORT.c.id)
        .order_by(SESSION.c.starts_at, SESSION.c.id)
    )
    flags = ("asked_again", "spoken_of")
    return [
        Unsettled(**{**row._mapping, **{flag: bool(row._mapping[flag]) for flag in flags}})
        for row in rows
    ]


@dataclass(frozen=True, kw_only=True)
class Idle:
    """An active pair with nothing ahead: its mentor's enrolment, its last session, its cohort."""

    mentor_id: int
    session_id: int
    starts_on: date
    weeks: int


def idle_pairs(db: Db, *, now: datetime, before: datetime) -> Sequence[Idle]:
    """Whose last session began before that moment, and who still aim at more. Whoever is being
    asked for a time, or was asked after that session, is not asked again."""
    of_pair = SESSION.c.pairing_id == PAIRING.c.id
    newest = (
        select(SESSION.c.pairing_id, func.max(SESSION.c.starts_at).label("last"))
        .where(SESSION.c.starts_at <= now)
        .group_by(SESSION.c.pairing_id)
        .subquery()
    )
    held = (
        select(func.count())
        .select_from(SESSION)
        .where(of_pair, SESSION.c.state == "held")
        .correlate(PAIRING)
        .scalar_subquery()
    )
    ahead = exists().where(
        of_pair, SESSION.c.state.in_(("planned", "proposed")), SESSION.c.starts_at > now
    )
    last = table(Session).alias("last_one")
    asked = exists().where(
        of_pair,
        CHECK_IN.c.session_id == SESSION.c.id,
        CHECK_IN.c.flow.in_(ASKS_FOR_A_TIME),
        or_(
            CHECK_IN.c.state.in_(("planned", "asked")),
            and_(CHECK_IN.c.flow == "session_arrange", CHECK_IN.c.session_id == last.c.id),
        ),
    )
    rows = db.execute(
        select(
            PAIRING.c.mentor_id,
            func.max(last.c.id).label("session_id"),
            COHORT.c.starts_on,
            COHORT.c.weeks,
        )
        .join(newest, newest.c.pairing_id == PAIRING.c.id)
        .join(last, and_(last.c.pairing_id == PAIRING.c.id, last.c.starts_at == newest.c.last))
        .join(MENTOR, MENTOR.c.id == PAIRING.c.mentor_id)
        .join(MENTEE, MENTEE.c.id == PAIRING.c.mentee_id)
        .join(COHORT, COHORT.c.id == MENTEE.c.cohort_id)
        .where(
            PAIRING.c.state == "active",
            MENTOR.c.state == "active",
            MENTEE.c.state == "active",
            held < COHORT.c.sessions,
            newest.c.last < before,
            ~ahead,
            ~asked,
        )
        .group_by(PAIRING.c.id, PAIRING.c.mentor_id, COHORT.c.starts_on, COHORT.c.weeks)
        .order_by(PAIRING.c.id)
    )
    return [Idle(**row._mapping) for row in rows]


@dataclass(frozen=True, kw_only=True)
class Untold:
    """Somebody who should have been asked about a session's time, and could not be."""

    session_id: int
    participant_id: int


def untold(db: Db, *, now: datetime, since: datetime) -> Sequence[Untold]:
    """Skipped since that moment, or still not asked though the time proposed is near. Where an
    alert about it was raised before, she is not named again."""
    subject = literal("untold:session:") + CHECK_IN.c.session_id.cast(ALERT.c.subject.type)
    skipped = and_(CHECK_IN.c.state == "skipped", CHECK_IN.c.reason.in_(NOBODY_TOLD))
    waits = and_(
        CHECK_IN.c.state == "planned",
        CHECK_IN.c.due_at <= now - WAITED,
        SESSION.c.starts_at.between(now, now + NEAR),
    )
    rows = db.execute(
        select(CHECK_IN.c.session_id, ENROLMENT.c.participant_id)
        .join(ENROLMENT, ENROLMENT.c.id == CHECK_IN.c.enrolment_id)
        .join(SESSION, SESSION.c.id == CHECK_IN.c.session_id)
        .where(
            CHECK_IN.c.flow.in_(("session_propose", "session_move")),
            CHECK_IN.c.due_at >= since,
            or_(skipped, waits),
            ~exists().where(ALERT.c.subject == subject),
        )
        .order_by(CHECK_IN.c.id)
    )
    return [Untold(**row._mapping) for row in rows]


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A conversation about the time of a session that has begun."""

    talk_id: int
    participant_id: int
    session_id: int


def talks_begun(db: Db, *, now: datetime) -> Sequence[Begun]:
    """Those that still wait: a reminder, or a question whether a time is good."""
    rows = db.execute(
        select(TALK.c.id.label("talk_id"), TALK.c.participant_id, TALK.c.session_id)
        .join(SESSION, SESSION.c.id == TALK.c.session_id)
        .where(
            TALK.c.state.in_(("open", "held")),
            TALK.c.flow.in_(("session_remind", "session_propose")),
            SESSION.c.starts_at <= now,
        )
    )
    return [Begun(**row._mapping) for row in rows]


def marked_at(db: Db, *, name: str) -> datetime | None:
    """When that mark was last set."""
    found: datetime | None = db.execute(
        select(MARK.c.at).where(MARK.c.name == name)
    ).scalar_one_or_none()
    return found


def was_raised(db: Db, *, subject: str) -> bool:
    """Whether an alert about that was ever raised."""
    return db.execute(select(ALERT.c.id).where(ALERT.c.subject == subject)).first() is not None
