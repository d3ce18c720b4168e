"""Take the next delivery that may go, and hold it by a lease while it is sent.

Replies go first. One person has one message on its way at a time, in order: two at once may
arrive swapped. All of it is one short transaction; the call itself comes after it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, FromClause, and_, exists, or_, select, true, update
from sqlmodel import Session

from bot.actions.cap import SAFE_REPLY
from bot.actions.case import Case, change, load_case, lock_person, tell_about
from bot.actions.compose import Desk
from bot.actions.decide import Decided, Her, Missing, Moved, decide
from bot.actions.give_up_recording import AUDIO
from bot.actions.hold import HELD
from bot.actions.speak import speak_first
from bot.channels.base import Outbound
from bot.channels.segments import count
from bot.countries import country_of
from bot.programme.hours import allowed, next_allowed, only_in
from bot.store.concerns import other_is_held
from bot.store.hours import hours_of_message
from bot.store.models import Delivery
from bot.store.tables import table

LEASE = timedelta(seconds=60)  # longer than a call may take
ORDER_WAITS = timedelta(minutes=15)  # for an earlier message that will soon be tried again
PACE = timedelta(seconds=6)  # between two messages to one person: Meta takes no more

_DELIVERY = table(Delivery)


@dataclass(frozen=True, kw_only=True)
class Job:
    """One claimed delivery, ready to send."""

    delivery_id: int
    outbound: Outbound


def due(now: datetime, *, capped: bool = False) -> ColumnElement[bool]:
    """Whether a delivery may go now. While everything is held only replies go; where the day's
    most have gone (`capped`), only the safe ones."""
    return and_(
        SAFE_REPLY.correlate(_DELIVERY) if capped else true(),
        _DELIVERY.c.state == "queued",
        _DELIVERY.c.not_before <= now,
        or_(_DELIVERY.c.priority == 0, ~HELD),
        _unblocked(now),
    )


def _unblocked(now: datetime) -> ColumnElement[bool]:
    """Nothing of hers is being sent or has just been, and nothing before it is in doubt or about
    to be tried again, by whatever way. A reply passes a check-in in doubt; a safe reply waits for
    nothing but a call that is going on."""
    other = _DELIVERY.alias("other")
    hers = (other.c.participant_id == _DELIVERY.c.participant_id, other.c.id != _DELIVERY.c.id)
    earlier = or_(
        other.c.priority < _DELIVERY.c.priority,
        and_(other.c.priority == _DELIVERY.c.priority, _said_before(other)),
    )
    retried = and_(other.c.attempts > 0, other.c.not_before <= now + ORDER_WAITS)
    doubted = and_(other.c.state == "unknown", other.c.priority <= _DELIVERY.c.priority)
    near = and_(other.c.attempted_at > now - PACE, other.c.attempted_at < now + PACE)
    refused = or_(  # it has not gone to her; a recording that failed holds nothing back
        other.c.state == "queued", and_(other.c.mode == AUDIO, other.c.state == "failed")
    )
    just = and_(near, ~refused)
    sending = exists().where(*hers, other.c.state == "sending")
    before = exists().where(
        *hers, or_(just, doubted, and_(other.c.state == "queued", retried, earlier))
    )
    return and_(
        ~sending.correlate(_DELIVERY),
        or_(~before.correlate(_DELIVERY), SAFE_REPLY.correlate(_DELIVERY)),
    )


def _said_before(other: FromClause) -> ColumnElement[bool]:
    """By the message: what is tried again, or by SMS, is a newer delivery of an older one."""
    same = other.c.message_id == _DELIVERY.c.message_id
    piece = or_(
        other.c.piece < _DELIVERY.c.piece,
        and_(other.c.piece == _DELIVERY.c.piece, other.c.id < _DELIVERY.c.id),
    )
    return or_(other.c.message_id < _DELIVERY.c.message_id, and_(same, piece))


def claim_next(
    db: Session, desk: Desk, *, now: datetime, capped: bool = False
) -> Job | Missing | Moved | None:
    """The next thing to do; None when nothing may go now."""
    found = db.execute(
        select(_DELIVERY.c.id, _DELIVERY.c.participant_id)
        .where(due(now, capped=capped))
        .order_by(_DELIVERY.c.priority, _DELIVERY.c.message_id, _DELIVERY.c.piece, _DELIVERY.c.id)
        .limit(1)
    ).first()
    if found is None:
        return None
    person = lock_person(db, found.participant_id)
    delivery = db.execute(
        select(_DELIVERY)
        # Still due, now that nobody else has it
        .where(_DELIVERY.c.id == found.id, due(now, capped=capped))
        .with_for_update()
    ).first()
    if delivery is None:
        return Moved()
    case = load_case(db, delivery, person=person, now=now)
    her = Her()
    if delivery.priority > 0:
        held = person is not None and other_is_held(db, participant_id=person.id)
        her = Her(quiet_until=_quiet_until(db, desk, case), other_held=held)
    try:
        decided = decide(db, desk, case, her)
    except (LookupError, ValueError, TypeError) as error:  # one bad row must not stop the others
        change(db, case, state="failed", reason="it cannot be composed")
        tell_about(db, case, kind="undelivered", detail=type(error).__name__)
        return Moved()
    if not isinstance(decided, Decided):
        return decided
    return _hold(db, desk, speak_first(db, desk, decided))


def _quiet_until(db: Session, desk: Desk, case: Case) -> datetime | None:
    """Whatever kept it until now: at a wrong hour it waits for her next right one."""
    person = case.person
    hours = hours_of_message(
        db,
        participant_id=person.id if person is not None else None,
        conversation_id=case.message.conversation_id,
        hold_backs=(person.hold_backs or ()) if person is not None else (),
        otherwise=desk.zone,
        only=only_in(person.part_of_day, discreet=person.discreet) if person is not None else "",
    )
    return None if allowed(case.now, hours) else next_allowed(case.now, hours)


def _hold(db: Session, desk: Desk, decided: Decided) -> Job | Moved:
    """By conditional update; what the provider's list will show is kept from now on."""
    case, route, outbound = decided.case, decided.route, decided.outbound
    # A recording goes at its text's turn, which may be that of a safe reply
    free = true() if route.kind == AUDIO else _unblocked(case.now)
    held = db.execute(
        update(_DELIVERY)
        .where(
            _DELIVERY.c.id == case.delivery.id,
            _DELIVERY.c.state == "queued",
            free,
        )
        .values(
            state="sending",
            mode=route.kind,
            reason=route.reason,
            address_id=route.address_id,
            sender=decided.sender,
            attempts=_DELIVERY.c.attempts + 1,
            looked=0,
            attempted_at=case.now,
            lease_until=case.now + LEASE,
            lease_owner=desk.owner,
            sent_text=outbound.body,
            content_sid=outbound.content_sid or "",
            parts=count(outbound.body).parts if route.kind == "sms" else 1,
            country=country_of(outbound.address),
            category=decided.category,
            error_code=None,
            updated_at=case.now,
        )
        .returning(_DELIVERY.c.id)
    ).first()
    return Moved() if held is None else Job(delivery_id=case.delivery.id, outbound=outbound)
