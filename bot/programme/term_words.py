"""What each setting of a cohort is called, what it does, and how it is written. Pure.

The form of the staff pages and the command line are made from this one table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.programme.week import WEEKDAYS

PLANS = {
    "weekly": "Weekly, at the same time",
    "pairs": "Each pair finds its times",
}
YES, NO = "yes", "no"


class Kind(StrEnum):
    """How a setting is written: each kind has its own field on the page."""

    NAME = "name"
    DAY = "day"
    NUMBER = "number"
    WEEKDAY = "weekday"
    CLOCK = "clock"
    PLAN = "plan"
    ZONE = "zone"
    YES_NO = "yes_no"


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One setting. `low` to `high` is what a number may be; `unit` stands behind it."""

    key: str
    label: str
    help: str
    kind: Kind = Kind.NUMBER
    low: int = 0
    high: int = 0
    unit: str = ""


def _number(key: str, label: str, unit: str, low: int, high: int, help: str) -> Setting:
    return Setting(key=key, label=label, unit=unit, low=low, high=high, help=help)


GROUPS: Mapping[str, tuple[Setting, ...]] = {
    "Programme": (
        Setting(key="name", label="Name", kind=Kind.NAME, help="Only staff see it."),
        Setting(
            key="starts_on",
            label="First day",
            kind=Kind.DAY,
            help="Week 1 begins on this day. Late starters join the calendar where it is.",
        ),
        _number("weeks", "Length", "weeks", 1, 60, "The end survey comes in the last week."),
        Setting(
            key="session_plan",
            label="Sessions",
            kind=Kind.PLAN,
            help="Weekly plans them ahead for every pair. Otherwise the mentor is asked when the "
            "two meet.",
        ),
        _number(
            "sessions", "Number of sessions", "for each pair", 0, 60, "The target of each pair."
        ),
        _number(
            "session_minutes",
            "Length of a session",
            "minutes",
            10,
            240,
            "What is planned. What counts is what the two report.",
        ),
        _number(
            "training_minutes",
            "Training target",
            "minutes",
            0,
            6000,
            "For each mentor: 840 minutes are 14 hours, 600 are 10.",
        ),
        _number(
            "mid_week",
            "Mid-point in week",
            "",
            0,
            59,
            "In this week, or earlier, when a pair has held enough sessions. 0 leaves it out.",
        ),
        _number(
            "mid_sessions",
            "Mid-point after",
            "sessions",
            0,
            60,
            "A pair that has held so many is asked then. 0 goes by the week alone.",
        ),
        _number(
            "follow_up_weeks",
            "Follow-up after",
            "weeks from the end",
            0,
            104,
            "Only mentees who agreed are asked. 26 weeks are six months; 0 leaves it out.",
        ),
    ),
    "Times": (
        Setting(
            key="check_in_weekday",
            label="Check-in day",
            kind=Kind.WEEKDAY,
            help="For everyone who has not chosen a day of her own.",
        ),
        Setting(
            key="check_in_minute",
            label="Check-in time",
            kind=Kind.CLOCK,
            help="For everyone who has not chosen a part of the day.",
        ),
        _number("every_weeks", "A check-in every", "weeks", 1, 8, "1 is every week."),
        Setting(
            key="session_weekday",
            label="Session day",
            kind=Kind.WEEKDAY,
            help="Where sessions are weekly. A pair may move each of its own.",
        ),
        Setting(
            key="session_minute", label="Session time", kind=Kind.CLOCK, help="When it begins."
        ),
        Setting(
            key="opens_minute",
            label="Messages from",
            kind=Kind.CLOCK,
            help="The bot starts nothing before. It answers at any time.",
        ),
        Setting(
            key="closes_minute",
            label="Messages until",
            kind=Kind.CLOCK,
            help="The bot starts nothing from this time on.",
        ),
        Setting(
            key="zone",
            label="Time zone",
            kind=Kind.ZONE,
            help="All times above are by the clock there.",
        ),
        Setting(
            key="bank_holidays",
            label="Keep bank holidays free",
            kind=Kind.YES_NO,
            help="Those of England and Wales: no messages, no planned sessions.",
        ),
    ),
    "When nobody answers": (
        _number("reminder_hours", "Reminder after", "hours", 1, 120, "One reminder, softer."),
        _number(
            "close_hours", "Question closes after", "hours", 2, 336, "It closes without a word."
        ),
        _number(
            "light_after",
            "Lighter question after",
            "unanswered weeks",
            1,
            20,
            "Then she is only asked whether she is fine or would like a call.",
        ),
        _number(
            "quiet_after",
            "Silence after",
            "unanswered weeks",
            2,
            30,
            "Then the bot falls silent, and staff are asked to call her.",
        ),
        _number(
            "hello_weeks",
            "A short hello every",
            "weeks",
            1,
            26,
            "While the bot is silent, so that she can come back.",
        ),
    ),
    "Most messages in a week": (
        _number(
            "most_mentee",
            "To a mentee",
            "started by the bot",
            1,
            7,
            "All conversations together. What is above this waits or is left out, reminders of "
            "sessions first: with 3 most of them, with 4 about a third.",
        ),
        _number(
            "most_mentor",
            "To a mentor",
            "started by the bot",
            1,
            7,
            "All conversations together, for each of her mentees. With 2 most reminders of "
            "sessions are left out, with 3 about a third.",
        ),
    ),
}
SETTINGS = tuple(setting for group in GROUPS.values() for setting in group)
BY_KEY: Mapping[str, Setting] = {setting.key: setting for setting in SETTINGS}


def shown(value: object, kind: Kind) -> str:
    """A setting as a form and the command line write it."""
    if kind is Kind.CLOCK and isinstance(value, int):
        return f"{value // 60:02}:{value % 60:02}"
    if kind is Kind.WEEKDAY and isinstance(value, int):
        return WEEKDAYS[value].lower()
    if kind is Kind.YES_NO:
        return YES if value else NO
    return str(value)


def spoken(value: object, setting: Setting) -> str:
    """A setting in a sentence: Thursday, 60 minutes, 16 November 2026."""
    if setting.kind is Kind.PLAN:
        return PLANS.get(str(value), str(value)).lower()
    if setting.kind is Kind.WEEKDAY:
        return shown(value, setting.kind).capitalize()
    return f"{shown(value, setting.kind)} {setting.unit}".rstrip()


def read(text: str, kind: Kind) -> object:
    """What was written, as a value. Raises ValueError with a sentence where it is none."""
    text = text.strip()
    if kind is Kind.NUMBER:
        if not (text.isascii() and text.isdigit() and len(text) < 6):
            raise ValueError("Please give a whole number.")
        return int(text)
    if kind is Kind.CLOCK:
        return read_minute(text)
    if kind is Kind.WEEKDAY:
        return _weekday(text)
    if kind is Kind.DAY:
        return read_day(text)
    if kind is Kind.YES_NO:
        return _yes_no(text)
    return text


def read_day(text: str) -> date:
    """A day as browsers send it. Raises ValueError with a sentence."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError("Please give a day, such as 2026-11-16.") from None
    if not 2000 <= day.year <= 2100:
        raise ValueError("Please give a day of this century.")
    return day


def read_minute(text: str) -> int:
    hour, _, minute = text.partition(":")
    if not (hour.isdecimal() and minute.isdecimal() and len(minute) == 2 and len(hour) <= 2):
        raise ValueError("Please give a time of day, such as 10:00.")
    if int(hour) > 23 or int(minute) > 59:
        raise ValueError("Please give a time of day, such as 10:00.")
    return int(hour) * 60 + int(minute)


def _weekday(text: str) -> int:
    names = [name.casefold() for name in WEEKDAYS]
    if text.casefold() not in names:
        raise ValueError("Please choose a day of the week.")
    return names.index(text.casefold())


def _yes_no(text: str) -> bool:
    if text.casefold() not in (YES, NO):
        raise ValueError("Please say yes or no.")
    return text.casefold() == YES
