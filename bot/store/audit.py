"""The audit log: who read or did what. Entries are only ever added, each chained to the last.

The chain is written when all else of a transaction is done, so that those who write wait for each
other for a moment only, and never while they hold what another one waits for.
"""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlmodel import Session

from bot.store.chain import FIRST, chained
from bot.store.database import at_the_end
from bot.store.models import AuditEntry, Mark
from bot.store.tables import table

AUDIT, MARK = table(AuditEntry), table(Mark)
NOTED = "audit"  # the mark that remembers how far the log had come
CHAIN_LOCK = 7_246_002  # any number, as long as nobody else uses it
SAID = ("staff_id", "action", "subject", "detail", "at")
AT_ONCE = 1000  # entries read together


@dataclass(frozen=True, kw_only=True)
class Verified:
    """How many entries fit, and the newest of them; `wrong`: the number of the first that does not.

    `missing`: a digest that was noted and is not there.
    """

    entries: int
    newest_id: int
    newest: str
    wrong: int | None = None
    missing: str = ""


def keep_audit(
    db: Session,
    *,
    staff_id: int | None,
    action: str,
    subjects: Iterable[str],
    detail: str,
    now: datetime,
) -> None:
    """Append one entry for each subject, in one statement, with the rest of the transaction."""
    rows: list[dict[str, Any]] = [
        {"staff_id": staff_id, "action": action, "subject": subject, "detail": detail, "at": now}
        for subject in subjects
    ]
    if rows:
        at_the_end(db, lambda: _append(db, rows))


def _append(db: Session, rows: list[dict[str, Any]]) -> None:
    """SQLite has one writer at a time anyway; on PostgreSQL a lock until the commit makes one."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(select(func.pg_advisory_xact_lock(CHAIN_LOCK)))
    digest = newest(db)[1]
    for row in rows:
        digest = row["digest"] = chained(digest, **{name: row[name] for name in SAID})
    db.execute(insert(AUDIT), rows)


def newest(db: Session) -> tuple[int, str]:
    """Number and digest of the newest entry; 0 and "" while there is none."""
    statement = select(AUDIT.c.id, AUDIT.c.digest).order_by(AUDIT.c.id.desc()).limit(1)
    row = db.execute(statement).one_or_none()
    return (row.id, row.digest) if row is not None else (0, FIRST)


def noted_end(db: Session) -> str:
    """The digest that was the newest when the house last made a note of it."""
    statement = select(MARK.c.value).where(MARK.c.name == NOTED)
    return db.execute(statement).scalar_one_or_none() or ""


def verify(db: Session, *, noted: Iterable[str] = ()) -> Verified:
    """Go along the whole chain. `noted`: digests written down earlier, which must be in it."""
    digest, number, last = FIRST, 0, 0
    looked_for = dict.fromkeys(one for one in noted if one)
    entries = select(AUDIT).order_by(AUDIT.c.id).execution_options(yield_per=AT_ONCE)
    with closing(db.execute(entries)) as rows:
        for row in rows:
            fits = chained(digest, **{name: getattr(row, name) for name in SAID})
            if fits != row.digest:
                return Verified(entries=number, newest_id=last, newest=digest, wrong=row.id)
            digest, number, last = fits, number + 1, row.id
            looked_for.pop(digest, None)
    missing = next(iter(looked_for), "")
    wrong = last + 1 if missing else None
    return Verified(entries=number, newest_id=last, newest=digest, wrong=wrong, missing=missing)
