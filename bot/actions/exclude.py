"""Conflict of interest: an alert about a staff member goes round her. She is not called about it,
and does not see it. Found by her name in the words, or said by staff; each change is a step.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, or_, select, true, tuple_, update
from sqlmodel import Session

from bot.actions.audit import audit
from bot.engine.understand.fold import fold, without_marks
from bot.errors import Refused
from bot.programme.concerns import SAFEGUARDING
from bot.store.calls import colleagues, excluded_from
from bot.store.models import Alert, AlertConflict, AlertStep, CallOut, Message, Staff
from bot.store.prepared import Prepared
from bot.store.tables import changed, insert_into, table

_ALERT, _CALL, _CONFLICT = table(Alert), table(CallOut), table(AlertConflict)
_MESSAGE, _STAFF, _STEP = table(Message), table(Staff), table(AlertStep)
WORD = re.compile(r"\w+")
APOSTROPHES = str.maketrans("'’ʼ", "   ")  # Ruth's
SHORTEST_NAME, NO_NAME = 3, " "
TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "prof", "rev", "revd", "sr", "sister"})
_HARM = or_(*(_ALERT.c.kind == kind for kind in sorted(SAFEGUARDING)))
_NAMED = Prepared(  # her words, everybody at the charity, and what is open about harm to her
    select(
        _ALERT.c.id.label("alert_id"), _STAFF.c.id.label("staff_id"), _STAFF.c.name, _MESSAGE.c.text
    )
    .select_from(
        _MESSAGE.join(
            _ALERT,
            or_(  # of a stranger only this one is known
                _ALERT.c.participant_id == _MESSAGE.c.participant_id,
                _ALERT.c.id == bindparam("its_alert"),
            ),
        ).join(_STAFF, true())
    )
    .where(
        _MESSAGE.c.id == bindparam("its_message"),
        or_(_ALERT.c.state == "open", _ALERT.c.state == "noted"),
        _STAFF.c.active.is_(True),
        _HARM,
    )
    .order_by(_ALERT.c.id, _STAFF.c.id)
)
_BEFORE, _EARLIER = _ALERT.alias("before"), _CONFLICT.alias("earlier")
_STILL = Prepared(  # whom something else that is open about harm to the same one goes round
    select(_EARLIER.c.staff_id)
    .distinct()
    .select_from(
        _ALERT.join(_BEFORE, _BEFORE.c.participant_id == _ALERT.c.participant_id).join(
            _EARLIER, _EARLIER.c.alert_id == _BEFORE.c.id
        )
    )
    .where(
        _ALERT.c.id == bindparam("this_alert"),
        _BEFORE.c.id != bindparam("this_alert"),
        or_(_BEFORE.c.state == "open", _BEFORE.c.state == "noted"),
        or_(*(_BEFORE.c.kind == kind for kind in sorted(SAFEGUARDING))),
    )
    .order_by(_EARLIER.c.staff_id)
)


def exclude_named(db: Session, *, alert_id: int, message_id: int, now: datetime) -> None:
    """Whoever at the charity is named in that message hears of nothing that is open about harm to
    the one who wrote it, nor of this alert; nor whoever was named before, while that is open.

    The last one who could act stays: that somebody is in danger must reach a person at all.
    """
    rows = _NAMED.rows(db, {"its_message": message_id, "its_alert": alert_id})
    said = _words(rows[0].text) if rows else frozenset()
    named = sorted({row.staff_id for row in rows if _first_name(row.name) in said})
    still = [row.staff_id for row in _STILL.rows(db, {"this_alert": alert_id})]
    if not named and not still:
        return
    alerts = sorted({row.alert_id for row in rows} | {alert_id})
    able, out = _able(db), excluded_from(db, alerts)
    before = [(alert_id, staff_id) for staff_id in still if staff_id not in out[alert_id]]
    found, last = _unless_last(before, able=able, out=out)
    _exclude(db, found, detail="before", now=now)
    _note(db, last, detail="the only one", now=now)
    pairs = [(about, staff_id) for about in alerts for staff_id in named]
    found, last = _unless_last(pairs, able=able, out=out)
    _exclude(db, found, detail="named", now=now)
    _note(db, last, detail="the only one", now=now)


def _unless_last(
    pairs: Iterable[tuple[int, int]], *, able: frozenset[int], out: dict[int, frozenset[int]]
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Those who can be left out of each alert, and those who cannot, being the last. `out` grows:
    who is out of which already."""
    found, last = [], []
    for about, staff_id in pairs:
        if able - out[about] - {staff_id}:
            out[about] |= {staff_id}
            found.append((about, staff_id))
        else:
            last.append((about, staff_id))
    return found, last


def exclude(db: Session, *, alert_id: int, staff_id: int, by: int, now: datetime) -> None:
    """Staff say that this alert is about her. `Refused` where nobody else could act."""
    if db.get(Staff, staff_id) is None:
        raise Refused("Please choose whom it is about.")
    if not _able(db) - excluded_from(db, [alert_id])[alert_id] - {staff_id}:
        raise Refused("Somebody must remain who can act: let another colleague in first.")
    _exclude(db, [(alert_id, staff_id)], detail=f"said by:{by}", now=now)
    audit(db, staff_id=by, action="excluded", subjects=(f"alert:{alert_id}",), now=now)


def include(db: Session, *, alert_id: int, staff_id: int, by: int, now: datetime) -> None:
    """It is not about her after all: from now on she hears of it and sees it."""
    hers = (_CONFLICT.c.alert_id == alert_id, _CONFLICT.c.staff_id == staff_id)
    if changed(db.execute(delete(_CONFLICT).where(*hers))):
        _note(db, [(alert_id, staff_id)], detail=f"taken back:{by}", now=now)
        audit(db, staff_id=by, action="included", subjects=(f"alert:{alert_id}",), now=now)


def _exclude(db: Session, pairs: Sequence[tuple[int, int]], *, detail: str, now: datetime) -> None:
    """Each staff member from each alert; what she had is nobody's now, and she is not called."""
    if not pairs:
        return
    rows = [{"alert_id": alert_id, "staff_id": staff_id} for alert_id, staff_id in pairs]
    new = db.execute(
        insert_into(db, _CONFLICT)
        .values(rows)
        .on_conflict_do_nothing()
        .returning(_CONFLICT.c.alert_id, _CONFLICT.c.staff_id)
    ).all()
    _note(db, [(row.alert_id, row.staff_id) for row in new], detail=detail, now=now)
    hers = tuple_(_CALL.c.alert_id, _CALL.c.staff_id).in_(pairs)
    db.execute(update(_CALL).where(hers, _CALL.c.state == "queued").values(state="needless"))
    had = tuple_(_ALERT.c.id, _ALERT.c.noted_by).in_(pairs)
    row = update(_ALERT).where(had, _ALERT.c.state == "noted")
    db.execute(row.values(state="open", last_at=now))


def _note(db: Session, pairs: Iterable[tuple[int, int]], *, detail: str, now: datetime) -> None:
    rows = [
        {"alert_id": alert, "kind": "conflict", "staff_id": staff, "detail": detail, "at": now}
        for alert, staff in pairs
    ]
    if rows:
        db.execute(insert(_STEP), rows)


def _able(db: Session) -> frozenset[int]:
    """Everybody who could act on an alert of harm, or let somebody in who can."""
    return frozenset(one.staff_id for one in colleagues(db, ways=()))


def _first_name(name: str) -> str:
    """By which she would be named; too short a one is no name."""
    first = [word for word in _words_in_order(name) if word not in TITLES][:1]
    return first[0] if first and len(first[0]) >= SHORTEST_NAME else NO_NAME


def _words(text: str) -> frozenset[str]:
    return frozenset(_words_in_order(text))


def _words_in_order(text: str) -> list[str]:
    """Without accents: who writes in a hurry leaves them out, and telephones put them in."""
    return WORD.findall(without_marks(fold(text.translate(APOSTROPHES))))
