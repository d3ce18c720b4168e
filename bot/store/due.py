"""What is due: planned check-ins with everything that decides whether they may start."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session

from bot.store.models import (
    CheckIn,
    Consent,
    Conversation,
    Enrolment,
    Goal,
    GoalEntry,
    Pairing,
    Participant,
)

_CHECK_IN = CheckIn.__table__  # type: ignore[attr-defined]
_TALK = Conversation.__table__  # type: ignore[attr-defined]
_OTHERS = aliased(Enrolment)
_OTHER = aliased(Participant)
_TALKING = aliased(Conversation)


@dataclass(frozen=True, kw_only=True)
class Due:
    """One check-in whose time has come. `other_held`: a concern holds the other one of the pair."""

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
    consented: bool
    other_held: bool
    talking_id: int | None
    talking_flow: str | None
    has_held: bool


_NEWEST_CONSENT = (
    select(Consent.given)
    .where(Consent.participant_id == Participant.id, Consent.kind == "messages")
    .order_by(Consent.id.desc())  # type: ignore[union-attr]
    .limit(1)
    .correlate(Participant)
    .scalar_subquery()
)
_OTHER_HELD = (
    select(func.count())
    .select_from(Pairing)
    .join(
        _OTHERS,
        or_(
            and_(Pairing.mentor_id == Enrolment.id, _OTHERS.id == Pairing.mentee_id),
            and_(Pairing.mentee_id == Enrolment.id, _OTHERS.id == Pairing.mentor_id),
        ),
    )
    .join(_OTHER, _OTHER.id == _OTHERS.participant_id)
    .where(Pairing.state == "active", _OTHER.held_at.is_not(None))  # type: ignore[union-attr]
    .correlate(Enrolment)
    .scalar_subquery()
)
_HELD_TALKS = (
    select(func.count())
    .select_from(_TALK)
    .where(_TALK.c.participant_id == Participant.id, _TALK.c.state == "held")
    .correlate(Participant)
    .scalar_subquery()
)
_DUE = (
    select(
        CheckIn.id,
        CheckIn.flow,
        CheckIn.due_at,
        CheckIn.enrolment_id,
        Enrolment.state.label("enrolment_state"),  # type: ignore[attr-defined]
        Enrolment.role,
        Participant.id.label("participant_id"),  # type: ignore[union-attr]
        Participant.state,
        Participant.paused_until,
        Participant.held_at,
        func.coalesce(_NEWEST_CONSENT, False).label("consented"),
        _OTHER_HELD.label("other_held"),
        _TALKING.id.label("talking_id"),
        _TALKING.flow.label("talking_flow"),
        _HELD_TALKS.label("has_held"),
    )
    .select_from(CheckIn)
    .join(Enrolment, Enrolment.id == CheckIn.enrolment_id)
    .join(Participant, Participant.id == Enrolment.participant_id)
    .outerjoin(_TALKING, and_(_TALKING.participant_id == Participant.id, _TALKING.state == "open"))
    .where(CheckIn.state == "planned")
    .order_by(CheckIn.due_at, CheckIn.id)
)


def due_check_ins(
    db: Session, *, now: datetime, after: tuple[datetime, int] | None, limit: int
) -> Sequence[Due]:
    """Planned and due, oldest first; `after` is the last one seen, so that none blocks the rest."""
    query = _DUE.where(CheckIn.due_at <= now).limit(limit)
    if after is not None:
        moment, seen = after
        query = query.where(
            or_(CheckIn.due_at > moment, and_(CheckIn.due_at == moment, CheckIn.id > seen))
        )
    return [
        Due(
            **{
                **row._mapping,
                "other_held": bool(row.other_held),
                "has_held": bool(row.has_held),
                "consented": bool(row.consented),
            }
        )
        for row in db.execute(query)
    ]


def claim(db: Session, *, check_in_id: int, state: str, reason: str, now: datetime) -> bool:
    """Move one from planned to `state`. False: someone else has it."""
    values: dict[str, object] = {"state": state, "reason": reason}
    if state == "asked":
        values["asked_at"] = now
    changed = db.execute(
        update(_CHECK_IN)
        .where(_CHECK_IN.c.id == check_in_id, _CHECK_IN.c.state == "planned")
        .values(**values)
    )
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]


def goal_in_turn(db: Session, *, enrolment_id: int) -> int | None:
    """The active goal whose last rating is oldest: one goal a week keeps it under a minute."""
    last = (
        select(func.max(GoalEntry.id))
        .where(GoalEntry.goal_id == Goal.id, GoalEntry.kind == "rating")
        .correlate(Goal)
        .scalar_subquery()
    )
    row = (
        select(Goal.id)
        .where(Goal.enrolment_id == enrolment_id, Goal.state == "active")  # type: ignore[arg-type]
        .order_by(func.coalesce(last, 0), Goal.number)
        .limit(1)
    )
    found: int | None = db.execute(row).scalar_one_or_none()
    return found
