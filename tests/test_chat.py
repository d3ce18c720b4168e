"""`python3 -m bot chat`: a conversation in the terminal, on the real path, kept as a transcript."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.actions.house import House
from bot.catalogues import Catalogues, load_catalogues
from bot.chat import chat, rehearse
from bot.errors import Refused
from bot.library import Library, load_library
from bot.store.database import Database
from bot.vocabulary import Vocabulary, load_vocabulary

SPOKEN = [name for name, flow in load_library().flows.items() if flow.spoken]
LANGUAGES = ("en", "ar", "fa", "ti")
Texts = tuple[Library, Catalogues, Vocabulary]


def play(
    flow: str,
    *replies: str,
    language: str = "en",
    save: Path | None = None,
) -> list[str]:
    """Every line that the terminal shows."""
    lines: list[str] = []
    waiting = iter(replies)
    chat(
        flow,
        language=language,
        save=save,
        read=lambda: next(waiting, None),
        write=lines.append,
    )
    return lines


def test_a_check_in_shows_choices_by_number_and_what_was_understood() -> None:
    lines = play("goal_check_in", "1", "7")
    assert lines[1:6] == [
        "bot: Hello Amina. How was your week?",
        "     1 Good",
        "     2 OK",
        "     3 Hard",
        "     0 Skip",
    ]
    assert "=> week = good" in lines
    assert "=> rating = 7" in lines


def test_a_conversation_ends_by_itself_and_asks_for_no_more() -> None:
    lines = play("light_check_in", "I am fine", "this is not read any more")
    assert "=> fine = fine" in lines
    assert lines[-1] == "bot: Thank you. Have a good week."


def test_a_conversation_that_another_one_follows_goes_on_with_that() -> None:
    lines = play("session_confirm", "We moved it", "Friday 5pm", "yes", "not read any more")
    assert "=> met = moved" in lines
    assert "=> when = 2026-11-27T17:00:00+00:00" in lines
    assert "bot: Friday 27 November, 5:00 in the evening, UK time. Is that right?" in lines
    assert "=> right = yes" in lines
    assert not any("not read" in line for line in lines)


@pytest.fixture(scope="module")
def texts() -> Texts:
    library = load_library()
    return library, load_catalogues(library), load_vocabulary()


@pytest.mark.parametrize(("place", "flow"), list(enumerate(SPOKEN)), ids=SPOKEN)
def test_every_conversation_says_something_to_begin_with(
    place: int, flow: str, texts: Texts, database_url: str
) -> None:
    library, catalogues, vocabulary = texts
    house = House(
        database=Database(database_url),
        library=library,
        catalogues=catalogues,
        vocabulary=vocabulary,
        zone=ZoneInfo("Europe/London"),
        charity="Acorn House",
    )
    chatting = rehearse(house, flow=flow, language=LANGUAGES[place % 4], discreet=place % 2 == 1)
    lines = chatting.open()
    house.database.dispose()
    assert [line for line in lines if line.startswith("bot: ")] != []
    assert not chatting.over


def test_stop_ends_it_as_it_would_on_her_phone() -> None:
    lines = play("goal_check_in", "STOP", "1")
    assert "=> flagged: stopped" in lines
    assert "=> week = good" not in lines


def test_what_was_said_is_kept_as_a_transcript(tmp_path: Path) -> None:
    saved = tmp_path / "hard_week.txt"
    lines = play("goal_check_in", "٣", language="ar", save=saved)
    head, _, body = saved.read_text(encoding="utf-8").partition("\n\n")
    assert head.splitlines()[:4] == [
        "A mentee goes through goal_check_in in Arabic.",
        "flow: goal_check_in",
        "language: ar",
        "channel: sms",
    ]
    assert body.splitlines() == [*lines[1:6], "her: ٣", *lines[6:]]
    assert "=> week = hard" in body


@pytest.mark.parametrize(
    ("flow", "language", "sentence"),
    [
        ("standing", "en", "There is no conversation 'standing'"),
        ("goal_chek_in", "en", "There are: delete_data, end_survey, .*goal_check_in, goal_setting"),
        ("welcome", "tlh", "There is no language 'tlh'. There are: en, ar"),
    ],
)
def test_what_is_not_there_is_refused_with_what_there_is(
    flow: str, language: str, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        play(flow, language=language)
