"""How a phrase of harm is written in words.toml, and that the lists startle nobody for nothing."""

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.engine.understand import Heard, Kind, Question, compile_harm
from bot.engine.understand.fold import fold
from bot.vocabulary import Vocabulary, load_vocabulary

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
TRANSCRIPTS = Path(__file__).parents[2] / "transcripts"
CALLS = ("=> flagged: harm_", "=> flagged: not_safe", "=> flagged: safe_word")
UNASKED = Question(kind=Kind.ANY)
GROUPS = {"he": ["he, husband, father in law"], "hits": ["~hit, slap*"]}


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


def found(text: str, *patterns: str, **more: object) -> bool:
    harm = {"groups": GROUPS, "after": ["ting, s"], "life": {"red": list(patterns)}, **more}
    return compile_harm([{"harm": harm}]).find(fold(text)) is not None


def test_both_sides_of_an_ampersand_stand_near_each_other_in_either_order() -> None:
    assert found("my husband was angry and hits me", "{he} & {hits}")
    assert found("he hits me, my husband", "{hits} me & {he}")
    assert found("slapping, by my father in law", "{he} & {hits}")
    assert not found("my husband " + "and so on " * 3 + "hits", "{he} & {hits}")
    assert not found("he he", "{he} & hits")


def test_one_word_is_never_both_sides() -> None:
    assert not found("he", "{he} & {he}")
    assert found("he and husband", "{he} & {he}")


def test_a_word_with_a_wave_has_the_usual_beginnings_and_endings() -> None:
    assert found("he is hitting", "~hit")
    assert not found("white", "~hit")
    arabic = {"before": ["و, ب, ي"], "after": ["ني"]}
    assert found("وبيضربني", "~ضرب", **arabic)
    assert not found("مضرب", "~ضرب", **arabic)


def test_a_word_with_an_at_sign_is_known_by_its_consonants() -> None:
    for written in ("darabni", "drabny", "DARABNEE", "darrabni"):
        assert found(written, "@darabni")
    assert found("ሃረመኒ", "@ሃሪሙኒ")
    assert not found("durable", "@darabni")
    with pytest.raises(ValueError, match="too short"):
        found("x", "@ab")


def test_a_long_english_word_is_known_with_one_letter_wrong_unless_it_is_another_word() -> None:
    for written in ("suicidal", "sucidal", "suicidall", "suicidla", "suixidal"):
        assert found(written, "suicidal")
    assert not found("suzcidel", "suicidal")
    assert not found("ducidal", "suicidal")
    assert found("stabbbed", "stabbed") and not found(
        "stabled", "stabbed", spelled_right=["stabled"]
    )


def test_the_whole_message_and_nothing_else() -> None:
    assert found("he is here!", "= he is here")
    assert not found("he is here now", "= he is here")


def test_a_text_has_the_topics_of_all_that_is_as_bad() -> None:
    harm = {"life": {"quiet": ["rope"]}, "sexual": {"red": ["rape"]}, "abuse": {"red": ["hit"]}}
    finding = compile_harm([{"harm": harm}]).find("hit rape rope")
    assert finding is not None
    assert (finding.level, finding.topics) == ("red", ("sexual", "abuse"))


def test_what_is_harmless_takes_away_its_own_words_and_no_other() -> None:
    idiom = {"harmless": ["hit the gym"]}
    assert not found("he will hit the gym", "{he} & hit", **idiom)
    assert found("he will hit the gym. he hit me", "{he} & hit", **idiom)


@pytest.mark.parametrize("words", ["_{}_", "*{}*", "~{}~", "```{}```", "__{}"])
def test_words_in_italics_and_the_like_are_the_same_words(
    vocabulary: Vocabulary, words: str
) -> None:
    for said, heard in (("he hits me", Heard.HARM), ("يضربني", Heard.HARM), ("STOP", Heard.STOP)):
        text = words.format(said.replace(" ", "_") if words == "__{}" else said)
        reading = vocabulary.hear(
            text, language="en", question=UNASKED, now=NOW, zone=ZoneInfo("Europe/London")
        )
        assert reading.heard is heard, text


def test_no_ordinary_message_of_a_transcript_raises_any_alarm(vocabulary: Vocabulary) -> None:
    alarms, calls, ordinary = [], 0, 0
    for path in sorted(TRANSCRIPTS.glob("*.txt")):
        head, _, body = path.read_text(encoding="utf-8").partition("\n\n")
        language = re.search(r"^language: (.*)$", head, re.MULTILINE)
        turns = re.split(r"^her: ", body, flags=re.MULTILINE)[1:]
        for turn in turns:
            said, *after = turn.splitlines()
            if any(line.startswith(CALLS) for line in after):
                calls += 1
                continue
            ordinary += 1
            reading = vocabulary.hear(
                said.strip("[]"),
                language=language[1] if language else "en",
                question=UNASKED,
                now=NOW,
            )
            if reading.heard is Heard.HARM or reading.quiet:
                alarms.append((path.stem, said))
    assert not alarms
    assert calls >= 10 and ordinary >= 500
