"""Plays the transcripts: conversations as they look on her phone, one text file each.

Everything is real: database, catalogues, word lists. Her position is stored after each reply and
read again before the next. UPDATE_TRANSCRIPTS=1 writes what the bot now says into the files.
"""

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session, col, select

from bot.actions.house import House
from bot.actions.read_aloud import read_aloud
from bot.actions.receive import receive
from bot.actions.start import start_due
from bot.catalogues import Catalogues, load_catalogues
from bot.channels.base import CHANNELS, Inbound, Media
from bot.channels.rendering import shape
from bot.library import Library, load_library
from bot.store.database import Database
from bot.store.models import Alert, Answer, Conversation, Message, Participant
from bot.vocabulary import Vocabulary, load_vocabulary
from tests.transcripts.cast import Cast, invite_cast

FOLDER = Path(__file__).parent / "transcripts"
FILES = sorted(FOLDER.glob("*.txt"))
WEDNESDAY = datetime(2026, 11, 25, 11, tzinfo=UTC)
SETTINGS = {"flow", "language", "role", "phone", "channel", "goal", "step", "rating", "weeks"}
MEDIA = {"(voice note)": "audio/ogg", "(photo)": "image/jpeg"}
MARGIN = " " * 5
Texts = tuple[Library, Catalogues, Vocabulary]


@dataclass(frozen=True, kw_only=True)
class Script:
    """A transcript as written: its title, its settings, and what she says."""

    title: str
    settings: dict[str, str]
    replies: tuple[str, ...]


def read(text: str) -> Script:
    head, _, body = text.partition("\n\n")
    title, *lines = head.splitlines()
    settings = dict(line.split(": ", 1) for line in lines)
    assert settings.keys() <= SETTINGS, f"unknown settings {settings.keys() - SETTINGS}"
    said = [line.removeprefix("her: ") for line in body.splitlines() if line.startswith("her: ")]
    assert said, "she says nothing"
    return Script(title=title, settings=settings, replies=tuple(said))


@dataclass(kw_only=True)
class Player:
    """One conversation being played: sends what she says, writes down what becomes of it."""

    house: House
    cast: Cast
    now: datetime
    lines: list[str] = field(default_factory=list)
    heard: int = 0  # the last message that was written down
    answered: int = 0
    state: str = "active"
    language: str = ""
    prompts: list[Message] = field(default_factory=list)

    def hear(self, said: str) -> None:
        self.now += timedelta(minutes=1)
        self.lines.append(f"her: {said}")
        read_aloud(self.house.database, now=self.now)
        outcome = receive(self.house, self._inbound(said), now=self.now)
        assert outcome.state == "new"
        self.write_down()

    def _inbound(self, said: str) -> Inbound:
        media = (
            (Media(url="http://127.0.0.1/1", content_type=MEDIA[said]),) if said in MEDIA else ()
        )
        tapped = self._payload(said[1:-1]) if said.startswith("[") else None
        return Inbound(
            channel=self.cast.channel,
            address=self.cast.address,
            to="+440000000000",
            external_id=f"SM{len(self.lines):032d}",
            text="" if media else said.strip("[]"),
            button=tapped,
            media=media,
            kind="media" if media else "text",
        )

    def _payload(self, label: str) -> str:
        """What the newest button of that label carries."""
        for message in reversed(self.prompts):
            for key, shown in message.choices or ():
                if shown == label:
                    return f"{message.id}:{key}"
        raise AssertionError(f"no button says {label}")

    def write_down(self) -> None:
        """What was understood, what staff hear of, then what the bot says."""
        with self.house.database.reading() as db:
            self._write_effects(db)
            newer = (col(Message.id) > self.heard, col(Message.direction) == "out")
            for message in db.exec(select(Message).where(*newer).order_by(col(Message.id))):
                self.heard = message.id or 0
                self.prompts.append(message)
                direction = self.house.catalogues.all_languages[message.language].direction
                self.lines += shown(message, channel=self.cast.channel, direction=direction)

    def _write_effects(self, db: Session) -> None:
        newer = col(Answer.id) > self.answered
        for answer in db.exec(select(Answer).where(newer).order_by(col(Answer.id))):
            self.answered = answer.id or 0
            self.lines.append(f"=> {answer.step} = {_value(answer)}")
        flags = select(Alert.kind).where(Alert.last_at == self.now).order_by(col(Alert.id))
        self.lines += [f"=> flagged: {kind}" for kind in db.exec(flags)]
        self._write_changes(db.get_one(Participant, self.cast.who))
        ended = select(Conversation.state).where(Conversation.ended_at == self.now)
        self.lines += [f"=> ended: {state}" for state in db.exec(ended)]

    def _write_changes(self, her: Participant) -> None:
        if her.state != self.state:
            self.lines.append(f"=> now {her.state}")
        if her.language != self.language:
            self.lines.append(f"=> writes to her in {her.language}")
        self.state, self.language = her.state, her.language


def _value(answer: Answer) -> str:
    if answer.skipped:
        return "skipped"
    if answer.number is None or answer.value == str(answer.number):
        return answer.value
    return f"{answer.value} ({answer.number})"


def shown(message: Message, *, channel: str, direction: str) -> list[str]:
    """A message as her phone shows it. Choices are in brackets where she can tap them."""
    look = shape(
        message.text,
        message.choices or (),
        layout=message.layout,
        direction=direction,
        capabilities=CHANNELS[channel],
    )
    lines = [line for line in look.body.split("\n") if line]
    labels = [f"[{label}]" for _, label in look.rows]
    lines += [" ".join(labels)] if look.kind == "buttons" else labels
    return [f"bot: {lines[0]}", *(MARGIN + line for line in lines[1:])]


@pytest.fixture(scope="module")
def texts() -> Texts:
    library = load_library()
    return library, load_catalogues(library), load_vocabulary()


def play(script: Script, house: House) -> str:
    cast = invite_cast(house.database, settings=script.settings, now=WEDNESDAY)
    player = Player(
        house=house, cast=cast, now=WEDNESDAY, language=script.settings.get("language", "en")
    )
    assert start_due(house, now=WEDNESDAY) == {"started": 1}
    player.write_down()
    for said in script.replies:
        player.hear(said)
    head = [script.title, *(f"{name}: {value}" for name, value in script.settings.items())]
    return "\n".join([*head, "", *player.lines]) + "\n"


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_the_bot_still_says_what_the_transcript_says(
    path: Path, texts: Texts, database_url: str
) -> None:
    library, catalogues, vocabulary = texts
    house = House(
        database=Database(database_url),
        library=library,
        catalogues=catalogues,
        vocabulary=vocabulary,
        zone=ZoneInfo("Europe/London"),
        charity="Acorn House",
        phone="020 7946 0000",
    )
    written = path.read_text(encoding="utf-8")
    played = play(read(written), house)
    house.database.dispose()
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        path.write_text(played, encoding="utf-8")
    else:
        assert played.splitlines() == written.splitlines()
