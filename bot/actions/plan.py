"""Write what is to come as rows: a mentee's check-ins, a pair's sessions and the questions after.

The future stands in the database, where staff can see and move it. Planning twice plans once.
"""

from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from sqlmodel import Session as Db

from bot.programme.calendar import (
    check_in_weeks,
    confirm_due,
    goals_due,
    local_moment,
    session_starts,
)
from bot.store.models import Pairing
from bot.store.planned import (
    active_enrolments,
    enrolment_in_cohort,
    insert_check_ins,
    insert_confirmations,
    insert_sessions,
    sessions_so_far,
)

LONDON = ZoneInfo("Europe/London")


def plan_check_ins(db: Db, *, enrolment_id: int, now: datetime, zone: tzinfo = LONDON) -> None:
    """What a mentee's consent sets going: her goals tomorrow, then a question every week."""
    enrolment, cohort = enrolment_in_cohort(db, enrolment_id=enrolment_id)
    if enrolment.role != "mentee" or enrolment.state != "active":
        return
    goals_at = goals_due(now, zone)
    weeks = check_in_weeks(
        cohort.starts_on,
        weekday=cohort.check_in_weekday,
        minute=cohort.check_in_minute,
        weeks=cohort.weeks,
        goals_at=goals_at,
        zone=zone,
    )
    insert_check_ins(db, enrolment_id=enrolment_id, flow="goal_setting", slots={"goals": goals_at})
    insert_check_ins(
        db,
        enrolment_id=enrolment_id,
        flow="goal_check_in",
        slots={f"week-{week}": due_at for week, due_at in weeks},
    )


def plan_all(db: Db, *, participant_id: int, now: datetime, zone: tzinfo = LONDON) -> None:
    """Her consent counts in every cohort that she is in, not only where she was asked for it."""
    for enrolment_id in active_enrolments(db, participant_id=participant_id):
        plan_check_ins(db, enrolment_id=enrolment_id, now=now, zone=zone)


def plan_welcome(db: Db, *, enrolment_id: int, now: datetime, zone: tzinfo = LONDON) -> None:
    """Due since her cohort began, or this morning: the next tick in allowed hours starts it."""
    _, cohort = enrolment_in_cohort(db, enrolment_id=enrolment_id)
    first = min(cohort.starts_on, now.astimezone(zone).date())
    due_at = local_moment(first, 0, zone)
    insert_check_ins(db, enrolment_id=enrolment_id, flow="welcome", slots={"welcome": due_at})


def plan_sessions(db: Db, *, pairing_id: int, now: datetime, zone: tzinfo = LONDON) -> None:
    """A session a week by the cohort's settings, and after each a question to the mentor."""
    pairing = db.get_one(Pairing, pairing_id)
    _, cohort = enrolment_in_cohort(db, enrolment_id=pairing.mentor_id)
    so_far, last = sessions_so_far(db, pairing_id=pairing_id)
    if last is not None and last > now:
        return
    minutes = cohort.session_minutes
    starts = session_starts(
        cohort.starts_on,
        weekday=cohort.session_weekday,
        minute=cohort.session_minute,
        weeks=cohort.weeks,
        most=max(0, cohort.sessions - so_far),
        now=now,
        zone=zone,
    )
    sessions = insert_sessions(
        db, pairing_id=pairing_id, first=so_far + 1, starts=starts, minutes=minutes
    )
    asked = {key: confirm_due(at, minutes=minutes, zone=zone) for key, at in sessions.items()}
    insert_confirmations(db, enrolment_id=pairing.mentor_id, flow="session_confirm", sessions=asked)
