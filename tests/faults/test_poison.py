"""One message, one check-in or one delivery that cannot be handled stops nobody else."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.catalogues import Catalogues
from bot.vocabulary import Vocabulary
from tests.quick import open_quick
from tests.test_journeys import ROW_AMINA, ROW_GRACE, agree
from tests.webhook import form, post
from tests.world import AMINA, GRACE, World, open_world

POISON = "a text on which understanding breaks"


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """Amina and Grace, asked whether these are the right numbers."""
    with open_quick(database_url) as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA])
        world.tick()
        yield world


@pytest.fixture
def broken(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Understanding breaks on one text."""
    hear = Vocabulary.hear

    def breaks(self: Vocabulary, words: str, **more: Any) -> Any:
        if words == POISON:
            raise ZeroDivisionError(f"her words are {words}")
        return hear(self, words, **more)

    monkeypatch.setattr(Vocabulary, "hear", breaks)
    return world


def test_a_message_that_breaks_us_is_kept_shown_to_staff_and_answered(broken: World) -> None:
    answers = broken.says(AMINA, POISON)
    assert answers == [broken.parts.catalogues.text("standing.sorry", "ar")]
    assert broken.rows("select text, state, error from message where direction = 'in'") == [
        (POISON, "parked", "ZeroDivisionError")
    ]
    assert broken.rows("select kind, detail from alert") == [("parked", "ZeroDivisionError")]
    assert broken.one("select count(*) from answer") == 0


def test_a_message_that_breaks_us_is_parked_once_however_often_it_comes(broken: World) -> None:
    fields = form(POISON)
    assert [post(broken, fields).status for _ in range(3)] == [200] * 3
    assert broken.one("select count(*) from message where state = 'parked'") == 1
    assert broken.one("select times from alert where kind = 'parked'") == 1


def test_after_a_message_that_broke_us_she_and_everybody_else_go_on(broken: World) -> None:
    broken.says(AMINA, POISON)
    broken.taps(GRACE, "yes")
    broken.says(AMINA, "1")
    assert broken.rows("select step, value from answer order by id") == [
        ("right_number", "yes"),
        ("right_number", "yes"),
    ]


def test_a_stranger_on_whose_words_we_break_is_kept_too(broken: World) -> None:
    assert post(broken, form(POISON, number="+447700900771")).status == 200
    assert broken.rows("select kind from alert") == [("parked",)]


def test_what_breaks_us_never_reaches_the_log(
    broken: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    broken.says(AMINA, POISON)
    assert caplog.records
    assert POISON not in caplog.text


def test_a_check_in_that_cannot_start_is_set_aside_and_the_others_start(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    agree(world, AMINA, language="en")
    agree(world, GRACE, language="en", mentor=True)
    fill = Catalogues.fill

    def breaks(self: Catalogues, context: str, **more: Any) -> str:
        if context.startswith("goal_setting"):
            raise ZeroDivisionError(f"her name is {more['words']['name']}")
        return fill(self, context, **more)

    monkeypatch.setattr(Catalogues, "fill", breaks)
    with world.parts.database.transaction() as db:  # both on the same morning
        db.execute(
            text(
                "delete from check_in where flow = 'session_remind' or (flow = 'session_confirm' "
                "and enrolment_id in (select id from enrolment where role = 'mentee'))"
            )
        )
        db.execute(
            text(
                "update check_in set due_at = (select min(due_at) from check_in "
                "where flow = 'goal_setting') where flow = 'session_confirm' and slot = "
                "(select min(slot) from check_in where flow = 'session_confirm')"
            )
        )
    counts = world.go_to(datetime(2026, 11, 17, 10, 1, tzinfo=UTC))
    assert (counts["failed"], counts["started"]) == (1, 1)
    assert "Did you and" in world.newest(GRACE).body
    assert world.rows("select state, reason from check_in where flow = 'goal_setting'") == [
        ("skipped", "error")
    ]
    assert world.rows("select kind, detail from alert") == [("parked", "ZeroDivisionError")]
    assert world.tick().get("failed") is None


def test_a_delivery_that_cannot_be_composed_fails_with_an_alert_and_the_next_one_goes(
    database_url: str, tmp_path: Path
) -> None:
    with open_world(database_url) as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA])
        world.tick()
        break_one_delivery(world)


def break_one_delivery(world: World) -> None:
    world.simulator.receive_from(AMINA, "1")
    with world.parts.database.transaction() as db:
        db.execute(
            text(
                "update message set choices = :broken where id = "
                "(select message_id from delivery where state = 'queued')"
            ),
            {"broken": '[["a"], 7]'},
        )
    world.simulator.receive_from(GRACE, "1")
    before = len(world.bodies(GRACE))
    world.tick()
    assert len(world.bodies(GRACE)) == before + 1
    assert world.rows("select state, reason from delivery where state = 'failed'") == [
        ("failed", "it cannot be composed")
    ]
    assert world.alerts() == ["undelivered"]
