"""Plan another welcome: she asked for later, or came back before she had agreed to anything."""

from datetime import datetime

from sqlalchemy import case, func, select
from sqlmodel import Session

from bot.store.models import CheckIn

_PLANNED = case((CheckIn.state == "planned", 1), else_=0)  # type: ignore[arg-type]


def welcome_again(db: Session, *, enrolment_id: int, due_at: datetime) -> None:
    """One more welcome, unless one is already planned."""
    hers = select(func.count(), func.sum(_PLANNED)).where(
        CheckIn.enrolment_id == enrolment_id,  # type: ignore[arg-type]
        CheckIn.flow == "welcome",  # type: ignore[arg-type]
    )
    so_far, planned = db.execute(hers).one()
    if planned:
        return
    slot = f"welcome-{so_far + 1}"
    db.add(CheckIn(enrolment_id=enrolment_id, flow="welcome", slot=slot, due_at=due_at))
    db.flush()
