"""Tell her mentor nothing of her goals any more: what is planned, asked or on its way is held back.

She does not share them now, or has asked us to delete what she said.
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session as Db

from bot.store.models import CheckIn, Conversation, Delivery, Enrolment, Goal, Message
from bot.store.tables import table

_CHECK_IN, _TALK, _DELIVERY = table(CheckIn), table(Conversation), table(Delivery)
_ENROLMENT, _GOAL, _MESSAGE = table(Enrolment), table(Goal), table(Message)

TELLS = "goal_shared"  # the one conversation in which a mentor reads a goal


def hold_back_goals(db: Db, *, participant_id: int, reason: str, now: datetime) -> None:
    """What her mentor has read already cannot be taken back."""
    goals = (
        select(_GOAL.c.id)
        .join(_ENROLMENT, _ENROLMENT.c.id == _GOAL.c.enrolment_id)
        .where(_ENROLMENT.c.participant_id == participant_id)
    )
    planned = update(_CHECK_IN).where(
        _CHECK_IN.c.flow == TELLS,
        _CHECK_IN.c.goal_id.in_(goals),
        _CHECK_IN.c.state.in_(("planned", "asked")),
    )
    db.execute(planned.values(state="skipped", reason=reason))
    talks = (_TALK.c.flow == TELLS, _TALK.c.goal_id.in_(goals))
    said = select(_MESSAGE.c.id).join(_TALK, _TALK.c.id == _MESSAGE.c.conversation_id)
    queued = update(_DELIVERY).where(
        _DELIVERY.c.message_id.in_(said.where(*talks)),
        _DELIVERY.c.state.in_(("queued", "waiting")),
    )
    db.execute(queued.values(state="cancelled", reason=reason, updated_at=now))
    waiting = update(_TALK).where(*talks, _TALK.c.state.in_(("open", "held")))
    db.execute(waiting.values(state="abandoned", ended_at=now, updated_at=now))
