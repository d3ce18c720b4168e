"""Who was at a training: by the word on the slide, or as staff tick the list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session as Db

from bot.actions.audit import audit
from bot.actions.incoming import Incoming, say_standing
from bot.actions.plan_training import plan_feedback
from bot.actions.training_word import could_be_word, spelt
from bot.programme.trainings import LONGEST_MINUTES, WORD_FROM, WORD_UNTIL, is_on
from bot.store.trainings import WordOf, count_there, drop_feedback, words_around

LONGEST = timedelta(minutes=LONGEST_MINUTES)


@dataclass(frozen=True, kw_only=True)
class Tick:
    """One line of the list as staff saw it and as they sent it. None: not there."""

    was: int | None
    minutes: int | None


def attend(db: Db, incoming: Incoming) -> bool:
    """Whether the whole message is the word of a training of hers that is on now.

    Then she was there, once however often she sends it, and hears so. An open question stays open.
    Somebody who has stopped messages, or is held back, is counted in silence.
    """
    found = _trainings(db, incoming)
    for one in found:
        new = count_there(
            db,
            training_id=one.training_id,
            enrolment_id=one.enrolment_id,
            minutes=one.minutes,
            source="word",
            now=incoming.now,
            once=True,
        )
        if new:
            plan_feedback(
                db,
                training_id=one.training_id,
                enrolment_id=one.enrolment_id,
                now=incoming.now,
            )
    if found and incoming.who.state != "stopped" and incoming.who.held_at is None:
        say_standing(db, incoming, "attended")
    return bool(found)


def tick_list(
    db: Db, *, training_id: int, ticks: Mapping[int, Tick], staff_id: int, now: datetime
) -> int:
    """Who was there, by staff, for each enrolment. Only what they changed is written, so that a
    word sent while they looked at the page is not lost. Returns how many lines changed.
    """
    changed = {who: tick.minutes for who, tick in ticks.items() if tick.minutes != tick.was}
    for enrolment_id, minutes in changed.items():
        count_there(
            db,
            training_id=training_id,
            enrolment_id=enrolment_id,
            minutes=minutes,
            source="" if minutes is None else "staff",
            now=now,
        )
        if minutes is None:
            drop_feedback(db, training_id=training_id, enrolment_id=enrolment_id)
        else:
            plan_feedback(db, training_id=training_id, enrolment_id=enrolment_id, now=now)
        audit(
            db,
            staff_id=staff_id,
            action="attendance",
            subjects=(f"enrolment:{enrolment_id}",),
            detail=f"training:{training_id} {'not there' if minutes is None else minutes}",
            now=now,
        )
    return len(changed)


def _trainings(db: Db, incoming: Incoming) -> list[WordOf]:
    """Those on now whose word she sent. Nothing is looked up for what can be no such word."""
    text, now = incoming.inbound.text, incoming.now
    if incoming.inbound.button or incoming.inbound.doubtful:
        return []
    if not could_be_word(text, incoming.house.vocabulary):
        return []
    around = words_around(
        db,
        participant_id=incoming.who.id,
        earliest=now - LONGEST - WORD_UNTIL,
        latest=now + WORD_FROM,
    )
    word = spelt(text)
    return [
        one
        for one in around
        if is_on(one.starts_at, minutes=one.minutes, now=now) and spelt(one.word) == word
    ]
