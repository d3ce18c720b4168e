"""What is said: her language, else English; filled safely, with days and hours in words."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.catalogues import Catalogues, filled, load_catalogues
from bot.texts import update
from tests.trial import library, make_locales, translate

LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def locales(tmp_path: Path) -> Path:
    return make_locales(tmp_path)


@pytest.fixture
def texts(locales: Path) -> Catalogues:
    return load_catalogues(library(), locales)


def test_a_text_that_is_missing_is_said_in_english(texts: Catalogues) -> None:
    assert texts.text("trial.meet", "ti") == "Did you meet {other}?"
    assert texts.text("trial.meet", "xx") == "Did you meet {other}?"
    assert not texts.speaks("trial.meet", "ti")
    assert texts.speaks("trial.meet", "ar")


def test_a_translation_that_cannot_be_filled_is_said_in_english(locales: Path) -> None:
    reworded = library(meet="Did you meet {other} on {when}?")
    update(reworded, locales)
    assert load_catalogues(reworded, locales).text("trial.meet", "ar").startswith("Did you meet")


def test_values_are_isolated_in_a_text_that_runs_from_right_to_left(texts: Catalogues) -> None:
    words = {"name": "Amina"}
    assert texts.fill("trial.bye", language="ar", words=words).startswith("شكرا \u2068Amina\u2069.")
    assert texts.fill("trial.bye", language="en", words=words).startswith("Thank you Amina.")


def test_english_in_the_place_of_arabic_is_filled_as_english(locales: Path) -> None:
    translate(locales, {"trial.bye": ""})
    texts = load_catalogues(library(), locales)
    assert texts.fill("trial.bye", language="ar", words={"name": "A"}).startswith("Thank you A.")


@pytest.mark.parametrize("value", ["{name}", "{0.__class__}", "%s", "{", "\\1", "{{other}}"])
def test_nothing_in_a_value_is_ever_filled_or_run(value: str) -> None:
    assert filled("Hi {name}.", words={"name": value}, isolate=False) == f"Hi {value}."


def test_a_value_cannot_turn_the_text_around(texts: Catalogues) -> None:
    said = filled("Hi {name}.", words={"name": "A\u202eB\u2069\u2068C"}, isolate=True)
    assert said == "Hi \u2068ABC\u2069."


def test_a_word_that_was_not_given_is_an_error_and_never_a_brace_on_her_phone(
    texts: Catalogues,
) -> None:
    with pytest.raises(KeyError):
        texts.fill("trial.meet", language="en", words={"name": "Amina"})


def test_an_empty_value_leaves_no_gap_before_the_full_stop() -> None:
    words = {"org": "Acorn House", "phone": ""}
    assert filled("Ring {org} {phone}.", words=words, isolate=True).endswith("House\u2069.")


@pytest.mark.parametrize("isolate", [False, True])
def test_a_value_that_begins_a_sentence_has_a_capital_letter(isolate: bool) -> None:
    words = {"who": "our team"}
    said = filled("{who} calls. Shall {who} call? {who} does.", words=words, isolate=isolate)
    plain = said.replace("\u2068", "").replace("\u2069", "")
    assert plain == "Our team calls. Shall our team call? Our team does."


@pytest.mark.parametrize(
    ("language", "day"),
    [("en", "Tuesday 24 November"), ("ar", "الثلاثاء 24 نوفمبر"), ("ti", "ሰሉስ 24 ሕዳር")],
)
def test_days_are_named_in_her_language(texts: Catalogues, language: str, day: str) -> None:
    moment = datetime(2026, 11, 24, 11, tzinfo=UTC)
    assert texts.spoken_day(moment, language=language, zone=LONDON) == day
    assert texts.weekday(1, language) == day.split()[0]


def test_a_day_is_the_day_at_home_and_not_in_greenwich(texts: Catalogues) -> None:
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert texts.spoken_day(late, language="en", zone=LONDON) == "Wednesday 1 July"


@pytest.mark.parametrize(
    ("minutes", "language", "said"),
    [
        (45, "en", "45 min"),
        (60, "en", "1 h"),
        (65, "en", "1 h 05"),
        (210, "en", "3 h 30"),
        (0, "en", "0 min"),
        (210, "ar", "3 ساعات و30 دقيقة"),
        (120, "ar", "ساعتان"),
        (210, "ti", "3 ሰዓታትን 30 ደቒቓታትን"),
    ],
)
def test_lengths_of_time_are_said_in_her_language(
    texts: Catalogues, minutes: int, language: str, said: str
) -> None:
    assert texts.hours(minutes, language) == said
