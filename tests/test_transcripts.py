"""Plays the transcripts: conversations as they look on her phone, one text file each.

Everything is real: database, catalogues, word lists. Her position is stored after each reply and
read again before the next. UPDATE_TRANSCRIPTS=1 writes what the bot now says into the files.
"""

import os
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.actions.house import House
from bot.catalogues import Catalogues, load_catalogues
from bot.library import Library, load_library
from bot.part import SETTINGS, Part
from bot.rehearsal import Rehearsal
from bot.store.database import Database
from bot.vocabulary import Vocabulary, load_vocabulary

FOLDER = Path(__file__).parent / "transcripts"
FILES = sorted(FOLDER.glob("*.txt"))
SHARED = [path for path in FILES if "\nphone: shared\n" in path.read_text(encoding="utf-8")]
WEDNESDAY = datetime(2026, 11, 25, 11, tzinfo=UTC)
FEWEST, LANGUAGES = 3, 2  # of transcripts for each conversation
HIDDEN = ("Acorn House", "Grace", "020 7946 0000", "999", "116 123")  # on a shared phone
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


@pytest.fixture(scope="module")
def texts() -> Texts:
    library = load_library()
    return library, load_catalogues(library), load_vocabulary()


def play(script: Script, house: House) -> str:
    part = Part(flow=house.library.flow(script.settings["flow"]), settings=script.settings)
    rehearsal = Rehearsal(house=house, part=part, now=WEDNESDAY)
    assert rehearsal.open(), "nothing was said to her"
    if at := script.settings.get("at"):  # she answers later that day
        rehearsal.now = datetime.combine(WEDNESDAY, time.fromisoformat(at), tzinfo=UTC)
    for said in script.replies:
        rehearsal.hear(said)
    return rehearsal.transcript(script.title)


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


@pytest.mark.parametrize("path", SHARED, ids=[path.stem for path in SHARED])
def test_nothing_gives_her_away_to_others_who_read_her_phone(path: Path) -> None:
    written = path.read_text(encoding="utf-8")
    settings = read(written).settings
    hidden = [*HIDDEN, *(settings[name] for name in ("goal", "second", "step") if name in settings)]
    said = "\n".join(line for line in written.splitlines() if line.startswith(("bot: ", "     ")))
    assert [word for word in hidden if word in said] == []


def test_every_conversation_has_three_transcripts_in_more_than_one_language(texts: Texts) -> None:
    scripts = [read(path.read_text(encoding="utf-8")) for path in FILES]
    played = Counter(script.settings["flow"] for script in scripts)
    spoken = [name for name, flow in texts[0].flows.items() if flow.spoken]
    assert [name for name in spoken if played[name] < FEWEST] == []
    heard = {(one.settings["flow"], one.settings.get("language", "en")) for one in scripts}
    tongues = Counter(flow for flow, _ in heard)
    assert [name for name in spoken if tongues[name] < LANGUAGES] == []
