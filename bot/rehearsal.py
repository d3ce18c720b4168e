"""One conversation with an invented person, on the real path: due check-in, replies, answers.

Everything is real but the phone: database, flows, texts, word lists, actions. Nothing is sent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import select
from sqlmodel import Session as Db
from sqlmodel import SQLModel

from bot.actions.house import House
from bot.actions.read_aloud import read_aloud
from bot.actions.receive import receive
from bot.actions.start import start_due
from bot.channels.base import Inbound
from bot.channels.rendering import numbered
from bot.store.models import (
    Address,
    Alert,
    Answer,
    CheckIn,
    Cohort,
    Consent,
    Conversation,
    Enrolment,
    Goal,
    GoalEntry,
    Message,
    Pairing,
    Participant,
    Session,
)
from bot.store.tables import table

MARGIN = " " * 5  # as wide as "bot: "
NUMBER = "+447700900001"  # from the range that Ofcom keeps free for stories
NAMES = {"ar": "Amina", "ti": "Luwam", "fa": "Farah"}  # the mentee's, by her language
GOALS = {"ar": "أريد أن أتعلم الخياطة", "fa": "می‌خواهم خیاطی یاد بگیرم", "ti": "ስፌት ክመሃር እደሊ"}
GOAL, STEP = "Learn to sew", "Ask about a class"
RATING = 3  # where her goal stood a week ago
WEEK = timedelta(days=7)

Row = TypeVar("Row", bound=SQLModel)


@dataclass(frozen=True, kw_only=True)
class Part:
    """Whom the conversation is with, and what is known of her before it starts."""

    flow: str
    language: str
    discreet: bool = False

    @property
    def role(self) -> str:
        """Mentors are only ever asked about sessions here."""
        return "mentor" if self.flow == "session_confirm" else "mentee"

    @property
    def settings(self) -> dict[str, str]:
        """The head of a transcript: with it the conversation can be played again."""
        known = {"goal": GOALS.get(self.language, GOAL), "step": STEP, "rating": str(RATING)}
        return {
            "flow": self.flow,
            "language": self.language,
            "channel": "sms",  # its choices are numbers, as they are typed here
            **({"phone": "shared"} if self.discreet else {}),
            **(known | {"weeks": "2"} if self.flow == "goal_check_in" else {}),
        }


@dataclass(kw_only=True)
class Rehearsal:
    """The conversation so far, line by line; each call returns the lines that are new."""

    house: House
    part: Part
    now: datetime
    lines: list[str] = field(default_factory=list)
    over: bool = False
    _seen: dict[type[SQLModel], int] = field(default_factory=dict)

    def open(self) -> list[str]:
        """Invite her and start the check-in that is due."""
        with self.house.database.transaction() as db:
            _invite(db, self.part, now=self.now)
        start_due(self.house, now=self.now)
        return self._news()

    def hear(self, said: str) -> list[str]:
        """What becomes of her reply, then what the bot says to it."""
        self.now += timedelta(minutes=1)
        self.lines.append(f"her: {said}")
        inbound = Inbound(
            channel="sms", address=NUMBER, to=NUMBER, external_id=f"SM{len(self.lines)}", text=said
        )
        read_aloud(self.house.database, now=self.now)
        receive(self.house, inbound, now=self.now)
        return self._news()

    def transcript(self, title: str) -> str:
        """All of it, as a file of tests/transcripts."""
        head = [title, *(f"{name}: {value}" for name, value in self.part.settings.items())]
        return "\n".join([*head, "", *self.lines]) + "\n"

    def _news(self) -> list[str]:
        with self.house.database.reading() as db:
            answers = self._new(db, Answer)
            flags = db.scalars(select(Alert.kind).where(Alert.last_at == self.now)).all()  # type: ignore[call-overload]
            ended = db.scalars(
                select(Conversation.state).where(Conversation.ended_at == self.now)  # type: ignore[call-overload]
            ).all()
            told = [m for m in self._new(db, Message) if m.direction == "out"]
            open_ones = select(Conversation.id).where(Conversation.state == "open")  # type: ignore[call-overload]
            self.over = db.scalars(open_ones).first() is None
        news = [
            *(f"=> {answer.step} = {_value(answer)}" for answer in answers),
            *(f"=> flagged: {kind}" for kind in flags),
            *(f"=> ended: {state}" for state in ended),
            *(line for message in told for line in _shown(message)),
        ]
        self.lines += news
        return news

    def _new(self, db: Db, kind: type[Row]) -> Sequence[Row]:
        """The rows of that table since the last look, oldest first."""
        key = table(kind).c.id
        rows = db.scalars(select(kind).where(key > self._seen.get(kind, 0)).order_by(key)).all()
        if rows:
            self._seen[kind] = _id(rows[-1])
        return rows


def _value(answer: Answer) -> str:
    if answer.skipped:
        return "skipped"
    if answer.number is None or answer.value == str(answer.number):
        return answer.value
    return f"{answer.value} ({answer.number})"


def _shown(message: Message) -> Iterable[str]:
    """A message as a phone without buttons shows it."""
    text = numbered(message.text, message.choices or [], direction="ltr", layout=message.layout)
    first, *rest = [line for line in text.split("\n") if line]
    return [f"bot: {first}", *(MARGIN + line for line in rest)]


def _invite(db: Db, part: Part, *, now: datetime) -> None:
    """A pair in the third week of a cohort, and one check-in that is due now."""
    starts = (now - 3 * WEEK).date()
    cohort = _kept(db, Cohort(name="Cohort 14", starts_on=starts))
    enrolled = {role: _enrolled(db, part, role, cohort, now=now) for role in ("mentee", "mentor")}
    mentee, hers = enrolled["mentee"], enrolled[part.role]
    pairing = Pairing(mentor_id=_id(enrolled["mentor"]), mentee_id=_id(mentee), created_at=now)
    session = _sessions(db, pairing=_kept(db, pairing), now=now)
    about = _id(session) if part.flow == "session_confirm" else None
    if part.flow == "goal_check_in":
        _goal_and_weeks(db, part, enrolment=mentee, now=now)
    due = CheckIn(enrolment_id=_id(hers), flow=part.flow, slot="due", session_id=about, due_at=now)
    _kept(db, due)


def _enrolled(db: Db, part: Part, role: str, cohort: Cohort, *, now: datetime) -> Enrolment:
    hers = role == part.role
    language = part.language if hers else "en"
    name = "Grace" if role == "mentor" else NAMES.get(language, "Amina")
    person = Participant(reference=name, name=name, language=language, created_at=now)
    person.discreet = hers and part.discreet
    who = _id(_kept(db, person))
    if hers:
        said = now - timedelta(hours=1)
        where = Address(participant_id=who, channel="sms", address=NUMBER, created_at=now)
        where.last_inbound_at = said
        _kept(db, where)
        if part.flow != "welcome":
            _kept(db, _agreed(who, language, now=now))
    row = Enrolment(participant_id=who, cohort_id=_id(cohort), role=role, created_at=now)
    return _kept(db, row)


def _agreed(who: int, language: str, *, now: datetime) -> Consent:
    return Consent(
        participant_id=who,
        kind="messages",
        given=True,
        wording="welcome.consent v1",
        language=language,
        channel="sms",
        at=now,
    )


def _sessions(db: Db, *, pairing: Pairing, now: datetime) -> Session:
    """Two that were held, and yesterday's, which is asked about."""
    for number, minutes in ((1, 60), (2, 45), (3, None)):
        last = Session(
            pairing_id=_id(pairing),
            number=number,
            starts_at=now - timedelta(days=1) - (3 - number) * WEEK,
            planned_minutes=60,
            state="held" if minutes else "planned",
            minutes=minutes,
        )
        _kept(db, last)
    return last


def _goal_and_weeks(db: Db, part: Part, *, enrolment: Enrolment, now: datetime) -> None:
    goal = Goal(
        enrolment_id=_id(enrolment),
        number=1,
        words=part.settings["goal"],
        language=part.language,
        next_step=STEP,
        created_at=now,
    )
    _kept(db, goal)
    _kept(db, GoalEntry(goal_id=_id(goal), kind="rating", rating=RATING, at=now - WEEK))
    for week in (1, 2):
        before = CheckIn(
            enrolment_id=_id(enrolment),
            flow=part.flow,
            slot=f"week-{week}",
            due_at=now - (3 - week) * WEEK,
            state="answered",
        )
        _kept(db, before)


def _kept(db: Db, row: Row) -> Row:
    db.add(row)
    db.flush()
    return row


def _id(row: SQLModel) -> int:
    return int(row.id)  # type: ignore[attr-defined]
