"""What is done once a night is done once; one part that fails does not stop the others."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from bot.actions.due_today import AT_NIGHT, due_today
from bot.actions.mark import mark
from bot.store.migrations import upgrade
from tests.quick import Quick, open_quick

NIGHT = datetime(2026, 11, 24, AT_NIGHT, 5, tzinfo=UTC)
MARKS = "select count(*) from mark where name in ('tended', 'retained', 'backup') and at = :at"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Quick]:
    url = f"sqlite:///{tmp_path / 'routes.sqlite3'}"
    upgrade(url)
    with open_quick(url, backup_dir=tmp_path / "backups") as opened:
        opened.time = NIGHT
        yield opened


def done(world: Quick, at: datetime) -> int:
    """How many of the three were done at that look of the clock."""
    world.time = at
    world.clock.nightly()
    return int(world.one(MARKS, at=f"{at:%Y-%m-%d %H:%M:%S.%f}"))


def test_each_is_done_once_in_a_night_and_again_in_the_next(world: Quick) -> None:
    assert done(world, NIGHT - timedelta(hours=1)) == 0
    assert done(world, NIGHT) == 3
    assert done(world, NIGHT + timedelta(hours=5)) == 0
    assert done(world, NIGHT + timedelta(days=1, hours=9)) == 3, "later, where it was missed"


def test_one_that_fails_is_tried_again_soon_and_the_back_up_is_made_all_the_same(
    world: Quick,
) -> None:
    def tell(sql: str) -> None:
        with world.parts.database.transaction() as db:
            db.execute(text(sql))

    tell("alter table helpline rename to lost")
    assert done(world, NIGHT) == 2
    tell("alter table lost rename to helpline")
    assert done(world, NIGHT + timedelta(minutes=15)) == 1


@pytest.mark.parametrize("day", [datetime(2026, 3, 29), datetime(2026, 10, 25)])  # noqa: DTZ001
def test_a_night_in_which_clocks_change_has_its_turn_once(world: Quick, day: datetime) -> None:
    london = ZoneInfo("Europe/London")
    house = replace(world.parts.house, zone=london)
    looked = []
    for minutes in range(0, 24 * 60, 15):
        now = day.replace(tzinfo=london).astimezone(UTC) + timedelta(minutes=minutes)
        if due_today(house, name="it", from_hour=AT_NIGHT, now=now):
            looked.append(now.astimezone(london).hour)
            mark(house.database, name="it", now=now)
    assert looked == [AT_NIGHT]
