"""One conversation with an invented person, on the real path: due check-in, replies, answers.

Everything is real but the phone: database, flows, texts, word lists, actions. Nothing is sent.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session as Db

from bot.actions.apply import begin
from bot.actions.house import House
from bot.actions.read_aloud import read_aloud
from bot.actions.receive import receive
from bot.actions.start import start_due
from bot.channels.base import CHANNELS, Inbound, Media
from bot.channels.rendering import shape
from bot.errors import Refused
from bot.part import ADDRESSES, Invited, Part, invite
from bot.store.concerns import SAFE_TO_WRITE
from bot.store.models import Alert, AlertStep, Answer, Conversation, Message, Participant
from bot.store.tables import table
from bot.store.talk import person

MARGIN = " " * 5  # as wide as "bot: "
MEDIA = {"(voice note)": "audio/ogg", "(photo)": "image/jpeg"}  # what she sends without words
_ALERT, _ANSWER, _TALK = table(Alert), table(Answer), table(Conversation)
_MESSAGE, _PERSON, _STEP = table(Message), table(Participant), table(AlertStep)


@dataclass(kw_only=True)
class Rehearsal:
    """The conversation so far, line by line; each call returns the lines that are new."""

    house: House
    part: Part
    now: datetime
    lines: list[str] = field(default_factory=list)
    over: bool = False
    _who: Invited | None = None
    _heard: int = 0  # messages of ours that were written down
    _answered: int = 0
    _state: str = "active"
    _language: str = ""

    def open(self) -> list[str]:
        """Invite her and start the conversation."""
        with self.house.database.transaction() as db:
            self._who = invite(db, self.part, now=self.now)
            self._language = self.part.language
            if self.part.unplanned:
                self._begin(db, self._who)
        if not self.part.unplanned:
            start_due(self.house, now=self.now)
        return self._news()

    def _begin(self, db: Db, who: Invited) -> None:
        """What begins only with her own word is begun for her here."""
        her = person(db, participant_id=who.participant_id, address_id=None, channel="")
        if her is None:
            raise LookupError("nobody was invited")
        house, flow = self.house, self.part.flow.name
        begin(db, house=house, who=her, flow=flow, about=who.about, now=self.now)

    def hear(self, said: str) -> list[str]:
        """What becomes of her reply, then what the bot says to it. "[label]" is a tap."""
        self.now += timedelta(minutes=1)
        self.lines.append(f"her: {said}")
        read_aloud(self.house.database, now=self.now)
        receive(self.house, self._inbound(said), now=self.now)
        return self._news()

    def transcript(self, title: str) -> str:
        """All of it, as a file of tests/transcripts."""
        head = [title, *(f"{name}: {value}" for name, value in self.part.settings.items())]
        return "\n".join([*head, "", *self.lines]) + "\n"

    def _inbound(self, said: str) -> Inbound:
        kind = MEDIA.get(said)
        return Inbound(
            channel=self.part.channel,
            address=ADDRESSES[self.part.channel],
            to="+440000000000",
            external_id=f"SM{len(self.lines):032d}",
            text="" if kind else said.strip("[]"),
            button=self._payload(said[1:-1]) if said.startswith("[") else None,
            media=(Media(url="http://127.0.0.1/1", content_type=kind),) if kind else (),
            kind="media" if kind else "text",
        )

    def _payload(self, label: str) -> str:
        """What the newest button of that label carries."""
        with self.house.database.reading() as db:
            ours = select(_MESSAGE.c.id, _MESSAGE.c.choices).where(_MESSAGE.c.direction == "out")
            for row in db.execute(ours.order_by(_MESSAGE.c.id.desc())):
                for key, shown in row.choices or ():
                    if shown == label:
                        return f"{row.id}:{key}"
        raise Refused(f"No button says {label}.")

    def _news(self) -> list[str]:
        with self.house.database.reading() as db:
            news = [*self._answers(db), *self._effects(db), *self._said(db)]
            waiting = select(_TALK.c.id).where(_TALK.c.state == "open")
            self.over = db.execute(waiting).first() is None
        self.lines += news
        return news

    def _answers(self, db: Db) -> Iterator[str]:
        newer = select(_ANSWER).where(_ANSWER.c.id > self._answered)
        for row in db.execute(newer.order_by(_ANSWER.c.id)):
            self._answered = row.id
            yield f"=> {row.step} = {_value(row.value, number=row.number, skipped=row.skipped)}"

    def _effects(self, db: Db) -> Iterator[str]:
        """What staff hear of, what changed about her, and which conversations ended."""
        raised = select(_ALERT.c.kind).where(_ALERT.c.last_at == self.now).order_by(_ALERT.c.id)
        yield from (f"=> flagged: {kind}" for kind in db.execute(raised).scalars())
        said = select(_STEP.c.detail).where(_STEP.c.kind == SAFE_TO_WRITE, _STEP.c.at == self.now)
        yield from (f"=> safe to write: {answer}" for answer in db.execute(said).scalars())
        hers = _PERSON.c.id == (self._who.participant_id if self._who else 0)
        for state, language in db.execute(select(_PERSON.c.state, _PERSON.c.language).where(hers)):
            if state != self._state:
                yield f"=> now {state}"
            if language != self._language:
                yield f"=> writes to her in {language}"
            self._state, self._language = state, language
        ended = select(_TALK.c.state).where(_TALK.c.ended_at == self.now).order_by(_TALK.c.id)
        yield from (f"=> ended: {state}" for state in db.execute(ended).scalars())

    def _said(self, db: Db) -> Iterator[str]:
        hers = _MESSAGE.c.participant_id == (self._who.participant_id if self._who else 0)
        newer = select(_MESSAGE).where(
            _MESSAGE.c.id > self._heard, _MESSAGE.c.direction == "out", hers
        )
        for row in db.execute(newer.order_by(_MESSAGE.c.id)):
            self._heard = row.id
            direction = self.house.catalogues.all_languages[row.language].direction
            yield from _shown(
                row.text,
                choices=row.choices or [],
                layout=row.layout,
                channel=self.part.channel,
                direction=direction,
            )


def _value(value: str, *, number: int | None, skipped: bool) -> str:
    if skipped:
        return "skipped"
    return value if number is None or value == str(number) else f"{value} ({number})"


def _shown(
    text: str, *, choices: Sequence[Sequence[str]], layout: str, channel: str, direction: str
) -> list[str]:
    """A message as her phone shows it. Choices are in brackets where she can tap them."""
    look = shape(text, choices, layout=layout, direction=direction, capabilities=CHANNELS[channel])
    lines = [line for line in look.body.split("\n") if line]
    labels = [f"[{label}]" for _, label in look.rows]
    lines += [" ".join(labels)] if look.kind == "buttons" else labels
    return [f"bot: {lines[0]}", *(MARGIN + line for line in lines[1:])]
