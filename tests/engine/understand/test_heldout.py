"""Messages as people really type them, written apart from the lists: right, again, wrong.

Asking again is only a miss. A wrong reading, an unheard cry or a false alarm fails.
"""

import json
from collections import Counter
from pathlib import Path

import pytest

from bot.vocabulary import Vocabulary, load_vocabulary, understand_line

LINES = Path(__file__).with_name("heldout.jsonl").read_text(encoding="utf-8").splitlines()
MESSAGES: list[dict[str, object]] = [json.loads(line) for line in LINES]
NOW = "2026-11-23T10:00"  # a Monday
# "ordinary": talk that must raise no alarm and open no door.
ORDINARY = ("text", "unclear")


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


def verdict(vocabulary: Vocabulary, message: dict[str, object]) -> str:
    heard = understand_line(vocabulary, {**message, "now": NOW})
    expected, reading = message["reading"], heard.get("reading")
    if expected == "ordinary":
        return "right" if reading in ORDINARY else "wrong"
    if (reading, heard.get("value")) == (expected, message["value"]):
        return "right"
    return "again" if reading == "unclear" and expected != "harm" else "wrong"


def test_there_are_four_hundred_messages_or_more_in_four_languages() -> None:
    languages = Counter(message["language"] for message in MESSAGES)
    assert sum(languages.values()) >= 400
    assert set(languages) == {"en", "ar", "fa", "ti"}
    assert min(languages.values()) >= 80
    assert len({message["id"] for message in MESSAGES}) == len(MESSAGES)


def test_no_message_is_read_wrongly(vocabulary: Vocabulary) -> None:
    wrong = [m["id"] for m in MESSAGES if verdict(vocabulary, m) == "wrong"]
    assert not wrong


@pytest.mark.parametrize("language", ["en", "ar", "fa", "ti"])
def test_few_messages_must_be_asked_again(vocabulary: Vocabulary, language: str) -> None:
    verdicts = Counter(verdict(vocabulary, m) for m in MESSAGES if m["language"] == language)
    assert verdicts["again"] <= sum(verdicts.values()) * 0.03


def test_ordinary_talk_raises_no_alarm_under_any_question(vocabulary: Vocabulary) -> None:
    harmless = [m for m in MESSAGES if m["reading"] != "harm"]
    alarms = [
        (message["id"], ask)
        for message in harmless
        for ask in ("any", "text", "yes_no", "rating")
        if understand_line(vocabulary, {**message, "ask": ask})["reading"] == "harm"
    ]
    assert not alarms


def test_words_of_harm_are_heard_under_every_kind_of_question(vocabulary: Vocabulary) -> None:
    asks = ("yes_no", "rating", "number", "options", "duration", "date", "text", "language", "any")
    options = ["Yes", "No", "Later"]
    unheard = [
        (message["id"], ask)
        for message in MESSAGES
        if message["reading"] == "harm"
        for ask in asks
        if understand_line(vocabulary, {**message, "ask": ask, "options": options})["reading"]
        != "harm"
    ]
    assert not unheard


def test_words_of_harm_are_heard_whichever_language_she_chose(vocabulary: Vocabulary) -> None:
    unheard = [
        (message["id"], language)
        for message in MESSAGES
        if message["reading"] == "harm"
        for language in ("en", "ar", "fa", "ti")
        if understand_line(vocabulary, {**message, "language": language})["reading"] != "harm"
    ]
    assert not unheard


def test_words_of_harm_are_heard_at_the_end_of_a_long_message(vocabulary: Vocabulary) -> None:
    for message in MESSAGES:
        if message["reading"] == "harm":
            text = "this is about my week. " * 200 + str(message["text"])
            assert understand_line(vocabulary, {**message, "text": text})["reading"] == "harm"
