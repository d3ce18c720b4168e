"""Who has approved which text in which language, as it is worded now."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from bot.store.models import Approval, Staff
from bot.store.tables import insert_into, table

_APPROVAL, _STAFF = table(Approval), table(Staff)


@dataclass(frozen=True, kw_only=True)
class ApprovalRow:
    """One person's yes to one wording, and which staff member wrote it down."""

    context: str
    digest: str
    name: str
    kept_by: str
    at: datetime


def approvals(db: Session, *, language: str) -> tuple[ApprovalRow, ...]:
    """Those of one language, also of wordings that are no more."""
    rows = db.execute(
        select(
            *(_APPROVAL.c[name] for name in ("context", "digest", "name", "at")),
            _STAFF.c.name.label("kept_by"),
        )
        .outerjoin(_STAFF, _STAFF.c.id == _APPROVAL.c.staff_id)
        .where(_APPROVAL.c.language == language)
        .order_by(_APPROVAL.c.id)
    )
    return tuple(ApprovalRow(**{**row._mapping, "kept_by": row.kept_by or ""}) for row in rows)


def approvals_by_language(db: Session) -> Mapping[str, tuple[tuple[str, str, str], ...]]:
    """(context, digest, name) of every approval, by language."""
    found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    columns = (_APPROVAL.c[name] for name in ("language", "context", "digest", "name"))
    for language, *rest in db.execute(select(*columns)):
        found[language].append(tuple(rest))
    return {language: tuple(rows) for language, rows in found.items()}


def keep_approval(
    db: Session,
    *,
    language: str,
    context: str,
    digest: str,
    name: str,
    staff_id: int | None,
    now: datetime,
) -> bool:
    """False: she has approved that wording already."""
    row = insert_into(db, _APPROVAL).values(
        language=language, context=context, digest=digest, name=name, staff_id=staff_id, at=now
    )
    ours = row.on_conflict_do_nothing().returning(_APPROVAL.c.id)
    return db.execute(ours).first() is not None
