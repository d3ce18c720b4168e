"""The settings of a cohort: what is possible, and how each is written and read."""

from dataclasses import replace
from datetime import date

import pytest

from bot.programme.term_words import BY_KEY, SETTINGS, read, shown
from bot.programme.terms import TERM_KEYS, Terms, problems

TERMS = Terms(name="Autumn", starts_on=date(2026, 9, 7))


def test_the_usual_settings_are_possible_and_each_has_its_words() -> None:
    assert problems(TERMS) == {}
    assert {setting.key for setting in SETTINGS} == set(TERM_KEYS)
    assert all(setting.label and setting.help for setting in SETTINGS)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"weeks": 0, "mid_week": 0, "every_weeks": 1}, "weeks"),
        ({"weeks": 61}, "weeks"),
        ({"sessions": 61}, "sessions"),
        ({"session_minutes": 9}, "session_minutes"),
        ({"session_minutes": 241}, "session_minutes"),
        ({"most_mentee": 0}, "most_mentee"),
        ({"most_mentor": 8}, "most_mentor"),
        ({"opens_minute": 1200, "closes_minute": 540}, "closes_minute"),
        ({"check_in_minute": 1230}, "check_in_minute"),
        ({"reminder_hours": 72}, "close_hours"),
        ({"light_after": 3}, "quiet_after"),
        ({"mid_week": 16}, "mid_week"),
        ({"sessions": 4}, "mid_sessions"),
        ({"every_weeks": 4, "weeks": 3, "mid_week": 0}, "every_weeks"),
        ({"check_in_weekday": 7}, "check_in_weekday"),
        ({"session_plan": "daily"}, "session_plan"),
        ({"name": " "}, "name"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(change: dict[str, object], key: str) -> None:
    found = problems(replace(TERMS, **change))  # type: ignore[arg-type]
    assert found[key].endswith(".")


def test_every_setting_is_read_back_as_it_is_written() -> None:
    for setting in SETTINGS:
        value = getattr(TERMS, setting.key)
        assert read(shown(value, setting.kind), setting.kind) == value


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("weeks", "ten"),
        ("weeks", "-1"),
        ("weeks", ""),
        ("weeks", "９９９９９９"),
        ("check_in_minute", "25:00"),
        ("check_in_minute", "9"),
        ("check_in_weekday", "Someday"),
        ("starts_on", "31/12/2026"),
        ("starts_on", "0001-01-01"),
        ("bank_holidays", "perhaps"),
    ],
)
def test_what_is_no_value_is_refused_in_a_sentence(key: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"^Please .*\.$"):
        read(text, BY_KEY[key].kind)
