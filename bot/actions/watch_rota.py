"""Tell staff days before that nobody will be on call, and take it back when somebody is."""

from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session

from bot.actions.alert import raise_alert
from bot.actions.house import House
from bot.actions.note_step import note_step
from bot.actions.on_call import rota_now
from bot.programme.oncall import gaps
from bot.store.calls import colleagues
from bot.store.models import Alert, CallOut
from bot.store.tables import changed, insert_into, table

KIND, SUBJECT = "rota_gap", "rota"
FILLED = "Somebody is on call again."
_ALERT, _CALL = table(Alert), table(CallOut)
_OURS = (_ALERT.c.subject == SUBJECT, _ALERT.c.state != "closed")


def watch_rota(house: House, *, now: datetime) -> None:
    """Raise the alert once when a gap comes into sight, with an e-mail; close it when it is gone.

    Two clocks may both look: the alert is one row, and its calls are held by an index.
    """
    with house.database.reading() as db:
        gap = bool(gaps(rota_now(db, house, now=now), now))
        known = db.execute(select(_ALERT.c.id).where(*_OURS)).scalar_one_or_none()
    if gap == (known is not None):
        return
    with house.database.transaction() as db:
        if gap:
            _raise(db, house, now=now)
        else:
            _close(db, alert_id=known, now=now)


def _raise(db: Session, house: House, *, now: datetime) -> None:
    alert_id = raise_alert(db, kind=KIND, subject=SUBJECT, now=now)
    found = [one for one in colleagues(db, ways=house.ways) if one.ways]
    rows = [
        {
            "alert_id": alert_id,
            "staff_id": one.staff_id,
            "rank": 0,
            "round": 1,
            "way": one.ways[-1],  # e-mail where she can have it: nobody must jump up
            "due_at": now,
            "not_before": now,
        }
        for one in found
    ]
    if rows:
        db.execute(insert_into(db, _CALL).on_conflict_do_nothing(), rows)


def _close(db: Session, *, alert_id: int | None, now: datetime) -> None:
    closed = update(_ALERT).where(_ALERT.c.id == alert_id, _ALERT.c.state != "closed")
    if changed(db.execute(closed.values(state="closed", closed_at=now, note=FILLED))) == 1:
        note_step(db, [alert_id] if alert_id else [], kind="closed", now=now)
