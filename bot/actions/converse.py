"""The open conversation: what it waits for, and her answer to it put through the engine."""

from dataclasses import dataclass, replace

from sqlalchemy import update
from sqlmodel import Session

from bot.actions.apply import Sending, apply
from bot.actions.house import House
from bot.actions.incoming import Incoming, alert_about, say_standing
from bot.actions.know import know
from bot.actions.phrase import way_out
from bot.actions.talk import Talk
from bot.channels.rendering import Tap
from bot.engine import advance
from bot.engine.events import Position
from bot.engine.facts import Snapshot
from bot.engine.flow import Answer, Ask, Flow
from bot.engine.understand import Question, Reading
from bot.languages import SOURCE
from bot.store.models import Conversation
from bot.store.tables import table
from bot.store.talk import Person, Talking

_TALK = table(Conversation)
READ_FIRST = frozenset({"session_right", "pair_pause"})  # beside consent


@dataclass(frozen=True, kw_only=True)
class Open:
    """A conversation that waits, and what is known for its next turn.

    `question` is None where the step it waits at is no longer in the flow.
    """

    flow: Flow
    talk: Talk
    position: Position
    known: Snapshot
    question: Question | None
    prompt_id: int | None

    @property
    def takes_words(self) -> bool:
        """Whether a voice note or a picture can be the answer."""
        step = self.flow.step(self.position.step)
        return isinstance(step, Ask) and step.answer is Answer.WORDS

    @property
    def asks_consent(self) -> bool:
        """Whether only a word, a number or a tap may answer."""
        step = self.flow.step(self.position.step)
        return isinstance(step, Ask) and (step.means or "").startswith("consent")

    @property
    def needs_to_be_sure(self) -> bool:
        """Whether a wrong "yes" would do harm: consent, and what is read back to her."""
        step = self.flow.step(self.position.step)
        read_back = isinstance(step, Ask) and step.means in READ_FIRST
        return read_back or self.asks_consent

    def is_prompt(self, tap: Tap, message_id: int | None) -> bool:
        """Whether a tap was on the question that is open now: by the message it was on, else
        (a template's button that does not say) by its wording."""
        if message_id is not None:
            return message_id == self.prompt_id
        return tap.context == f"{self.flow.name}.{self.position.step}"


def open_question(db: Session, incoming: Incoming) -> Open | None:
    """What waits for her; None where its whole flow has gone."""
    house, who, talking = incoming.house, incoming.who, incoming.who.talking
    if talking is None or talking.flow not in house.library.flows:
        return None
    talk = talk_of(talking)
    known = know(db, house=house, who=who, talk=talk, now=incoming.now)
    flow, position = house.library.flow(talking.flow), position_of(talking)
    asked = advance.question(flow, position, known)
    return Open(
        flow=flow,
        talk=talk,
        position=position,
        known=known,
        question=in_her_words(house, asked, who) if asked is not None else None,
        prompt_id=talking.prompt_id,
    )


def position_of(talking: Talking) -> Position:
    """The engine's position as it was stored."""
    return Position(
        flow=talking.flow,
        version=talking.version,
        step=talking.step,
        tries=talking.tries,
        answers=tuple(talking.answers.items()),
    )


def talk_of(talking: Talking) -> Talk:
    """The conversation as the answers' meanings need it."""
    return Talk(
        id=talking.id,
        flow=talking.flow,
        version=talking.version,
        enrolment_id=talking.enrolment_id,
        check_in_id=talking.check_in_id,
        goal_id=talking.goal_id,
        session_id=talking.session_id,
        answers=dict(talking.answers),
    )


def in_her_words(house: House, question: Question, who: Person) -> Question:
    """The choices with the labels she saw, in place of their identities."""
    text = house.catalogues.text
    labelled = tuple(
        replace(c, label=text(c.label, who.language), english=text(c.label, SOURCE))
        if "." in c.label
        else c
        for c in question.choices
    )
    return replace(question, choices=labelled)


def typed_way_out(incoming: Incoming, waiting: Open) -> Reading | None:
    """The choice numbered 0, when she types its words: on SMS there is nothing to tap."""
    step = waiting.flow.step(waiting.position.step)
    if not isinstance(step, Ask):
        return None
    offered = way_out(
        house=incoming.house,
        flow=waiting.flow,
        ask=step,
        language=incoming.who.language,
        numbered=waiting.position.tries >= advance.MISSES - 1,
    )
    typed = incoming.inbound.text.strip().casefold()
    key = next((key for key, label in offered if label.casefold() == typed), None)
    return advance.tap(waiting.flow, waiting.position, key, waiting.known) if key else None


def answer_open(
    db: Session,
    incoming: Incoming,
    waiting: Open,
    reading: Reading,
    *,
    spoken: bool = False,
    lead: str = "",
) -> None:
    """Put her answer through the engine and apply what it says happened, after `lead`."""
    turn = advance.reply(waiting.flow, waiting.position, reading, waiting.known, spoken=spoken)
    if waiting.question is None:  # its step has gone since a deploy
        alert_about(db, incoming, "outdated")
        lead = incoming.house.catalogues.text("standing.outdated", incoming.who.language)
    apply(
        db,
        house=incoming.house,
        who=incoming.who,
        talk=waiting.talk,
        turn=turn,
        known=waiting.known,
        source=incoming.source,
        sending=Sending(lead=lead),
        now=incoming.now,
    )


def close_outdated(db: Session, incoming: Incoming) -> None:
    """Her conversation's flow is no longer there at all: close it, tell her and staff."""
    if incoming.who.talking is None:
        return
    row = update(_TALK).where(_TALK.c.id == incoming.who.talking.id)
    db.execute(row.values(state="outdated", ended_at=incoming.now))
    alert_about(db, incoming, "outdated")
    say_standing(db, incoming, "outdated")
