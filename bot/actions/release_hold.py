"""Let the bot write again to somebody it has held back from after a concern.

What the concern cut short and is asked only once is planned again: else she never hears from us.
"""

from datetime import datetime, tzinfo

from sqlalchemy import and_, or_, select, update
from sqlmodel import Session

from bot.actions.audit import audit
from bot.actions.note_step import note_step
from bot.actions.plan import LONDON
from bot.actions.welcome_again import goals_again, tomorrow, welcome_again
from bot.errors import Refused
from bot.programme.concerns import SAFEGUARDING
from bot.store.consents import consented, has_answered_consent
from bot.store.models import (
    Alert,
    AlertConflict,
    CheckIn,
    Conversation,
    Enrolment,
    Goal,
    Participant,
)
from bot.store.planned import has_goal
from bot.store.tables import table

_PERSON, _ENROLMENT, _GOAL = table(Participant), table(Enrolment), table(Goal)
_ALERT, _CONFLICT = table(Alert), table(AlertConflict)
_CHECK_IN, _TALK = table(CheckIn), table(Conversation)


def release_hold(
    db: Session, *, participant_id: int, staff_id: int, now: datetime, zone: tzinfo = LONDON
) -> bool:
    """Whether she was held until now. A staff member decides this, never a machine; `Refused` to
    one whom the concern is about."""
    hers = select(_PERSON.c.held_at).where(_PERSON.c.id == participant_id)
    held_at = db.execute(hers.with_for_update(key_share=True)).scalar_one_or_none()
    if held_at is None:
        return False
    if _is_about(db, staff_id, participant_id=participant_id):
        raise Refused("Somebody else looks after this. Please ask another safeguarding lead.")
    db.execute(update(_PERSON).where(_PERSON.c.id == participant_id).values(held_at=None))
    audit(
        db,
        staff_id=staff_id,
        action="released",
        subjects=(f"participant:{participant_id}",),
        now=now,
    )
    _note(db, participant_id=participant_id, staff_id=staff_id, now=now)
    _plan_again(db, participant_id=participant_id, held_at=held_at, now=now, zone=zone)
    return True


def _is_about(db: Session, staff_id: int, *, participant_id: int) -> bool:
    about = select(_CONFLICT.c.id).join(_ALERT, _ALERT.c.id == _CONFLICT.c.alert_id)
    hers = _ALERT.c.participant_id == participant_id, _ALERT.c.kind.in_(sorted(SAFEGUARDING))
    open_ones = about.where(*hers, _CONFLICT.c.staff_id == staff_id, _ALERT.c.state != "closed")
    return db.execute(open_ones.limit(1)).first() is not None


def _note(db: Session, *, participant_id: int, staff_id: int, now: datetime) -> None:
    """Into the life of each concern that is not closed, or is closed with this."""
    hers = select(_ALERT.c.id).where(
        _ALERT.c.participant_id == participant_id,
        _ALERT.c.kind.in_(sorted(SAFEGUARDING)),
        or_(_ALERT.c.state != "closed", _ALERT.c.closed_at == now),
    )
    note_step(db, db.execute(hers).scalars(), kind="released", staff_id=staff_id, now=now)


def _plan_again(
    db: Session, *, participant_id: int, held_at: datetime, now: datetime, zone: tzinfo
) -> None:
    """Her welcome where she has not answered it; her goals where she has agreed and has none."""
    if not has_answered_consent(db, participant_id=participant_id):
        enrolment_id = _cut_short(
            db, participant_id=participant_id, flow="welcome", held_at=held_at
        )
        if enrolment_id is not None:
            welcome_again(db, enrolment_id=enrolment_id, due_at=now)
    elif consented(db, participant_id=participant_id):
        enrolment_id = _cut_short(
            db, participant_id=participant_id, flow="goal_setting", held_at=held_at
        )
        if enrolment_id is not None and not has_goal(db, enrolment_id=enrolment_id):
            goals_again(db, enrolment_id=enrolment_id, due_at=tomorrow(now, zone))


def _cut_short(db: Session, *, participant_id: int, flow: str, held_at: datetime) -> int | None:
    """The active enrolment in which the newest check-in of that flow fell to the concern.

    One whose conversation she ended herself (not now, a person first) is not taken up again.
    """
    ended = and_(_TALK.c.state == "abandoned", _TALK.c.ended_at >= held_at)
    skipped = and_(_CHECK_IN.c.state == "skipped", _CHECK_IN.c.reason == "concern")
    newest = (
        select(_CHECK_IN.c.enrolment_id, or_(skipped, ended).label("cut"))
        .join(_ENROLMENT, _ENROLMENT.c.id == _CHECK_IN.c.enrolment_id)
        .outerjoin(_TALK, _TALK.c.check_in_id == _CHECK_IN.c.id)
        .where(
            _ENROLMENT.c.participant_id == participant_id,
            _ENROLMENT.c.state == "active",
            _CHECK_IN.c.flow == flow,
        )
        .order_by(_CHECK_IN.c.id.desc())
        .limit(1)
    )
    row = db.execute(newest).one_or_none()
    return row.enrolment_id if row is not None and row.cut else None
