"""What an answer changes in the programme, by the `means` of its question."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlmodel import Session as Db

from bot.actions.house import House
from bot.actions.know import quoted
from bot.actions.plan import plan_all
from bot.actions.report import report_session
from bot.actions.welcome_again import welcome_again
from bot.engine.events import Answered
from bot.engine.facts import SPOKEN
from bot.programme.calendar import next_allowed
from bot.store.models import Address, Consent, Conversation, Goal, GoalEntry, Participant
from bot.store.planned import skip_welcomes
from bot.store.prepared import PreparedInsert
from bot.store.tables import table
from bot.store.talk import Person

_PERSON = table(Participant)
_ADDRESS = table(Address)
_TALK = table(Conversation)
_GOAL = table(Goal)
_ENTRY = PreparedInsert(table(GoalEntry), "goal_id", "kind", "rating", "answer_id", "at")


@dataclass(kw_only=True)
class Talk:
    """The conversation an answer belongs to, and what the answers so far have changed in it."""

    id: int
    flow: str
    version: int
    enrolment_id: int | None
    check_in_id: int | None
    goal_id: int | None
    answers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Source:
    """The message an answer came in: its id, her words, and their language."""

    message_id: int | None
    words: str
    language: str


@dataclass(frozen=True, kw_only=True)
class Change:
    """One answer with everything its meaning may touch."""

    house: House
    who: Person
    talk: Talk
    answered: Answered
    answer_id: int
    source: Source
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What later texts of the same turn must already know."""

    language: str | None = None
    discreet: bool | None = None
    words: dict[str, str] = field(default_factory=dict)


def mean(db: Db, change: Change) -> Effect:
    """Make the answer's meaning real. A skipped question changes nothing."""
    if change.answered.means is None or change.answered.skipped:
        return Effect()
    return _MEANINGS[change.answered.means](db, change)


def _right_number(db: Db, change: Change) -> Effect:
    value = change.answered.value
    if value == "wrong":
        _mark_wrong(db, change.who)
    elif value == "later" and change.talk.enrolment_id is not None:
        tomorrow = next_allowed(change.now + timedelta(days=1), change.house.zone)
        welcome_again(db, enrolment_id=change.talk.enrolment_id, due_at=tomorrow)
    return Effect()


def _mark_wrong(db: Db, who: Person) -> None:
    """Whatever may be the same phone: that channel, that number, WhatsApp's own name for it."""
    found = select(_ADDRESS.c.address).where(_ADDRESS.c.id == who.address_id)
    number = (db.execute(found).scalar_one_or_none() or "").removeprefix("whatsapp:")
    rows = update(_ADDRESS).where(
        _ADDRESS.c.participant_id == who.id,
        or_(
            _ADDRESS.c.channel == who.channel,
            _ADDRESS.c.kind == "user_id",
            _ADDRESS.c.address.in_((number, f"whatsapp:{number}")),
        ),
    )
    db.execute(rows.values(state="wrong", state_reason="wrong_person"))


def _language(db: Db, change: Change) -> Effect:
    tag = change.answered.value
    db.execute(update(_PERSON).where(_PERSON.c.id == change.who.id).values(language=tag))
    return Effect(language=tag)


def _consent(kind: str) -> Callable[[Db, Change], Effect]:
    def given(db: Db, change: Change) -> Effect:
        if change.answered.value in ("yes", "no"):
            yes = change.answered.value == "yes"
            db.add(_consent_row(change, kind=kind, given=yes))
            if kind == "messages":
                _agreed(db, change, yes=yes)
        return Effect()

    return given


def _agreed(db: Db, change: Change, *, yes: bool) -> None:
    """Asked once and answered once, however many cohorts she is in."""
    db.flush()
    skip_welcomes(db, participant_id=change.who.id, reason="answered")
    if yes:
        plan_all(db, participant_id=change.who.id, now=change.now, zone=change.house.zone)


def _consent_row(change: Change, *, kind: str, given: bool) -> Consent:
    talk = change.talk
    return Consent(
        participant_id=change.who.id,
        kind=kind,
        given=given,
        wording=f"{talk.flow}.{change.answered.step} v{talk.version}",
        language=change.source.language,
        channel=change.who.channel,
        message_id=change.source.message_id,
        at=change.now,
    )


def _discreet(db: Db, change: Change) -> Effect:
    shared = change.answered.value != "no"
    db.execute(update(_PERSON).where(_PERSON.c.id == change.who.id).values(discreet=shared))
    return Effect(discreet=shared)


def _focus(db: Db, change: Change) -> Effect:
    """What her goal is about. Before there is one, the answer waits in the conversation."""
    if change.talk.goal_id is not None:
        goal = update(_GOAL).where(_GOAL.c.id == change.talk.goal_id)
        db.execute(goal.values(focus=change.answered.value))
    return Effect()


def _goal_words(db: Db, change: Change) -> Effect:
    """A new goal, or the new wording of the one she wanted to change."""
    talk, spoken = change.talk, change.answered.value == SPOKEN
    words = "" if spoken else change.answered.value
    if talk.enrolment_id is None:
        return Effect()
    if talk.goal_id is None or talk.answers.get("confirm") != "change":
        talk.goal_id = _new_goal(db, change, enrolment_id=talk.enrolment_id, words=words)
    else:
        db.execute(update(_GOAL).where(_GOAL.c.id == talk.goal_id).values(words=words))
    _remember_goal(db, change, "words", words=words)
    voice = change.house.catalogues.text("standing.voice_goal", change.who.language)
    return Effect(words={"goal": quoted(words) or voice})


def _new_goal(db: Db, change: Change, *, enrolment_id: int, words: str) -> int:
    newest = select(func.coalesce(func.max(_GOAL.c.number), 0)).where(
        _GOAL.c.enrolment_id == enrolment_id
    )
    goal = Goal(
        enrolment_id=enrolment_id,
        number=db.execute(newest).scalar_one() + 1,
        focus=change.talk.answers.get("focus", ""),
        words=words,
        language=change.source.language,
        created_at=change.now,
    )
    db.add(goal)
    db.flush()
    db.execute(update(_TALK).where(_TALK.c.id == change.talk.id).values(goal_id=goal.id))
    if goal.id is None:
        raise TypeError("a stored goal has an id")
    return goal.id


def _remember_goal(
    db: Db, change: Change, kind: str, *, words: str = "", rating: int | None = None
) -> None:
    """One more line of the goal's history."""
    if change.talk.goal_id is None:
        return
    entry = {
        "goal_id": change.talk.goal_id,
        "kind": kind,
        "words": words,
        "rating": rating,
        "answer_id": change.answer_id,
        "at": change.now,
    }
    _ENTRY.run(db, entry)


def _goal_rating(db: Db, change: Change) -> Effect:
    talk, rating = change.talk, change.answered.number
    if talk.goal_id is None or rating is None:
        return Effect()
    _remember_goal(db, change, "rating", rating=rating)
    return Effect(words={"now": str(rating)})


def _goal_step(db: Db, change: Change) -> Effect:
    if change.talk.goal_id is None:
        return Effect()
    words = "" if change.answered.value == SPOKEN else change.answered.value
    goal = update(_GOAL).where(_GOAL.c.id == change.talk.goal_id)
    db.execute(goal.values(next_step=words))
    _remember_goal(db, change, "step", words=words)
    return Effect()


def _session(part: str) -> Callable[[Db, Change], Effect]:
    def reported(db: Db, change: Change) -> Effect:
        report_session(
            db,
            check_in_id=change.talk.check_in_id,
            role=change.who.role,
            part=part,
            value=change.answered.value,
            number=change.answered.number,
            now=change.now,
        )
        return Effect()

    return reported


def _nothing(_: Db, __: Change) -> Effect:
    """The answer itself is all there is to keep."""
    return Effect()


_MEANINGS: dict[str, Callable[[Db, Change], Effect]] = {
    "right_number": _right_number,
    "language": _language,
    "consent_messages": _consent("messages"),
    "consent_sensitive": _consent("sensitive"),
    "consent_sharing": _consent("sharing"),
    "discreet": _discreet,
    "focus": _focus,
    "goal_words": _goal_words,
    "goal_confirmed": _nothing,
    "goal_rating": _goal_rating,
    "goal_step": _goal_step,
    "goal_progress": _goal_rating,
    "session_met": _session("met"),
    "session_minutes": _session("minutes"),
    "session_feeling": _session("feeling"),
    "session_reason": _session("reason"),
}
