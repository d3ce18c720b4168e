"""Who is on call, when we are open, and where nobody would be."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.programme.oncall import (
    DEPUTY,
    LEAD,
    Duty,
    Gap,
    Rota,
    gaps,
    is_open,
    next_opening,
    on_call,
    ready,
)

LONDON = ZoneInfo("Europe/London")
FIRST, LAST = date(2026, 11, 1), date(2027, 12, 31)


def duty(name: str = "Ruth", *, rank: int = LEAD, **changes: object) -> Duty:
    usual = {"id": 1, "staff_id": 1, "starts_on": FIRST, "ends_on": LAST, "ways": ("sms",)}
    return Duty(name=name, rank=rank, **(usual | changes))  # type: ignore[arg-type]


def rota(*duties: Duty, **changes: object) -> Rota:
    return Rota(zone=LONDON, duties=duties, **changes)  # type: ignore[arg-type]


def at(day: int, hour: int, minute: int = 0, *, month: int = 11, year: int = 2026) -> datetime:
    """A moment by the clock in London; 16 November 2026 is a Monday."""
    return datetime(year, month, day, hour, minute, tzinfo=LONDON).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        (at(16, 8, 59), at(16, 9)),
        (at(16, 9), at(16, 9)),
        (at(16, 17, 59), at(16, 17, 59)),
        (at(16, 18), at(17, 9)),
        (at(20, 18), at(23, 9)),  # Friday evening
        (at(21, 12), at(23, 9)),
        (at(24, 18, month=12), at(29, 9, month=12)),  # Christmas, a weekend and a substitute day
        (at(28, 12, month=8), at(28, 12, month=8)),
        (at(31, 12, month=8), at(1, 9, month=9)),  # a bank holiday
        (at(23, 20, month=10), at(26, 9, month=10)),  # clocks change on the Sunday
    ],
)
def test_we_are_open_in_the_hours_of_cover_and_open_again_at_the_next(
    moment: datetime, opens: datetime
) -> None:
    assert next_opening(rota(), moment) == opens
    assert is_open(rota(), moment) == (opens == moment)


def test_the_hours_of_cover_are_what_the_charity_says() -> None:
    sundays = rota(cover={6: (10 * 60, 12 * 60)})
    assert next_opening(sundays, at(16, 9)) == at(22, 10)
    assert is_open(sundays, at(22, 11)) and not is_open(sundays, at(22, 12))
    assert next_opening(rota(cover={0: (600, 600)}), at(16, 9)) is None
    around = rota(cover=dict.fromkeys(range(7), (0, 24 * 60)))
    assert is_open(around, at(16, 23, 59)) and is_open(around, at(17, 0))


def test_whoever_is_on_call_comes_by_rank_on_her_days_only() -> None:
    ruth, noor = duty(), duty("Noor", id=2, rank=DEPUTY, weekdays=frozenset({0, 2}))
    gone = duty("Joan", id=3, ends_on=date(2026, 11, 15))
    both = rota(noor, gone, ruth)
    assert on_call(both, date(2026, 11, 15)) == (ruth, gone)
    assert on_call(both, date(2026, 11, 16)) == (ruth, noor)
    assert on_call(both, date(2026, 11, 17)) == (ruth,)
    assert on_call(both, date(2026, 10, 31)) == ()


@pytest.mark.parametrize(
    ("duties", "moment", "is_ready"),
    [
        ((), at(16, 10), False),
        ((duty(),), at(16, 10), True),
        ((duty(rank=DEPUTY),), at(16, 10), False),
        ((duty(ways=()),), at(16, 10), False),
        ((duty(ways=()), duty("Noor", id=2, ways=("email",))), at(16, 10), True),
        # the cover that is on and the next one: today until six, and tomorrow
        ((duty(ends_on=date(2026, 11, 16)),), at(16, 10), False),
        ((duty(ends_on=date(2026, 11, 16)),), at(16, 8), True),
        ((duty(ends_on=date(2026, 11, 17)),), at(16, 10), True),
        ((duty(starts_on=date(2026, 11, 17)),), at(16, 10), False),
        ((duty(starts_on=date(2026, 11, 17)),), at(16, 18), True),
        # on a Friday the next is Monday's
        ((duty(ends_on=date(2026, 11, 20)),), at(20, 10), False),
        ((duty(weekdays=frozenset({4})),), at(20, 10), False),
        ((duty(weekdays=frozenset({4, 0})),), at(20, 10), True),
        ((duty(weekdays=frozenset({0})),), at(21, 12), True),
    ],
)
def test_nothing_may_start_unless_a_lead_can_be_reached_through_the_next_cover(
    duties: tuple[Duty, ...], moment: datetime, is_ready: bool
) -> None:
    assert ready(rota(*duties), moment) == is_ready


def test_nothing_may_start_where_no_cover_begins() -> None:
    assert not ready(rota(duty(), cover={0: (600, 600)}), at(16, 10))


def test_gaps_are_seen_a_week_ahead_and_say_who_cannot_be_reached() -> None:
    ruth = duty(ends_on=date(2026, 11, 18))
    noor = duty("Noor", id=2, starts_on=date(2026, 11, 20), ways=())
    found = gaps(rota(ruth, noor), at(16, 10))
    assert found == (
        Gap(day=date(2026, 11, 19)),
        Gap(day=date(2026, 11, 20), lead="Noor"),
        Gap(day=date(2026, 11, 23), lead="Noor"),
    )
    assert gaps(rota(ruth), at(16, 10), days=2) == ()
    assert gaps(rota(), at(16, 18), days=1) == (Gap(day=date(2026, 11, 17)),)
