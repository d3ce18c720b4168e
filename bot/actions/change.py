"""A tap on an older question: it changes that answer on purpose, or answers what silence has
closed, or she hears that it is closed."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import insert, select, update
from sqlmodel import Session

from bot.actions.alert import raise_alert
from bot.actions.apply import answer_values
from bot.actions.carry_on import carry_on
from bot.actions.converse import Open, answer_open
from bot.actions.effect import Change
from bot.actions.incoming import Incoming, alert_about, say_standing
from bot.actions.keep_only_agreed import NOT_KEPT, may_keep
from bot.actions.meaning import mean
from bot.actions.open_door import open_door
from bot.actions.opening import About
from bot.actions.talk import Talk
from bot.channels.rendering import Tap
from bot.engine import advance
from bot.engine.events import Answered
from bot.engine.flow import Answer as Kind
from bot.engine.flow import Ask, Option
from bot.store.models import Answer, CheckIn, Conversation, Delivery
from bot.store.tables import table
from bot.store.talk import Prompt, prompt

_DELIVERY = table(Delivery)

OPEN_FOR = timedelta(days=7)  # till the next check-in
# Agreeing, a phone's owner, where a goal starts, and what others were told of meanwhile are asked
# again, not changed by a stray tap
FIXED = frozenset(
    {
        "right_number",
        "consent_messages",
        "consent_sensitive",
        "consent_sharing",
        "consent_quote",
        "choices",
        "consent_follow_up",
        "discreet",
        "language",
        "goal_confirmed",
        "session_when",
        "session_right",
        "session_agreed",
        "session_again",
        "pair_pause",
        "pause_for",
        "leave_choice",
        "not_safe",
        "safe_word",
    }
)
_ANSWER, _TALK, _CHECK_IN = table(Answer), table(Conversation), table(CheckIn)


def answer_old_prompt(
    db: Session,
    incoming: Incoming,
    tap: Tap,
    *,
    message_id: int | None,
    waiting: Open | None = None,
) -> None:
    """Change the answer that the tapped prompt asked for, where that is still possible.

    In the conversation that is open, one that leads another way goes back to that question.
    """
    asked = prompt(db, participant_id=incoming.who.id, message_id=message_id, context=tap.context)
    old = _current(db, asked) if asked is not None else None
    if asked is None or (old is None and not _closed_by_silence(db, asked)):
        return _closed(db, incoming)
    if old == tap.key:
        return None  # tapped twice: it had its effect
    picked = _picked(incoming, asked, tap.key)
    if picked is None or not _still_open(incoming, asked) or _takes_back(*picked):
        return _closed(db, incoming)
    ask, option = picked
    branches = any(each.goto or each.opens for each in ask.options)
    if branches and waiting is not None and waiting.talk.id == asked.conversation_id:
        return _go_back(db, incoming, waiting, asked=asked, tap=tap)
    return _change(db, incoming, asked=asked, ask=ask, option=option)


def _closed_by_silence(db: Session, asked: Prompt) -> bool:
    """Whether it was the last question of a conversation that ended only for want of an answer."""
    talk = db.execute(
        select(_TALK.c.state, _TALK.c.step, _TALK.c.ended_at, _TALK.c.updated_at).where(
            _TALK.c.id == asked.conversation_id
        )
    ).one()
    silent = talk.state == "abandoned" and talk.ended_at > talk.updated_at
    return bool(silent and talk.step == asked.step)


def tapped_message(db: Session, incoming: Incoming, tap: Tap) -> int | None:
    """The message a tap was on: by the id in the button; a template's button names only its
    wording, so by the reply. None when neither says."""
    if tap.message_id is not None or not incoming.inbound.replied_to:
        return tap.message_id
    sent = select(_DELIVERY.c.message_id).where(_DELIVERY.c.sid == incoming.inbound.replied_to)
    found: int | None = db.execute(sent).scalar_one_or_none()
    return found


def _picked(incoming: Incoming, asked: Prompt, key: str) -> tuple[Ask, Option] | None:
    flow = incoming.house.library.flows.get(asked.flow)
    step = flow.step(asked.step) if flow is not None else None
    if not isinstance(step, Ask) or step.answer is Kind.LANGUAGE or step.several:
        return None
    option = next((option for option in step.options if option.key == key), None)
    return (step, option) if option is not None else None


def _still_open(incoming: Incoming, asked: Prompt) -> bool:
    flow = incoming.house.library.flows[asked.flow]
    step = flow.step(asked.step)
    fresh = incoming.now - asked.started_at <= OPEN_FOR
    fixed = isinstance(step, Ask) and step.means in FIXED
    return fresh and not fixed and asked.version == flow.version


def _takes_back(ask: Ask, option: Option) -> bool:
    """Whether it says that a session is still on after she had said that it is not: the other one
    may have heard by now, and a "yes" would promise what is called off."""
    return ask.means == "session_still" and option.key == "yes"


def _current(db: Session, asked: Prompt) -> str | None:
    row = select(_ANSWER.c.value).where(
        _ANSWER.c.conversation_id == asked.conversation_id,
        _ANSWER.c.step == asked.step,
        _ANSWER.c.replaced_at.is_(None),
    )
    return db.execute(row.order_by(_ANSWER.c.id.desc()).limit(1)).scalar_one_or_none()


def _go_back(db: Session, incoming: Incoming, waiting: Open, *, asked: Prompt, tap: Tap) -> None:
    """Answer that question anew; what she has answered after it does not count any more."""
    keys = [step.key for step in waiting.flow.steps]
    place = keys.index(asked.step)
    db.execute(
        update(_ANSWER)
        .where(
            _ANSWER.c.conversation_id == asked.conversation_id,
            _ANSWER.c.step.in_(keys[place:]),
            _ANSWER.c.replaced_at.is_(None),
        )
        .values(replaced_at=incoming.now)
    )
    earlier = {key: value for key, value in waiting.position.answers if key in keys[:place]}
    position = replace(waiting.position, step=asked.step, tries=0, answers=tuple(earlier.items()))
    before = replace(waiting, position=position, talk=replace(waiting.talk, answers=earlier))
    reading = advance.tap(waiting.flow, position, tap.key, waiting.known)
    answer_open(db, incoming, before, reading)
    carry_on(db, incoming)


def _change(db: Session, incoming: Incoming, *, asked: Prompt, ask: Ask, option: Option) -> None:
    talk = Talk(
        id=asked.conversation_id,
        flow=asked.flow,
        version=asked.version,
        enrolment_id=asked.enrolment_id,
        check_in_id=asked.check_in_id,
        goal_id=asked.goal_id,
        session_id=asked.session_id,
    )
    answered = Answered(
        step=ask.key,
        value=option.key,
        number=option.minutes,
        means=ask.means,
        sensitive=ask.sensitive,
    )
    _replace(db, incoming, talk=talk, answered=answered)
    if option.flag is not None:
        raise_alert(
            db,
            kind=option.flag,
            subject=f"{option.flag}:participant:{incoming.who.id}",
            participant_id=incoming.who.id,
            message_id=incoming.message_id,
            detail=f"{asked.flow}.{ask.key}",
            now=incoming.now,
        )
    if option.opens is not None:
        about = About(enrolment_id=asked.enrolment_id, session_id=asked.session_id)
        open_door(db, incoming, option.opens, about=about)
        return
    label = incoming.house.catalogues.text(
        f"{asked.flow}.{ask.key}.{option.key}", incoming.who.language
    )
    say_standing(db, incoming, "changed", extra={"answer": label})


def _replace(db: Session, incoming: Incoming, *, talk: Talk, answered: Answered) -> None:
    now, source = incoming.now, incoming.source
    db.execute(
        update(_ANSWER)
        .where(
            _ANSWER.c.conversation_id == talk.id,
            _ANSWER.c.step == answered.step,
            _ANSWER.c.replaced_at.is_(None),
        )
        .values(replaced_at=now)
    )
    late = update(_CHECK_IN).where(
        _CHECK_IN.c.id == talk.check_in_id, _CHECK_IN.c.state == "missed"
    )
    db.execute(late.values(state="answered", answered_at=now))
    values = answer_values(who=incoming.who, talk=talk, answered=answered, source=source, now=now)
    if not may_keep(db, incoming.who, answered):
        values |= NOT_KEPT
    _remember(db, talk_id=talk.id, step=answered.step, value=answered.value)
    answer_id = db.execute(insert(_ANSWER).values(**values).returning(_ANSWER.c.id)).scalar_one()
    mean(
        db,
        Change(
            house=incoming.house,
            who=replace(incoming.who, talking=None),
            talk=talk,
            answered=answered,
            answer_id=answer_id,
            source=source,
            now=now,
        ),
    )


def _remember(db: Session, *, talk_id: int, step: str, value: str) -> None:
    """What comes next in that conversation looks at the new answer."""
    found = select(_TALK.c.answers).where(_TALK.c.id == talk_id)
    answers = {**(db.execute(found).scalar_one() or {}), step: value}
    db.execute(update(_TALK).where(_TALK.c.id == talk_id).values(answers=answers))


def _closed(db: Session, incoming: Incoming) -> None:
    alert_about(db, incoming, "wrote_to_us")
    say_standing(db, incoming, "closed")
