"""Start the check-ins whose time has come. Each is claimed, so two clocks start it once."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot.actions.alert import raise_alert
from bot.actions.apply import Sending, apply
from bot.actions.house import House
from bot.actions.know import know
from bot.actions.may_start import must_pause, must_wait, reason_to_skip, replaces
from bot.actions.meaning import Talk
from bot.engine import advance
from bot.programme.calendar import PUT_OFF_EVERY, useful_until
from bot.store.database import unavailable
from bot.store.due import Due, claim, due_check_in, due_check_ins, goal_in_turn, put_off
from bot.store.models import CheckIn, Conversation, Participant
from bot.store.people import lock_participant
from bot.store.tables import table
from bot.store.talk import person

_PERSON = table(Participant)

BATCH = 100
_TALK, _CHECK_IN = table(Conversation), table(CheckIn)


def start_due(house: House, *, now: datetime) -> dict[str, int]:
    """Start or skip every due check-in; counts by what became of them.

    Outside the allowed hours nothing starts; what is too late by then is skipped, never sent at
    night. One that fails is set aside with an alert and does not stop the others.
    """
    counts: dict[str, int] = {}
    seen: tuple[datetime, int] | None = None
    while True:
        with house.database.reading() as db:
            due = due_check_ins(db, now=now, after=seen, limit=BATCH)
        for one in due:
            seen = (one.due_at, one.id)
            became = _handle_alone(house, one, now=now)
            counts[became] = counts.get(became, 0) + 1
        if len(due) < BATCH:
            return counts


def _handle_alone(house: House, due: Due, *, now: datetime) -> str:
    try:
        return _handle(house, due, now=now)
    except IntegrityError:  # another clock has just started a conversation with her
        return "waiting"
    except Exception as error:  # one that cannot be started must not stop everybody else's
        if unavailable(error):
            raise
        return _set_aside(house, due, error=type(error).__name__, now=now)


def _set_aside(house: House, due: Due, *, error: str, now: datetime) -> str:
    with house.database.transaction() as db:
        if claim(db, check_in_id=due.id, state="skipped", reason="error", now=now):
            raise_alert(
                db,
                kind="parked",
                subject=f"check_in:{due.id}",
                participant_id=due.participant_id,
                detail=error,
                now=now,
            )
    return "failed"


def _handle(house: House, due: Due, *, now: datetime) -> str:
    """Looked at twice: `due` was read before, and since then she may have answered or stopped."""
    if _waits(house, due, now=now):
        return "waiting"
    with house.database.transaction() as db:
        lock_participant(db, due.participant_id)
        fresh = due_check_in(db, check_in_id=due.id)
        if fresh is None:
            return "taken"
        return _settle(db, house=house, due=fresh, now=now)


def _waits(house: House, due: Due, *, now: datetime) -> bool:
    """Whether there is nothing to write about it in this tick."""
    if reason_to_skip(due, flows=house.library.flows, now=now) is not None:
        return False
    if must_pause(due, now=now):
        return now - due.due_at < PUT_OFF_EVERY
    return must_wait(due, now=now, zone=house.zone)


def _settle(db: Session, *, house: House, due: Due, now: datetime) -> str:
    """Skip it, put it off or start it; her row is locked, and this is how things stand."""
    if _waits(house, due, now=now):
        return "waiting"
    reason = reason_to_skip(due, flows=house.library.flows, now=now)
    if reason is None and must_pause(due, now=now):
        put_off(db, check_in_id=due.id, due_at=now)
        return "waiting"
    state = "asked" if reason is None else "skipped"
    if not claim(db, check_in_id=due.id, state=state, reason=reason or "", now=now):
        return "taken"
    if reason is not None:
        return "skipped"
    _start(db, house=house, due=due, now=now)
    return "started"


def _start(db: Session, *, house: House, due: Due, now: datetime) -> None:
    if due.talking_id is not None:
        _interrupt(db, due=due, now=now)
    if due.state == "paused":
        row = update(_PERSON).where(_PERSON.c.id == due.participant_id)
        db.execute(row.values(state="active", paused_until=None))
    who = person(db, participant_id=due.participant_id, address_id=None, channel="")
    if who is None:
        raise LookupError(f"check-in {due.id} belongs to nobody")
    who = replace(who, role=due.role, enrolment_id=due.enrolment_id)
    flow = house.library.flow(due.flow)
    goal_id = goal_in_turn(db, enrolment_id=due.enrolment_id) if _rates(due.flow) else None
    known = know(
        db,
        house=house,
        who=who,
        language=who.language,
        enrolment_id=due.enrolment_id,
        check_in_id=due.id,
        goal_id=goal_id,
    )
    turn = advance.begin(flow, known)
    talk = Talk(
        id=_open(
            db, due=due, step=flow.steps[0].key, version=flow.version, goal_id=goal_id, now=now
        ),
        flow=flow.name,
        version=flow.version,
        enrolment_id=due.enrolment_id,
        check_in_id=due.id,
        goal_id=goal_id,
    )
    until = useful_until(due.flow, due.due_at)
    apply(
        db,
        house=house,
        who=who,
        talk=talk,
        turn=turn,
        known=known,
        now=now,
        sending=Sending(priority=1, expires_at=until),
    )


def _rates(flow: str) -> bool:
    """Whether the flow speaks of one goal from its start; goal_setting makes its own."""
    return flow == "goal_check_in"


def _interrupt(db: Session, *, due: Due, now: datetime) -> None:
    """End the one that this replaces; hold any other, to be carried on after."""
    talk = update(_TALK).where(_TALK.c.id == due.talking_id, _TALK.c.state == "open")
    if not replaces(due):
        db.execute(talk.values(state="held"))
        return
    db.execute(talk.values(state="abandoned", ended_at=now))
    db.execute(
        update(_CHECK_IN)
        .where(_CHECK_IN.c.id == due.talking_check_in, _CHECK_IN.c.state == "asked")
        .values(state="missed")
    )


def _open(
    db: Session, *, due: Due, step: str, version: int, goal_id: int | None, now: datetime
) -> int:
    row = insert(_TALK).values(
        participant_id=due.participant_id,
        enrolment_id=due.enrolment_id,
        check_in_id=due.id,
        flow=due.flow,
        version=version,
        step=step,
        tries=0,
        answers={},
        goal_id=goal_id,
        state="open",
        started_at=now,
        updated_at=now,
    )
    opened: int = db.execute(row.returning(_TALK.c.id)).scalar_one()
    return opened
