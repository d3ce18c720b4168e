"""While a concern holds her: what she writes is kept for a person, and no machine answers it.

One exception: whether it is safe to write to her. What she says to that, staff read at once.
"""

from sqlalchemy import select
from sqlmodel import Session

from bot.actions.alert import raise_alert
from bot.actions.answer_cry import answer_cry
from bot.actions.attend import attend
from bot.actions.doors import start_again
from bot.actions.incoming import WANTED, Incoming, hear, say_standing
from bot.actions.safe_reply import Cry
from bot.channels.rendering import Tap
from bot.engine.understand import Choice, Heard, Kind, Question
from bot.engine.understand.fold import fold
from bot.engine.understand.options import tapped
from bot.languages import SOURCE
from bot.programme.concerns import LEVELS, Level
from bot.safety_texts import CHOICES, WRITE_HERE
from bot.store.concerns import asked_since, concern_of, keep_answer, mark_safeguarding
from bot.store.models import Delivery
from bot.store.tables import table

_DELIVERY = table(Delivery)
WROTE = "wrote_while_held"
MEANT = {"yes": "yes", "call": "no", "later": "later"}


def keep_while_held(db: Session, incoming: Incoming, *, heard: Heard, tap: Tap | None) -> None:
    """Keep what she wrote, tell staff, and say nothing; but thank her where it is safe to write."""
    who, now = incoming.who, incoming.now
    held_at = who.held_at or now
    mark_safeguarding(db, message_id=incoming.message_id)
    concern = concern_of(db, participant_id=who.id, since=held_at)
    answered = incoming.inbound.sent_at or now  # not what she had sent before she was asked
    asked = asked_since(db, participant_id=who.id, since=held_at, until=answered)
    answer = "" if _about_another(db, incoming, asked) else _answer(incoming, tap, asked=asked)
    if answer == "yes" and _not_surely_hers(incoming):
        answer = ""
    if concern is not None and answer:
        keep_answer(db, alert_id=concern.alert_id, answer=answer, now=now)
        if answer == "yes" and concern.answer == "" and who.state != "stopped":
            say_standing(db, incoming, WRITE_HERE)
    if heard is Heard.START:
        start_again(db, incoming)
    elif answer == "" and not attend(db, incoming):
        kind = WANTED.get(heard, WROTE)
        raise_alert(
            db,
            kind=kind,
            level=Level.RED if concern is not None and concern.level == "red" else LEVELS[WROTE],
            subject=f"{kind}:participant:{who.id}",
            participant_id=who.id,
            message_id=incoming.message_id,
            now=now,
        )
        if heard is Heard.HELP:
            answer_cry(db, incoming, Cry(level="help"))


def _about_another(db: Session, incoming: Incoming, asked: frozenset[int]) -> bool:
    """Whether she swiped on another message of ours: her words are about that one."""
    replied_to = incoming.inbound.replied_to
    if not replied_to:
        return False
    sent = select(_DELIVERY.c.message_id).where(_DELIVERY.c.sid == replied_to)
    found: int | None = db.execute(sent).scalar_one_or_none()
    return found is not None and found not in asked


def _not_surely_hers(incoming: Incoming) -> bool:
    """Where somebody else may have her number, or it may have been a tap on something else: then
    it is not written down that it is safe. A person reads it."""
    return incoming.inbound.pulled or incoming.strange or incoming.who.doubted_at is not None


def _answer(incoming: Incoming, tap: Tap | None, *, asked: frozenset[int]) -> str:
    """Which of the three she means: by a tap, a digit of any script, or words; "" for none."""
    if not asked or incoming.inbound.doubtful:
        return ""
    if tap is not None:  # other questions have a "yes", too
        return tap.key if tap.message_id in asked and tap.key in CHOICES else ""
    question = _question(incoming)
    if place := tapped(fold(incoming.inbound.text), question):
        return CHOICES[place - 1]  # "not now" has a no in it, and is no "no"
    reading = hear(incoming, question)
    if reading.heard is Heard.OPTION and isinstance(reading.value, int):
        return CHOICES[reading.value - 1]
    by_word = {Heard.YES: "yes", Heard.NO: "call", Heard.LATER: "later", Heard.SKIP: "later"}
    return by_word.get(reading.heard, "")


def _question(incoming: Incoming) -> Question:
    text, hers = incoming.house.catalogues.text, incoming.who.language
    return Question(
        kind=Kind.OPTIONS,
        choices=tuple(
            Choice(
                key=key,
                label=text(f"standing.safe_{key}", hers),
                english=text(f"standing.safe_{key}", SOURCE),
                means=MEANT[key],
            )
            for key in CHOICES
        ),
    )
