"""What was said with one person or with a stranger: messages with what became of them, answers."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlmodel import Session

from bot.store.models import Answer, Delivery, Message
from bot.store.sight import KEPT, Sight
from bot.store.tables import table

ANSWER = table(Answer)
DELIVERY = table(Delivery)
MESSAGE = table(Message)
PAGE = 60


@dataclass(frozen=True, kw_only=True)
class MessageRow:
    """One message. The delivery's fields are empty for one that came in, the answer's for most.

    `kept`: its words, and what they were understood as, are not for whoever reads.
    """

    id: int
    direction: str
    channel: str
    kind: str
    text: str
    language: str
    context: str
    choices: list[list[str]] | None
    media: list[list[str]] | None
    details: dict[str, str] | None
    state: str
    at: datetime
    delivery: str | None
    mode: str | None
    reason: str | None
    error_code: str | None
    flow: str | None
    step: str | None
    value: str | None
    number: int | None
    skipped: bool | None
    blanked_at: datetime | None
    kept: bool


@dataclass(frozen=True, kw_only=True)
class AnswerRow:
    """One answer that counts."""

    flow: str
    step: str
    value: str
    number: int | None
    skipped: bool
    sensitive: bool
    words: str
    language: str
    at: datetime
    kept: bool


def messages(
    db: Session, *, participant_id: int, sight: Sight, before: int | None = None
) -> tuple[MessageRow, ...]:
    """The newest page of messages, or the one before that id; the oldest of them first."""
    whose = and_(MESSAGE.c.participant_id == participant_id, sight.of_message())
    return _messages(db, whose, sight=sight, before=before)


def messages_at(
    db: Session, *, address_id: int, sight: Sight, before: int | None = None
) -> tuple[MessageRow, ...]:
    """The same for a stranger: what was said at that address while nobody was known by it."""
    whose = and_(MESSAGE.c.address_id == address_id, MESSAGE.c.participant_id.is_(None))
    return _messages(db, whose, sight=sight, before=before)


def _messages(
    db: Session, whose: ColumnElement[bool], *, sight: Sight, before: int | None
) -> tuple[MessageRow, ...]:
    newest_delivery = (
        select(func.max(DELIVERY.c.id))
        .where(DELIVERY.c.message_id == MESSAGE.c.id)
        .correlate(MESSAGE)
        .scalar_subquery()
    )
    statement = (
        select(
            *(MESSAGE.c[name] for name in ("id", "direction", "channel", "kind", "text")),
            *(MESSAGE.c[name] for name in ("language", "context", "choices", "media")),
            *(MESSAGE.c[name] for name in ("details", "state")),
            MESSAGE.c.at,
            DELIVERY.c.state.label("delivery"),
            DELIVERY.c.mode,
            DELIVERY.c.reason,
            DELIVERY.c.error_code,
            ANSWER.c.flow,
            ANSWER.c.step,
            ANSWER.c.value,
            ANSWER.c.number,
            ANSWER.c.skipped,
            MESSAGE.c.blanked_at,
            sight.keeps().label("kept"),
        )
        .select_from(MESSAGE)
        .outerjoin(DELIVERY, DELIVERY.c.id == newest_delivery)
        .outerjoin(
            ANSWER, and_(ANSWER.c.message_id == MESSAGE.c.id, ANSWER.c.replaced_at.is_(None))
        )
        .where(whose)
        .order_by(MESSAGE.c.id.desc())
        .limit(PAGE)
    )
    if before is not None:
        statement = statement.where(MESSAGE.c.id < before)
    newest_first = {row.id: _readable(MessageRow(**row._mapping)) for row in db.execute(statement)}
    return tuple(reversed(newest_first.values()))


def _readable(row: MessageRow) -> MessageRow:
    """That something was said, and when, is no secret; what, its answer and its choices are."""
    if not row.kept:
        return row
    kept = replace(row, text=KEPT, language="en", context="", kind="text", choices=None)
    kept = replace(kept, media=None, details=None)
    return replace(kept, flow=None, step=None, value=None, number=None)


def answers(db: Session, *, participant_id: int, sight: Sight) -> tuple[AnswerRow, ...]:
    """Her newest answers that count, the newest first."""
    statement = (
        select(
            *(ANSWER.c[name] for name in ("flow", "step", "value", "number", "skipped")),
            *(ANSWER.c[name] for name in ("sensitive", "words", "language", "at")),
            func.coalesce(sight.keeps_from(ANSWER.c.message_id), false()).label("kept"),
        )
        .where(
            ANSWER.c.participant_id == participant_id,
            ANSWER.c.replaced_at.is_(None),
            or_(ANSWER.c.enrolment_id.is_(None), sight.of_enrolment(ANSWER.c.enrolment_id)),
        )
        .order_by(ANSWER.c.at.desc(), ANSWER.c.id.desc())
        .limit(PAGE)
    )
    found = (AnswerRow(**row._mapping) for row in db.execute(statement))
    return tuple(
        replace(row, value="", number=None, words=KEPT, language="en") if row.kept else row
        for row in found
    )
