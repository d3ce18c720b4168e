"""STOP is final in its own transaction: whatever was queued, claimed, planned, held or in doubt.

STOP, PAUSE, LEAVE and DELETE are four different things. After STOP, until START, nothing that she
has not just asked for is sent, whatever else happens.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from bot.actions.claim import Job, claim_next
from bot.actions.compose import Desk
from bot.actions.last_look import may_still_go
from bot.actions.say import queue
from bot.actions.send import send_due
from bot.channels.twilio import TwilioChannel
from tests.quick import Quick, open_quick
from tests.rows import ROW_AMINA, ROW_GRACE, agree
from tests.test_doors import STOPS, TAGS, change, open_steps, speak, state
from tests.world import AMINA, World

EN = ROW_AMINA | {"language": "en"}
OURS = "select count(*) from message where direction = 'out' and participant_id = :her"
STILL_TO_GO = (
    "select count(*) from delivery d join message m on m.id = d.message_id where "
    "m.participant_id = :her and d.state in ('queued', 'waiting') and m.context not like :but"
)
FOUR = {  # what she sends: her state, what she is asked, what staff hear
    "STOP": ("stopped", [], ["stopped"]),
    "PAUSE": ("paused", ["pause.how_long"], []),
    "LEAVE": ("active", ["leave.what"], []),
    "DELETE": ("active", ["delete_data.sure"], []),
}
THEN = {  # her plain yes to that question
    "PAUSE": ("week", "paused", []),
    "LEAVE": ("leave", "paused", ["leaving"]),
    "DELETE": ("yes", "active", ["delete_wanted"]),
}


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[Quick]:
    """Amina and Grace have agreed to everything."""
    with open_quick(database_url) as world:
        world.enrol(tmp_path, [ROW_GRACE, EN])
        world.tick()
        agree(world, AMINA, language="en")
        yield world


def hers(world: World) -> int:
    return int(world.one("select id from participant where reference = 'A1'"))


def put_in_the_outbox(world: World, **more: Any) -> None:
    with world.parts.database.transaction() as db:
        queue(
            db,
            participant_id=hers(world),
            address_id=None,
            text="Hello.",
            language="en",
            now=world.time,
            **more,
        )


def claimed(world: World, owner: str = "one") -> Job:
    """One worker holds a delivery, and has not called the channel yet."""
    house = world.parts.house
    senders = TwilioChannel(world.settings).senders
    desk = Desk(
        catalogues=house.catalogues, charity="x", senders=senders, owner=owner, zone=house.zone
    )
    with world.parts.database.transaction() as db:
        found = claim_next(db, desk, now=world.time)
    assert isinstance(found, Job)
    return found


def send(world: World) -> int:
    return send_due(
        world.parts.database,
        TwilioChannel(world.settings),
        catalogues=world.parts.house.catalogues,
        now=world.time,
        owner="sender",
    )


# --- four things --------------------------------------------------------------------------------


@pytest.mark.parametrize("word", FOUR)
def test_stop_pause_leave_and_delete_are_four_different_things(world: Quick, word: str) -> None:
    became, asked, alerts = FOUR[word]
    world.says(AMINA, word)
    assert (state(world), open_steps(world), world.alerts()) == (became, asked, alerts)
    addresses = {"stopped"} if word == "STOP" else {"usable"}
    hers_only = "select distinct state from address where participant_id = :her"
    assert {row[0] for row in world.rows(hers_only, her=hers(world))} == addresses
    assert world.one("select count(*) from enrolment where state = 'active'") == 2
    assert world.one("select count(*) from consent where given = false and kind = 'messages'") == 0
    if word in THEN:
        key, became, alerts = THEN[word]
        world.taps(AMINA, key)
        assert (state(world), open_steps(world), world.alerts()) == (became, [], alerts)
        assert world.one("select count(*) from answer where participant_id = :her", her=hers(world))


def test_only_messages_when_asked_what_she_would_like_to_leave_is_stop(world: Quick) -> None:
    world.says(AMINA, "LEAVE")
    world.taps(AMINA, "only")
    assert (state(world), world.alerts()) == ("stopped", ["stopped"])


# --- final --------------------------------------------------------------------------------------


def test_a_worker_that_has_claimed_it_does_not_send_it_after_stop(world: Quick) -> None:
    for priority in (0, 1):
        world.time += timedelta(seconds=7)  # one message in six seconds
        world.says(AMINA, "START")
        change(world, "update delivery set state = 'cancelled' where state = 'queued'")
        put_in_the_outbox(world, priority=priority)
        job = claimed(world)
        world.says(AMINA, "STOP")
        database = world.parts.database
        assert not may_still_go(database, delivery_id=job.delivery_id, now=world.time)
        row = world.rows(
            "select state, reason, lease_owner from delivery where id = :id", id=job.delivery_id
        )
        assert row == [("cancelled", "stopped", None)]


def test_what_was_meant_for_her_does_not_leave_once_somebody_else_may_read_it(
    world: Quick,
) -> None:
    change(world, "update delivery set state = 'cancelled' where state = 'queued'")
    put_in_the_outbox(world, priority=1)
    job, database = claimed(world), world.parts.database
    asked = world.time.isoformat(sep=" ")
    change(world, "update participant set doubted_at = :at", at=asked)
    assert may_still_go(database, delivery_id=job.delivery_id, now=world.time), "said since then"
    later = (world.time + timedelta(minutes=1)).isoformat(sep=" ")
    change(world, "update participant set doubted_at = :at", at=later)
    assert not may_still_go(database, delivery_id=job.delivery_id, now=world.time)
    assert world.rows("select state, reason from delivery where id = :id", id=job.delivery_id) == [
        ("cancelled", "doubted")
    ]


def test_what_is_said_to_somebody_who_stopped_still_goes(world: Quick) -> None:
    """The confirmation itself, and the answer to a cry for help."""
    change(world, "update delivery set state = 'cancelled' where state = 'queued'")
    world.simulator.receive_from(AMINA, "STOP")
    job = claimed(world)
    assert may_still_go(world.parts.database, delivery_id=job.delivery_id, now=world.time)


def test_a_sender_that_comes_while_stop_is_written_sends_nothing(world: Quick) -> None:
    """Two connections: STOP holds her row (on SQLite the whole database), the sender waits."""
    change(world, "update delivery set state = 'cancelled' where state = 'queued'")
    put_in_the_outbox(world)
    before = len(world.simulator.sent_to(AMINA))
    with ThreadPoolExecutor(1) as other:
        with world.parts.database.transaction() as db:
            db.execute(text("update participant set state = 'stopped' where reference = 'A1'"))
            sending = other.submit(send, world)
        assert sending.result(timeout=30) == 0
    assert len(world.simulator.sent_to(AMINA)) == before
    assert world.rows("select reason from delivery order by id desc limit 1") == [("stopped",)]


@pytest.mark.parametrize(
    "before",
    [
        "update participant set held_at = created_at where reference = 'A1'",
        "update participant set state = 'paused' where reference = 'A1'",
        "update participant set quiet_at = created_at where reference = 'A1'",
        "update participant set doubted_at = created_at, discreet = true where reference = 'A1'",
        "update delivery set state = 'waiting' where state = 'queued'",
        "update delivery set state = 'unknown' where state = 'queued'",
    ],
)
def test_stop_works_in_every_language_from_every_state(world: Quick, before: str) -> None:
    for language in TAGS:
        world.says(AMINA, "START")
        world.time += timedelta(hours=2)
        speak(world, language)
        put_in_the_outbox(world, priority=1)
        change(world, before)
        answers = world.says(AMINA, STOPS[language])
        assert (state(world), len(answers)) == ("stopped", 1), language
        assert "START" in answers[0]
        assert world.one(STILL_TO_GO, her=hers(world), but="standing.stopped") == 0
        assert open_steps(world) == []


def test_the_second_stop_within_the_hour_is_not_answered_again(world: Quick) -> None:
    assert len(world.says(AMINA, "STOP")) == 1
    assert world.says(AMINA, "STOP") == []
    assert len(world.says(AMINA, "START")) == 1
    assert world.says(AMINA, "STOP") == []
    assert state(world) == "stopped"
    world.says(AMINA, "START")
    world.time += timedelta(hours=2)
    assert len(world.says(AMINA, "STOP")) == 1


def test_stop_closes_every_channel_and_start_opens_the_one_it_came_by(world: Quick) -> None:
    change(
        world,
        "insert into address (participant_id, channel, address, kind, state, state_reason, "
        "created_at) select participant_id, 'sms', '+447700900101', 'phone', 'usable', '', "
        "created_at from address where address = :whatsapp",
        whatsapp=f"whatsapp:{AMINA}",
    )
    world.says(AMINA, "STOP")
    states = (
        "select distinct channel, state from address where participant_id = :her order by channel"
    )
    assert world.rows(states, her=hers(world)) == [("sms", "stopped"), ("whatsapp", "stopped")]
    world.says(AMINA, "START")
    assert world.rows(states, her=hers(world)) == [("sms", "stopped"), ("whatsapp", "usable")]


def test_start_by_somebody_who_has_left_promises_nothing(world: Quick) -> None:
    change(world, "update enrolment set state = 'left' where role = 'mentee'")
    change(world, "update participant set state = 'left' where reference = 'A1'")
    assert world.says(AMINA, "START") == []
    assert (state(world), world.alerts()) == ("left", ["wrote_to_us"])
    world.says(AMINA, "STOP")
    assert world.says(AMINA, "START") == [
        world.parts.catalogues.text("standing.noted", "en"),
    ]


# --- whatever happens ---------------------------------------------------------------------------

STEPS = st.sampled_from(
    [
        *("STOP", "توقف", "START", "PAUSE", "LEAVE", "DELETE", "MY DATA", "MENU", "help"),
        *("I want to die", "1", "2", "yes", "no", "0", "later", "hello", "umbrella", "tick", "day"),
    ]
)
CRIES = ("I want to die", "umbrella", "help")


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(steps=st.lists(STEPS, min_size=3, max_size=14))
def test_after_stop_and_before_start_nothing_is_sent_but_to_a_cry(
    world: Quick, steps: list[str]
) -> None:
    stopped = False
    for step in ("START", *steps):
        before = int(world.one(OURS, her=hers(world)))
        if step == "tick":
            world.tick()
        elif step == "day":
            world.time += timedelta(days=1)
            world.tick()
        else:
            world.says(AMINA, step)
        said = int(world.one(OURS, her=hers(world))) - before
        if stopped and step not in ("START", *CRIES):
            assert said == 0, (steps, step)
        stopped = state(world) == "stopped"
        if step in ("STOP", "توقف"):
            assert stopped, steps
        if stopped:
            assert world.one(STILL_TO_GO, her=hers(world), but="standing.%") == 0, (steps, step)
            assert open_steps(world) == [], (steps, step)
