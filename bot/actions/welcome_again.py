"""Plan once more what is otherwise asked once: the welcome, or where her goals begin."""

from datetime import datetime, timedelta, tzinfo

from sqlalchemy import case, func, select
from sqlmodel import Session

from bot.programme.hours import Hours, at_her_time
from bot.store.models import CheckIn
from bot.store.tables import table

_CHECK_IN = table(CheckIn)

_PLANNED = case((_CHECK_IN.c.state == "planned", 1), else_=0)


def tomorrow(now: datetime, zone: tzinfo) -> datetime:
    """Tomorrow at ten, or the next day on which we may: she has heard enough for one day."""
    day = now.astimezone(zone).date() + timedelta(days=1)
    return at_her_time(day, Hours(zone=zone))


def welcome_again(db: Session, *, enrolment_id: int, due_at: datetime) -> None:
    """She asked for later, or came back before she had agreed to anything."""
    _again(db, enrolment_id=enrolment_id, flow="welcome", slot="welcome", due_at=due_at)


def goals_again(db: Session, *, enrolment_id: int, due_at: datetime) -> None:
    """A concern came in between, before she had a goal."""
    _again(db, enrolment_id=enrolment_id, flow="goal_setting", slot="goals", due_at=due_at)


def _again(db: Session, *, enrolment_id: int, flow: str, slot: str, due_at: datetime) -> None:
    """One more of that flow, unless one is already planned."""
    hers = select(func.count(), func.sum(_PLANNED)).where(
        _CHECK_IN.c.enrolment_id == enrolment_id,
        _CHECK_IN.c.flow == flow,
    )
    so_far, planned = db.execute(hers).one()
    if planned:
        return
    slot = f"{slot}-{so_far + 1}"
    db.add(CheckIn(enrolment_id=enrolment_id, flow=flow, slot=slot, due_at=due_at))
    db.flush()
