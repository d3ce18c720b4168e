"""Remind her once of a question that she has not answered, more softly, at another hour of the day.

A reminder is the first thing to be left out: it never takes room from what the week has planned.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlmodel import Session

from bot.actions.alert import raise_alert
from bot.actions.apply import Sending, apply
from bot.actions.converse import position_of, talk_of
from bot.actions.hold import everything_held
from bot.actions.house import House
from bot.actions.know import common_words, know
from bot.actions.on_call import may_start_anything
from bot.actions.say import queue
from bot.channels.policy import Way, window_open
from bot.engine import advance
from bot.engine.events import Asked, Turn
from bot.programme.hours import Hours, allowed, only_in, other_part
from bot.programme.ladder import Ladder, busiest, cap, closes_at, may_write, reminder_due
from bot.store.database import unavailable
from bot.store.due import OTHER_HELD, ladder_of
from bot.store.hours import OPENING, Calendars, calendars, opening_of
from bot.store.ladder import (
    HARD,
    HEARD_AT,
    LADDER,
    PAIRINGS,
    moments,
    planned_moments,
    sent_moments,
)
from bot.store.models import (
    Address,
    CheckIn,
    Cohort,
    Conversation,
    Delivery,
    Enrolment,
    Participant,
)
from bot.store.people import lock_participant
from bot.store.tables import changed, table
from bot.store.talk import Person, Talking, person

NEVER = ("welcome", "hello", "light_check_in", "session_remind")  # flows nobody is reminded of
REMINDER = "standing.reminder"
ARRIVED = ("accepted", "sent", "delivered", "read")

_TALK, _PERSON, _ENROLMENT = table(Conversation), table(Participant), table(Enrolment)
_COHORT, _ADDRESS, _DELIVERY = table(Cohort), table(Address), table(Delivery)
_CHECK_IN = table(CheckIn)
_PROMPT_STATE = (
    select(_DELIVERY.c.state)
    .where(_DELIVERY.c.message_id == _TALK.c.prompt_id)
    .order_by(_DELIVERY.c.piece.desc(), _DELIVERY.c.id.desc())  # the choices go with the last
    .limit(1)
    .correlate(_TALK)
    .scalar_subquery()
)
_OPEN = (
    select(
        _TALK.c.id,
        _TALK.c.participant_id,
        _TALK.c.updated_at,
        HEARD_AT.label("heard_at"),
        HARD.label("hard"),
        PAIRINGS.label("pairings"),
        _ENROLMENT.c.role,
        _PERSON.c.hold_backs,
        _PERSON.c.part_of_day,
        _PERSON.c.discreet,
        _COHORT.c.most_mentee,
        _COHORT.c.most_mentor,
        *OPENING,
        *LADDER,
    )
    .select_from(
        _TALK.join(_PERSON, _PERSON.c.id == _TALK.c.participant_id)
        .join(_CHECK_IN, _CHECK_IN.c.id == _TALK.c.check_in_id)  # else she began it herself
        .join(_ENROLMENT, _ENROLMENT.c.id == _TALK.c.enrolment_id)
        .join(_COHORT, _COHORT.c.id == _ENROLMENT.c.cohort_id)
    )
    .where(
        _TALK.c.state == "open",
        _TALK.c.reminded_at.is_(None),
        _TALK.c.flow.not_in(NEVER),
        _PROMPT_STATE.in_(ARRIVED),
        _PERSON.c.state == "active",
        _PERSON.c.held_at.is_(None),
        _PERSON.c.quiet_at.is_(None),
        _PERSON.c.doubted_at.is_(None),
        _ENROLMENT.c.state == "active",
        OTHER_HELD == 0,
    )
    .order_by(_TALK.c.updated_at, _TALK.c.id)
)


def remind_due(house: House, *, now: datetime) -> int:
    """Send every reminder whose moment has come; returns how many. One that fails is given up,
    with an alert, and does not stop the others.
    """
    with house.database.reading() as db:
        if everything_held(db) or not may_start_anything(db, house, now=now):
            return 0
        known = calendars(db)
        due = [row for row in _open(db, now=now) if _is_due(row, known, now=now)]
        due = _with_room(db, due, now=now)
    return sum(_remind_alone(house, row, now=now) for row in due)


def _open(db: Session, *, now: datetime) -> list[Row[Any]]:
    """Questions that have waited for half of the shortest time that any cohort waits."""
    shortest = select(func.coalesce(func.min(_COHORT.c.reminder_hours), 1))
    waited = now - timedelta(hours=int(db.execute(shortest).scalar_one()) / 2)
    return list(db.execute(_OPEN.where(_TALK.c.updated_at <= waited), moments(now)))


def _is_due(row: Row[Any], known: Calendars, *, now: datetime) -> bool:
    """Whether it is time: not before, not at the hour at which she did not answer, not at night."""
    only = only_in(row.part_of_day, discreet=row.discreet)
    hours = known.hours(opening_of(row), row.hold_backs or (), only=only)
    last = max(row.updated_at, row.heard_at or row.updated_at)  # "later" is a sign of life, too
    at = _reminder_at(last, row, hours)
    if not (at <= now < _closes_at(row) and allowed(now, hours)):
        return False
    return _hour(now, hours) != _hour(last, hours) or _hour(at, hours) == _hour(last, hours)


def _reminder_at(last: datetime, row: Row[Any], hours: Hours) -> datetime:
    return other_part(last, hours, after=reminder_due(last, ladder_of(row), bool(row.hard)) - last)


def _closes_at(row: Row[Any]) -> datetime:
    ladder: Ladder = ladder_of(row)
    return closes_at(row.updated_at, ladder, bool(row.hard))


def _hour(moment: datetime, hours: Hours) -> int:
    return moment.astimezone(hours.zone).hour


def _with_room(db: Session, rows: list[Row[Any]], *, now: datetime) -> list[Row[Any]]:
    """Those whose week has room for it."""
    if not rows:
        return []
    them = {row.participant_id for row in rows}
    sent = sent_moments(db, participant_ids=them, now=now)
    planned = planned_moments(db, participant_ids=them, now=now)

    def has_room(row: Row[Any]) -> bool:
        hers = sent.get(row.participant_id, ()), planned.get(row.participant_id, ())
        most = cap(row.role, row.most_mentee, row.most_mentor, row.pairings)
        full = busiest(*hers, now)
        return may_write(
            len(hers[0]), most, planned_next_week=max(full - len(hers[0]), 0), droppable=True
        )

    return [row for row in rows if has_room(row)]


def _remind_alone(house: House, row: Row[Any], *, now: datetime) -> int:
    try:
        return _remind(house, row, now=now)
    except Exception as error:  # one that cannot be reminded must not stop everybody else's
        if unavailable(error):
            raise
        with house.database.transaction() as db:
            db.execute(update(_TALK).where(_TALK.c.id == row.id).values(reminded_at=now))
            raise_alert(
                db,
                kind="parked",
                subject=f"conversation:{row.id}",
                participant_id=row.participant_id,
                detail=type(error).__name__,
                now=now,
            )
        return 0


def _remind(house: House, row: Row[Any], *, now: datetime) -> int:
    """Once: by conditional update, in one transaction with what is queued."""
    with house.database.transaction() as db:
        lock_participant(db, row.participant_id)
        who = person(db, participant_id=row.participant_id, address_id=None, channel="")
        if who is None or who.talking is None or who.talking.id != row.id:
            return 0
        if who.state != "active" or who.held_at is not None or not _with_room(db, [row], now=now):
            return 0
        mine = update(_TALK).where(
            _TALK.c.id == row.id,
            _TALK.c.state == "open",
            _TALK.c.reminded_at.is_(None),
            _TALK.c.updated_at == row.updated_at,
        )
        if changed(db.execute(mine.values(reminded_at=now))) != 1:
            return 0
        return _say(db, house=house, row=row, who=who, talking=who.talking, now=now)


def _say(
    db: Session, *, house: House, row: Row[Any], who: Person, talking: Talking, now: datetime
) -> int:
    until = _closes_at(row)
    if not _in_reach(db, who.id, now=now):
        words = common_words(house, name=who.name, language=who.language)
        queue(
            db,
            participant_id=who.id,
            address_id=None,
            text=house.catalogues.fill(REMINDER, language=who.language, words=words),
            language=who.language,
            conversation_id=row.id,
            context=REMINDER,
            choices=[("open", house.catalogues.text("standing.open", who.language))],
            priority=2,
            expires_at=until,
            now=now,
        )
        return 1
    if talking.flow not in house.library.flows:
        return 0
    flow, position, talk = house.library.flow(talking.flow), position_of(talking), talk_of(talking)
    who = replace(who, role=row.role)
    known = know(db, house=house, who=who, talk=talk, now=now)
    if advance.question(flow, position, known) is None:
        return 0
    asked = Asked(step=position.step, context=f"{flow.name}.{position.step}")
    lead = house.catalogues.text(f"{REMINDER}_again", who.language)
    apply(
        db,
        house=house,
        who=who,
        talk=talk,
        turn=Turn(events=(asked,), position=position),
        known=known,
        sending=Sending(priority=2, expires_at=until, lead=lead),
        now=now,
    )
    # It closes when it would have closed: three days after it was first asked
    db.execute(update(_TALK).where(_TALK.c.id == row.id).values(updated_at=row.updated_at))
    return 1


def _in_reach(db: Session, participant_id: int, *, now: datetime) -> bool:
    """Whether words of ours may go to her: by SMS, or within WhatsApp's window."""
    rows = db.execute(
        select(_ADDRESS.c.id, _ADDRESS.c.channel, _ADDRESS.c.last_inbound_at).where(
            _ADDRESS.c.participant_id == participant_id, _ADDRESS.c.state == "usable"
        )
    )
    ways = [Way(id=r.id, channel=r.channel, last_inbound_at=r.last_inbound_at) for r in rows]
    whatsapp = [way for way in ways if way.channel == "whatsapp"]
    return not whatsapp or any(window_open(way, now=now) for way in whatsapp)
