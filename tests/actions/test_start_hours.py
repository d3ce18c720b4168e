"""When the bot may start something with her: cohort's hours and breaks, her own calendars."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.store.models import Session as Meeting
from tests.living import THURSDAY, Her, Living, open_living
from tests.world import AMINA, GRACE, SELAM


@pytest.fixture
def living(database_url: str) -> Iterator[Living]:
    with open_living(database_url) as living:
        yield living


def first_started(living: Living, her: Her, due_at: datetime) -> datetime:
    """When a check-in that is due then really begins."""
    living.plan(her, "goal_check_in", due_at)
    living.time = due_at - timedelta(minutes=15)
    while not living.told(her):
        assert living.time < due_at + timedelta(days=3)
        living.time += timedelta(minutes=15)
        living.tick()
    return living.told(her)[0].at


@pytest.mark.parametrize(
    ("due", "starts"),
    [
        ("2027-03-27T08:15", "2027-03-27T09:00"),  # winter: London is on UTC
        ("2027-03-28T08:15", "2027-03-28T08:15"),  # the clocks have gone forward
        ("2027-10-30T08:15", "2027-10-30T08:15"),
        ("2027-10-31T08:15", "2027-10-31T09:00"),  # and back again
        ("2027-03-28T19:30", "2027-03-29T08:00"),  # half past eight in the evening: Easter Monday…
    ],
)
def test_nothing_starts_before_nine_or_after_eight_on_either_side_of_a_clock_change(
    living: Living, due: str, starts: str
) -> None:
    amina = living.join(living.cohort(bank_holidays=False), AMINA)
    started = first_started(living, amina, datetime.fromisoformat(f"{due}+00:00"))
    assert started == datetime.fromisoformat(f"{starts}+00:00")


def test_on_a_bank_holiday_the_bot_rests_where_the_cohort_wants_it_to(living: Living) -> None:
    new_year = datetime(2027, 1, 1, 10, 0, tzinfo=UTC)
    amina = living.join(living.cohort(), AMINA)
    assert first_started(living, amina, new_year) == datetime(2027, 1, 2, 9, 0, tzinfo=UTC)


def test_where_bank_holidays_are_working_days_it_does_not_rest(living: Living) -> None:
    new_year = datetime(2027, 1, 1, 10, 0, tzinfo=UTC)
    amina = living.join(living.cohort(bank_holidays=False), AMINA)
    assert first_started(living, amina, new_year) == new_year


@pytest.mark.parametrize(
    ("name", "due", "starts"),
    [
        ("ramadan", "2027-02-16T09:00", "2027-02-16T11:00"),
        ("ramadan", "2027-02-16T16:30", "2027-02-17T11:00"),
        ("friday_noon", "2026-11-27T12:30", "2026-11-27T14:30"),
    ],
)
def test_the_calendars_she_named_hold_the_bot_back(
    living: Living, name: str, due: str, starts: str
) -> None:
    amina = living.join(living.cohort(), AMINA, hold_backs=[name])
    selam = living.join(living.cohort("Spring"), SELAM)
    at = datetime.fromisoformat(f"{due}+00:00")
    started = first_started(living, amina, at)
    assert started == datetime.fromisoformat(f"{starts}+00:00")
    assert living.told(selam) == []


def test_a_break_of_her_cohort_holds_back_nobody_else(living: Living) -> None:
    first, last = date(2026, 11, 19), date(2026, 11, 20)
    away, here = living.cohort(), living.cohort("Spring")
    living.holiday(first, last, cohort_id=away)
    amina, selam = living.join(away, AMINA), living.join(here, SELAM)
    for her in (amina, selam):
        living.plan(her, "goal_check_in", THURSDAY)
    living.live(THURSDAY + timedelta(days=3))
    assert living.told(selam)[0].at == THURSDAY
    assert living.told(amina)[0].at == datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def test_what_a_long_break_makes_useless_is_skipped_and_counted(living: Living) -> None:
    living.holiday(date(2026, 11, 18), date(2026, 11, 30))
    amina = living.join(living.cohort(), AMINA)
    living.plan(amina, "goal_check_in", THURSDAY)
    assert living.live(THURSDAY + timedelta(days=4))["skipped"] == 1
    assert living.check_ins(amina) == [("goal_check_in", "skipped", "holiday")]


def test_each_cohort_has_its_own_hours_and_its_own_clock(living: Living) -> None:
    early = living.cohort(opens_minute=7 * 60, closes_minute=9 * 60)
    far = living.cohort("Spring", zone="Africa/Asmara")
    amina, selam = living.join(early, AMINA), living.join(far, SELAM)
    for her in (amina, selam):
        living.plan(her, "goal_check_in", datetime(2026, 11, 19, 5, 0, tzinfo=UTC))
    living.live(THURSDAY, nights=True)
    assert living.told(selam)[0].at == datetime(2026, 11, 19, 6, 0, tzinfo=UTC)
    assert living.told(amina)[0].at == datetime(2026, 11, 19, 7, 0, tzinfo=UTC)


def test_nobody_is_reminded_of_a_session_that_has_begun(living: Living) -> None:
    cohort = living.cohort()
    amina, grace = living.join(cohort, AMINA), living.join(cohort, GRACE, role="mentor")
    session = Meeting(
        pairing_id=living.pair(grace, amina),
        number=1,
        starts_at=THURSDAY + timedelta(hours=8),
        planned_minutes=60,
    )
    living.keep(session)
    living.plan(amina, "session_remind", THURSDAY, session_id=session.id)
    living.time = THURSDAY + timedelta(hours=8, minutes=5)
    assert living.tick() == {"skipped": 1}
    assert living.check_ins(amina) == [("session_remind", "skipped", "late")]
