"""Write down what WhatsApp says of a template now, and tell staff what they can do about it."""

import logging
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, update

from bot.actions.alert import raise_alert
from bot.channels.base import Approval
from bot.channels.verdicts import verdict
from bot.channels.wording import CATEGORY
from bot.store.database import Database
from bot.store.models import Template
from bot.store.tables import table

log = logging.getLogger(__name__)

PENDING_REST = timedelta(minutes=5)  # doubles with each look, up to LONGEST_REST
LONGEST_REST = timedelta(hours=6)
APPROVED_REST = timedelta(days=1)
WAITING_STATES = ("received", "pending", "unsubmitted")

_TEMPLATE = table(Template)


def note_approval(database: Database, row: Row[Any], approval: Approval, *, now: datetime) -> None:
    """`row` is the template as it was known until now."""
    rest = rest_after(row) if approval.state in WAITING_STATES else APPROVED_REST
    write(
        database,
        row.id,
        now=now,
        state=approval.state,
        reason=approval.reason,
        category=approval.category or row.category,
        attempts=row.attempts + 1 if approval.state == row.state else 0,
        not_before=now + rest,
    )
    if approval.state != row.state:
        log.info("template %s is %s", row.name, approval.state)
    bad = approval.state not in ("approved", *WAITING_STATES)
    moved = approval.category not in ("", CATEGORY)  # dearer, and held back by Meta at times
    if bad and approval.state != row.state:
        tell(database, row.key, detail=verdict(approval.state, approval.reason), now=now)
    elif moved and approval.category != row.category:
        tell(database, row.key, detail=verdict(approval.category), now=now)


def rest_after(row: Row[Any]) -> timedelta:
    """How long to wait before the next look at what is not decided yet."""
    looks: int = min(row.attempts, 10)
    return min(PENDING_REST * (1 << looks), LONGEST_REST)


def write(database: Database, template_id: int, *, now: datetime, **values: object) -> None:
    """One template's new values, in a transaction of its own."""
    with database.transaction() as db:
        db.execute(
            update(_TEMPLATE).where(_TEMPLATE.c.id == template_id).values(**values, updated_at=now)
        )


def tell(database: Database, key: str, *, detail: str, now: datetime) -> None:
    """An alert for each template; what concerns all of them (`key` is empty) is one."""
    with database.transaction() as db:
        raise_alert(
            db,
            kind="template_trouble",
            subject=f"template_trouble:{key or detail}",
            detail=f"{key}: {detail}" if key else detail,
            now=now,
        )
