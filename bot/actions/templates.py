"""The wordings that WhatsApp must approve: which there are, and how far each one is.

Never in the way of sending: whatever goes wrong here is written down, told to staff and tried
again. One run may create, submit and find approved, so that a quick answer is used at once.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import Row, select, update

from bot.actions.note_approval import PENDING_REST, note_approval, rest_after, tell, write
from bot.actions.plan_templates import plan_templates
from bot.actions.pull_templates import adopt, forget_content
from bot.catalogues import Catalogues
from bot.channels.base import Approval, Channel, Held, Unsure
from bot.channels.codes import NOT_THERE
from bot.channels.verdicts import verdict
from bot.channels.wording import CATEGORY, Wording, problems
from bot.errors import Unsent
from bot.library import Library
from bot.store.database import Database
from bot.store.models import Delivery, Template
from bot.store.tables import changed, insert_into, table

__all__ = ["plan_templates", "sync_templates"]

log = logging.getLogger(__name__)

REJECTED = "rejected"  # by WhatsApp, or by its rules before we ask: another wording is needed
UNSUBMITTED = "unsubmitted"
MANY = 5  # to be looked at: then Twilio's whole list is one call instead

_TEMPLATE, _DELIVERY = table(Template), table(Delivery)


def sync_templates(
    database: Database,
    channel: Channel,
    *,
    library: Library,
    catalogues: Catalogues,
    now: datetime,
    stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Bring every wording one step further; returns how many are approved now. When the process is
    `stopping`, the one in hand is the last: there may be a hundred."""
    if "whatsapp" not in channel.kinds:
        return 0
    planned = plan_templates(library, catalogues)
    rows = _rows(database, planned)
    missing = [wording for wording in planned if (wording.key, wording.digest) not in rows]
    if missing:
        _write_down(database, missing, now=now)
        rows = _rows(database, planned)
    current = {(wording.key, wording.digest): wording for wording in planned}
    wanted = [rows[same] for same in current if _is_due(rows[same], now)]
    held: dict[str, Held] | None = {}
    if any(row.content_sid is None for row in wanted) or len(wanted) >= MANY:
        held = _look_for_ours(database, channel, planned, now=now)
        rows = _rows(database, planned)
    due = [
        (rows[same], wording)
        for same, wording in current.items()
        if _is_due(rows[same], now) and (held is not None or rows[same].content_sid)
    ]
    for row, wording in takewhile(lambda _: not stopping(), due):
        _further(database, channel, row, wording, held=held or {}, now=now)
    older = [row for same, row in rows.items() if same not in current and _stood_in(row, now)]
    for row in takewhile(lambda _: not stopping(), older):
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
) -> dict[str, Held] | None:
    """What Twilio holds, by its id. Before anything is made: it may be there already, from before a
    restore or a crash; and one question instead of a hundred.

    None: it does not say, and to make something now could make it twice.
    """
    try:
        held = channel.contents()
    except Unsent as error:
        if error.permanent:
            _tell_refusal(database, error, now=now)
        return None
    except Unsure:
        return None
    adopt(database, held, planned=planned, now=now)
    return {each.content_sid: each for each in held}


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


def _write_down(database: Database, wordings: Sequence[Wording], *, now: datetime) -> None:
    """Before anything is asked of the provider; what breaks a rule is never asked."""
    wrong = {wording.key: " ".join(problems(wording)) for wording in wordings}
    with database.transaction() as db:
        for wording in wordings:
            values = {
                "key": wording.key,
                "digest": wording.digest,
                "name": wording.name,
                "language": wording.language,
                "state": REJECTED if wrong[wording.key] else UNSUBMITTED,
                "reason": wrong[wording.key],
                "category": CATEGORY,
                "attempts": 0,
                "not_before": now,
                "updated_at": now,
            }  # another process may have been quicker
            db.execute(insert_into(db, _TEMPLATE).values(**values).on_conflict_do_nothing())
    for key, why in wrong.items():
        if why:
            tell(database, key, detail=verdict(REJECTED, why), now=now)


def _further(
    database: Database,
    channel: Channel,
    row: Row[Any],
    wording: Wording,
    *,
    held: Mapping[str, Held],
    now: datetime,
) -> None:
    """Create, submit, look: as far as it goes in one run. `held`: what Twilio's list has just said,
    which may lag behind for what was never sent in."""
    if not _claim(database, row, now=now):
        return
    try:
        sid = row.content_sid
        if sid is None:
            sid = channel.create_content(replace(wording.draft, name=row.name))
            write(database, row.id, now=now, content_sid=sid)
        approval = held[sid].approval if sid in held else Approval(state=UNSUBMITTED)
        if approval.state == UNSUBMITTED:
            approval = channel.approval(sid)
        if approval.state == UNSUBMITTED:
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
