"""A delivery failed: do what its code asks for. Try again, another way, or tell staff.

`code` is the channel's. A delivery that the channel had taken is over; what follows it is a new
one of the same message. One that was refused at once is simply queued again.
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlmodel import Session

from bot.actions.alert import raise_alert
from bot.actions.allow_sms import has_sms, sms_allowed
from bot.actions.cap import SAFE_REPLY
from bot.actions.case import subject_of
from bot.actions.give_up_address import give_up_address
from bot.actions.give_up_recording import AUDIO, give_up_recording
from bot.actions.release import find_another_way
from bot.actions.rest_sender import rest_sender
from bot.actions.rest_template import GONE, rest_template
from bot.channels.codes import HOUR, Action, Holds, Remedy, remedy_for
from bot.channels.policy import NOT_ALLOWED, RESTS
from bot.store.models import Address, Delivery, Message
from bot.store.tables import table

MOST_ATTEMPTS = 6
SMS_AFTER = timedelta(minutes=10)  # "delivered" may still follow "undelivered"
TRY = timedelta(minutes=2)  # where no sender rests for it
LONGEST_TRY = timedelta(hours=1)
BY_SMS = "by SMS"
OPENER_REST = timedelta(hours=1)
WINDOW_LENGTH = timedelta(hours=24)
TWO_WITHIN = timedelta(days=7)  # two failures make one worth a call at once

_DELIVERY = table(Delivery)
_ADDRESS = table(Address)
_MESSAGE = table(Message)

Chance = Callable[[], float]


def recover(
    db: Session,
    row: Row[Any],
    *,
    code: str | int | None,
    now: datetime,
    chance: Chance = lambda: 0.5,
    asked: float = 0.0,
) -> None:
    """Carry out the remedy for `code`. `row` is the delivery; with a SID it is over. `asked`: for
    how many seconds the channel asked us to wait."""
    if row.mode == AUDIO:
        give_up_recording(db, row, code=code, now=now)
        return
    gone = row.content_sid and str(code) in GONE  # the content, and not the message
    remedy = remedy_for(GONE[-1] if gone else code)
    marked = remedy.address is not None and give_up_address(db, row, remedy, code=code)
    until = rest_sender(db, row, remedy, code=code, now=now)
    if remedy.action is Action.RETRY:
        _retry(db, row, remedy, code=code, now=now, chance=chance, asked=asked)
    elif remedy.action is Action.WINDOW:
        _close_window(db, row, now=now)
        again(db, row, not_before=now, now=now)
    elif remedy.action is Action.TEMPLATE:
        if not rest_template(db, row, code=str(code), now=now):
            tell(db, row, kind="template_trouble", detail=f"code {code}", now=now)
        again(db, row, not_before=now, mode="text" if row.mode == "session" else "", now=now)
    elif remedy.action is Action.TEXT:
        again(db, row, not_before=now, mode="text", now=now)
    elif remedy.action is Action.CHANNEL:
        _wait_for_sender(db, row, remedy, code=code, until=until or now + TRY, now=now)
    else:
        _last_resort(db, row, remedy, code=code, now=now, marked=marked)


def _wait_for_sender(
    db: Session, row: Row[Any], remedy: Remedy, *, code: object, until: datetime, now: datetime
) -> None:
    """Until it has rested; what cannot wait goes by SMS, and to somebody in danger it is tried
    again and again, the longer the more seldom."""
    urgent = row.priority == 0 or (row.expires_at is not None and row.expires_at <= until)
    one_of_two = remedy.holds is not Holds.ACCOUNT and row.mode != "sms"
    if urgent and one_of_two and sms_allowed(db, row):
        by_sms(db, row, code=code, now=now)
        return
    said = (
        select(_MESSAGE.c.at)
        .join(_DELIVERY, _DELIVERY.c.message_id == _MESSAGE.c.id)
        .where(_DELIVERY.c.id == row.id, _DELIVERY.c.priority == 0)
        .where(SAFE_REPLY.correlate(_DELIVERY))
    )
    safe_since = db.execute(said).scalar_one_or_none()
    if safe_since is not None:  # a quarter of what it has waited: soon, and not for ever often
        until = now + min(max((now - safe_since) / 4, TRY), LONGEST_TRY)
    mode = wish_of(row.mode)
    again(db, row, not_before=until, mode=mode, counted=False, reason=RESTS, now=now)


def _retry(
    db: Session,
    row: Row[Any],
    remedy: Remedy,
    *,
    code: object,
    now: datetime,
    chance: Chance,
    asked: float,
) -> None:
    tries = _tries(row)
    if tries > len(remedy.delays):
        _last_resort(db, row, remedy, code=code, now=now)
        return
    if remedy.alert == "template_trouble":
        tell(db, row, kind=remedy.alert, detail=f"code {code}", now=now)
    seconds = max(remedy.delays[tries - 1], asked) * (1 + chance() / 4)
    not_before = now + timedelta(seconds=seconds)
    hours = remedy.delays[0] > HOUR
    if remedy.sms and _cannot_wait(row, until=not_before, hours=hours) and sms_allowed(db, row):
        by_sms(db, row, code=code, now=now)
        return
    again(db, row, not_before=not_before, mode=wish_of(row.mode), now=now)


def _cannot_wait(row: Row[Any], *, until: datetime, hours: bool) -> bool:
    """By WhatsApp it would come too late to be useful; a reply, hours after her words."""
    too_late = row.expires_at is not None and row.expires_at <= until
    return row.mode != "sms" and (too_late or (row.priority == 0 and hours))


def _last_resort(
    db: Session,
    row: Row[Any],
    remedy: Remedy,
    *,
    code: object,
    now: datetime,
    marked: bool = False,
) -> None:
    """By SMS where she allows it. `marked`: her address was given up just now."""
    if not remedy.sms or row.mode == "sms" or not has_sms(db, row):
        fail(db, row, code=code, kind=remedy.alert, now=now)
    elif not sms_allowed(db, row):
        fail(db, row, code=code, kind=remedy.alert, why=f"{NOT_ALLOWED}: ", now=now)
    else:
        if marked:
            tell(db, row, kind="undelivered", detail=f"{BY_SMS}: code {code}", now=now)
        by_sms(db, row, code=code, now=now)


def by_sms(db: Session, row: Row[Any], *, code: object, now: datetime) -> None:
    """The same message by SMS; for an opener, what it should have opened for."""
    later = now + SMS_AFTER if row.sid else now
    if row.mode == "opener":
        find_another_way(  # before `fail`, which would let it rest and forget the wish
            db,
            participant_id=row.participant_id,
            wish="sms",
            reason=f"code {code}",
            not_before=later,
            now=now,
        )
        fail(db, row, code=code, kind=None, now=now)
    else:
        again(db, row, not_before=later, mode="sms", now=now)


def again(
    db: Session,
    row: Row[Any],
    *,
    not_before: datetime,
    now: datetime,
    mode: str = "",
    counted: bool = True,
    reason: str = "",
) -> None:
    """Queue the message again. After MOST_ATTEMPTS staff are told instead: never silent."""
    tries = _tries(row)
    if row.mode == "opener":
        mode = "opener"  # it stands for her next message while it waits, too
    if counted and tries >= MOST_ATTEMPTS:
        fail(db, row, code=row.error_code, kind="undelivered", now=now)
        return
    if row.sid is None:
        db.execute(
            update(_DELIVERY)
            .where(_DELIVERY.c.id == row.id)
            .values(
                state="queued",
                mode=mode,
                reason=reason or _DELIVERY.c.reason,
                not_before=not_before,
                attempts=tries if counted else max(tries - 1, 0),
                lease_until=None,
                lease_owner=None,
                updated_at=now,
            )
        )
        return
    db.execute(
        insert(_DELIVERY).values(
            message_id=row.message_id,
            participant_id=row.participant_id,
            address_id=row.address_id,
            token=secrets.token_hex(16),
            mode=mode,
            reason=reason,
            priority=row.priority,
            attempts=tries if counted else max(tries - 1, 0),
            not_before=not_before,
            expires_at=row.expires_at,
            piece=row.piece,
            updated_at=now,
        )
    )


def fail(
    db: Session,
    row: Row[Any],
    *,
    code: object,
    now: datetime,
    kind: str | None = "undelivered",
    why: str = "",
) -> None:
    """Give it up. `kind`: the alert for staff, which says `why` besides the code; what an opener
    should have opened for looks for another way after a while."""
    db.execute(
        update(_DELIVERY)
        .where(_DELIVERY.c.id == row.id)
        .values(
            state="failed",
            error_code=None if code is None else str(code),
            lease_until=None,
            lease_owner=None,
            updated_at=now,
        )
    )
    if kind is not None:
        tell(db, row, kind=kind, detail=f"{why}code {code}" if code else "", now=now)
        _tell_of_second(db, row, now=now)
    if row.mode == "opener" and row.participant_id is not None:
        find_another_way(
            db,
            participant_id=row.participant_id,
            reason="opener failed",
            not_before=now + OPENER_REST,
            now=now,
        )


def _tell_of_second(db: Session, row: Row[Any], *, now: datetime) -> None:
    """Two messages in a week that did not reach her: her phone may be gone, her number another's.
    An alert of its own, so that it is not lost in one that staff have seen already."""
    if row.participant_id is None:
        return
    lately = select(func.count(_DELIVERY.c.message_id.distinct())).where(
        _DELIVERY.c.participant_id == row.participant_id,
        _DELIVERY.c.state == "failed",
        _DELIVERY.c.mode != AUDIO,
        _DELIVERY.c.updated_at > now - TWO_WITHIN,
    )
    if db.execute(lately).scalar_one() < 2:
        return
    raise_alert(
        db,
        kind="undelivered",
        subject=f"undelivered:twice:participant:{row.participant_id}",
        participant_id=row.participant_id,
        message_id=row.message_id,
        delivery_id=row.id,
        detail="the second in seven days",
        now=now,
    )


def tell(db: Session, row: Row[Any], *, kind: str, detail: str, now: datetime) -> None:
    """One alert for staff: about the channel as a whole, or about her."""
    if kind in ("channel_trouble", "template_trouble"):
        raise_alert(db, kind=kind, subject=kind, delivery_id=row.id, detail=detail, now=now)
        return
    raise_alert(
        db,
        kind=kind,
        subject=subject_of(kind, row),
        participant_id=row.participant_id,
        message_id=row.message_id,
        delivery_id=row.id,
        detail=detail,
        now=now,
    )


def wish_of(mode: str) -> str:
    """What stays of the way it went: in place of WhatsApp it goes by SMS next time, too."""
    return mode if mode == "sms" else ""


def _tries(row: Row[Any]) -> int:
    """How often this message was tried: each delivery carries on the count of the one before."""
    return max(int(row.attempts), 1)


def _close_window(db: Session, row: Row[Any], *, now: datetime) -> None:
    closed = now - WINDOW_LENGTH
    db.execute(
        update(_ADDRESS)
        .where(_ADDRESS.c.id == row.address_id, _ADDRESS.c.last_inbound_at > closed)
        .values(last_inbound_at=closed)
    )
