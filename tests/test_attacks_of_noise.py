"""Ten messages in a second: all are kept, none answers what she has not read, and our answer to
them goes out once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.quick import Quick, open_quick
from tests.rows import ROW_AMINA, ROW_GRACE
from tests.test_lives import Lives
from tests.world import AMINA

TEN = 10


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[Lives]:
    """Amina, who has agreed and is asked nothing just now."""
    with open_quick(database_url) as world:
        world.__class__ = Lives
        assert isinstance(world, Lives)
        world.enrols(tmp_path, ROW_GRACE, ROW_AMINA | {"language": "en"})
        world.tick()
        world.agrees(AMINA)
        world.read()
        yield world


def leaves(world: Quick) -> list[str]:
    """What is in the outbox and has not been taken back."""
    found = world.rows(
        "select m.text from message m join delivery d on d.message_id = m.id "
        "where d.state = 'queued' order by m.id"
    )
    return [row[0] for row in found]


@pytest.mark.parametrize(
    "words",
    ["menu", "help", "pause", "leave", "delete", "my data", "STOP", "START", "hello there"],
)
def test_ten_alike_in_one_second_are_answered_once(world: Lives, words: str) -> None:
    before = world.one("select count(*) from message where direction = 'in'")
    for _ in range(TEN):
        world.simulator.receive_from(AMINA, words)
    assert len(leaves(world)) == 1
    kept = world.one("select count(*) from message where direction = 'in'")
    assert kept == before + TEN


@pytest.mark.parametrize("words", ["I want to die", "umbrella", "I need help now"])
def test_ten_cries_in_one_second_are_ten_alerts_and_one_answer(world: Lives, words: str) -> None:
    for _ in range(TEN):
        world.simulator.receive_from(AMINA, words)
    assert len(leaves(world)) == 1
    assert len(world.alerts()) == TEN


def test_later_ten_times_in_one_second_is_answered_once(world: Lives) -> None:
    world.says(AMINA, "menu")
    world.read()
    for _ in range(TEN):
        world.simulator.receive_from(AMINA, "later")
    assert leaves(world) == ["OK. You can answer later. Your question stays open."]


def test_whoever_asks_again_after_our_answer_has_left_is_answered_again(world: Lives) -> None:
    for _ in range(2):
        assert len(world.says(AMINA, "menu")) == 1
        assert len(world.says(AMINA, "help")) == 1
