"""An examiner's messages, written before reading any word list. What the lists of that day made
of them on the first pass (right; asked again; wrong; harm unheard, of so many; false alarm):

first, 1988 messages: 1869; 45; 7; 47 of 337; 19 (one more at the wrong level)
    English 711 of 754, Arabic 438 of 471, Persian 383 of 414, Tigrinya 337 of 349 right
second, 479, after mending for the first: 419; 0; 1; 53 of 112; 5 (one more at the wrong level)
third, 142, near the last mends: 118; 0; 0; 13 of 50; 11

The programme's words (pause, leave, delete, my data, menu; days and times with a choice beside
them; several choices; lengths), by another examiner, right; asked again; wrong:

first, 583: 414; 140; 29 before these doors were heard, then 562; 12; 9
second, 159, after mending for the first: 115; 42; 2
third, 132: 102; 29; 1

Of these last twelve wrong ones ten were the examiner's slips, or readings that both lead on.
Choices in other words than their labels, right; asked again; wrong:

first, 160: 51; 107; 2, then 149; 11; 0
second, 79, after mending for the first: 33; 46; 0

So of requests worded as no list has them, plan for a third to be asked again.

So of phrases of harm that no list has seen, plan for a quarter to a half going unheard.
"again": asking again is right too. "or": other readings that are right too. A null value on
"harm": either level.
"""

import json
from collections import Counter
from pathlib import Path

import pytest

from bot.vocabulary import Vocabulary, load_vocabulary, understand_line

LINES = Path(__file__).with_name("blind.jsonl").read_text(encoding="utf-8").splitlines()
MESSAGES: list[dict[str, object]] = [json.loads(line) for line in LINES]
NOW = "2026-11-23T10:00"  # a Monday


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


def verdict(vocabulary: Vocabulary, message: dict[str, object]) -> str:
    heard = understand_line(vocabulary, {**message, "now": NOW})
    reading, value = heard["reading"], heard["value"]
    others = message.get("or") or []
    assert isinstance(others, list)
    accepted = [[message["reading"], message["value"]], *others]
    if message["reading"] == "ordinary":
        accepted = [["unclear", None], ["text", message["text"]]]
    if [reading, value] in accepted or (reading == "harm" and ["harm", None] in accepted):
        return "right"
    if reading == "unclear" and message.get("again"):
        return "right"
    if message["reading"] == "harm":
        return "unheard" if reading != "harm" else "other level"
    return "false alarm" if reading == "harm" else "again" if reading == "unclear" else "wrong"


def may_be_harm(message: dict[str, object]) -> bool:
    others = message.get("or") or []
    assert isinstance(others, list)
    return message["reading"] == "harm" or ["harm", None] in others


def test_the_blind_messages_are_many_and_in_four_languages() -> None:
    languages = Counter(message["language"] for message in MESSAGES)
    assert sum(languages.values()) >= 850
    assert set(languages) == {"en", "ar", "fa", "ti"}
    assert len({message["id"] for message in MESSAGES}) == len(MESSAGES)
    readings = Counter(message["reading"] for message in MESSAGES)
    assert readings["harm"] >= 400
    assert readings["ordinary"] >= 400


def test_no_blind_message_is_read_wrongly_unheard_or_a_false_alarm(vocabulary: Vocabulary) -> None:
    verdicts = {str(message["id"]): verdict(vocabulary, message) for message in MESSAGES}
    assert {name: said for name, said in verdicts.items() if said not in ("right", "again")} == {}


def test_hardly_any_blind_message_is_asked_again(vocabulary: Vocabulary) -> None:
    again = [m["id"] for m in MESSAGES if verdict(vocabulary, m) == "again"]
    assert len(again) <= len(MESSAGES) * 0.005


def test_no_blind_message_raises_a_false_alarm_under_another_question(
    vocabulary: Vocabulary,
) -> None:
    alarms = [
        (message["id"], ask)
        for message in MESSAGES
        if not may_be_harm(message)
        for ask in ("any", "text", "rating")
        if understand_line(vocabulary, {**message, "ask": ask})["reading"] == "harm"
    ]
    assert not alarms


def test_blind_words_of_harm_are_heard_at_the_end_of_a_long_message_in_any_language(
    vocabulary: Vocabulary,
) -> None:
    unheard = [
        (message["id"], language)
        for message in MESSAGES
        if message["reading"] == "harm" and not message.get("again")
        for language in ("en", "ar", "fa", "ti")
        if understand_line(
            vocabulary,
            {**message, "language": language, "text": f"We met today. {message['text']}"},
        )["reading"]
        != "harm"
    ]
    assert not unheard


@pytest.mark.parametrize(
    ("language", "ask", "text"),
    [
        ("en", "yes_no", "no no problem"),
        ("en", "yes_no", "cannot say no"),
        ("ar", "yes_no", "ابدا"),
        ("fa", "date", "سه شنبه نه"),
        ("fa", "duration", "ساعت ۱۷"),
        ("ti", "duration", "ሰዓት 5"),
    ],
)
def test_what_may_mean_two_things_is_asked_again(
    vocabulary: Vocabulary, language: str, ask: str, text: str
) -> None:
    line = {"language": language, "ask": ask, "text": text, "now": NOW}
    assert understand_line(vocabulary, line)["reading"] == "unclear"


def test_a_word_of_no_weight_that_is_in_another_label_is_not_passed_over(
    vocabulary: Vocabulary,
) -> None:
    line = {"ask": "options", "options": ["Health", "Housing, or moving", "No time"]}
    assert understand_line(vocabulary, {**line, "text": "housing and time"})["value"] is None
    assert understand_line(vocabulary, {**line, "text": "health and housing"})["value"] == [1, 2]


def test_what_is_red_only_inside_something_amber_is_amber(vocabulary: Vocabulary) -> None:
    line = {"language": "en", "ask": "any"}
    for text, level in (
        ("they will kick us out of the hotel", "amber"),
        ("he kicks us", "red"),
        ("they will kick us out. he kicks us", "red"),
    ):
        assert understand_line(vocabulary, {**line, "text": text})["value"] == level
