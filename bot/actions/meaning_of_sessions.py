"""What her answers change in the sessions of her pair: what was, and what is to be."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session as Db

from bot.actions import agree
from bot.actions.arrange import arrange
from bot.actions.effect import Change, Effect, Meaning
from bot.actions.know import spoken_moment
from bot.actions.report import report_session
from bot.store.models import Conversation
from bot.store.sessions import place_at
from bot.store.tables import table

_TALK = table(Conversation)


def _reported(part: str) -> Meaning:
    def reported(db: Db, change: Change) -> Effect:
        report_session(
            db,
            session_id=change.talk.session_id,
            role=change.who.role,
            part=part,
            value=change.answered.value,
            number=change.answered.number,
            now=change.now,
        )
        return Effect(opens=_follows(change, part))

    return reported


def _follows(change: Change, part: str) -> str | None:
    """Straight after the report the mentor may think about the session: it is one occasion, and
    the bot need not start another. Where it was not good, a person talks with her instead."""
    told_how_it_was = part == "feeling" and change.who.role == "mentor"
    if not told_how_it_was or change.answered.value == "not_good":
        return None
    return "mentor_reflection"


def _when(db: Db, change: Change) -> Effect:
    """Words for the read-back, and nothing else until she has said yes to it. Where she wanted
    another time than the proposed one, and names none, that one is off."""
    named = _moment(change.answered.value)
    if named is None:
        if change.answered.skipped and change.talk.flow == "session_time":
            _turn_down(db, change, reason="other_time")
        return Effect()
    spoken = spoken_moment(change.house, named, language=change.who.language)
    return Effect(words={"moment": spoken})


def _moment(value: str | None) -> datetime | None:
    """The time she named; None where she chose a person instead."""
    try:
        return datetime.fromisoformat(value or "")
    except ValueError:
        return None


def _right(db: Db, change: Change) -> Effect:
    """She said yes to the read-back: from here on the conversation is about the new session.

    Asked after a session, she names what the two have agreed already; the rest of that
    conversation stays about the one that was.
    """
    talk, named = change.talk, _moment(change.talk.answers.get("when"))
    if change.answered.value != "yes" or named is None or talk.enrolment_id is None:
        return Effect()
    agreed = talk.flow == "session_confirm"
    new = arrange(
        db,
        enrolment_id=talk.enrolment_id,
        role=change.who.role,
        about=talk.session_id,
        starts_at=named,
        talk_id=talk.id,
        agreed=agreed,
        now=change.now,
    )
    if new is not None and not agreed:
        talk.session_id = new
        db.execute(update(_TALK).where(_TALK.c.id == talk.id).values(session_id=new))
    return Effect()


def _place(db: Db, change: Change) -> Effect:
    """Of the session that was just proposed; where none was, the conversation is about another."""
    talk, named = change.talk, _moment(change.talk.answers.get("when"))
    if talk.session_id is not None and named is not None:
        place_at(db, session_id=talk.session_id, starts_at=named, place=change.answered.value)
    return Effect()


def _agreed(db: Db, change: Change) -> Effect:
    session_id, now = change.talk.session_id, change.now
    if session_id is None:
        return Effect()
    if change.answered.value == "yes":
        agree.agree(db, session_id=session_id, role=change.who.role, now=now)
    elif change.answered.value == "not_this_week":
        _turn_down(db, change, reason="not_this_week")
    return Effect()


def _turn_down(db: Db, change: Change, *, reason: str) -> None:
    talk = change.talk
    if talk.session_id is not None:
        agree.turn_down(
            db,
            session_id=talk.session_id,
            role=change.who.role,
            reason=reason,
            talk_id=talk.id,
            now=change.now,
        )


def _still(db: Db, change: Change) -> Effect:
    session_id, role = change.talk.session_id, change.who.role
    if session_id is not None and change.answered.value == "cannot":
        agree.cannot(db, session_id=session_id, role=role, talk_id=change.talk.id, now=change.now)
    return Effect()


def _again(db: Db, change: Change) -> Effect:
    session_id = change.talk.session_id
    if session_id is not None and change.answered.value == "next_week":
        agree.arrange_in_a_week(db, session_id=session_id, now=change.now)
    return Effect()


MEANINGS: dict[str, Meaning] = {
    "session_met": _reported("met"),
    "session_minutes": _reported("minutes"),
    "session_feeling": _reported("feeling"),
    "session_reason": _reported("reason"),
    "session_when": _when,
    "session_right": _right,
    "session_place": _place,
    "session_agreed": _agreed,
    "session_still": _still,
    "session_again": _again,
}
