"""What Twilio holds now, brought together with what is written down here.

After a lost or restored database ours are known again by their names, so that nothing is sent in
twice. What is not ours is only listed, and never touched.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session

from bot.actions.note_approval import note_approval, tell, write
from bot.actions.plan_templates import plan_templates
from bot.catalogues import Catalogues
from bot.channels.base import Channel, Held
from bot.channels.codes import NOT_THERE
from bot.channels.rendering import SESSION_KEYS, SESSION_SHAPE, session_content
from bot.channels.verdicts import verdict
from bot.channels.wording import CATEGORY, Wording
from bot.errors import Unsent
from bot.library import Library
from bot.store.database import Database
from bot.store.models import Template
from bot.store.tables import insert_into, table

AGAIN = re.compile(r"_v[0-9]+\Z")  # what a name gets when its first one can be used no more
# Best first, where Twilio holds the same wording more than once
USE = ("approved", "pending", "received", "unsubmitted", "paused", "disabled", "rejected")

_TEMPLATE = table(Template)


@dataclass(frozen=True, kw_only=True)
class Pulled:
    """What came of it: how many states were looked at, and by name what was found or has gone."""

    looked_at: int = 0
    adopted: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    foreign: tuple[Held, ...] = field(default=())


def pull_templates(
    database: Database,
    channel: Channel,
    *,
    library: Library,
    catalogues: Catalogues,
    now: datetime,
) -> Pulled:
    """Ask for everything at once. Raises `Unsent` or `Unsure` when Twilio does not say."""
    known = _known(database)  # first: what another process makes meanwhile is not missed below
    held = channel.contents()
    by_sid = {each.content_sid: each for each in held}
    planned = plan_templates(library, catalogues)
    adopted = adopt(database, held, planned=planned, now=now)
    ours = [row for sid, row in known.items() if sid in by_sid and row.state != "session"]
    for row in ours:
        note_approval(database, row, by_sid[row.content_sid].approval, now=now)
    gone = [
        row
        for sid, row in known.items()
        if sid not in by_sid and _is_gone(channel, content_sid=sid)
    ]
    current = {(wording.key, wording.digest) for wording in planned}
    for row in gone:
        wanted = (row.key, row.digest) in current
        forget_content(database, row, planned=wanted, now=now)
    now_known = _known(database)
    return Pulled(
        looked_at=len(ours),
        adopted=adopted,
        gone=tuple(row.name for row in gone),
        foreign=tuple(each for each in held if each.content_sid not in now_known),
    )


def adopt(
    database: Database, held: Sequence[Held], *, planned: Sequence[Wording], now: datetime
) -> tuple[str, ...]:
    """Write down which of ours Twilio holds already; the names of those that were not known."""
    wordings = {(wording.name, wording.language): wording for wording in planned}
    best = sorted(held, key=lambda each: _place(each.approval.state))
    found = []
    with database.transaction() as db:
        known = set(db.execute(select(_TEMPLATE.c.content_sid)).scalars())
        for each in best:
            wording = wordings.get((AGAIN.sub("", each.name), each.language))
            if each.content_sid in known:
                continue
            if wording is not None:
                taken = _take(db, wording, each, now=now)
            else:
                taken = _take_generic(db, _generic(each), each, now=now)
            found += [each.name] if taken else []
    return tuple(found)


def forget_content(database: Database, row: Row[Any], *, planned: bool, now: datetime) -> None:
    """It was deleted at Twilio: made anew where it is still wanted. A name that WhatsApp once had
    is not used again."""
    if row.state == "session":
        write(database, row.id, now=now, state="failed", content_sid=None, not_before=now)
        return
    if not planned:  # an older wording that could stand in
        write(database, row.id, now=now, state="disabled", reason="deleted", content_sid=None)
        return
    write(
        database,
        row.id,
        now=now,
        content_sid=None,
        state="unsubmitted",
        reason="",
        name=_next_name(row.name),
        attempts=0,
        not_before=now,
    )
    tell(database, row.key, detail=verdict("gone"), now=now)


def _known(database: Database) -> Mapping[str, Row[Any]]:
    with database.reading() as db:
        rows = db.execute(select(_TEMPLATE).where(_TEMPLATE.c.content_sid.is_not(None))).all()
    return {row.content_sid: row for row in rows}


def _is_gone(channel: Channel, *, content_sid: str) -> bool:
    """A list may lag behind; the content itself does not."""
    try:
        channel.approval(content_sid)
    except Unsent as error:
        return error.code == NOT_THERE
    return False


def _take(db: Session, wording: Wording, held: Held, *, now: datetime) -> bool:
    """Only where nothing of this wording is at Twilio as far as we know."""
    same = (_TEMPLATE.c.key == wording.key, _TEMPLATE.c.digest == wording.digest)
    row = db.execute(select(_TEMPLATE).where(*same)).first()
    if row is not None and (row.content_sid is not None or row.not_before > now):
        return False  # or another process is about to write down just this
    values = {
        "content_sid": held.content_sid,
        "name": held.name,
        "state": held.approval.state,
        "reason": held.approval.reason,
        "category": held.approval.category or CATEGORY,
        "attempts": 0,
        "not_before": now,  # the next look sends it in where that was not done yet
        "updated_at": now,
    }
    if row is not None:
        db.execute(_TEMPLATE.update().where(_TEMPLATE.c.id == row.id).values(**values))
    else:
        same_words = {"key": wording.key, "digest": wording.digest, "language": wording.language}
        _write_down(db, **same_words, **values)
    return True


def _write_down(db: Session, **values: object) -> None:
    """Unless another process was quicker."""
    db.execute(insert_into(db, _TEMPLATE).values(**values).on_conflict_do_nothing())


def _generic(held: Held) -> str:
    """The key of the generic content that this is, to the last field; "" when it is none."""
    for key in SESSION_KEYS:
        draft = session_content(key)
        if held.name == draft.name and dict(held.types) == dict(draft.types):
            return key
    return ""


def _take_generic(db: Session, key: str, held: Held, *, now: datetime) -> bool:
    if not key:
        return False
    row = db.execute(
        select(_TEMPLATE).where(_TEMPLATE.c.key == key, _TEMPLATE.c.digest == SESSION_SHAPE)
    ).first()
    if row is not None and row.content_sid is not None:
        return False
    values = {"content_sid": held.content_sid, "state": "session", "reason": "", "updated_at": now}
    if row is not None:
        db.execute(
            _TEMPLATE.update().where(_TEMPLATE.c.id == row.id).values(not_before=None, **values)
        )
    else:
        fixed = {"key": key, "digest": SESSION_SHAPE, "name": held.name, "language": held.language}
        _write_down(db, **fixed, category="", attempts=1, **values)
    return True


def _place(state: str) -> int:
    return USE.index(state) if state in USE else len(USE)


def _next_name(name: str) -> str:
    base = AGAIN.sub("", name)
    number = int(name.rpartition("_v")[2]) if AGAIN.search(name) else 1
    return f"{base}_v{number + 1}"
