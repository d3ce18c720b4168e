"""Twilio is down, slow or lies: messages wait, nobody gets one twice, and staff see it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.test_journeys import ROW_AMINA, ROW_GRACE
from tests.world import AMINA, World, open_world


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """Amina and Grace, asked whether these are the right numbers."""
    with open_world(database_url) as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA])
        world.tick()
        yield world


def in_doubt(world: World) -> int:
    sql = "select count(*) from delivery where state in ('queued', 'sending', 'unknown')"
    return int(world.one(sql))


def wait(world: World, *, minutes: int) -> None:
    for _ in range(minutes // 3):
        world.later(minutes=3)


@pytest.mark.parametrize("kind", ["503", "429"])
def test_through_an_outage_messages_wait_and_leave_once_when_it_is_over(
    world: World, kind: str
) -> None:
    before = len(world.bodies(AMINA))
    world.simulator.misbehave(kind, times=10_000, on="any")
    world.simulator.receive_from(AMINA, "1")
    wait(world, minutes=9)
    assert world.one("select count(*) from answer") == 1
    assert in_doubt(world) == 1
    assert len(world.bodies(AMINA)) == before
    if kind != "429":  # too many requests is no trouble of the channel
        assert "channel_trouble" in world.alerts()
    world.simulator.behave()
    wait(world, minutes=90)
    assert len(world.bodies(AMINA)) == before + 1
    assert in_doubt(world) == 0


def test_what_twilio_has_taken_without_saying_so_is_never_sent_again(world: World) -> None:
    before = len(world.bodies(AMINA))
    world.simulator.misbehave("lost_callbacks", times=100)
    world.simulator.misbehave("drop_after_accepting")
    world.simulator.receive_from(AMINA, "1")
    wait(world, minutes=15)
    assert len(world.bodies(AMINA)) == before + 1
    assert in_doubt(world) == 0
    assert world.rows("select id from delivery where sid is null and state <> 'cancelled'") == []


def test_a_clock_that_starts_looks_at_once_for_what_another_left_in_doubt(world: World) -> None:
    """One that keeps dying sooner than its first round would never look."""
    world.simulator.misbehave("lost_callbacks", times=100)
    world.simulator.misbehave("drop_after_accepting")
    world.simulator.receive_from(AMINA, "1")
    world.clock.send()
    assert in_doubt(world) == 1
    world.time += timedelta(minutes=2)
    world.clock._at_start()
    assert in_doubt(world) == 0


@pytest.mark.parametrize("kind", ["undelivered", "not_on_whatsapp"])
def test_what_cannot_be_delivered_is_shown_to_staff_with_a_reason(world: World, kind: str) -> None:
    world.simulator.misbehave(kind, times=100)
    world.simulator.receive_from(AMINA, "1")
    wait(world, minutes=60)
    assert in_doubt(world) == 0
    assert set(world.alerts()) & {"undelivered", "no_route"}
    assert world.one("select count(*) from delivery where state = 'failed'") >= 1


def test_wrong_credentials_are_one_trouble_for_staff_and_nothing_is_lost(world: World) -> None:
    before = len(world.bodies(AMINA))
    world.simulator.misbehave("401", times=10_000, on="any")
    world.simulator.receive_from(AMINA, "1")
    wait(world, minutes=9)
    assert world.alerts().count("channel_trouble") == 1
    world.simulator.behave()
    wait(world, minutes=90)
    assert len(world.bodies(AMINA)) == before + 1


def test_receipts_twice_late_and_in_any_order_leave_the_delivery_where_it_got_to(
    world: World,
) -> None:
    for kind in ("duplicate_callbacks", "reorder_callbacks", "early_callbacks"):
        world.simulator.misbehave(kind, times=3)
    world.simulator.receive_from(AMINA, "1")
    wait(world, minutes=3)
    states = world.rows("select distinct state from delivery order by state")
    assert {row[0] for row in states} <= {"delivered", "read"}


def test_a_webhook_that_twilio_lost_is_caught_up_with_once_and_in_order(world: World) -> None:
    world.simulator.misbehave("lost_webhook", times=3)
    for words in ("1", "2", "hello?"):
        world.simulator.receive_from(AMINA, words)
    assert world.one("select count(*) from message where direction = 'in'") == 0
    world.time += timedelta(minutes=3)
    for _ in range(2):
        world.clock.catch_up()
    found = world.rows("select text from message where direction = 'in' order by id")
    assert [row[0] for row in found] == ["1", "2", "hello?"]
    steps = world.rows("select step from answer order by id")
    assert [row[0] for row in steps] == ["right_number"], "she had not seen the next one yet"
    assert "wrote_to_us" in world.alerts()
