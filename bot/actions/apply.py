"""Make real what the engine says happened: answers, alerts, one message, a new position."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import bindparam, func, update
from sqlmodel import Session

from bot.actions.alert import raise_alert
from bot.actions.effect import Change
from bot.actions.hold_back_goals import hold_back_goals
from bot.actions.house import House
from bot.actions.incoming import DELETE_WANTED
from bot.actions.keep_only_agreed import NOT_KEPT, may_keep
from bot.actions.meaning import mean
from bot.actions.meaning_of_goals import after_goals
from bot.actions.opening import About, opening
from bot.actions.phrase import Phrase, question_phrase, wording
from bot.actions.say import queue
from bot.actions.talk import Source, Talk
from bot.engine.events import Answered, Asked, Finished, Flagged, Position, Said, Turn
from bot.engine.facts import Snapshot
from bot.engine.flow import Ask
from bot.programme.concerns import Level
from bot.store.concerns import mark_safeguarding
from bot.store.models import Answer, CheckIn, Conversation
from bot.store.prepared import Prepared, PreparedInsert
from bot.store.tables import table
from bot.store.talk import Person

ALARM = "mentor_alarm"

_TALK, _CHECK_IN = table(Conversation), table(CheckIn)
_ANSWER = PreparedInsert(
    table(Answer),
    "conversation_id",
    "participant_id",
    "enrolment_id",
    "message_id",
    "flow",
    "step",
    "value",
    "number",
    "words",
    "language",
    "at",
    returning="id",
)
_ANSWERED = Prepared(
    update(_CHECK_IN)
    .where(_CHECK_IN.c.id == bindparam("check_in"), _CHECK_IN.c.state == "asked")
    .values(state="answered", answered_at=bindparam("now"))
)
_UNANSWERED = Prepared(
    update(_CHECK_IN)
    .where(_CHECK_IN.c.id == bindparam("check_in"), _CHECK_IN.c.state == "asked")
    .values(state="missed")
)
_PROMPT = func.coalesce(bindparam("prompt", type_=_TALK.c.prompt_id.type), _TALK.c.prompt_id)
_WAITS = Prepared(
    update(_TALK)
    .where(_TALK.c.id == bindparam("talk"))
    .values(
        step=bindparam("at_step"),
        tries=bindparam("at_tries"),
        answers=bindparam("so_far"),
        version=bindparam("of_version"),
        prompt_id=_PROMPT,
        updated_at=bindparam("now"),
    )
)
_ENDED = Prepared(
    update(_TALK)
    .where(_TALK.c.id == bindparam("talk"))
    .values(state=bindparam("how"), ended_at=bindparam("now"), updated_at=bindparam("now"))
)


@dataclass(kw_only=True)
class Speech:
    """What this turn will say: texts in order, then perhaps a question, in one message."""

    words: dict[str, str]
    parts: list[str] = field(default_factory=list)
    context: str = ""
    step: str | None = None
    phrase: Phrase | None = None
    follows: str | None = None  # the flow that an answer leads to, once this one is over

    @property
    def text(self) -> str:
        """The whole message. Paragraphs, since it stands in one bubble."""
        return "\n\n".join(part for part in self.parts if part)


@dataclass(frozen=True, kw_only=True)
class Sending:
    """How a turn's message goes out: when it stops being worth sending, and how urgently."""

    priority: int = 0
    expires_at: datetime | None = None
    lead: str = ""  # said before everything else


def apply(
    db: Session,
    *,
    house: House,
    who: Person,
    talk: Talk,
    turn: Turn,
    known: Snapshot,
    now: datetime,
    source: Source | None = None,
    sending: Sending | None = None,
) -> Person:
    """Apply a turn of `talk`; returns her as she now is (a turn may change her language).

    Where the turn opens another conversation, that begins in the same message.
    """
    how = sending or Sending()
    speech = Speech(words=dict(known.words), parts=[how.lead] if how.lead else [])
    state, opens = None, None
    for event in turn.events:
        if isinstance(event, Answered) and source is not None:
            who = _answer(
                db,
                house=house,
                who=who,
                talk=talk,
                answered=event,
                source=source,
                speech=speech,
                now=now,
            )
        elif isinstance(event, Flagged):
            _flag(db, house=house, who=who, talk=talk, flagged=event, source=source, now=now)
        elif isinstance(event, Said | Asked):
            _speak(house, who=who, talk=talk, event=event, speech=speech, known=known)
        elif isinstance(event, Finished):
            state, opens = event.state, event.opens or speech.follows
            if state == "completed":
                _over(db, talk, turn)
                opens = opens or after_goals(db, talk)
    if opens is not None:
        return _open_next(
            db, house=house, who=who, talk=talk, opens=opens, lead=speech.text, how=how, now=now
        )
    prompt_id = _send(db, who=who, talk=talk, speech=speech, how=how, now=now)
    _move(db, talk=talk, position=turn.position, state=state, prompt_id=prompt_id, now=now)
    return who


def _open_next(
    db: Session,
    *,
    house: House,
    who: Person,
    talk: Talk,
    opens: str,
    lead: str,
    how: Sending,
    now: datetime,
) -> Person:
    """This one is over; the next begins with what it is about, after what was said so far."""
    _move(db, talk=talk, position=None, state="completed", prompt_id=None, now=now)
    about = About(
        enrolment_id=talk.enrolment_id,
        check_in_id=talk.check_in_id,
        goal_id=talk.goal_id,
        session_id=talk.session_id,
    )
    sending = replace(how, lead=lead)
    return begin(db, house=house, who=who, flow=opens, about=about, sending=sending, now=now)


def begin(
    db: Session,
    *,
    house: House,
    who: Person,
    flow: str,
    about: About,
    now: datetime,
    sending: Sending | None = None,
) -> Person:
    """Open a conversation and make its first turn real."""
    begun = opening(db, house=house, who=who, flow=flow, about=about, now=now)
    return apply(
        db,
        house=house,
        who=who,
        talk=begun.talk,
        turn=begun.turn,
        known=begun.known,
        sending=sending,
        now=now,
    )


def _answer(
    db: Session,
    *,
    house: House,
    who: Person,
    talk: Talk,
    answered: Answered,
    source: Source,
    speech: Speech,
    now: datetime,
) -> Person:
    if talk.check_in_id is not None and not any(talk.answers.values()):
        # One that nobody understood leaves an empty answer: it is not her first
        _answered_at(db, check_in_id=talk.check_in_id, now=now)
    values = answer_values(who=who, talk=talk, answered=answered, source=source, now=now)
    kept = _ANSWER.rows(db, values if may_keep(db, who, answered) else values | NOT_KEPT)
    effect = mean(
        db,
        Change(
            house=house,
            who=who,
            talk=talk,
            answered=answered,
            answer_id=kept[0].id,
            source=source,
            now=now,
        ),
    )
    speech.words |= effect.words
    speech.follows = effect.opens or speech.follows
    return replace(
        who,
        language=effect.language or who.language,
        discreet=who.discreet if effect.discreet is None else effect.discreet,
    )


def answer_values(
    *, who: Person, talk: Talk, answered: Answered, source: Source, now: datetime
) -> dict[str, object]:
    """One row of `answer`."""
    return {
        "conversation_id": talk.id,
        "participant_id": who.id,
        "enrolment_id": talk.enrolment_id,
        "message_id": source.message_id,
        "flow": talk.flow,
        "step": answered.step,
        "value": answered.value,
        "number": answered.number,
        "skipped": answered.skipped,
        "sensitive": answered.sensitive,
        "words": source.words,
        "language": source.language,
        "at": now,
    }


def _over(db: Session, talk: Talk, turn: Turn) -> None:
    """What ended without any answer, understood by nobody, waits for none."""
    answered = any(talk.answers.values()) or any(isinstance(e, Answered) for e in turn.events)
    if talk.check_in_id is not None and not answered:
        _UNANSWERED.run(db, {"check_in": talk.check_in_id})


def _answered_at(db: Session, *, check_in_id: int, now: datetime) -> None:
    """The first answer: the check-in is answered, even if she stops half way."""
    _ANSWERED.run(db, {"check_in": check_in_id, "now": now})


def _asks_consent(house: House, talk: Talk, flagged: Flagged) -> bool:
    """Whoever could not say yes or no to us waits for a person, and gets nothing meanwhile."""
    step = house.library.flow(talk.flow).step(flagged.step)
    return isinstance(step, Ask) and (step.means or "").startswith("consent")


def _flag(
    db: Session,
    *,
    house: House,
    who: Person,
    talk: Talk,
    flagged: Flagged,
    source: Source | None,
    now: datetime,
) -> None:
    unclear = flagged.kind == "not_understood" and _asks_consent(house, talk, flagged)
    if flagged.kind == ALARM and source is not None and source.message_id is not None:
        mark_safeguarding(db, message_id=source.message_id)
    raise_alert(
        db,
        kind=flagged.kind,
        level=Level.AMBER if unclear else None,
        subject=f"{flagged.kind}:participant:{who.id}",
        participant_id=who.id,
        message_id=source.message_id if source else None,
        detail=f"{talk.flow}.{flagged.step}",
        now=now,
    )
    if flagged.kind == DELETE_WANTED:
        hold_back_goals(db, participant_id=who.id, reason=DELETE_WANTED, now=now)


def _speak(
    house: House, *, who: Person, talk: Talk, event: Said | Asked, speech: Speech, known: Snapshot
) -> None:
    if isinstance(event, Said):
        context = wording(house, event.context, discreet=who.discreet)
        fill = house.catalogues.fill
        speech.parts.append(fill(context, language=who.language, words=speech.words))
        speech.context = context
        return
    phrase = question_phrase(
        house=house,
        flow=house.library.flow(talk.flow),
        asked=event,
        known=known,
        language=who.language,
        words=speech.words,
        discreet=who.discreet,
    )
    alone = not speech.parts
    speech.parts.append(phrase.text)
    speech.phrase, speech.step = phrase, event.step
    # Only a question that stands alone is the wording of an approved template
    speech.context = phrase.context if alone else f"{phrase.context}+"


def _send(
    db: Session, *, who: Person, talk: Talk, speech: Speech, how: Sending, now: datetime
) -> int | None:
    if not speech.text:
        return None
    phrase = speech.phrase
    return queue(
        db,
        participant_id=who.id,
        address_id=who.address_id,
        channel=who.channel,
        text=speech.text,
        language=who.language,
        conversation_id=talk.id,
        step=speech.step,
        context=speech.context,
        choices=phrase.choices if phrase else None,
        layout=phrase.layout if phrase else "",
        priority=how.priority,
        expires_at=how.expires_at,
        now=now,
    )


def _move(
    db: Session,
    *,
    talk: Talk,
    position: Position | None,
    state: str | None,
    prompt_id: int | None,
    now: datetime,
) -> None:
    """Save where the conversation waits, or how it ended."""
    if position is not None:
        waits = {
            "at_step": position.step,
            "at_tries": position.tries,
            "so_far": dict(position.answers),
            "of_version": position.version,
            "prompt": prompt_id,
        }
        _WAITS.run(db, {"talk": talk.id, "now": now, **waits})
    if state is not None:
        _ENDED.run(db, {"talk": talk.id, "now": now, "how": state})
