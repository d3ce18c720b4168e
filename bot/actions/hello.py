"""When nobody answers, the bot falls quiet: staff call her, and once a month it says hello."""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlmodel import Session

from bot.actions.alert import raise_alert
from bot.actions.plan import plan_once
from bot.programme.hours import Hours, at_her_time
from bot.programme.ladder import hello_due
from bot.store.due import Due
from bot.store.models import CheckIn, Participant
from bot.store.tables import table

_PERSON, _CHECK_IN = table(Participant), table(CheckIn)


def fall_quiet(db: Session, *, due: Due, hours: Hours, now: datetime) -> None:
    """From now on nothing is started with her but a hello. One alert: a person calls her."""
    row = update(_PERSON).where(_PERSON.c.id == due.participant_id, _PERSON.c.quiet_at.is_(None))
    db.execute(row.values(quiet_at=now))
    raise_alert(
        db,
        kind="gone_quiet",
        subject=f"gone_quiet:participant:{due.participant_id}",
        participant_id=due.participant_id,
        now=now,
    )
    plan_hello(db, due=due, hours=hours, now=now)


def plan_hello(db: Session, *, due: Due, hours: Hours, now: datetime) -> None:
    """The next one, at a time of day that is hers; none after her cohort's last day."""
    day = hello_due(now, None, due.ladder).astimezone(hours.zone).date()
    if day > due.last_day:
        return
    hers = select(func.count()).where(
        _CHECK_IN.c.enrolment_id == due.enrolment_id, _CHECK_IN.c.flow == "hello"
    )
    slot = f"hello-{db.execute(hers).scalar_one() + 1}"
    due_at = at_her_time(day, hours, due.part_of_day)
    plan_once(db, enrolment_id=due.enrolment_id, flow="hello", slot=slot, due_at=due_at)
