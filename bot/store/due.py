"""What is due: planned check-ins with everything that decides whether they may start."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    ScalarSelect,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlmodel import Session

from bot.programme.ladder import Ladder, cap
from bot.store.hours import OPENING, Opening, opening_of
from bot.store.ladder import HARD, HEARD_AT, LADDER, PAIRINGS, SENT, UNANSWERED, moments
from bot.store.models import (
    Alert,
    CheckIn,
    Cohort,
    Consent,
    Conversation,
    Delivery,
    Enrolment,
    Goal,
    GoalEntry,
    Pairing,
    Participant,
)
from bot.store.models import Session as Meeting
from bot.store.tables import changed, table
from bot.store.types import Instant

_CHECK_IN, _CONSENT, _ENROLMENT = table(CheckIn), table(Consent), table(Enrolment)
_GOAL, _ENTRY, _PAIRING = table(Goal), table(GoalEntry), table(Pairing)
_SESSION, _COHORT = table(Meeting), table(Cohort)
_PERSON, _TALK, _DELIVERY = table(Participant), table(Conversation), table(Delivery)
_ALERT = table(Alert)
_OTHERS = table(Enrolment).alias("others")
_OTHER = table(Participant).alias("other")
_TALKING = table(Conversation).alias("talking")


@dataclass(frozen=True, kw_only=True)
class Due:
    """One check-in whose time has come. `other_held`: a concern holds the other one of
    the pair; `other_away`: she whom the session was planned with has paused or left.
    `may_tell_goal`: whose goal it is has agreed to that and is her mentee still. `finished`: she
    was asked the questions of the end.

    `talking_begun`: of the question that waits, she has answered or tried to answer something.
    `sent` of at most `most` messages in seven days were the bot's idea. `unanswered` weekly
    questions in a row have had no answer; `hard`: her steps on the ladder are half as long.
    """

    id: int
    flow: str
    due_at: datetime
    enrolment_id: int
    enrolment_state: str
    role: str
    participant_id: int
    state: str
    paused_until: datetime | None
    held_at: datetime | None
    discreet: bool
    doubted_at: datetime | None
    heard_at: datetime | None
    consented: bool
    other_held: bool
    other_away: bool
    session_id: int | None
    session_at: datetime | None
    goal_id: int | None
    may_tell_goal: bool
    finished: bool
    talking_id: int | None
    talking_flow: str | None
    talking_check_in: int | None
    talking_since: datetime | None
    talking_begun: bool
    has_held: bool
    opening: Opening
    hold_backs: frozenset[str]
    part_of_day: str
    ladder: Ladder
    sent: int
    most: int
    quiet_at: datetime | None
    unanswered: int
    hard: bool
    last_day: date


_NEWEST_CONSENT = (
    select(_CONSENT.c.given)
    .where(_CONSENT.c.participant_id == _PERSON.c.id, _CONSENT.c.kind == "messages")
    .order_by(_CONSENT.c.id.desc())
    .limit(1)
    .correlate(_PERSON)
    .scalar_subquery()
)


def _other_half(*which: ColumnElement[bool]) -> ScalarSelect[Any]:
    """How many of those she is paired with are so."""
    return (
        select(func.count())
        .select_from(_PAIRING)
        .join(
            _OTHERS,
            or_(
                and_(_PAIRING.c.mentor_id == _ENROLMENT.c.id, _OTHERS.c.id == _PAIRING.c.mentee_id),
                and_(_PAIRING.c.mentee_id == _ENROLMENT.c.id, _OTHERS.c.id == _PAIRING.c.mentor_id),
            ),
        )
        .join(_OTHER, _OTHER.c.id == _OTHERS.c.participant_id)
        .where(_PAIRING.c.state == "active", *which)
        .correlate(_ENROLMENT, _SESSION)
        .scalar_subquery()
    )


OTHER_HELD = _other_half(_OTHER.c.held_at.is_not(None))
_STILL_PAUSED = and_(  # the state stays until something is started with her again
    _OTHER.c.state == "paused",
    or_(_OTHER.c.paused_until.is_(None), _OTHER.c.paused_until > bindparam("now", type_=Instant())),
)
_OTHER_AWAY = _other_half(
    _PAIRING.c.id == _SESSION.c.pairing_id, or_(_OTHER.c.state == "left", _STILL_PAUSED)
)
_OWNER = table(Enrolment).alias("owner")


def _newest_answer(kind: str) -> ScalarSelect[Any]:
    """What she whose goal it is said last when asked about that."""
    return (
        select(_CONSENT.c.given)
        .join(_OWNER, _OWNER.c.participant_id == _CONSENT.c.participant_id)
        .where(_OWNER.c.id == _GOAL.c.enrolment_id, _CONSENT.c.kind == kind)
        .order_by(_CONSENT.c.id.desc())
        .limit(1)
        .correlate(_GOAL)
        .scalar_subquery()
    )


_ASKED_TO_DELETE = (  # till staff have talked with her
    exists()
    .where(
        _ALERT.c.participant_id == _OWNER.c.participant_id,
        _ALERT.c.kind == "delete_wanted",
        _ALERT.c.state != "closed",
        _OWNER.c.id == _GOAL.c.enrolment_id,
    )
    .correlate(_GOAL)
)
_MAY_TELL_GOAL = (
    select(func.count())
    .select_from(_GOAL)
    .join(_PAIRING, _PAIRING.c.mentee_id == _GOAL.c.enrolment_id)
    .where(
        _GOAL.c.id == _CHECK_IN.c.goal_id,
        _GOAL.c.state == "active",
        _PAIRING.c.mentor_id == _ENROLMENT.c.id,
        _PAIRING.c.state == "active",
        or_(*(func.coalesce(_newest_answer(kind), False) for kind in ("sharing", "goal_only"))),
        ~_ASKED_TO_DELETE,
    )
    .correlate(_CHECK_IN, _ENROLMENT)
    .scalar_subquery()
)
_END = table(CheckIn).alias("the_end")
_FINISHED = (
    select(func.count())
    .where(
        _END.c.enrolment_id == _CHECK_IN.c.enrolment_id,
        _END.c.flow == "end_survey",
        _END.c.state.in_(("asked", "answered", "missed")),
    )
    .correlate(_CHECK_IN)
    .scalar_subquery()
)
_HELD_TALKS = (
    select(func.count())
    .select_from(_TALK)
    .where(_TALK.c.participant_id == _PERSON.c.id, _TALK.c.state == "held")
    .correlate(_PERSON)
    .scalar_subquery()
)
_DUE = (
    select(
        _CHECK_IN.c.id,
        _CHECK_IN.c.flow,
        _CHECK_IN.c.due_at,
        _CHECK_IN.c.enrolment_id,
        _ENROLMENT.c.state.label("enrolment_state"),
        _ENROLMENT.c.role,
        _PERSON.c.id.label("participant_id"),
        _PERSON.c.state,
        _PERSON.c.paused_until,
        _PERSON.c.held_at,
        _PERSON.c.discreet,
        _PERSON.c.doubted_at,
        HEARD_AT.label("heard_at"),
        func.coalesce(_NEWEST_CONSENT, False).label("consented"),
        OTHER_HELD.label("other_held"),
        _OTHER_AWAY.label("other_away"),
        _CHECK_IN.c.session_id,
        _SESSION.c.starts_at.label("session_at"),
        _CHECK_IN.c.goal_id,
        _MAY_TELL_GOAL.label("may_tell_goal"),
        _FINISHED.label("finished"),
        _TALKING.c.check_in_id.label("talking_check_in"),
        _TALKING.c.id.label("talking_id"),
        _TALKING.c.flow.label("talking_flow"),
        _TALKING.c.updated_at.label("talking_since"),
        _TALKING.c.tries.label("talking_tries"),
        _TALKING.c.answers.label("talking_answers"),
        _HELD_TALKS.label("has_held"),
        *OPENING,
        *LADDER,
        _COHORT.c.starts_on,
        _COHORT.c.weeks,
        _COHORT.c.most_mentee,
        _COHORT.c.most_mentor,
        PAIRINGS.label("pairings"),
        SENT.label("sent"),
        UNANSWERED.label("unanswered"),
        HARD.label("hard"),
        _PERSON.c.hold_backs,
        _PERSON.c.part_of_day,
        _PERSON.c.quiet_at,
    )
    .select_from(_CHECK_IN)
    .join(_ENROLMENT, _ENROLMENT.c.id == _CHECK_IN.c.enrolment_id)
    .join(_PERSON, _PERSON.c.id == _ENROLMENT.c.participant_id)
    .join(_COHORT, _COHORT.c.id == _ENROLMENT.c.cohort_id)
    .outerjoin(_SESSION, _SESSION.c.id == _CHECK_IN.c.session_id)
    .outerjoin(
        _TALKING, and_(_TALKING.c.participant_id == _PERSON.c.id, _TALKING.c.state == "open")
    )
    .where(_CHECK_IN.c.state == "planned")
    .order_by(_CHECK_IN.c.due_at, _CHECK_IN.c.id)
)


def due_check_ins(db: Session, *, now: datetime) -> Sequence[Due]:
    """All that is planned and due, those too that wait for an hour of hers, oldest first."""
    query = _DUE.where(_CHECK_IN.c.due_at <= now)
    return [_due(row) for row in db.execute(query, moments(now))]


def due_check_in(db: Session, *, check_in_id: int, now: datetime) -> Due | None:
    """That one as it stands now; None when it is not planned any more."""
    query = _DUE.where(_CHECK_IN.c.id == check_in_id)
    row = db.execute(query, moments(now)).one_or_none()
    return _due(row) if row is not None else None


_AS_THEY_ARE = tuple(
    name
    for name in Due.__dataclass_fields__
    if name not in ("opening", "hold_backs", "ladder", "most", "last_day", "talking_begun")
)


def _due(row: Row[Any]) -> Due:
    flags = (
        "other_held",
        "other_away",
        "has_held",
        "consented",
        "hard",
        "may_tell_goal",
        "finished",
    )
    plain = {name: row._mapping[name] for name in _AS_THEY_ARE}
    return Due(
        **{**plain, **{flag: bool(plain[flag]) for flag in flags}},
        opening=opening_of(row),
        talking_begun=bool(row.talking_answers or row.talking_tries),
        hold_backs=frozenset(row.hold_backs or ()),
        ladder=ladder_of(row),
        most=cap(row.role, row.most_mentee, row.most_mentor, row.pairings),
        last_day=row.starts_on + timedelta(weeks=row.weeks),
    )


def ladder_of(row: Row[Any]) -> Ladder:
    """The steps of a cohort, of a row with those columns."""
    return Ladder(
        reminder_hours=row.reminder_hours,
        close_hours=row.close_hours,
        light_after=row.light_after,
        quiet_after=row.quiet_after,
        hello_weeks=row.hello_weeks,
    )


def count_due(db: Session, *, now: datetime) -> int:
    """How many are planned and due."""
    which = (_CHECK_IN.c.state == "planned", _CHECK_IN.c.due_at <= now)
    return int(db.execute(select(func.count()).where(*which)).scalar_one())


def put_off(db: Session, *, check_in_id: int, due_at: datetime) -> None:
    """It is due later than was planned."""
    planned = (_CHECK_IN.c.id == check_in_id, _CHECK_IN.c.state == "planned")
    db.execute(update(_CHECK_IN).where(*planned).values(due_at=due_at))


def claim(db: Session, *, check_in_id: int, state: str, reason: str, now: datetime) -> bool:
    """Move one from planned to `state`. False: someone else has it."""
    values: dict[str, object] = {"state": state, "reason": reason}
    if state == "asked":
        values["asked_at"] = now
    claimed = db.execute(
        update(_CHECK_IN)
        .where(_CHECK_IN.c.id == check_in_id, _CHECK_IN.c.state == "planned")
        .values(**values)
    )
    return changed(claimed) == 1


def goal_in_turn(db: Session, *, enrolment_id: int) -> int | None:
    """The active goal whose last rating is oldest: one goal a week keeps it under a minute."""
    last = (
        select(func.max(_ENTRY.c.id))
        .where(_ENTRY.c.goal_id == _GOAL.c.id, _ENTRY.c.kind == "rating")
        .correlate(_GOAL)
        .scalar_subquery()
    )
    row = (
        select(_GOAL.c.id)
        .where(_GOAL.c.enrolment_id == enrolment_id, _GOAL.c.state == "active")
        .order_by(func.coalesce(last, 0), _GOAL.c.number)
        .limit(1)
    )
    found: int | None = db.execute(row).scalar_one_or_none()
    return found


_TO_SEND = select(
    exists().where(
        _DELIVERY.c.state == "queued", _DELIVERY.c.not_before <= bindparam("now", type_=Instant())
    )
)


def next_moment(db: Session, *, after: datetime, deliveries: bool) -> datetime | None:
    """When next a check-in is planned, or (with `deliveries`) a queued message may go."""
    planned = select(func.min(_CHECK_IN.c.due_at)).where(
        _CHECK_IN.c.state == "planned", _CHECK_IN.c.due_at > after
    )
    moments = [db.execute(planned).scalar_one()]
    if deliveries:
        queued = select(func.min(_DELIVERY.c.not_before)).where(
            _DELIVERY.c.state.in_(("queued", "unknown")), _DELIVERY.c.not_before > after
        )
        moments.append(db.execute(queued).scalar_one())
    return min((moment for moment in moments if moment is not None), default=None)


def anything_to_send(db: Session, *, now: datetime) -> bool:
    """Whether a queued message may go as far as its own time is concerned."""
    return bool(db.execute(_TO_SEND, {"now": now}).scalar_one())


def anything_waits(db: Session, *, now: datetime) -> bool:
    """Whether a check-in is late, or a question waits that may yet be reminded of, or closed."""
    late = exists().where(_CHECK_IN.c.state == "planned", _CHECK_IN.c.due_at <= now)
    asked = exists().where(_TALK.c.state.in_(("open", "held")), _TALK.c.flow != "welcome")
    return bool(db.execute(select(or_(late, asked))).scalar_one())


def open_step(db: Session, *, reference: str) -> str | None:
    """The question that waits for a participant, as `<flow>.<step>`."""
    row = db.execute(
        select(_TALK.c.flow, _TALK.c.step)
        .join(_PERSON, _PERSON.c.id == _TALK.c.participant_id)
        .where(_PERSON.c.reference == reference, _TALK.c.state == "open")
    ).one_or_none()
    return f"{row.flow}.{row.step}" if row is not None else None
