"""What a message may count as, before it is read: a tap, words about an older question, or words
that can be no answer, for what was tapped is not what stood on it, or they come too late.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session

from bot.actions.converse import Open
from bot.actions.incoming import Incoming, hear
from bot.channels.rendering import Tap, parse_payload
from bot.engine.understand import Choice, Heard, Kind, Question, Reading
from bot.engine.understand.taps import agrees, safest
from bot.languages import SOURCE
from bot.store.models import Conversation, Delivery, Message
from bot.store.tables import table

_DELIVERY, _MESSAGE, _TALK = table(Delivery), table(Message), table(Conversation)

ONLY_OPENS = ("standing.opener", "standing.reminder")  # their button agrees to nothing
ASKS_BACK = (  # how a question begins, in any of her languages
    *("is it ", "is this ", "are you ", "what ", "why ", "who ", "how "),
    *("هل ", "لماذا", "ليش", "آیا ", "چرا"),
)
AS_WORDS = {Heard.YES: "yes", Heard.NO: "no"}


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """`tap`: the choice that counts. `aside`: about something else than the open question.
    `unsure`: perhaps so, and the question is one to be sure of; no answer to it then."""

    incoming: Incoming
    tap: Tap | None = None
    aside: bool = False
    unsure: bool = False


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """The message of ours that she answered to."""

    message_id: int
    conversation_id: int | None
    step: str | None
    choices: Sequence[Sequence[str]]


def weigh(db: Session, incoming: Incoming, opened: Open | None) -> Weighed:
    """Looks nothing up for plain words that come in time."""
    inbound = incoming.inbound
    tap = parse_payload(inbound.button) if inbound.button else None
    if inbound.doubtful:
        return Weighed(incoming=incoming)
    if tap is not None:
        if _agrees(db, incoming, tap):
            return Weighed(incoming=incoming, tap=tap)
        return Weighed(incoming=doubted(incoming))
    if inbound.replied_to and inbound.text.strip():
        return _replied(db, incoming, opened)
    late = inbound.sent_at is not None and _before_it_was_asked(db, opened, at=inbound.sent_at)
    # Of what is pulled nobody knows whether it was a tap on an older question, or forwarded
    unsure = inbound.pulled and opened is not None and opened.needs_to_be_sure
    return Weighed(incoming=incoming, aside=late, unsure=unsure)


def doubted(incoming: Incoming) -> Incoming:
    """The same message, as one that can be no answer."""
    return replace(incoming, inbound=replace(incoming.inbound, doubtful=True))


def hear_doubtful(incoming: Incoming, question: Question) -> Reading:
    """Harm, STOP and a call for a person, in whichever of its texts; nothing else counts."""
    said = dict.fromkeys((incoming.inbound.text, *incoming.inbound.labels))
    return safest(hear(incoming, question, text=text) for text in said)


def _agrees(db: Session, incoming: Incoming, tap: Tap) -> bool:
    """Whether what she saw is what the tap says. A message that is not hers has no labels: the tap
    on it is refused further on, as one on any question that is not there."""
    labels = incoming.inbound.labels
    if not labels or tap.context in ONLY_OPENS:
        return True
    if tap.context is not None:
        text = incoming.house.catalogues
        context = f"{tap.context}.{tap.key}"
        return not text.has(context) or agrees(
            labels, {text.text(context, tag) for tag in text.languages}
        )
    found = select(_MESSAGE.c.choices, _MESSAGE.c.context).where(
        _MESSAGE.c.id == tap.message_id,
        _MESSAGE.c.participant_id == incoming.who.id,
        _MESSAGE.c.direction == "out",
    )
    row = db.execute(found).one_or_none()
    shown = dict(row.choices or ()) if row is not None else {}
    if row is None or tap.key not in shown:
        return True
    step = ".".join(row.context.split(".")[:2])
    english, catalogues = f"{step}.{tap.key}", incoming.house.catalogues
    offered = {shown[tap.key]}
    if catalogues.has(english):
        offered.add(catalogues.text(english, SOURCE))
    return agrees(labels, offered)


def _replied(db: Session, incoming: Incoming, opened: Open | None) -> Weighed:
    """She swiped on a message of ours and wrote: to an older question, her words are about that."""
    asked = _asked(db, incoming)
    if asked is None or _is_newest(db, incoming, asked, opened):
        return Weighed(incoming=incoming)
    if asked.step is None:
        # Said to a message that asks nothing: never a yes to what she may not have meant
        consents = opened is not None and opened.asks_consent
        return Weighed(incoming=incoming, unsure=consents)
    key = _meant(incoming, asked.choices)
    tap = Tap(message_id=asked.message_id, context=None, key=key) if key else None
    return Weighed(incoming=incoming, tap=tap, aside=tap is None)


def _asked(db: Session, incoming: Incoming) -> _Asked | None:
    row = db.execute(
        select(_MESSAGE.c.id, _MESSAGE.c.conversation_id, _MESSAGE.c.step, _MESSAGE.c.choices)
        .join(_DELIVERY, _DELIVERY.c.message_id == _MESSAGE.c.id)
        .where(
            _DELIVERY.c.sid == incoming.inbound.replied_to,
            _MESSAGE.c.participant_id == incoming.who.id,
        )
    ).one_or_none()
    if row is None:
        return None
    return _Asked(
        message_id=row.id,
        conversation_id=row.conversation_id,
        step=row.step,
        choices=row.choices or (),
    )


def _is_newest(db: Session, incoming: Incoming, asked: _Asked, opened: Open | None) -> bool:
    """Whether it is the question that is open, or the last one that was, perhaps before it was
    repeated: then her words are read as without the mark."""
    if opened is not None:
        return (asked.conversation_id, asked.step) == (opened.talk.id, opened.position.step)
    last = select(_TALK.c.id, _TALK.c.step).where(_TALK.c.participant_id == incoming.who.id)
    row = db.execute(last.order_by(_TALK.c.id.desc()).limit(1)).one_or_none()
    return row is not None and (asked.conversation_id, asked.step) == (row.id, row.step)


def _meant(incoming: Incoming, choices: Sequence[Sequence[str]]) -> str:
    """Which of those choices her words are, "" for none: by its words, its number, yes or no."""
    keys = [key for key, _ in choices]
    offered = tuple(
        Choice(key=key, label=label, means=key if key in AS_WORDS.values() else "")
        for key, label in choices
    )
    if not offered or no_clear_word(incoming.inbound.text):
        return ""
    reading = hear(incoming, Question(kind=Kind.OPTIONS, choices=offered))
    if reading.heard is Heard.OPTION and isinstance(reading.value, int):
        return keys[reading.value - 1]
    word = AS_WORDS.get(reading.heard, "")
    return word if word in keys else ""


def no_clear_word(text: str) -> bool:
    """Only signs, or a question: a thumb is polite, and "yes?" asks back. Neither is consent."""
    folded = text.strip().casefold()
    only_signs = bool(folded) and not any(sign.isalnum() for sign in folded)
    return only_signs or any(m in folded for m in "?؟፧") or folded.startswith(ASKS_BACK)


def _before_it_was_asked(db: Session, opened: Open | None, *, at: datetime) -> bool:
    """Whether she had sent it before the open question was first put to her."""
    if opened is None:
        return False
    first = select(func.min(_MESSAGE.c.at)).where(
        _MESSAGE.c.conversation_id == opened.talk.id,
        _MESSAGE.c.step == opened.position.step,
        _MESSAGE.c.direction == "out",
    )
    asked_at: datetime | None = db.execute(first).scalar_one_or_none()
    return asked_at is not None and at < asked_at
