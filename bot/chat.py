"""Talk to a conversation in the terminal: `python3 -m bot chat FLOW --language L`."""

import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.actions.house import House
from bot.catalogues import Catalogues, load_catalogues
from bot.errors import Refused
from bot.library import load_library
from bot.part import Part, usual_settings
from bot.rehearsal import Rehearsal
from bot.store.database import Database
from bot.store.migrations import upgrade
from bot.vocabulary import load_vocabulary

A_TUESDAY = datetime(2026, 11, 24, 11, tzinfo=UTC)  # within the hours at which the bot may write
HINT = "Answer as she would; an empty line ends."


def chat(
    flow: str,
    *,
    language: str = "en",
    save: Path | None = None,
    discreet: bool = False,
    read: Callable[[], str | None] | None = None,
    write: Callable[[str], None] = print,
) -> None:
    """Play the flow until it is over or nothing more is said; `save` keeps it as a transcript.

    `read` gives her next line, None or an empty one at the end. `Refused`: no such conversation
    or language.
    """
    with tempfile.TemporaryDirectory(prefix="chat-") as folder:
        house = _house(f"sqlite:///{folder}/chat.sqlite3")
        try:
            rehearsal = rehearse(house, flow=flow, language=language, discreet=discreet)
            _talk(rehearsal, read=read or _typed, write=write)
        finally:
            house.database.dispose()
    if save is not None:
        english = house.catalogues.all_languages[language].english_name
        title = f"A {rehearsal.part.role} goes through {flow} in {english}."
        save.write_text(rehearsal.transcript(title), encoding="utf-8")


def rehearse(house: House, *, flow: str, language: str, discreet: bool = False) -> Rehearsal:
    """A conversation that is about to start, with an invented person."""
    if flow not in house.library.flows or not house.library.flow(flow).spoken:
        played = [name for name, known in house.library.flows.items() if known.spoken]
        raise Refused(f"There is no conversation '{flow}'. There are: {', '.join(played)}.")
    _known(language, house.catalogues)
    known = house.library.flow(flow)
    settings = usual_settings(known, language=language, discreet=discreet)
    part = Part(flow=known, settings=settings)
    return Rehearsal(house=house, part=part, now=A_TUESDAY)


def _known(language: str, catalogues: Catalogues) -> None:
    if language not in catalogues.all_languages:
        known = ", ".join(catalogues.all_languages)
        raise Refused(f"There is no language '{language}'. There are: {known}.")


def _house(url: str) -> House:
    upgrade(url)
    library = load_library()
    return House(
        database=Database(url),
        library=library,
        catalogues=load_catalogues(library),
        vocabulary=load_vocabulary(),
        zone=ZoneInfo("Europe/London"),
        charity="Acorn House",
        phone="020 7946 0000",
    )


def _talk(
    rehearsal: Rehearsal, *, read: Callable[[], str | None], write: Callable[[str], None]
) -> None:
    write(HINT)
    lines = rehearsal.open()
    while True:
        for line in lines:
            write(line)
        said = None if rehearsal.over else read()
        if not said:
            return
        lines = rehearsal.hear(said)


def _typed() -> str | None:
    """Her next line from the keyboard or a pipe; None at its end."""
    try:
        said = input("her: " if sys.stdin.isatty() else "")
    except EOFError:
        return None
    return said.strip()
