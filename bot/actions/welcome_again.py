"""Plan another welcome: she asked for later, or came back before she had agreed to anything."""

from datetime import datetime

from sqlalchemy import case, func, select
from sqlmodel import Session

from bot.store.models import CheckIn
from bot.store.tables import table

_CHECK_IN = table(CheckIn)

_PLANNED = case((_CHECK_IN.c.state == "planned", 1), else_=0)


def welcome_again(db: Session, *, enrolment_id: int, due_at: datetime) -> None:
    """One more welcome, unless one is already planned."""
    hers = select(func.count(), func.sum(_PLANNED)).where(
        _CHECK_IN.c.enrolment_id == enrolment_id,
        _CHECK_IN.c.flow == "welcome",
    )
    so_far, planned = db.execute(hers).one()
    if planned:
        return
    slot = f"welcome-{so_far + 1}"
    db.add(CheckIn(enrolment_id=enrolment_id, flow="welcome", slot=slot, due_at=due_at))
    db.flush()
