"""What staff read about the rota: gaps, hours and days in sentences. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date

from bot.programme.holidays import MIDNIGHT
from bot.programme.oncall import Gap
from bot.programme.term_words import read_minute
from bot.programme.week import MONTHS, WEEKDAYS

SHOWN = 3  # days of a sentence; more are counted


def day_in_words(day: date) -> str:
    """Thursday 19 November."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def gap_sentence(gap: Gap) -> str:
    """One covered day without a lead, and why."""
    if gap.called:
        return f"{day_in_words(gap.day)}: {gap.lead} leads, but may not read every cry."
    if gap.lead:
        return f"{day_in_words(gap.day)}: {gap.lead} leads, but no call can reach her."
    return f"{day_in_words(gap.day)}: nobody leads."


def gaps_sentence(gaps: Sequence[Gap]) -> str:
    """All gaps in one sentence; empty without one."""
    if not gaps:
        return ""
    days = [day_in_words(gap.day) for gap in gaps[:SHOWN]]
    more = f" and {len(gaps) - SHOWN} more" if len(gaps) > SHOWN else ""
    return f"No lead can be reached on {', '.join(days)}{more}."


def time_of(minute: int) -> str:
    """09:00; the end of a day is 24:00."""
    return f"{minute // 60:02}:{minute % 60:02}"


def weekdays_in_words(days: Sequence[int]) -> str:
    """Monday, Wednesday; of all: every day."""
    return ", ".join(WEEKDAYS[day] for day in sorted(days)) or "every day"


def read_cover(written: Iterable[tuple[str, str]]) -> dict[int, tuple[int, int]]:
    """The hours of each weekday from Monday on, as typed: 09:00 and 18:00; none: that day is
    closed. An end of 00:00 is midnight. `ValueError` says in a sentence what is wrong."""
    hours = {}
    for day, both in enumerate(written):
        first, last = (text.strip() for text in both)
        if not first and not last:
            continue
        try:
            hours[day] = (read_minute(first), read_minute(last) or MIDNIGHT)
        except ValueError:
            raise ValueError(
                f"{WEEKDAYS[day]}: please give both times, such as 09:00 and 18:00, or neither."
            ) from None
    return hours
