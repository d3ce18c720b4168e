"""Signs that no word says: what counts as writing at night."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.programme.concerns import LEVELS, Level
from bot.programme.signals import SIGNALS, wrote_at_night

LONDON, BAGHDAD = ZoneInfo("Europe/London"), ZoneInfo("Asia/Baghdad")
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
DAY = timedelta(days=1)


def at(hour: int, *, days_ago: int = 0, minute: int = 0) -> datetime:
    return NOW.replace(hour=hour, minute=minute) - days_ago * DAY


def test_two_nights_of_a_week_are_a_sign_and_one_is_not() -> None:
    assert wrote_at_night([at(3), at(3, days_ago=2)], zone=LONDON, now=NOW)
    assert not wrote_at_night([at(3)], zone=LONDON, now=NOW)
    assert not wrote_at_night([at(1), at(2), at(3)], zone=LONDON, now=NOW)
    assert not wrote_at_night([at(3), at(3, days_ago=8)], zone=LONDON, now=NOW)


def test_night_is_from_midnight_to_five_by_her_own_clock() -> None:
    late = [at(4, minute=59), at(0, days_ago=1)]
    assert wrote_at_night(late, zone=LONDON, now=NOW)
    assert not wrote_at_night(late, zone=BAGHDAD, now=NOW)
    assert not wrote_at_night([at(5), at(23, days_ago=1)], zone=LONDON, now=NOW)


def test_no_signal_calls_anybody_out_of_bed() -> None:
    assert all(LEVELS[kind] is not Level.RED for kind in SIGNALS)
