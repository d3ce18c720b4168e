"""What the ladder looks at, as parts of statements: what she was sent, left unanswered, found hard.

Each is a scalar subquery of a statement that has her row, her enrolment's or her check-in's.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    ScalarSelect,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
)
from sqlmodel import Session

from bot.programme.signals import FELL_BY
from bot.store.models import (
    Address,
    Alert,
    Answer,
    CheckIn,
    Cohort,
    Conversation,
    Delivery,
    Enrolment,
    Goal,
    GoalEntry,
    Message,
    Pairing,
    Participant,
)
from bot.store.tables import table
from bot.store.types import Instant

WEEK = timedelta(days=7)
HARM_LASTS = timedelta(days=28)  # for so long a red phrase makes the steps shorter
WEEKLY = ("goal_check_in", "light_check_in")
UNCOUNTED = "welcome"  # the first contact is never too much

_COHORT = table(Cohort)
_ADDRESS, _ALERT, _ANSWER = table(Address), table(Alert), table(Answer)
_CHECK_IN, _DELIVERY, _MESSAGE = table(CheckIn), table(Delivery), table(Message)
_ENROLMENT, _GOAL, _PAIRING = table(Enrolment), table(Goal), table(Pairing)
_PERSON = table(Participant)
_ENTRY, _BEFORE = table(GoalEntry), table(GoalEntry).alias("before")
_WEEKLY, _BEGUN = table(CheckIn).alias("weekly"), table(Conversation).alias("begun")
_MINE = table(Enrolment).alias("mine")

_NOW = bindparam("now", type_=Instant())
_WEEK_AGO = bindparam("week_ago", type_=Instant())
_HARM_SINCE = bindparam("harm_since", type_=Instant())


def moments(now: datetime) -> dict[str, object]:
    """The values that a statement with these parts is run with."""
    return {"now": now, "week_ago": now - WEEK, "harm_since": now - HARM_LASTS}


LADDER = (
    _COHORT.c.reminder_hours,
    _COHORT.c.close_hours,
    _COHORT.c.light_after,
    _COHORT.c.quiet_after,
    _COHORT.c.hello_weeks,
)

# An opener and what it opens are of one conversation, and count once
_COUNTED = case(
    (_MESSAGE.c.conversation_id.is_(None), -_MESSAGE.c.id),
    else_=_MESSAGE.c.conversation_id * 10 + _DELIVERY.c.priority,
)
# What is still to go counts as of now, so that what waited cannot pile up behind others
_TO_GO = and_(
    _DELIVERY.c.state.in_(("queued", "waiting")),
    or_(_DELIVERY.c.expires_at.is_(None), _DELIVERY.c.expires_at > _NOW),
)
_WENT_AT = func.coalesce(_DELIVERY.c.attempted_at, _DELIVERY.c.updated_at, type_=Instant())
_STARTED_BY_US = (
    _DELIVERY.c.priority > 0,
    _DELIVERY.c.state != "cancelled",
    or_(_BEGUN.c.flow.is_(None), _BEGUN.c.flow != UNCOUNTED),
    or_(_TO_GO, _WENT_AT > _WEEK_AGO),
)
_SENDS = _DELIVERY.join(_MESSAGE, _MESSAGE.c.id == _DELIVERY.c.message_id).outerjoin(
    _BEGUN, _BEGUN.c.id == _MESSAGE.c.conversation_id
)
SENT: ScalarSelect[Any] = (  # messages to her in seven days that the bot began
    select(func.count(_COUNTED.distinct()))
    .select_from(_SENDS)
    .where(_DELIVERY.c.participant_id == _PERSON.c.id, *_STARTED_BY_US)
    .correlate(_PERSON)
    .scalar_subquery()
)
PAIRINGS: ScalarSelect[Any] = (  # how many mentees she has, in all her cohorts
    select(func.count())
    .select_from(_PAIRING.join(_MINE, _MINE.c.id == _PAIRING.c.mentor_id))
    .where(_MINE.c.participant_id == _PERSON.c.id, _PAIRING.c.state == "active")
    .correlate(_PERSON)
    .scalar_subquery()
)
HEARD_AT: ScalarSelect[Any] = (  # when she last wrote anything, anywhere
    select(func.max(_ADDRESS.c.last_inbound_at))
    .where(_ADDRESS.c.participant_id == _PERSON.c.id)
    .correlate(_PERSON)
    .scalar_subquery()
)
UNANSWERED: ScalarSelect[Any] = (  # weekly questions in a row, since she last wrote anything
    select(func.count())
    .where(
        _WEEKLY.c.enrolment_id == _CHECK_IN.c.enrolment_id,
        _WEEKLY.c.id != _CHECK_IN.c.id,
        _WEEKLY.c.flow.in_(WEEKLY),
        _WEEKLY.c.state.in_(("asked", "missed")),
        or_(HEARD_AT.is_(None), _WEEKLY.c.asked_at > HEARD_AT),
    )
    .correlate(_CHECK_IN, _PERSON)
    .scalar_subquery()
)


def _last_week() -> ScalarSelect[Any]:
    """What she said of the last week that she spoke of."""
    return (
        select(_ANSWER.c.value)
        .where(
            _ANSWER.c.enrolment_id == _ENROLMENT.c.id,
            _ANSWER.c.flow == "goal_check_in",
            _ANSWER.c.step == "week",
            _ANSWER.c.replaced_at.is_(None),
        )
        .order_by(_ANSWER.c.id.desc())
        .limit(1)
        .correlate(_ENROLMENT)
        .scalar_subquery()
    )


def _fell() -> ColumnElement[bool]:
    """Whether her newest rating is far below the one before it of the same goal."""
    newest = (
        select(func.max(_ENTRY.c.id))
        .select_from(_ENTRY.join(_GOAL, _GOAL.c.id == _ENTRY.c.goal_id))
        .where(_GOAL.c.enrolment_id == _ENROLMENT.c.id, _ENTRY.c.kind == "rating")
        .correlate(_ENROLMENT)
        .scalar_subquery()
    )
    last = table(GoalEntry).alias("last")
    fell = exists().where(last.c.id == newest, fell_far(last))
    return fell.correlate(_ENROLMENT)


def fell_far(entry: FromClause) -> ColumnElement[bool]:
    """Whether a rating (a row of goal_entry) is far below the one before it, of the same goal."""
    before = (
        select(_BEFORE.c.rating)
        .where(
            _BEFORE.c.goal_id == entry.c.goal_id,
            _BEFORE.c.kind == "rating",
            _BEFORE.c.id < entry.c.id,
        )
        .order_by(_BEFORE.c.id.desc())
        .limit(1)
        .correlate(entry)
        .scalar_subquery()
    )
    return before - entry.c.rating >= FELL_BY


_RED = (
    exists()
    .where(
        _ALERT.c.participant_id == _PERSON.c.id,
        _ALERT.c.kind == "harm_red",
        _ALERT.c.opened_at > _HARM_SINCE,
    )
    .correlate(_PERSON)
)
# Whether her steps are half as long: her last week was hard, a rating fell, she was in danger
HARD: ColumnElement[bool] = or_(func.coalesce(_last_week(), "") == "hard", _fell(), _RED)


def sent_moments(
    db: Session, *, participant_ids: Iterable[int], now: datetime
) -> Mapping[int, tuple[datetime, ...]]:
    """When each of them was sent what counts of the last seven days; `now` for what is to go."""
    first = func.min(case((_TO_GO, _NOW), else_=_WENT_AT), type_=Instant())
    rows = db.execute(
        select(_DELIVERY.c.participant_id, first.label("at"))
        .select_from(_SENDS)
        .where(_DELIVERY.c.participant_id.in_(list(participant_ids)), *_STARTED_BY_US)
        .group_by(_DELIVERY.c.participant_id, _COUNTED),
        moments(now),
    )
    return _by_person(rows.all())


def planned_moments(
    db: Session, *, participant_ids: Iterable[int], now: datetime, but: Iterable[str] = ()
) -> Mapping[int, tuple[datetime, ...]]:
    """When each of them is to be asked something in the coming seven days, `but` those flows."""
    rows = db.execute(
        select(_ENROLMENT.c.participant_id, _CHECK_IN.c.due_at.label("at"))
        .select_from(_CHECK_IN.join(_ENROLMENT, _ENROLMENT.c.id == _CHECK_IN.c.enrolment_id))
        .where(
            _ENROLMENT.c.participant_id.in_(list(participant_ids)),
            _ENROLMENT.c.state == "active",
            _CHECK_IN.c.state == "planned",
            _CHECK_IN.c.flow.not_in((UNCOUNTED, *but)),
            _CHECK_IN.c.due_at <= now + WEEK,
        )
    )
    return _by_person(rows.all())


def _by_person(rows: Iterable[Any]) -> Mapping[int, tuple[datetime, ...]]:
    found: dict[int, tuple[datetime, ...]] = {}
    for row in rows:
        found[row.participant_id] = (*found.get(row.participant_id, ()), row.at)
    return found
