"""What is known of a participant when her turn comes: one read for a mentee, one for a mentor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    ScalarSelect,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
)
from sqlmodel import Session as Db

from bot.programme.sessions import Said, Seen, own_view
from bot.store.models import (
    Answer,
    CheckIn,
    Cohort,
    Consent,
    Enrolment,
    Goal,
    GoalEntry,
    Pairing,
    Participant,
    Session,
    SessionReport,
)
from bot.store.prepared import Prepared
from bot.store.tables import table

_CHECK_IN, _COHORT, _GOAL = table(CheckIn), table(Cohort), table(Goal)
_ENTRY, _PAIRING, _SESSION = table(GoalEntry), table(Pairing), table(Session)
_ANSWER, _CONSENT, _REPORT = table(Answer), table(Consent), table(SessionReport)
_MINE = table(Enrolment).alias("mine")
_THEIRS = table(Enrolment).alias("theirs")
_THIS = table(Session).alias("this_one")
_OTHER = table(Participant).alias("other")


@dataclass(frozen=True, kw_only=True)
class KnownMentee:
    """Her goals, the one in turn, and who her mentor is. Ratings are 0 to 10."""

    other: str | None
    goals: int
    goal: str | None
    next_step: str | None
    first: int | None
    last: int | None
    since_pair: int  # weeks she has answered since she was last asked about her mentor
    next_due: datetime | None
    next_at: datetime | None  # when the two meet next, where that is agreed


@dataclass(frozen=True, kw_only=True)
class KnownMentor:
    """Who her mentee is, how many sessions are planned, and the goal she is told of, if any."""

    other: str | None
    target: int
    goal: str | None


@dataclass(frozen=True, kw_only=True)
class KnownSession:
    """A session as one side may know it. `number` and `minutes` are her own count: by what she
    said herself where she said something, else by what finally came of it. `others_at`: when the
    pair's other sessions are or were, but for those called off; `next_at`: the agreed one after
    this, if one is."""

    starts_at: datetime
    others_at: tuple[datetime, ...]
    next_at: datetime | None
    other: str | None
    number: int
    minutes: int
    target: int


@dataclass(frozen=True, kw_only=True)
class KnownGoal:
    """One of her goals, in her words."""

    id: int
    words: str


def _rating(*, newest: bool) -> ScalarSelect[Any]:
    order = _ENTRY.c.id.desc() if newest else _ENTRY.c.id.asc()
    return (
        select(_ENTRY.c.rating)
        .where(_ENTRY.c.goal_id == bindparam("goal"), _ENTRY.c.kind == "rating")
        .order_by(order)
        .limit(1)
        .scalar_subquery()
    )


def _check_ins(what: ColumnElement[Any], *which: ColumnElement[bool]) -> ScalarSelect[Any]:
    hers = select(what).where(_CHECK_IN.c.enrolment_id == _MINE.c.id, *which)
    return hers.correlate(_MINE).scalar_subquery()


_LAST_ASKED = (  # when she last answered how it is going with her mentor
    select(func.max(_ANSWER.c.at))
    .where(
        _ANSWER.c.enrolment_id == _MINE.c.id,
        _ANSWER.c.flow == literal_column("'goal_check_in'"),
        _ANSWER.c.step == literal_column("'pair'"),
    )
    .correlate(_MINE)
    .scalar_subquery()
)
_SINCE_PAIR = _check_ins(  # without the one she is answering now
    func.count(_CHECK_IN.c.id),
    _CHECK_IN.c.flow == "goal_check_in",
    _CHECK_IN.c.state == "answered",
    _CHECK_IN.c.id != bindparam("check_in"),
    or_(_LAST_ASKED.is_(None), _CHECK_IN.c.answered_at > _LAST_ASKED),
)
_NEXT_DUE = _check_ins(  # a reminder is no question, and may give way to one
    func.min(_CHECK_IN.c.due_at),
    _CHECK_IN.c.flow != "welcome",
    _CHECK_IN.c.flow != "session_remind",
    _CHECK_IN.c.state == "planned",
)
_GOALS = (
    select(func.count())
    .select_from(_GOAL)
    .where(_GOAL.c.enrolment_id == _MINE.c.id, _GOAL.c.state == "active")
    .correlate(_MINE)
    .scalar_subquery()
)
_NEXT_AT = (
    select(func.min(_SESSION.c.starts_at))
    .where(
        _SESSION.c.pairing_id == _PAIRING.c.id,
        _SESSION.c.state == literal_column("'planned'"),
        _SESSION.c.starts_at > bindparam("now", type_=_SESSION.c.starts_at.type),
    )
    .correlate(_PAIRING)
    .scalar_subquery()
)
_MENTEE = Prepared(
    select(
        _OTHER.c.name.label("other"),
        _GOALS.label("goals"),
        _GOAL.c.words.label("goal"),
        _GOAL.c.next_step,
        _rating(newest=False).label("first"),
        _rating(newest=True).label("last"),
        _SINCE_PAIR.label("since_pair"),
        _NEXT_DUE.label("next_due"),
        _NEXT_AT.label("next_at"),
    )
    .select_from(_MINE)
    .outerjoin(_PAIRING, and_(_PAIRING.c.mentee_id == _MINE.c.id, _PAIRING.c.state == "active"))
    .outerjoin(_THEIRS, _THEIRS.c.id == _PAIRING.c.mentor_id)
    .outerjoin(_OTHER, _OTHER.c.id == _THEIRS.c.participant_id)
    .outerjoin(_GOAL, _GOAL.c.id == bindparam("goal"))
    .where(_MINE.c.id == bindparam("enrolment"))
    .order_by(_PAIRING.c.id.desc())
    .limit(1)
)


def known_mentee(
    db: Db, *, enrolment_id: int, check_in_id: int | None, goal_id: int | None, now: datetime
) -> KnownMentee | None:
    """What is known of a mentee; `goal_id` is the goal in turn. None: no such enrolment."""
    asked = {"enrolment": enrolment_id, "check_in": check_in_id or 0, "goal": goal_id, "now": now}
    row = _MENTEE.row(db, asked)
    return KnownMentee(**row._asdict()) if row is not None else None


_MENTOR = Prepared(
    select(
        _OTHER.c.name.label("other"),
        _COHORT.c.sessions.label("target"),
        _GOAL.c.words.label("goal"),
    )
    .select_from(_MINE)
    .join(_COHORT, _COHORT.c.id == _MINE.c.cohort_id)
    .outerjoin(_GOAL, _GOAL.c.id == bindparam("goal"))
    .outerjoin(_PAIRING, and_(_PAIRING.c.mentor_id == _MINE.c.id, _PAIRING.c.state == "active"))
    .outerjoin(
        _THEIRS,
        and_(
            _THEIRS.c.id == _PAIRING.c.mentee_id,
            or_(_GOAL.c.id.is_(None), _THEIRS.c.id == _GOAL.c.enrolment_id),
        ),
    )
    .outerjoin(_OTHER, _OTHER.c.id == _THEIRS.c.participant_id)
    .where(_MINE.c.id == bindparam("enrolment"))
    .order_by(_OTHER.c.id.is_(None), _PAIRING.c.id.desc())
    .limit(1)
)


def known_mentor(db: Db, *, enrolment_id: int, goal_id: int | None) -> KnownMentor | None:
    """What is known of a mentor; `goal_id` is the goal of hers whose mentee tells her of it."""
    row = _MENTOR.row(db, {"enrolment": enrolment_id, "goal": goal_id})
    return KnownMentor(**row._asdict()) if row is not None else None


CALLED_OFF = frozenset({"cancelled", "rescheduled"})
_ROLE: ColumnElement[str] = bindparam("role", type_=_MINE.c.role.type)
_SIBLINGS = (
    select(
        _SESSION.c.id,
        _SESSION.c.number,
        _SESSION.c.starts_at,
        _SESSION.c.state,
        _SESSION.c.minutes,
        _SESSION.c.settled_at,
        _COHORT.c.sessions.label("target"),
        _OTHER.c.name.label("other"),
        _REPORT.c.met,
        _REPORT.c.minutes.label("own_minutes"),
    )
    .select_from(_THIS)
    .join(_SESSION, _SESSION.c.pairing_id == _THIS.c.pairing_id)
    .join(_PAIRING, _PAIRING.c.id == _SESSION.c.pairing_id)
    .join(
        _THEIRS,
        _THEIRS.c.id == case((_ROLE == "mentor", _PAIRING.c.mentee_id), else_=_PAIRING.c.mentor_id),
    )
    .join(_OTHER, _OTHER.c.id == _THEIRS.c.participant_id)
    .join(_COHORT, _COHORT.c.id == _THEIRS.c.cohort_id)
    .outerjoin(_REPORT, and_(_REPORT.c.session_id == _SESSION.c.id, _REPORT.c.role == _ROLE))
    .where(_THIS.c.id == bindparam("session"))
    .order_by(_SESSION.c.number)
)


def known_session(db: Db, *, session_id: int, role: str) -> KnownSession | None:
    """That session and the count so far, as the one in that role of its pair may know them.

    Where she has reported, her own words count and not what became of them: else she could tell
    from a number what the other one said.
    """
    rows = db.execute(_SIBLINGS, {"session": session_id, "role": role}).all()
    this = next((row for row in rows if row.id == session_id), None)
    if this is None:
        return None
    others = [row for row in rows if row.id != session_id]
    before = own_view(map(_seen, others))
    return KnownSession(
        starts_at=this.starts_at,
        others_at=tuple(row.starts_at for row in others if row.state not in CALLED_OFF),
        next_at=min((row.starts_at for row in others if _is_ahead(row, this)), default=None),
        other=this.other,
        number=1 + before.count,
        minutes=before.minutes + (this.own_minutes or 0),
        target=this.target,
    )


def _is_ahead(row: Row[Any], this: Row[Any]) -> bool:
    return bool(row.state == "planned" and row.starts_at > this.starts_at)


def _seen(row: Row[Any]) -> Seen:
    said = Said(row.met, minutes=row.own_minutes) if row.met else None
    settled = row.settled_at is not None
    return Seen(said=said, state=row.state, minutes=row.minutes, settled=settled)


def active_goals(db: Db, *, enrolment_id: int) -> Sequence[KnownGoal]:
    """Her goals in their order, three at most."""
    hers = (_GOAL.c.enrolment_id == enrolment_id, _GOAL.c.state == "active")
    found = select(_GOAL.c.id, _GOAL.c.words).where(*hers).order_by(_GOAL.c.number).limit(3)
    return [KnownGoal(id=row.id, words=row.words) for row in db.execute(found)]


def _hers(enrolment_id: int) -> ColumnElement[bool]:
    return or_(_PAIRING.c.mentor_id == enrolment_id, _PAIRING.c.mentee_id == enrolment_id)


def next_session(db: Db, *, enrolment_id: int, now: datetime) -> int | None:
    """The next session of hers that is agreed or proposed, if one is ahead."""
    ahead = (
        select(_SESSION.c.id)
        .join(_PAIRING, _PAIRING.c.id == _SESSION.c.pairing_id)
        .where(
            _hers(enrolment_id),
            _PAIRING.c.state == "active",
            _SESSION.c.state.in_(("planned", "proposed")),
            _SESSION.c.starts_at > now,
        )
        .order_by(_SESSION.c.starts_at)
        .limit(1)
    )
    found: int | None = db.execute(ahead).scalar_one_or_none()
    return found


def is_of_several_pairs(db: Db, *, enrolment_id: int) -> bool:
    """Whether whoever that is has more than one pair now: then a time without a session could be
    meant for either."""
    hers = select(_MINE.c.participant_id).where(_MINE.c.id == enrolment_id).scalar_subquery()
    one_side = or_(_PAIRING.c.mentor_id == _THEIRS.c.id, _PAIRING.c.mentee_id == _THEIRS.c.id)
    several = (
        select(_PAIRING.c.id)
        .join(_THEIRS, one_side)
        .where(_THEIRS.c.participant_id == hers, _PAIRING.c.state == "active")
        .limit(2)
    )
    return len(db.execute(several).all()) > 1


_SHARES = (
    select(_CONSENT.c.kind, _CONSENT.c.given)
    .select_from(_GOAL)
    .join(_MINE, _MINE.c.id == _GOAL.c.enrolment_id)
    .join(_CONSENT, _CONSENT.c.participant_id == _MINE.c.participant_id)
    .where(_GOAL.c.id == bindparam("goal"), _CONSENT.c.kind.in_(("sharing", "goal_only")))
    .order_by(_CONSENT.c.id)
)


def shares_goal(db: Db, *, goal_id: int) -> bool:
    """Whether she has agreed that her mentor sees her goal: her newest answers count."""
    newest = {row.kind: row.given for row in db.execute(_SHARES, {"goal": goal_id})}
    return any(newest.values())


def mentor_of(db: Db, *, enrolment_id: int) -> int | None:
    """The enrolment of the mentor whom that mentee has now."""
    hers = (_PAIRING.c.mentee_id == enrolment_id, _PAIRING.c.state == "active")
    newest = select(_PAIRING.c.mentor_id).where(*hers).order_by(_PAIRING.c.id.desc()).limit(1)
    found: int | None = db.execute(newest).scalar_one_or_none()
    return found
