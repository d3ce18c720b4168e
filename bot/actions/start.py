"""Start the check-ins whose time has come. Each is claimed, so two clocks start it once."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot.actions.alert import raise_alert
from bot.actions.apply import Sending, begin
from bot.actions.doubt import ask_who_reads
from bot.actions.hello import fall_quiet, plan_hello
from bot.actions.hold import everything_held
from bot.actions.house import House
from bot.actions.may_start import (
    HELLO,
    may_be_another,
    must_pause,
    must_wait,
    reason_to_skip,
    replaces,
    step_of,
    until,
)
from bot.actions.on_call import may_start_anything
from bot.actions.opening import About
from bot.programme.calendar import PUT_OFF_EVERY
from bot.programme.hours import Hours, only_in
from bot.programme.ladder import busiest, rank
from bot.store.database import unavailable
from bot.store.due import Due, claim, count_due, due_check_in, due_check_ins, put_off
from bot.store.hours import Calendars, calendars
from bot.store.ladder import planned_moments, sent_moments
from bot.store.models import CheckIn, Conversation, Participant
from bot.store.people import lock_participant
from bot.store.tables import table
from bot.store.talk import person

_PERSON = table(Participant)

LIGHT = "light_check_in"
REMINDER = "session_remind"
NO_MORE_HELLOS = frozenset({"answered", "left", "stopped", "outdated"})
_TALK, _CHECK_IN = table(Conversation), table(CheckIn)


@dataclass(frozen=True, kw_only=True)
class _Tick:
    """What is the same for everything that is due in one tick."""

    house: House
    calendars: Calendars
    now: datetime
    crowded: frozenset[int] = frozenset()  # reminders for which her week has no room

    def hours(self, due: Due) -> Hours:
        only = only_in(due.part_of_day, discreet=due.discreet)
        return self.calendars.hours(due.opening, due.hold_backs, only=only)


def start_due(house: House, *, now: datetime) -> dict[str, int]:
    """Start or skip every due check-in; counts by what became of them.

    What matters most goes first, for there may be room for only one more this week. Outside her
    hours nothing starts; what is too late by then is skipped, never sent at night. One that fails
    is set aside with an alert and does not stop the others. While nobody is on call nothing starts.
    """
    counts: dict[str, int] = {}
    with house.database.reading() as db:
        if everything_held(db):
            return {"held": held} if (held := count_due(db, now=now)) else {}
        if not may_start_anything(db, house, now=now):
            return {"uncovered": number} if (number := count_due(db, now=now)) else {}
        tick = _Tick(house=house, calendars=calendars(db), now=now)
        everyone = due_check_ins(db, now=now)
    tick = replace(tick, crowded=_crowded(house, everyone, now=now))
    for one in sorted(everyone, key=lambda due: (rank(due.flow), due.due_at, due.id)):
        became = _handle_alone(tick, one)
        counts[became] = counts.get(became, 0) + 1
    return counts


def _crowded(house: House, everyone: Iterable[Due], *, now: datetime) -> frozenset[int]:
    """A reminder must not take the room of what is asked afterwards: without the report a session
    counts for nothing, without the reminder it may still be held."""
    reminders = [due for due in everyone if due.flow == REMINDER]
    if not reminders:
        return frozenset()
    them = {due.participant_id for due in reminders}
    with house.database.reading() as db:
        sent = sent_moments(db, participant_ids=them, now=now)
        planned = planned_moments(db, participant_ids=them, now=now, but=(REMINDER,))
    return frozenset(
        due.id
        for due in reminders
        if busiest(sent.get(due.participant_id, ()), planned.get(due.participant_id, ()), now)
        >= due.most
    )


def _handle_alone(tick: _Tick, due: Due) -> str:
    try:
        return _handle(tick, due)
    except IntegrityError:  # another clock has just started a conversation with her
        return "waiting"
    except Exception as error:  # one that cannot be started must not stop everybody else's
        if unavailable(error):
            raise
        return _set_aside(tick, due, error=type(error).__name__)


def _set_aside(tick: _Tick, due: Due, *, error: str) -> str:
    now = tick.now
    with tick.house.database.transaction() as db:
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


def _handle(tick: _Tick, due: Due) -> str:
    """Looked at twice: `due` was read before, and since then she may have answered or stopped."""
    if _waits(tick, due):
        return "waiting"
    with tick.house.database.transaction() as db:
        lock_participant(db, due.participant_id)
        fresh = due_check_in(db, check_in_id=due.id, now=tick.now)
        if fresh is None:
            return "taken"
        return _settle(db, tick, fresh)


def _skips(tick: _Tick, due: Due) -> str | None:
    flows = tick.house.library.flows
    if due.id in tick.crowded:
        return "cap"
    return reason_to_skip(due, flows=flows, hours=tick.hours(due), now=tick.now)


def _waits(tick: _Tick, due: Due) -> bool:
    """Whether there is nothing to write about it in this tick."""
    if _skips(tick, due) is not None:
        return False
    if must_pause(due, now=tick.now):
        return tick.now - due.due_at < PUT_OFF_EVERY
    return must_wait(due, hours=tick.hours(due), now=tick.now)


def _settle(db: Session, tick: _Tick, due: Due) -> str:
    """Skip it, put it off or start it; her row is locked, and this is how things stand."""
    if _waits(tick, due):
        return "waiting"
    now, reason = tick.now, _skips(tick, due)
    if reason is None and must_pause(due, now=now):
        put_off(db, check_in_id=due.id, due_at=now)
        return "waiting"
    unsure = reason is None and may_be_another(due, now=now)
    if unsure:
        _ask_who_reads(db, house=tick.house, due=due, now=now)
        reason = "doubted"
    state = "asked" if reason is None else "skipped"
    if not claim(db, check_in_id=due.id, state=state, reason=reason or "", now=now):
        return "taken"
    if reason == "quiet" and due.quiet_at is None:
        fall_quiet(db, due=due, hours=tick.hours(due), now=now)
    if due.flow == HELLO and reason not in NO_MORE_HELLOS:
        plan_hello(db, due=due, hours=tick.hours(due), now=now)
    if reason is not None:
        return "started" if unsure else "skipped"
    _start(db, house=tick.house, due=_lighter(db, tick, due), now=now)
    return "started"


def _ask_who_reads(db: Session, *, house: House, due: Due, now: datetime) -> None:
    """In the place of what was due: asked later, it may still be told to the wrong person."""
    who = person(db, participant_id=due.participant_id, address_id=None, channel="")
    if who is None:
        raise LookupError(f"check-in {due.id} belongs to nobody")
    about = About(enrolment_id=due.enrolment_id)
    ask_who_reads(db, house=house, who=replace(who, role=due.role), about=about, now=now)


def _lighter(db: Session, tick: _Tick, due: Due) -> Due:
    """After weeks without an answer one easy question stands in the place of the many."""
    if step_of(due) != "light" or due.flow == LIGHT or LIGHT not in tick.house.library.flows:
        return due
    db.execute(update(_CHECK_IN).where(_CHECK_IN.c.id == due.id).values(flow=LIGHT))
    return replace(due, flow=LIGHT)


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
    about = About(
        enrolment_id=due.enrolment_id,
        check_in_id=due.id,
        goal_id=due.goal_id,
        session_id=due.session_id,
    )
    sending = Sending(priority=1, expires_at=until(due))
    begin(db, house=house, who=who, flow=due.flow, about=about, sending=sending, now=now)


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
