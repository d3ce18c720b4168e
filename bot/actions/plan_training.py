"""Plan what is asked about a training: the invitation to everybody it is for, and how it was."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session as Db

from bot.programme.hours import Hours
from bot.programme.trainings import feedback_due, invitation_due
from bot.store.cohorts import hours_of
from bot.store.models import Training
from bot.store.trainings import (
    FEEDBACK,
    INVITATION,
    Wanted,
    drop_about,
    plan_about,
    trainings_ahead,
    wanted_at,
    were_there,
)


def plan_training(db: Db, *, training_id: int, now: datetime) -> None:
    """What is not sent yet is planned by the training as it stands; doing it again is harmless."""
    training = db.get_one(Training, training_id)
    wanted = wanted_at(db, training_id=training_id)
    invited = _invite(db, training, wanted=wanted, now=now)
    drop_about(db, flow=INVITATION, training_id=training_id, reason="moved", but=invited)
    there = were_there(db, training_id=training_id)
    for enrolment_id in there:
        plan_feedback(db, training_id=training_id, enrolment_id=enrolment_id, now=now)
    drop_about(db, flow=FEEDBACK, training_id=training_id, reason="not_there", but=there)


def plan_trainings_of(db: Db, *, enrolment_id: int, now: datetime) -> None:
    """Invite one who has come to the cohort to each training that is still ahead of her."""
    for training_id in trainings_ahead(db, enrolment_id=enrolment_id, now=now):
        training = db.get_one(Training, training_id)
        wanted = wanted_at(db, training_id=training_id, enrolment_id=enrolment_id)
        _invite(db, training, wanted=wanted, now=now)


def plan_feedback(db: Db, *, training_id: int, enrolment_id: int, now: datetime) -> None:
    """She was there: how useful was it? Not asked of somebody who has left, nor very late."""
    training = db.get_one(Training, training_id)
    for one in wanted_at(db, training_id=training_id, enrolment_id=enrolment_id):
        hours = _her_hours(hours_of(db, cohort_id=training.cohort_id), one)
        due = feedback_due(training.starts_at, minutes=training.minutes, hours=hours, now=now)
        if due is not None:
            plan_about(
                db, flow=FEEDBACK, training_id=training_id, enrolment_id=enrolment_id, due_at=due
            )


def _invite(
    db: Db, training: Training, *, wanted: Sequence[Wanted], now: datetime
) -> Sequence[int]:
    """Plans the invitations; whom it could still invite."""
    everybodys = hours_of(db, cohort_id=training.cohort_id)
    invited = []
    for one in wanted:
        hours = _her_hours(everybodys, one)
        due = invitation_due(training.starts_at, hours=hours, part_of_day=one.part_of_day, now=now)
        if due is not None and training.id is not None:
            plan_about(
                db,
                flow=INVITATION,
                training_id=training.id,
                enrolment_id=one.enrolment_id,
                due_at=due,
            )
            invited.append(one.enrolment_id)
    return invited


def _her_hours(hours: Hours, who: Wanted) -> Hours:
    return replace(hours, hold_backs=who.hold_backs)
