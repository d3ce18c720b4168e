"""What is stored of a concern while it holds somebody: her answer, and what she was answered."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, insert, select, update
from sqlmodel import Session

from bot.programme.concerns import CRIES
from bot.store.models import Alert, AlertStep, Delivery, Enrolment, Message, Pairing, Participant
from bot.store.tables import table

_ALERT, _STEP, _MESSAGE = table(Alert), table(AlertStep), table(Message)
_DELIVERY, _PAIRING, _PERSON = table(Delivery), table(Pairing), table(Participant)
_ENROLMENT = table(Enrolment)
_OTHERS = _ENROLMENT.alias("others")
SAFE_TO_WRITE = "safe_to_write"  # the kind of alert step that keeps her answer
ENGLISH = "+"  # ends the context of the same reply in English, where that is a message of its own
REPLIES = "standing.harm"  # how the contexts of safe replies to a cry begin


@dataclass(frozen=True, kw_only=True)
class Concern:
    """The newest concern about her, and what she said of writing to her: yes, call, later, or ""
    where she has not answered. `watched`: she has sent her safe word, so others may read along."""

    alert_id: int
    level: str
    answer: str
    watched: bool = False


def concern_of(db: Session, *, participant_id: int, since: datetime) -> Concern | None:
    """The newest since she is held. What she said about writing counts for all of them."""
    hers = (_ALERT.c.participant_id == participant_id, _ALERT.c.kind.in_(CRIES))
    newest = (
        select(_ALERT.c.id, _ALERT.c.level, _ALERT.c.kind)
        .where(*hers, _ALERT.c.opened_at >= since)
        .order_by(_ALERT.c.id.desc())
    )
    rows = db.execute(newest).all()
    if not rows:
        return None
    said = (
        select(_STEP.c.detail)
        .where(_STEP.c.kind == SAFE_TO_WRITE, _STEP.c.alert_id.in_([row.id for row in rows]))
        .order_by(_STEP.c.id)
    )
    answers = list(db.execute(said).scalars())
    # "Call me" stays until staff release her: a later yes may come from whoever took her phone
    answer = "call" if "call" in answers else (answers or [""])[-1]
    red = any(row.level == "red" for row in rows)
    return Concern(
        alert_id=rows[0].id,
        level="red" if red else rows[0].level,
        answer=answer,
        watched=any(row.kind == "safe_word" for row in rows),
    )


def keep_answer(db: Session, *, alert_id: int, answer: str, now: datetime) -> None:
    """Whether it is safe to write to her, as a line in the life of the alert."""
    row = {"alert_id": alert_id, "kind": SAFE_TO_WRITE, "detail": answer, "at": now}
    db.execute(insert(_STEP).values(**row))


def asked_since(
    db: Session, *, participant_id: int, since: datetime, until: datetime
) -> frozenset[int]:
    """The messages that asked her whether it is safe to write, by then."""
    asked = select(_MESSAGE.c.id, _MESSAGE.c.choices).where(
        _MESSAGE.c.participant_id == participant_id,
        _MESSAGE.c.direction == "out",
        _MESSAGE.c.context.startswith(REPLIES, autoescape=True),
        _MESSAGE.c.at >= since,
        _MESSAGE.c.at <= until,
    )
    return frozenset(row.id for row in db.execute(asked) if row.choices)


def replies_since(
    db: Session,
    *,
    since: datetime,
    begins: str = REPLIES,
    participant_id: int | None = None,
    address_id: int | None = None,
) -> int:
    """How many safe replies she had; one in two languages is one. Those taken back do not count."""
    hers = (
        _MESSAGE.c.participant_id == participant_id
        if participant_id is not None
        else and_(_MESSAGE.c.participant_id.is_(None), _MESSAGE.c.address_id == address_id)
    )
    went = (
        select(func.count(_MESSAGE.c.id.distinct()))
        .join(_DELIVERY, _DELIVERY.c.message_id == _MESSAGE.c.id)
        .where(
            hers,
            _MESSAGE.c.context.startswith(begins, autoescape=True),
            _MESSAGE.c.at >= since,
            _MESSAGE.c.context.not_like(f"%{ENGLISH}"),
            _DELIVERY.c.state != "cancelled",
        )
    )
    number: int = db.execute(went).scalar_one()
    return number


def mark_safeguarding(db: Session, *, message_id: int) -> None:
    """Only staff who hold that role may read it."""
    db.execute(update(_MESSAGE).where(_MESSAGE.c.id == message_id).values(safeguarding=True))


def other_is_held(db: Session, *, participant_id: int) -> bool:
    """Whether one whom she is paired with is held back from: then nothing begins with her."""
    found = (
        select(_PERSON.c.id)
        .join(_OTHERS, _OTHERS.c.participant_id == _PERSON.c.id)
        .join(
            _PAIRING,
            (_PAIRING.c.mentor_id == _OTHERS.c.id) | (_PAIRING.c.mentee_id == _OTHERS.c.id),
        )
        .join(
            _ENROLMENT,
            ((_PAIRING.c.mentor_id == _ENROLMENT.c.id) | (_PAIRING.c.mentee_id == _ENROLMENT.c.id))
            & (_ENROLMENT.c.id != _OTHERS.c.id),
        )
        .where(
            _ENROLMENT.c.participant_id == participant_id,
            _PAIRING.c.state == "active",
            _PERSON.c.held_at.is_not(None),
        )
        .limit(1)
    )
    return db.execute(found).first() is not None
