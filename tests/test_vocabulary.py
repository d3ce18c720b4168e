"""The vocabulary from locales/, and the JSON lines by which anyone can try what the bot hears."""

import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.engine.understand import Heard, Kind, Question
from bot.engine.understand.patterns import LEVELS
from bot.engine.understand.phrases import TOPICS
from bot.vocabulary import LOCALES, Vocabulary, load_vocabulary, understand_json, understand_line

NOW = "2026-11-23T10:00"  # a Monday
HARM = {"groups", "before", "after", "spelled_right", "harmless", *LEVELS, *TOPICS}
DOORS = ("stop", "start", "help", "pause", "leave", "delete", "data", "menu", "later", "done")


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


def read(vocabulary: Vocabulary, **record: object) -> tuple[object, object]:
    answer = understand_line(vocabulary, {"id": 7, "language": "en", "now": NOW, **record})
    assert set(answer) == {"id", "reading", "value"}
    assert answer["id"] == 7
    json.dumps(answer)
    return answer["reading"], answer["value"]


def test_every_words_file_says_whether_anyone_has_reviewed_it() -> None:
    files = [LOCALES / "words.toml", *LOCALES.glob("*/words.toml")]
    assert len(files) >= 5
    for path in files:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        assert table["status"] in ("draft", "reviewed")
        assert isinstance(table["reviewed_by"], list)
        assert table["status"] == "draft" or table["reviewed_by"]


def test_no_words_file_has_a_section_that_nobody_reads() -> None:
    from bot.engine.understand.words import PLAIN, VALUED

    known = {*PLAIN, *VALUED, "joined", "languages", "choices", "harm"}
    known |= {"status", "reviewed_by", "hours_from_sunrise"}
    for path in (LOCALES / "words.toml", *LOCALES.glob("*/words.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        assert set(table) <= known, path
        assert set(table["harm"]) <= HARM, path
        for topic in set(TOPICS) & set(table["harm"]):
            assert set(table["harm"][topic]) <= set(LEVELS), (path, topic)


def test_yes_and_no_never_share_a_phrase(vocabulary: Vocabulary) -> None:
    for words in (*vocabulary.words.values(), vocabulary.everywhere):
        for phrase, roles in words.phrases.items():
            yes = {"yes", "yes_alone"} & set(roles)
            assert not (yes and {"no", "no_alone", "stop"} & set(roles)), phrase
            assert len({*DOORS, "skip"} & set(roles)) <= 1, phrase


def test_each_kind_of_question_is_answered_as_the_contract_says(vocabulary: Vocabulary) -> None:
    options = ["Going well", "I am stuck", "Not started"]
    expected = {
        ("yes_no", "yes"): ("yes", None),
        ("yes_no", "no"): ("no", None),
        ("rating", "7"): ("number", 7),
        ("rating", "11"): ("unclear", None),
        ("number", "٤٢"): ("number", 42),
        ("options", "2"): ("option", 2),
        ("options", "I am stuck"): ("option", 2),
        ("options", "1 3"): ("option", [1, 3]),
        ("options", "4"): ("unclear", None),
        ("duration", "1h30"): ("duration", 90),
        ("date", "Tuesday 5pm"): ("date", "2026-11-24T17:00"),
        ("any", "STOP"): ("stop", None),
        ("any", "start"): ("start", None),
        ("any", "help"): ("help", None),
        ("any", "later"): ("later", None),
        ("any", "done"): ("done", None),
        ("any", "skip"): ("skip", None),
        ("any", "فارسی"): ("language", "fa"),
        ("any", "Tigrinya"): ("language", "ti"),
        ("any", "he beats me"): ("harm", "red"),
        ("any", "we have no food"): ("harm", "amber"),
        ("any", "qwerty"): ("unclear", None),
    }
    for (ask, text), reading in expected.items():
        assert read(vocabulary, ask=ask, text=text, options=options) == reading, (ask, text)


def test_a_label_cut_for_a_button_or_a_row_is_that_option(vocabulary: Vocabulary) -> None:
    label = "Someone from the charity may call me"
    for length in (20, 24):
        cut = {"ask": "options", "options": ["No", label], "text": label[:length]}
        assert read(vocabulary, **cut) == ("option", 2)


def test_a_number_outside_what_was_asked_is_unclear(vocabulary: Vocabulary) -> None:
    assert read(vocabulary, ask="number", text="9", low=1, high=5) == ("unclear", None)
    assert read(vocabulary, ask="number", text="5", min=1, max=5) == ("number", 5)
    assert read(vocabulary, ask="number", text="0", low=1) == ("unclear", None)


def test_a_date_is_london_time_in_summer_too(vocabulary: Vocabulary) -> None:
    summer = {"ask": "date", "text": "tomorrow at 5", "now": "2026-06-30T22:30:00+00:00"}
    assert read(vocabulary, **summer) == ("date", "2026-07-01T17:00")
    late = {"ask": "date", "text": "tomorrow at 5", "now": "2026-06-30T23:30:00+00:00"}
    assert read(vocabulary, **late) == ("date", "2026-07-02T17:00")


@pytest.mark.parametrize(
    "record",
    [
        {"id": 1, "language": "en", "ask": "poem", "text": "hello"},
        {"id": 1, "language": "en", "ask": ["any"], "text": "hello"},
        {"id": 1, "language": "en", "ask": "any"},
        {"id": 1, "language": 4, "ask": "any", "text": "hello"},
        {"id": 1, "language": "en", "ask": "any", "text": None},
        {"id": 1, "language": "en", "ask": "options", "options": "Yes", "text": "Yes"},
        {"id": 1, "language": "en", "ask": "number", "high": "ten", "text": "7"},
        {"id": 1, "language": "en", "ask": "date", "now": "soon", "text": "Tuesday 5pm"},
    ],
)
def test_a_record_that_makes_no_sense_is_an_error_with_its_id(
    vocabulary: Vocabulary, record: dict[str, object]
) -> None:
    answer = understand_line(vocabulary, record)
    assert set(answer) == {"id", "error"}
    assert answer["id"] == 1
    assert answer["error"]


@pytest.mark.parametrize("line", ["", "{", "[1]", "null", "7", "[" * 100_000])
def test_a_line_that_is_no_record_is_an_error(vocabulary: Vocabulary, line: str) -> None:
    assert set(json.loads(understand_json(vocabulary, line))) == {"id", "error"}


def test_a_json_line_is_answered_by_a_json_line(vocabulary: Vocabulary) -> None:
    line = '{"id": "a", "language": "ar", "ask": "rating", "text": "٧ من ١٠"}'
    answer = json.loads(understand_json(vocabulary, line))
    assert answer == {"id": "a", "reading": "number", "value": 7}


def test_a_lone_surrogate_in_json_does_no_harm(vocabulary: Vocabulary) -> None:
    line = '{"id": "\\ud83d", "language": "en", "ask": "yes_no", "text": "yes \\ud83d"}'
    assert json.loads(understand_json(vocabulary, line))["reading"] == "yes"


def test_a_folder_may_hold_english_alone(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "words.toml").write_text('yes = ["yes"]\n', encoding="utf-8")
    vocabulary = load_vocabulary(tmp_path)
    question = Question(kind=Kind.YES_NO)
    now = datetime(2026, 11, 23, 10, tzinfo=UTC)
    heard = vocabulary.hear("Yes!", language="ar", question=question, now=now)
    assert heard.heard is Heard.YES


def test_a_language_says_who_reviewed_its_words_of_danger_or_that_it_has_none(
    vocabulary: Vocabulary, tmp_path: Path
) -> None:
    assert vocabulary.reviewers("ar") == ()
    assert vocabulary.reviewers("fa-AF") == vocabulary.reviewers("fa")
    assert vocabulary.reviewers("so") is None
    (tmp_path / "en").mkdir()
    words = 'reviewed_by = ["Ruth", "Ivy"]\n[harm.life]\nred = ["rope"]\n'
    (tmp_path / "en" / "words.toml").write_text(words, encoding="utf-8")
    assert load_vocabulary(tmp_path).reviewers("en") == ("Ruth", "Ivy")
