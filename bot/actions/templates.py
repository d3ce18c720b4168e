"""The wordings that WhatsApp must approve: which there are, and how far each one is.

Never in the way of sending: whatever goes wrong here is written down, told to staff and tried
again. One run may create, submit and find approved, so that a quick answer is used at once.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from bot.actions.note_approval import PENDING_REST, note_approval, rest_after, tell, write
from bot.actions.plan_templates import plan_templates
from bot.actions.pull_templates import adopt, forget_content
from bot.catalogues import Catalogues
from bot.channels.base import Channel, Unsure
from bot.channels.codes import NOT_THERE
from bot.channels.verdicts import verdict
from bot.channels.wording import CATEGORY, Wording, problems
from bot.errors import Unsent
from bot.library import Library
from bot.store.database import Database
from bot.store.models import Delivery, Template
from bot.store.tables import changed, table

__all__ = ["plan_templates", "sync_templates"]

log = logging.getLogger(__name__)

REJECTED = "rejected"  # by WhatsApp, or by its rules before we ask: another wording is needed

_TEMPLATE, _DELIVERY = table(Template), table(Delivery)


def sync_templates(
    database: Database,
    channel: Channel,
    *,
    library: Library,
    catalogues: Catalogues,
    now: datetime,
) -> int:
    """Bring every wording one step further; returns how many are approved now."""
    if "whatsapp" not in channel.kinds:
        return 0
    planned = plan_templates(library, catalogues)
    rows = _rows(database, planned)
    missing = [wording for wording in planned if (wording.key, wording.digest) not in rows]
    if missing:
        for wording in missing:
            _write_down(database, wording, now=now)
        rows = _rows(database, planned)
    current = {(wording.key, wording.digest): wording for wording in planned}
    may_make = True
    if any(rows[same].content_sid is None and _is_due(rows[same], now) for same in current):
        may_make = _look_for_ours(database, channel, planned, now=now)
        rows = _rows(database, planned)
    due = [
        (rows[same], wording)
        for same, wording in current.items()
        if _is_due(rows[same], now) and (may_make or rows[same].content_sid)
    ]
    for row, wording in due:
        _further(database, channel, row, wording, now=now)
    older = [row for same, row in rows.items() if same not in current and _stood_in(row, now)]
    for row in older:
        _look_again(database, channel, row, now=now)
    if not due and not older:
        return _count_approved(rows)
    before, rows = rows, _rows(database, planned)
    if _count_approved(rows) > _count_approved(before):
        _wake_waiting(database, now=now)
    return _count_approved(rows)


def _rows(database: Database, planned: Sequence[Wording]) -> dict[tuple[str, str], Row[Any]]:
    """What is written down of every wording of these keys, the older ones too: one read."""
    keys = [wording.key for wording in planned]
    with database.reading() as db:
        found = db.execute(select(_TEMPLATE).where(_TEMPLATE.c.key.in_(keys))).all()
    return {(row.key, row.digest): row for row in found}


def _is_due(row: Row[Any], now: datetime) -> bool:
    """What WhatsApp rejected is looked at too: staff may have asked it to think again."""
    ours_to_mend = row.state == REJECTED and row.content_sid is None
    return not ours_to_mend and (row.not_before is None or row.not_before <= now)


def _look_for_ours(
    database: Database, channel: Channel, planned: Sequence[Wording], *, now: datetime
) -> bool:
    """Before anything is made: Twilio may hold it already, from before a restore or a crash.

    False: it does not say, and to make it now could make it twice.
    """
    try:
        held = channel.contents()
    except Unsent as error:
        if error.permanent:
            _tell_refusal(database, error, now=now)
        return False
    except Unsure:
        return False
    adopt(database, held, planned=planned, now=now)
    return True


def _stood_in(row: Row[Any], now: datetime) -> bool:
    """An approved older wording may still stand in for a new one: is it approved still?"""
    return row.state in ("approved", "paused") and _is_due(row, now)


def _count_approved(rows: Mapping[tuple[str, str], Row[Any]]) -> int:
    return sum(row.state == "approved" for row in rows.values())


def _claim(database: Database, row: Row[Any], *, now: datetime) -> bool:
    """Two clocks must not create or submit the same wording twice."""
    with database.transaction() as db:
        mine = db.execute(
            update(_TEMPLATE)
            .where(_TEMPLATE.c.id == row.id, _TEMPLATE.c.not_before == row.not_before)
            .values(not_before=now + PENDING_REST)
        )
        return changed(mine) == 1


def _write_down(database: Database, wording: Wording, *, now: datetime) -> None:
    """Before anything is asked of the provider; what breaks a rule is never asked."""
    wrong = problems(wording)
    with database.transaction() as db:
        if db.execute(_same(wording)).first() is not None:
            return  # another process was quicker
        db.execute(
            insert(_TEMPLATE).values(
                key=wording.key,
                digest=wording.digest,
                name=wording.name,
                language=wording.language,
                state=REJECTED if wrong else "unsubmitted",
                reason=" ".join(wrong),
                category=CATEGORY,
                attempts=0,
                not_before=now,
                updated_at=now,
            )
        )
    if wrong:
        tell(database, wording.key, detail=verdict(REJECTED, " ".join(wrong)), now=now)


def _further(
    database: Database, channel: Channel, row: Row[Any], wording: Wording, *, now: datetime
) -> None:
    """Create, submit, look: as far as it goes in one run."""
    if not _claim(database, row, now=now):
        return
    try:
        sid = row.content_sid
        if sid is None:
            sid = channel.create_content(replace(wording.draft, name=row.name))
            write(database, row.id, now=now, content_sid=sid)
        approval = channel.approval(sid)
        if approval.state == "unsubmitted":
            channel.submit(content_sid=sid, name=row.name, category=CATEGORY)
            approval = channel.approval(sid)
    except Unsent as error:
        _refused(database, row, error, now=now)
    except Unsure as error:
        _later(database, row, reason=str(error), now=now)
    else:
        note_approval(database, row, approval, now=now)


def _look_again(database: Database, channel: Channel, row: Row[Any], *, now: datetime) -> None:
    try:
        note_approval(database, row, channel.approval(row.content_sid), now=now)
    except (Unsent, Unsure) as error:
        if isinstance(error, Unsent) and error.code == NOT_THERE:
            forget_content(database, row, planned=False, now=now)
        else:
            _later(database, row, reason=str(error), now=now)


def _refused(database: Database, row: Row[Any], error: Unsent, *, now: datetime) -> None:
    """The provider would not: wrong credentials, say. One alert for all, and tried again later."""
    if error.code == NOT_THERE and row.content_sid is not None:
        forget_content(database, row, planned=True, now=now)
        return
    _later(database, row, reason=f"code {error.code}", now=now)
    if error.permanent:
        write(database, row.id, now=now, state="failed")
        _tell_refusal(database, error, now=now)


def _tell_refusal(database: Database, error: Unsent, *, now: datetime) -> None:
    """One alert for all of them."""
    tell(database, "", detail=f"code {error.code}", now=now)


def _later(database: Database, row: Row[Any], *, reason: str, now: datetime) -> None:
    write(
        database,
        row.id,
        now=now,
        reason=reason,
        attempts=row.attempts + 1,
        not_before=now + rest_after(row),
    )


def _same(wording: Wording) -> Any:
    return select(_TEMPLATE).where(
        _TEMPLATE.c.key == wording.key, _TEMPLATE.c.digest == wording.digest
    )


def _wake_waiting(database: Database, *, now: datetime) -> None:
    """What had no way to go looks for one again: there is a new template."""
    with database.transaction() as db:
        db.execute(
            update(_DELIVERY)
            .where(
                _DELIVERY.c.state == "queued",
                _DELIVERY.c.reason.startswith("no_route"),
                _DELIVERY.c.not_before > now,
            )
            .values(not_before=now)
        )
