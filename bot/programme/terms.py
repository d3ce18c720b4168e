"""The settings of a cohort's programme as one value, and what is wrong with them. Pure.

Weekdays count from 0 (Monday), minutes of the day from midnight. Whether a time zone is known is
for the shell to say.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date

from bot.programme.term_words import SETTINGS, Kind, Setting, shown

SESSION_PLANS = ("weekly", "pairs")
LONGEST_NAME = 80


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What staff may set for one cohort; what each means stands in `term_words`."""

    name: str
    starts_on: date
    weeks: int = 16
    check_in_weekday: int = 3
    check_in_minute: int = 600
    every_weeks: int = 1
    session_plan: str = "weekly"
    session_weekday: int = 1
    session_minute: int = 1050
    session_minutes: int = 60
    sessions: int = 10
    training_minutes: int = 840
    mid_week: int = 8
    mid_sessions: int = 5
    follow_up_weeks: int = 26
    reminder_hours: int = 24
    close_hours: int = 72
    light_after: int = 2
    quiet_after: int = 3
    hello_weeks: int = 4
    most_mentee: int = 3
    most_mentor: int = 2
    opens_minute: int = 540
    closes_minute: int = 1200
    zone: str = "Europe/London"
    bank_holidays: bool = True


TERM_KEYS = tuple(field.name for field in fields(Terms))


def with_values(terms: Terms, values: Mapping[str, object]) -> Terms:
    """These terms with other values, each of which has been read as what its setting is."""
    return replace(terms, **values)  # type: ignore[arg-type]


def problems(terms: Terms) -> dict[str, str]:
    """What cannot be, each in a sentence for staff, by the setting it is about."""
    found: dict[str, str] = {}
    for setting in SETTINGS:
        sentence = _out_of_range(setting, getattr(terms, setting.key))
        if sentence:
            found[setting.key] = sentence
    return found or _at_odds(terms)


def _out_of_range(setting: Setting, value: object) -> str:
    if setting.kind is Kind.NUMBER and value not in range(setting.low, setting.high + 1):
        return f"Please give a number from {setting.low} to {setting.high}."
    if setting.kind is Kind.WEEKDAY and value not in range(7):
        return "Please choose a day of the week."
    if setting.kind is Kind.CLOCK and value not in range(24 * 60):
        return "Please give a time of day, such as 10:00."
    if setting.kind is Kind.PLAN and value not in SESSION_PLANS:
        return "Please choose one of the two."
    if setting.kind is Kind.NAME and not 0 < len(str(value).strip()) <= LONGEST_NAME:
        return f"Please give a name of up to {LONGEST_NAME} letters."
    return ""


def _at_odds(terms: Terms) -> dict[str, str]:
    """Settings that are possible each, but not together."""
    opens, closes = shown(terms.opens_minute, Kind.CLOCK), shown(terms.closes_minute, Kind.CLOCK)
    in_hours = terms.opens_minute <= terms.check_in_minute < terms.closes_minute
    rules = (
        (
            "closes_minute",
            terms.closes_minute - terms.opens_minute >= 60,
            "The evening end must be at least an hour after the morning start.",
        ),
        (
            "check_in_minute",
            in_hours,
            f"This is outside the hours for messages, {opens} to {closes}.",
        ),
        (
            "close_hours",
            terms.close_hours > terms.reminder_hours,
            "A question must stay open for longer than it takes until the reminder.",
        ),
        (
            "quiet_after",
            terms.quiet_after > terms.light_after,
            "Falling silent must come after the lighter question.",
        ),
        (
            "mid_week",
            terms.mid_week < terms.weeks or terms.mid_week == 0,
            "The mid-point must come before the last week. 0 leaves it out.",
        ),
        (
            "mid_sessions",
            terms.mid_sessions <= terms.sessions,
            "This is more sessions than a pair has. 0 goes by the week alone.",
        ),
        (
            "every_weeks",
            terms.every_weeks <= terms.weeks,
            "This is longer than the programme.",
        ),
    )
    return {key: sentence for key, holds, sentence in rules if not holds}
