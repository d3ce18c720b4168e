"""While everything is held the bot starts nothing with anybody. It still answers."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.actions.hold import everything_held, held_since, hold_everything, release_everything
from bot.store.models import Staff
from tests.actions.sending import Bed, open_bed
from tests.living import THURSDAY, WEEK, Her, Living, open_living
from tests.world import AMINA

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def world(database_url: str) -> Iterator[Living]:
    with open_living(database_url) as world:
        yield world


@pytest.fixture
def amina(world: Living) -> Her:
    return world.join(world.cohort(), AMINA)


@pytest.fixture
def ruth(world: Living) -> int:
    row = Staff(email="ruth@example.org", name="Ruth", created_at=world.time)
    world.keep(row)
    assert row.id is not None
    return row.id


def hold(world: Living, staff_id: int) -> bool:
    with world.parts.database.transaction() as db:
        return hold_everything(db, staff_id=staff_id, now=world.time)


def release(world: Living, staff_id: int) -> bool:
    with world.parts.database.transaction() as db:
        return release_everything(db, staff_id=staff_id, now=world.time)


def test_while_everything_is_held_nothing_is_started(world: Living, amina: Her, ruth: int) -> None:
    world.plan(amina, "goal_check_in", THURSDAY)
    assert hold(world, ruth)
    world.time = THURSDAY
    assert world.tick() == {"held": 1}
    assert world.talks(amina) == []
    assert world.check_ins(amina) == [("goal_check_in", "planned", "")]


def test_she_is_answered_and_may_stop_and_cry_for_help_while_everything_is_held(
    world: Living, amina: Her, ruth: int
) -> None:
    world.plan(amina, "goal_check_in", THURSDAY)
    world.live(THURSDAY)
    hold(world, ruth)
    assert world.taps(AMINA, "good"), "her answer is answered"
    assert "999" in world.says(AMINA, "I want to die")[0]
    assert "harm_red" in world.alerts()
    world.says(AMINA, "STOP")
    assert world.one("select state from participant") == "stopped"


def test_nobody_is_reminded_while_everything_is_held(world: Living, amina: Her, ruth: int) -> None:
    world.plan(amina, "goal_check_in", THURSDAY)
    world.live(THURSDAY)
    hold(world, ruth)
    assert "reminded" not in world.live(THURSDAY + 2 * DAY)


def test_once_released_what_still_helps_goes_and_the_rest_is_skipped_and_counted(
    world: Living, amina: Her, ruth: int
) -> None:
    world.plan(amina, "training_invite", THURSDAY)
    world.plan(amina, "goal_check_in", THURSDAY + 4 * DAY)
    hold(world, ruth)
    world.live(THURSDAY + 5 * DAY, step=6 * HOUR)
    assert release(world, ruth)
    assert world.tick() == {"started": 1, "skipped": 1}
    assert world.check_ins(amina) == [
        ("training_invite", "skipped", "late"),
        ("goal_check_in", "asked", ""),
    ]


def test_holding_twice_is_holding_once_and_both_ends_are_written_down(
    world: Living, ruth: int
) -> None:
    since = world.time
    assert hold(world, ruth)
    world.time += WEEK
    assert not hold(world, ruth)
    with world.parts.database.reading() as db:
        assert held_since(db) == since
    assert release(world, ruth)
    assert not release(world, ruth)
    with world.parts.database.reading() as db:
        assert not everything_held(db)
    kept = world.rows("select action, staff_id from audit_entry order by id")
    assert [tuple(row) for row in kept] == [
        ("held everything", ruth),
        ("released everything", ruth),
    ]


@pytest.fixture
def bed(database_url: str) -> Iterator[Bed]:
    with open_bed(database_url) as bed:
        yield bed


def test_what_is_queued_stays_and_a_reply_leaves(bed: Bed) -> None:
    amina, grace = bed.person(), bed.person(name="Grace")
    bed.change(
        "insert into mark (name, at, value) select 'hold_everything', created_at, '' "
        "from participant limit 1"
    )
    bed.queue(amina, "How was your week?", priority=1)
    bed.queue(amina, "There is no hurry.", priority=2)
    bed.queue(grace, "Thank you.")
    bed.settle_down(rounds=2)
    assert (bed.bodies(amina), bed.bodies(grace)) == ([], ["Thank you."])
    bed.change("delete from mark")
    bed.settle_down(rounds=3)
    assert bed.bodies(amina) == ["How was your week?", "There is no hurry."]
