"""Move an alert forward: open → noted → closed. Who did it and when stays with it."""

from datetime import datetime, tzinfo
from typing import Literal

from sqlalchemy import select, update
from sqlmodel import Session

from bot.actions.audit import audit
from bot.actions.note_step import note_step
from bot.actions.plan import LONDON
from bot.actions.release_hold import release_hold
from bot.errors import Refused
from bot.programme.concerns import CRIES
from bot.store.database import Database
from bot.store.models import Alert, CallOut
from bot.store.people import lock_participant
from bot.store.tables import table

_ALERT, _CALL = table(Alert), table(CallOut)
LONGEST_NOTE = 2000
BEFORE = {"noted": ("open",), "closed": ("open", "noted")}


def change_alert(
    database: Database,
    *,
    alert_id: int,
    to: Literal["noted", "closed"],
    staff_id: int,
    now: datetime,
    note: str = "",
    release: bool = False,
    zone: tzinfo = LONDON,
) -> None:
    """`release` lets the bot write to her again. `Refused`: no note, or it is too late."""
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        raise Refused(f"Please keep the note under {LONGEST_NOTE} characters.")
    values: dict[str, object] = {"state": to, f"{to}_at": now, f"{to}_by": staff_id}
    if note:
        values["note"] = note
    with database.transaction() as db:
        changed = db.execute(
            update(_ALERT)
            .where(_ALERT.c.id == alert_id, _ALERT.c.state.in_(BEFORE[to]))
            .values(**values)
            .returning(_ALERT.c.participant_id, _ALERT.c.level)
        ).one_or_none()
        if changed is None:
            raise Refused("Somebody else was quicker: this has already been dealt with.")
        if to == "closed" and changed.level != "green" and not note:
            raise Refused("Please write in a few words what was done.")
        note_step(db, [alert_id], kind=to, staff_id=staff_id, now=now)
        waiting = update(_CALL).where(_CALL.c.alert_id == alert_id, _CALL.c.state == "queued")
        db.execute(waiting.values(state="needless"))
        audit(db, staff_id=staff_id, action=to, subjects=(f"alert:{alert_id}",), now=now)
        if release and changed.participant_id is not None:
            if _cried_again(db, participant_id=changed.participant_id):
                raise Refused(
                    "She has written of harm again, and nobody has that yet. Read it first."
                )
            release_hold(
                db,
                participant_id=changed.participant_id,
                staff_id=staff_id,
                now=now,
                zone=zone,
            )


def _cried_again(db: Session, *, participant_id: int) -> bool:
    """Whether nobody has another cry of hers: it may have come since the page was opened."""
    lock_participant(db, participant_id)
    hers = (_ALERT.c.participant_id == participant_id, _ALERT.c.kind.in_(sorted(CRIES)))
    found = select(_ALERT.c.id).where(*hers, _ALERT.c.state == "open")
    return db.execute(found.limit(1)).first() is not None
