"""The consent ledger: append only; the newest row of a kind counts."""

from sqlalchemy import select
from sqlmodel import Session

from bot.store.models import Consent


def consented(db: Session, *, participant_id: int, kind: str = "messages") -> bool:
    """Whether her newest answer of that kind is yes."""
    newest = (
        select(Consent.given)  # type: ignore[call-overload]
        .where(Consent.participant_id == participant_id, Consent.kind == kind)
        .order_by(Consent.id.desc())  # type: ignore[union-attr]
        .limit(1)
    )
    return bool(db.execute(newest).scalar_one_or_none())
