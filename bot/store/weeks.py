"""Everything the weekly summary needs, read in a fixed number of SELECTs, however many people."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Row, and_, case, func, or_, select
from sqlmodel import Session

from bot.programme.week import (
    AnswerRow,
    AskedRow,
    DeliveryRow,
    GoalRow,
    PairRow,
    PersonRow,
    RatingRow,
    SessionRow,
    WeekRows,
)
from bot.store.letters import hers_or_a_strangers, letters
from bot.store.models import (
    Address,
    Answer,
    CheckIn,
    Cohort,
    Delivery,
    Enrolment,
    Goal,
    GoalEntry,
    Message,
    Pairing,
    Participant,
    SessionReport,
    Template,
)
from bot.store.models import Session as Meeting
from bot.store.pages.alerts import alerts_alive, alerts_together
from bot.store.sight import Sight
from bot.store.tables import table

ADDRESS = table(Address)
ANSWER = table(Answer)
CHECK_IN = table(CheckIn)
COHORT = table(Cohort)
DELIVERY = table(Delivery)
ENROLMENT = table(Enrolment)
ENTRY = table(GoalEntry)
GOAL = table(Goal)
MEETING = table(Meeting)
MESSAGE = table(Message)
PAIRING = table(Pairing)
PERSON = table(Participant)
REPORT = table(SessionReport)
TEMPLATE = table(Template)

T = TypeVar("T")
HEARD_WITHIN = timedelta(days=14)
WAITING, REFUSED = (
    ("unsubmitted", "received", "pending"),
    ("rejected", "paused", "disabled", "failed"),
)


def read_week_rows(
    db: Session,
    *,
    start: datetime,
    end: datetime,
    now: datetime,
    sight: Sight,
    alerts_until: datetime | None = None,
) -> WeekRows:
    """The rows of the week from `start` to `end`, as they stand at `now`.

    `alerts_until`: with the alerts since then, where today's staff read a week that has ended.
    """
    upto = min(now, end)
    alerts = alerts_alive(db, start=start, end=alerts_until or end, sight=sight)
    return WeekRows(
        people=_people(db, upto=upto, sight=sight),
        alerts=alerts,
        together=alerts_together(db, alerts),
        pairs=_pairs(db, upto=upto, sight=sight),
        sessions=_sessions(db, start=start, end=end, sight=sight),
        ratings=_ratings(db, start=start, end=end, sight=sight),
        answers=_rows(db, _answers(start, end, sight), AnswerRow),
        asked=_rows(db, _asked(start - timedelta(days=7), end, sight), AskedRow),
        deliveries=_rows(db, _deliveries(start, end, sight), DeliveryRow),
        wrote=letters(db, start=start, end=end, sight=sight),
        goals=_rows(db, _goals(start, end, sight), GoalRow),
        **_templates(db),
    )


def _rows(db: Session, statement: Any, kind: Callable[..., T]) -> tuple[T, ...]:
    return tuple(kind(**row._mapping) for row in db.execute(statement))


def _people(db: Session, *, upto: datetime, sight: Sight) -> tuple[PersonRow, ...]:
    asked = (
        select(CHECK_IN.c.enrolment_id, func.min(CHECK_IN.c.asked_at).label("first_asked_at"))
        .where(CHECK_IN.c.asked_at.is_not(None))
        .group_by(CHECK_IN.c.enrolment_id)
        .subquery()
    )
    heard = (
        select(ADDRESS.c.participant_id, func.max(ADDRESS.c.last_inbound_at).label("last"))
        .group_by(ADDRESS.c.participant_id)
        .subquery()
    )
    people = db.execute(
        select(
            PERSON.c.id.label("participant_id"),
            ENROLMENT.c.id.label("enrolment_id"),
            PERSON.c.name,
            ENROLMENT.c.role,
            PERSON.c.state,
            PERSON.c.held_at.is_not(None).label("held"),
            PERSON.c.language,
            COHORT.c.name.label("cohort"),
            COHORT.c.starts_on.label("cohort_starts_on"),
            COHORT.c.weeks.label("cohort_weeks"),
            asked.c.first_asked_at,
            heard.c.last.label("last_inbound_at"),
        )
        .join(ENROLMENT, ENROLMENT.c.participant_id == PERSON.c.id)
        .join(COHORT, COHORT.c.id == ENROLMENT.c.cohort_id)
        .outerjoin(asked, asked.c.enrolment_id == ENROLMENT.c.id)
        .outerjoin(heard, heard.c.participant_id == PERSON.c.id)
        .where(ENROLMENT.c.state == "active", sight.of_cohort(ENROLMENT.c.cohort_id))
        .order_by(COHORT.c.starts_on, PERSON.c.name, PERSON.c.id)
    ).all()
    recent = _heard_in(db, since=upto - HEARD_WITHIN, until=upto)
    silent = [row.participant_id for row in people if row.participant_id not in recent]
    last = _last_deliveries(db, silent)
    return tuple(
        PersonRow(
            **row._mapping,
            heard=row.participant_id in recent,
            last_delivery=last.get(row.participant_id, ""),
        )
        for row in people
    )


def _heard_in(db: Session, *, since: datetime, until: datetime) -> frozenset[int]:
    statement = (
        select(MESSAGE.c.participant_id)
        .where(MESSAGE.c.at >= since, MESSAGE.c.at < until, MESSAGE.c.direction == "in")
        .distinct()
    )
    return frozenset(row for row in db.execute(statement).scalars() if row is not None)


def _last_deliveries(db: Session, people: list[int]) -> dict[int, str]:
    newest = (
        select(func.max(DELIVERY.c.id))
        .where(DELIVERY.c.participant_id.in_(people))
        .group_by(DELIVERY.c.participant_id)
    )
    rows = db.execute(
        select(DELIVERY.c.participant_id, DELIVERY.c.state).where(DELIVERY.c.id.in_(newest))
    )
    return {row.participant_id: row.state for row in rows}


def _pairs(db: Session, *, upto: datetime, sight: Sight) -> tuple[PairRow, ...]:
    mentee, mentor = PERSON.alias("mentee"), PERSON.alias("mentor")
    hers, theirs = ENROLMENT.alias("hers"), ENROLMENT.alias("theirs")
    held = and_(MEETING.c.state == "held", MEETING.c.starts_at < upto)
    ahead = and_(MEETING.c.state == "planned", MEETING.c.starts_at >= upto)
    so_far = (
        select(
            MEETING.c.pairing_id,
            func.sum(case((held, func.coalesce(MEETING.c.minutes, 0)), else_=0)).label("minutes"),
            func.max(case((held, MEETING.c.starts_at))).label("last"),
            func.min(case((ahead, MEETING.c.starts_at))).label("next"),
        )
        .group_by(MEETING.c.pairing_id)
        .subquery()
    )
    statement = (
        select(
            PAIRING.c.id.label("pairing_id"),
            mentee.c.id.label("mentee_id"),
            mentee.c.name.label("mentee"),
            mentor.c.id.label("mentor_id"),
            mentor.c.name.label("mentor"),
            COHORT.c.name.label("cohort"),
            COHORT.c.starts_on.label("cohort_starts_on"),
            COHORT.c.weeks.label("cohort_weeks"),
            (COHORT.c.sessions * COHORT.c.session_minutes).label("target_minutes"),
            PAIRING.c.created_at.label("paired_at"),
            func.coalesce(so_far.c.minutes, 0).label("held_minutes"),
            so_far.c.last.label("last_held_at"),
            so_far.c.next.label("next_at"),
            or_(mentee.c.state == "paused", mentor.c.state == "paused").label("paused"),
        )
        .join(hers, hers.c.id == PAIRING.c.mentee_id)
        .join(mentee, mentee.c.id == hers.c.participant_id)
        .join(theirs, theirs.c.id == PAIRING.c.mentor_id)
        .join(mentor, mentor.c.id == theirs.c.participant_id)
        .join(COHORT, COHORT.c.id == hers.c.cohort_id)
        .outerjoin(so_far, so_far.c.pairing_id == PAIRING.c.id)
        .where(PAIRING.c.state == "active", sight.of_cohort(hers.c.cohort_id))
        .order_by(mentee.c.name, PAIRING.c.id)
    )
    return _rows(db, statement, PairRow)


def _sessions(
    db: Session, *, start: datetime, end: datetime, sight: Sight
) -> tuple[SessionRow, ...]:
    said = [
        func.coalesce(func.max(case((REPORT.c.role == role, REPORT.c.met))), "").label(
            f"{role}_met"
        )
        for role in ("mentor", "mentee")
    ]
    columns = (
        MEETING.c.pairing_id,
        MEETING.c.number,
        MEETING.c.starts_at,
        MEETING.c.planned_minutes,
        MEETING.c.state,
        MEETING.c.minutes,
    )
    statement = (
        select(*columns, *said)
        .outerjoin(REPORT, REPORT.c.session_id == MEETING.c.id)
        .where(
            MEETING.c.starts_at >= start,
            MEETING.c.starts_at < end,
            sight.of_pairing(MEETING.c.pairing_id),
        )
        .group_by(MEETING.c.id)
        .order_by(MEETING.c.starts_at, MEETING.c.id)
    )
    return _rows(db, statement, SessionRow)


def _ratings(db: Session, *, start: datetime, end: datetime, sight: Sight) -> tuple[RatingRow, ...]:
    rated = select(ENTRY.c.goal_id).where(
        ENTRY.c.kind == "rating", ENTRY.c.at >= start, ENTRY.c.at < end
    )
    statement = (
        select(
            ENTRY.c.goal_id,
            ENROLMENT.c.participant_id,
            GOAL.c.words,
            GOAL.c.language,
            ENTRY.c.rating,
            ENTRY.c.at,
        )
        .join(GOAL, GOAL.c.id == ENTRY.c.goal_id)
        .join(ENROLMENT, ENROLMENT.c.id == GOAL.c.enrolment_id)
        .where(
            ENTRY.c.kind == "rating",
            ENTRY.c.rating.is_not(None),
            ENTRY.c.at < end,
            ENTRY.c.goal_id.in_(rated),
            sight.of_cohort(ENROLMENT.c.cohort_id),
        )
        .order_by(ENTRY.c.at, ENTRY.c.id)
    )
    return _rows(db, statement, RatingRow)


def _answers(start: datetime, end: datetime, sight: Sight) -> Any:
    return (
        select(ANSWER.c.participant_id, ANSWER.c.step, ANSWER.c.value, ANSWER.c.at)
        .where(
            ANSWER.c.flow == "goal_check_in",
            ANSWER.c.step.in_(("week", "barriers")),
            ANSWER.c.at >= start,
            ANSWER.c.at < end,
            ANSWER.c.replaced_at.is_(None),
            ANSWER.c.skipped.is_(False),
            sight.of_enrolment(ANSWER.c.enrolment_id),
        )
        .order_by(ANSWER.c.at, ANSWER.c.id)
    )


def _asked(since: datetime, until: datetime, sight: Sight) -> Any:
    return (
        select(
            ENROLMENT.c.participant_id,
            CHECK_IN.c.asked_at,
            CHECK_IN.c.answered_at.is_not(None).label("answered"),
        )
        .join(ENROLMENT, ENROLMENT.c.id == CHECK_IN.c.enrolment_id)
        .where(
            CHECK_IN.c.asked_at >= since,
            CHECK_IN.c.asked_at < until,
            sight.of_cohort(ENROLMENT.c.cohort_id),
        )
        .order_by(CHECK_IN.c.asked_at, CHECK_IN.c.id)
    )


def _deliveries(start: datetime, end: datetime, sight: Sight) -> Any:
    return (
        select(MESSAGE.c.participant_id, DELIVERY.c.state, func.count().label("number"))
        .join(DELIVERY, DELIVERY.c.message_id == MESSAGE.c.id)
        .where(
            MESSAGE.c.at >= start,
            MESSAGE.c.at < end,
            MESSAGE.c.direction == "out",
            MESSAGE.c.kind != "audio",
            hers_or_a_strangers(sight),
            sight.of_message(),
        )
        .group_by(MESSAGE.c.participant_id, DELIVERY.c.state)
    )


def _goals(start: datetime, end: datetime, sight: Sight) -> Any:
    return (
        select(
            ENROLMENT.c.participant_id, GOAL.c.words, GOAL.c.language, GOAL.c.created_at.label("at")
        )
        .join(ENROLMENT, ENROLMENT.c.id == GOAL.c.enrolment_id)
        .where(
            GOAL.c.created_at >= start,
            GOAL.c.created_at < end,
            GOAL.c.state == "active",
            sight.of_cohort(ENROLMENT.c.cohort_id),
        )
        .order_by(GOAL.c.created_at, GOAL.c.id)
    )


def _templates(db: Session) -> dict[str, int]:
    rows: list[Row[Any]] = list(
        db.execute(select(TEMPLATE.c.state, func.count().label("n")).group_by(TEMPLATE.c.state))
    )
    return {
        "templates_waiting": sum(row.n for row in rows if row.state in WAITING),
        "templates_refused": sum(row.n for row in rows if row.state in REFUSED),
    }
