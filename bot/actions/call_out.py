"""Call staff to urgent alerts until somebody has them: plan who is called now, then make the calls.

The rows of `call_out` are the outbox. A call is made twice rather than never: one that was cut off
in the middle is made again when its lease is over.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Row, and_, exists, select, update
from sqlmodel import Session

from bot.actions.call_lost import MOST_TRIES, TRIED_AGAIN
from bot.actions.house import House
from bot.actions.note_step import note_step
from bot.actions.on_call import rota_now
from bot.channels.base import Channel, Outbound, Unsure
from bot.errors import Unsent
from bot.programme.calling import Call, Waiting, calls, due_at, left_out
from bot.store.calls import NOBODY, anybody_to_call, colleagues, last_rounds, waiting_alerts
from bot.store.database import Database
from bot.store.models import Alert, CallOut, Staff
from bot.store.tables import insert_into, table

log = logging.getLogger(__name__)

JUST_CALLED = timedelta(minutes=5)  # who was called so lately sees, signing in, what came since
LEASE = timedelta(seconds=60)  # longer than a call may take
SUBJECT, WARNING = "New urgent item", "Nobody is on call soon"
_CALL, _STAFF, _ALERT = table(CallOut), table(Staff), table(Alert)


class Mail(Protocol):
    """The one thing that is asked of e-mail."""

    def send(self, *, to: str, subject: str, text: str) -> None:
        """Raises `Unsent` when it surely did not leave, `Unsure` when nobody knows."""


@dataclass(frozen=True, kw_only=True)
class Lines:
    """The ways in which staff can be called from here. `url`: where they sign in."""

    channel: Channel
    mail: Mail | None
    url: str


@dataclass(frozen=True, kw_only=True)
class _One:
    """One SMS or e-mail to one staff member; it may be about several alerts."""

    way: str
    to: str
    staff_id: int
    calls: tuple[int, ...]
    alerts: tuple[int, ...]
    tries: int
    subject: str


def call_out(house: House, lines: Lines, *, now: datetime) -> int:
    """Make every call that is due; returns how many were tried."""
    with house.database.reading() as db:
        if not anybody_to_call(db):
            return 0
    plan_calls(house, now=now)
    waiting = _claim(house.database, now=now)
    for one in waiting:
        _make(house.database, lines, one, now=now)
    return len(waiting)


def plan_calls(house: House, *, now: datetime) -> None:
    """Write down whom to call now. Looked at twice: first without keeping anybody waiting."""
    with house.database.reading() as db:
        rota = rota_now(db, house, now=now)
        if not [one for one in waiting_alerts(db) if due_at(one, rota) <= now]:
            return
    with house.database.transaction() as db:
        due = [one for one in waiting_alerts(db, lock=True) if due_at(one, rota) <= now]
        others = colleagues(db, ways=house.ways)
        rounds = last_rounds(db, [one.alert_id for one in due])
        rows = []
        for one in due:
            found = calls(one, rota, others, now=now)
            number = rounds.get(one.alert_id, 0) + 1
            rows += [_row(one, call, number=number, now=now) for call in found]
            if not found:
                log.error("alert %d: nobody can be called", one.alert_id)
                note_step(db, [one.alert_id], kind=NOBODY, now=now)
            for left in () if one.called else left_out(one, rota, now=now):
                note_step(
                    db,
                    [one.alert_id],
                    kind="not_called",
                    staff_id=left.staff_id,
                    detail=left.why,
                    now=now,
                )
        if rows:
            db.execute(insert_into(db, _CALL).on_conflict_do_nothing(), rows)


def _row(one: Waiting, call: Call, *, number: int, now: datetime) -> dict[str, object]:
    return {
        "alert_id": one.alert_id,
        "staff_id": call.staff_id,
        "rank": call.rank,
        "round": number,
        "way": call.way,
        "due_at": now,
        "not_before": now,
    }


def _claim(database: Database, *, now: datetime) -> tuple[_One, ...]:
    """Take what waits, by conditional update: a second process takes what is left."""
    with database.transaction() as db:
        nobody_has_it = exists().where(_ALERT.c.id == _CALL.c.alert_id, _ALERT.c.state == "open")
        taken = db.execute(
            update(_CALL)
            .where(_CALL.c.state == "queued", _CALL.c.not_before <= now, nobody_has_it)
            .values(attempts=_CALL.c.attempts + 1, not_before=now + LEASE)
            .returning(_CALL.c.id)
        )
        ids = tuple(taken.scalars())
        if not ids:
            return ()
        rows = db.execute(
            select(
                _CALL.c.id,
                _CALL.c.alert_id,
                _CALL.c.staff_id,
                _CALL.c.way,
                _CALL.c.attempts,
                _ALERT.c.level,
                _STAFF.c.phone,
                _STAFF.c.email,
            )
            .join(_STAFF, _STAFF.c.id == _CALL.c.staff_id)
            .join(_ALERT, _ALERT.c.id == _CALL.c.alert_id)
            .where(_CALL.c.id.in_(ids))
            .order_by(_CALL.c.rank, _CALL.c.id)
        ).all()
        found = _together(rows)
        known = _just_called(db, now=now)
        for one in (one for one in found if _spared(one, known)):
            row = update(_CALL).where(_CALL.c.id.in_(one.calls))
            db.execute(row.values(state="needless"))
            _step(db, one, kind="called", detail="just before", now=now)
    return tuple(one for one in found if not _spared(one, known))


def _just_called(db: Session, *, now: datetime) -> frozenset[tuple[int, str]]:
    """Whom an urgent alert that is still open has called a moment ago, and how: a flood of cries
    is a flood of alerts, but not of messages that each cost money."""
    urgent = and_(_ALERT.c.state == "open", _ALERT.c.level == "red")
    rows = (
        select(_CALL.c.staff_id, _CALL.c.way)
        .join(_ALERT, and_(_ALERT.c.id == _CALL.c.alert_id, urgent))
        .where(_CALL.c.state == "sent", _CALL.c.sent_at > now - JUST_CALLED)
    )
    return frozenset((row.staff_id, row.way) for row in db.execute(rows))


def _spared(one: _One, known: frozenset[tuple[int, str]]) -> bool:
    return one.subject == SUBJECT and (one.staff_id, one.way) in known


def _together(rows: Sequence[Row[Any]]) -> tuple[_One, ...]:
    """Several alerts at one moment are one call: it says only that something waits."""
    groups: dict[tuple[int, str, str], list[Row[Any]]] = defaultdict(list)
    for row in rows:
        groups[row.staff_id, row.way, SUBJECT if row.level == "red" else WARNING].append(row)
    return tuple(
        _One(
            way=way,
            to=found[0].phone if way == "sms" else found[0].email,
            staff_id=staff_id,
            calls=tuple(row.id for row in found),
            alerts=tuple(sorted({row.alert_id for row in found})),
            tries=max(row.attempts for row in found),
            subject=subject,
        )
        for (staff_id, way, subject), found in groups.items()
    )


def _make(database: Database, lines: Lines, one: _One, *, now: datetime) -> None:
    try:
        sid = _say(lines, one)
    except Unsure as error:
        _failed(database, one, why=str(error) or "unsure", permanent=False, now=now)
    except Unsent as error:
        why = str(error.code or "no connection")
        _failed(database, one, why=why, permanent=error.permanent, now=now)
    except Exception as error:  # an address that nothing can be sent to must not keep the next out
        _failed(database, one, why=type(error).__name__, permanent=False, now=now)
    else:
        with database.transaction() as db:
            values = {"state": "sent", "sent_at": now, "sid": sid}
            db.execute(update(_CALL).where(_CALL.c.id.in_(one.calls)).values(**values))
            _step(db, one, kind="called", detail=one.way, now=now)
        log.info("staff %d called by %s", one.staff_id, one.way)


def _say(lines: Lines, one: _One) -> str:
    """No name, no kind, nothing of hers: it may light up on a table."""
    text = f"{one.subject}, sign in: {lines.url}"
    if one.way == "sms":
        outbound = Outbound(token=f"call-{one.calls[0]}", address=one.to, body=text)
        return lines.channel.send(outbound).external_id
    if lines.mail is None:
        raise Unsent("no mail server is set up", permanent=True)
    lines.mail.send(to=one.to, subject=one.subject, text=text)
    return ""


def _failed(database: Database, one: _One, *, why: str, permanent: bool, now: datetime) -> None:
    """It is tried again in a minute, and said so; the other way is not waited for."""
    over = permanent or one.tries >= MOST_TRIES
    log.warning("staff %d not called by %s: %s", one.staff_id, one.way, why)
    with database.transaction() as db:
        row = update(_CALL).where(_CALL.c.id.in_(one.calls), _CALL.c.state == "queued")
        values = {"state": "failed"} if over else {"not_before": now + TRIED_AGAIN}
        db.execute(row.values(error=why, **values))
        _step(db, one, kind="not_called", detail=f"{one.way}:{why}", now=now)


def _step(db: Session, one: _One, *, kind: str, detail: str, now: datetime) -> None:
    note_step(db, one.alerts, kind=kind, staff_id=one.staff_id, detail=detail, now=now)
