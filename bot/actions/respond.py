"""Decide what one message is: a cry for help, a standing word, a tap, an answer — or none of them.

Order matters: harm before everything, STOP before every question, then what is open.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import update
from sqlmodel import Session

from bot.actions.attend import attend
from bot.actions.called import NOT_SAFE, is_safe_word, needs_help_now
from bot.actions.carry_on import carry_on, repeat_question, take_up_held
from bot.actions.change import answer_old_prompt, tapped_message
from bot.actions.concern import answer_concern, answer_not_safe, answer_safe_word
from bot.actions.converse import Open, answer_open, close_outdated, open_question, typed_way_out
from bot.actions.doors import (
    do_not_share,
    help_wanted,
    is_overtaken,
    open_channel,
    start_again,
    stop,
    switch_language,
    take_back,
)
from bot.actions.doubt import IS_IT_YOU, answer_while_in_doubt, may_be_another
from bot.actions.held import keep_while_held
from bot.actions.hold_back_goals import hold_back_goals
from bot.actions.incoming import DELETE_WANTED, WANTED, Incoming, alert_about, hear, say_standing
from bot.actions.mute import keep_quiet, nobody_reads
from bot.actions.notice import notice
from bot.actions.open_door import DOORS, open_door
from bot.actions.other_tongue import offer_other_tongue
from bot.actions.release import release_waiting
from bot.actions.reopen import answer_late, open_last, same_question, tap_late
from bot.actions.silence import end_quiet
from bot.actions.weigh import hear_doubtful, no_clear_word, weigh
from bot.actions.withdraw import SHARED
from bot.channels.base import Inbound
from bot.channels.rendering import Tap
from bot.engine import advance
from bot.engine.understand import Heard, Kind, Question, Reading
from bot.store.models import Participant
from bot.store.tables import table
from bot.store.talk import Talking

_PERSON = table(Participant)

ACKNOWLEDGE_EVERY = timedelta(days=1)
NO_QUESTION = Question(kind=Kind.ANY)
OPENER, REMINDER = "standing.opener", "standing.reminder"
SENT_PLACE = "sent_place"
CONTINUE = "open"  # the one button of either


@dataclass(frozen=True, kw_only=True)
class _Read:
    """What a message comes to: itself, the open question if any, the tap if it was one that
    counts, the reading."""

    incoming: Incoming
    open: Open | None
    tap: Tap | None
    reading: Reading
    aside: bool = False  # not about what is open


def respond(db: Session, incoming: Incoming) -> None:
    """One turn of a known participant."""
    who, inbound = incoming.who, incoming.inbound
    if who.quiet_at is not None:
        end_quiet(db, participant_id=who.id)
    if inbound.opt_out == "START" and not is_overtaken(db, incoming):
        open_channel(db, who)  # her network lets us through again, also for a mere YES
    read = _read(db, incoming)
    incoming, heard = read.incoming, read.reading.heard
    if heard is Heard.HARM:
        answer_concern(db, incoming, heard=read.reading)
    elif is_safe_word(incoming):
        answer_safe_word(db, incoming)
    elif needs_help_now(incoming) or _picked(read) == NOT_SAFE:
        answer_not_safe(db, incoming)
    elif heard is Heard.STOP or inbound.opt_out == "STOP" or _only_messages(read):
        if _withdraws_messages(read):
            take_back(db, incoming, ("messages",))
        stop(db, incoming)
    elif who.held_at is not None:
        _honour(db, incoming, heard)
        keep_while_held(db, incoming, heard=heard, tap=read.tap)
    elif silent := nobody_reads(who, inbound, read.reading, asked=read.open is not None):
        _honour(db, incoming, heard)
        keep_quiet(db, incoming, heard, why=silent)
    elif heard is Heard.START or (inbound.opt_out == "START" and who.state == "stopped"):
        _start(db, incoming)
    elif attend(db, incoming):
        pass  # the word on the slide; whatever was asked is still open
    elif heard is Heard.HELP and not _chose_person(read, inbound):
        help_wanted(db, incoming)
    elif who.state == "stopped":
        _honour(db, incoming, heard)
        alert_about(db, incoming, WANTED.get(heard, "wrote_to_us"))  # kept; nothing is sent
    elif heard is Heard.UNSHARE:
        do_not_share(db, incoming)
    elif may_be_another(db, incoming):
        pass  # first of all a harmless question
    elif who.doubted_at is not None and (read.open is None or read.open.flow.name != IS_IT_YOU):
        answer_while_in_doubt(db, incoming)
    elif heard in DOORS and read.tap is None:
        open_door(db, incoming, DOORS[heard])
    else:
        _carry_through(db, incoming, read)
        if not _names_language(read):
            offer_other_tongue(db, incoming)


def _start(db: Session, incoming: Incoming) -> None:
    """Who reads is looked at first where START would only say her open question again."""
    who = incoming.who
    if who.state == "active" and may_be_another(db, incoming):
        return
    if start_again(db, incoming) and who.state != "active":
        may_be_another(db, replace(incoming, who=replace(who, state="active")))


def _read(db: Session, incoming: Incoming) -> _Read:
    opened = open_question(db, incoming) if incoming.who.talking is not None else None
    question = opened.question if opened is not None and opened.question else NO_QUESTION
    weighed = weigh(db, incoming, opened)
    incoming, doubtful = weighed.incoming, weighed.incoming.inbound.doubtful
    reading = (hear_doubtful if doubtful else hear)(incoming, question)
    if reading.quiet and weighed.tap is None:
        notice(db, incoming)
    asks_consent = opened is not None and opened.asks_consent
    if weighed.unsure or (asks_consent and no_clear_word(incoming.inbound.text)):
        reading = _unless_a_door(reading)
    if reading.heard is Heard.UNCLEAR and opened is not None and not doubtful:
        reading = typed_way_out(incoming, opened) or reading
    return _Read(
        incoming=incoming, open=opened, tap=weighed.tap, reading=reading, aside=weighed.aside
    )


def _picked(read: _Read) -> str:
    """The key of the one choice she made of the open question; "" where she made none."""
    if read.open is None or read.open.question is None:
        return ""
    if read.tap is not None:
        return read.tap.key if read.open.is_prompt(read.tap, read.tap.message_id) else ""
    place = read.reading.value if read.reading.heard is Heard.OPTION else None
    choices = read.open.question.choices
    return choices[place - 1].key if isinstance(place, int) and place <= len(choices) else ""


def _only_messages(read: _Read) -> bool:
    """ "Only messages", when asked what she would like to leave, or to take back: that is STOP."""
    if read.aside:
        return False
    leaves = read.open is not None and read.open.flow.name == "leave" and _picked(read) == "only"
    return leaves or _withdraws_messages(read)


def _withdraws_messages(read: _Read) -> bool:
    chooses = read.open is not None and read.open.flow.name == "my_choices"
    return chooses and _picked(read) == "no_messages"


def _honour(db: Session, incoming: Incoming, heard: Heard) -> None:
    """Nothing is said to her now; what she wants kept from others is kept from them."""
    if heard is Heard.UNSHARE:
        take_back(db, incoming, SHARED)
    elif heard is Heard.DELETE:
        hold_back_goals(db, participant_id=incoming.who.id, reason=DELETE_WANTED, now=incoming.now)


def _unless_a_door(reading: Reading) -> Reading:
    """No answer to the question; HELP, START and the like stay what they are."""
    answers = (Heard.YES, Heard.OPTION, Heard.NUMBER, Heard.TEXT, Heard.NO)
    return Reading(Heard.UNCLEAR) if reading.heard in answers else reading


def _chose_person(read: _Read, inbound: Inbound) -> bool:
    """A number or a tap that stands for "a person" belongs to the question, not to the door."""
    if read.tap is not None:
        return True
    asked = read.open.question if read.open is not None else None
    return bool(asked and asked.person and not any(c.isalpha() for c in inbound.text))


def _carry_through(db: Session, incoming: Incoming, read: _Read) -> None:
    who, inbound = incoming.who, incoming.inbound
    talking, heard = who.talking, read.reading.heard
    if talking is not None and read.open is None:
        close_outdated(db, incoming)
    elif read.aside or "forwarded" in inbound.details:
        _beside_the_question(db, incoming, read)
    elif talking is not None and talking.prompt_state == "waiting":
        release_waiting(db, participant_id=who.id, now=incoming.now)
        if read.tap is None:  # words of her own, before she has seen the question
            alert_about(db, incoming, "wrote_to_us")
    elif read.tap is None and _agrees_unread(read, talking):
        alert_about(db, incoming, "wrote_to_us")  # the question follows; this does not answer it
    elif read.tap is not None:
        _tapped(db, incoming, read, read.tap)
    elif inbound.kind != "text" and not inbound.text.strip():
        _showed(db, incoming, read)
    elif _wants_language(read):
        _speak_language(db, incoming, read)
    elif heard is Heard.LATER and talking is not None and not _is_choice(read, "later"):
        say_standing(db, incoming, "later")
    elif read.open is not None:
        if inbound.media:
            alert_about(db, incoming, "voice")
        if inbound.kind == "location":
            _alert_of_one(db, incoming, SENT_PLACE)
        answer_open(db, incoming, read.open, read.reading)
        carry_on(db, incoming)
    elif inbound.doubtful or not answer_late(db, incoming):
        _out_of_turn(db, incoming)


def _beside_the_question(db: Session, incoming: Incoming, read: _Read) -> None:
    """Words of somebody else, or about something else: a person reads them, what is open stays."""
    waits = read.open is not None and read.open.question is not None
    if incoming.inbound.media:
        _alert_of_one(db, incoming, "voice")
    if incoming.inbound.doubtful and waits:
        alert_about(db, incoming, "wrote_to_us")
        say_standing(db, incoming, "forwarded")
    else:
        _out_of_turn(db, incoming)


def _agrees_unread(read: _Read, talking: Talking | None) -> bool:
    """Whether the open question counts only once it has left us, and has not: "1", "1", "1" sent
    at once must not agree to what she has not read, nor an "ok" to what she read before it."""
    if read.open is None or talking is None or talking.prompt_state != "queued":
        return False
    begun = talking.check_in_id is not None and not talking.answers and talking.tries == 0
    return read.open.needs_to_be_sure or begun


def _is_choice(read: _Read, key: str) -> bool:
    asked = read.open.question if read.open is not None else None
    return asked is not None and any(choice.key == key for choice in asked.choices)


def _wants_language(read: _Read) -> bool:
    return read.reading.heard is Heard.LANGUAGE and not _asks_language(read)


def _names_language(read: _Read) -> bool:
    """She has just said which language she wants, so there is nothing to offer."""
    return read.reading.heard is Heard.LANGUAGE or _asks_language(read)


def _asks_language(read: _Read) -> bool:
    asked = read.open.question if read.open is not None else None
    return asked is not None and asked.kind is Kind.LANGUAGE


def _speak_language(db: Session, incoming: Incoming, read: _Read) -> None:
    tag = str(read.reading.value)
    if tag not in incoming.house.catalogues.languages:
        alert_about(db, incoming, "other_language")
        say_standing(db, incoming, "noted")
        return
    switch_language(db, incoming, tag)
    lead = incoming.house.catalogues.text("standing.language", tag)
    if read.open is None or not repeat_question(db, incoming, language=tag, lead=lead):
        say_standing(db, incoming, "language", language=tag)


def _tapped(db: Session, incoming: Incoming, read: _Read, tap: Tap) -> None:
    if tap.context in (OPENER, REMINDER) or tap.key == CONTINUE:
        _opened_late(db, incoming, read)
        return
    asked_by = tapped_message(db, incoming, tap)
    waiting = _tapped_open(db, read, tap, asked_by)
    if waiting is None and asked_by is not None:
        waiting = take_up_held(db, incoming, message_id=asked_by)
    if waiting is None:
        if not tap_late(db, incoming, tap, message_id=asked_by):
            answer_old_prompt(db, incoming, tap, message_id=asked_by, waiting=read.open)
        return
    reading = advance.tap(waiting.flow, waiting.position, tap.key, waiting.known)
    answer_open(db, incoming, waiting, reading)
    carry_on(db, incoming)


def _tapped_open(db: Session, read: _Read, tap: Tap, asked_by: int | None) -> Open | None:
    """The open question, if the tap was on it, or on the same one before we repeated it."""
    waiting = read.open
    if waiting is None or waiting.is_prompt(tap, asked_by):
        return waiting
    if asked_by is None or not same_question(db, waiting, message_id=asked_by):
        return None
    return waiting


def _opened_late(db: Session, incoming: Incoming, read: _Read) -> None:
    """She tapped an opener after its question had gone, or a reminder: ask it again, also where
    silence has closed it since; or say that we read her."""
    if release_waiting(db, participant_id=incoming.who.id, now=incoming.now):
        return
    lead = incoming.house.catalogues.text("standing.carry_on", incoming.who.language)
    waits = read.open is not None or open_last(db, incoming)
    if not waits or not repeat_question(db, incoming, language=None, lead=lead):
        _out_of_turn(db, incoming)


def _showed(db: Session, incoming: Incoming, read: _Read) -> None:
    """A voice note, a picture, a place, a card: a person listens or looks."""
    kind = SENT_PLACE if incoming.inbound.kind == "location" else "voice"
    _alert_of_one(db, incoming, kind)
    answers = incoming.inbound.kind == "media" and "sticker" not in incoming.inbound.details
    if read.open is not None and read.open.takes_words and incoming.inbound.media and answers:
        answer_open(db, incoming, read.open, Reading(Heard.TEXT, ""), spoken=True)
        carry_on(db, incoming)
        return
    audio = any(item.content_type.startswith("audio/") for item in incoming.inbound.media)
    thanks = "person_listens" if audio else "person_looks"
    if read.open is None or read.open.question is None:
        _acknowledge(db, incoming, thanks)
        return
    # Thanked once; after that it climbs the ladder as words do that nobody understands
    said = incoming.house.catalogues.text(f"standing.{thanks}", incoming.who.language)
    lead = said if read.open.position.tries == 0 else ""
    answer_open(db, incoming, read.open, Reading(Heard.UNCLEAR), lead=lead)
    carry_on(db, incoming)


def _alert_of_one(db: Session, incoming: Incoming, kind: str) -> None:
    """An alert of its own for each such message."""
    alert_about(db, incoming, kind, subject=f"{kind}:message:{incoming.message_id}")


def _out_of_turn(db: Session, incoming: Incoming) -> None:
    """She wrote, nothing was asked: staff see it, and she hears so once a day."""
    alert_about(db, incoming, "wrote_to_us")
    _acknowledge(db, incoming, "noted")


def _acknowledge(db: Session, incoming: Incoming, key: str) -> None:
    last, now = incoming.who.acknowledged_at, incoming.now
    if last is not None and now - last < ACKNOWLEDGE_EVERY:
        return
    say_standing(db, incoming, key)
    row = update(_PERSON).where(_PERSON.c.id == incoming.who.id)
    db.execute(row.values(acknowledged_at=now))
