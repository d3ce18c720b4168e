"""The consent ledger: append only; the newest row of a kind counts."""

from sqlalchemy import bindparam, select
from sqlmodel import Session

from bot.store.models import Consent
from bot.store.tables import table

_CONSENT = table(Consent)
_NEWEST = (
    select(_CONSENT.c.given)
    .where(_CONSENT.c.participant_id == bindparam("who"), _CONSENT.c.kind == bindparam("of_kind"))
    .order_by(_CONSENT.c.id.desc())
    .limit(1)
)


def consented(db: Session, *, participant_id: int, kind: str = "messages") -> bool:
    """Whether her newest answer of that kind is yes."""
    newest = db.execute(_NEWEST, {"who": participant_id, "of_kind": kind}).scalar_one_or_none()
    return bool(newest)


def has_answered_consent(db: Session, *, participant_id: int, kind: str = "messages") -> bool:
    """Whether she has ever said yes or no to that kind."""
    newest = db.execute(_NEWEST, {"who": participant_id, "of_kind": kind}).scalar_one_or_none()
    return newest is not None
