"""Fall silent towards one participant: close her conversations, take back what is still queued."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import false, or_, select, true, update
from sqlmodel import Session

from bot.store.models import CheckIn, Conversation, Delivery, Message, Participant
from bot.store.tables import table

_TALK = table(Conversation)
_CHECK_IN = table(CheckIn)
_DELIVERY, _MESSAGE = table(Delivery), table(Message)
_PERSON = table(Participant)


def close_conversations(db: Session, *, participant_id: int, reason: str, now: datetime) -> None:
    """Abandon what is open or held. A check-in nobody answered is `skipped`, not missed by her."""
    hers = (_TALK.c.participant_id == participant_id, _TALK.c.state.in_(("open", "held")))
    asked = select(_TALK.c.check_in_id).where(*hers, _TALK.c.check_in_id.is_not(None))
    db.execute(
        update(_CHECK_IN)
        .where(_CHECK_IN.c.id.in_(asked), _CHECK_IN.c.state == "asked")
        .values(state="skipped", reason=reason)
    )
    db.execute(update(_TALK).where(*hers).values(state="abandoned", ended_at=now, updated_at=now))


def close_held(db: Session, *, participant_id: int, reason: str, now: datetime) -> None:
    """Abandon what was interrupted and waits to be taken up again; what is open goes on."""
    hers = (_TALK.c.participant_id == participant_id, _TALK.c.state == "held")
    asked = select(_TALK.c.check_in_id).where(*hers, _TALK.c.check_in_id.is_not(None))
    db.execute(
        update(_CHECK_IN)
        .where(_CHECK_IN.c.id.in_(asked), _CHECK_IN.c.state == "asked")
        .values(state="skipped", reason=reason)
    )
    db.execute(update(_TALK).where(*hers).values(state="abandoned", ended_at=now, updated_at=now))


def withdraw_queued(
    db: Session, *, participant_id: int, reason: str, now: datetime, but: Sequence[str] = ()
) -> None:
    """Cancel deliveries that have not gone out, but for texts whose contexts begin so; their
    messages stay, with the reason."""
    kept = select(_MESSAGE.c.id).where(
        _MESSAGE.c.participant_id == participant_id,
        or_(false(), *(_MESSAGE.c.context.startswith(one, autoescape=True) for one in but)),
    )
    db.execute(
        update(_DELIVERY)
        .where(
            _DELIVERY.c.participant_id == participant_id,
            _DELIVERY.c.state.in_(("queued", "waiting")),
            _DELIVERY.c.message_id.not_in(kept) if but else true(),
        )
        .values(state="cancelled", reason=reason, updated_at=now)
    )


def end_quiet(db: Session, *, participant_id: int) -> None:
    """She wrote: the bot need not be quiet any more, and the ladder starts anew."""
    row = update(_PERSON).where(_PERSON.c.id == participant_id)
    db.execute(row.values(quiet_at=None))


def take_break(db: Session, *, participant_id: int, until: datetime | None, now: datetime) -> None:
    """Pause her: nothing is started until then (None: until she or staff say so)."""
    row = update(_PERSON).where(_PERSON.c.id == participant_id)
    db.execute(row.values(state="paused", paused_until=until))
    withdraw_queued(db, participant_id=participant_id, reason="paused", now=now)
    close_held(db, participant_id=participant_id, reason="paused", now=now)
