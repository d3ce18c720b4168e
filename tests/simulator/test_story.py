"""The demo's first weeks, lived through in a hurry: what staff and players are to find there."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from bot.programme.calendar import local_moment
from bot.simulator.cast import CAST
from bot.simulator.demo import Demo, Opened, open_demo
from bot.simulator.story import NINE, live

WEEKS = 4


@pytest.fixture(scope="module")
def lived() -> Iterator[Opened]:
    """Four weeks of the whole cast; time stands still again afterwards."""
    opened = open_demo(port=0, weeks=WEEKS)
    live(opened.demo, weeks=WEEKS, say=lambda _: None)
    opened.demo.hold_time()
    yield opened
    opened.close()


@pytest.fixture
def demo(lived: Opened) -> Demo:
    return lived.demo


def count(demo: Demo, query: str) -> object:
    with demo.parts.database.reading() as db:
        return db.execute(text(query)).scalar()


def test_the_phones_can_be_seen_before_anybody_is_enrolled() -> None:
    shown: list[str] = []
    opened = open_demo(port=0, cast=CAST[:2], shown=shown.append)
    opened.close()
    assert shown == [opened.address]


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "query",
    [
        "select count(*) from session where state = 'held' and proof = 'both'",
        "select count(*) from session where state = 'disputed'",
        "select count(*) from session where state = 'rescheduled' and moved_to is not null",
        "select count(*) from attendance where source = 'word' and minutes = 120",
        "select count(*) from participant where state = 'paused'",
        "select count(*) from check_in where flow = 'light_check_in'",
        "select count(*) from alert where kind = 'gone_quiet'",
        "select count(*) from alert where kind = 'barrier_travel'",
        "select count(*) from check_in where flow = 'goal_shared' and state = 'answered'",
    ],
)
def test_four_weeks_hold_all_that_a_programme_can_bring(demo: Demo, query: str) -> None:
    assert count(demo, query)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_jump_goes_on_from_the_monday_on_which_it_stands(demo: Demo) -> None:
    now = demo.now().astimezone(demo.parts.house.zone)
    assert (now.weekday(), now.hour) == (0, 9)
    following = demo.life.next_check_in()
    assert following is not None and following > demo.now()
    demo.life.live_until(following, by_hand=True)
    asked = count(demo, "select count(*) from conversation where state = 'open'")
    assert isinstance(asked, int) and asked > 0
    assert local_moment(now.date(), NINE, demo.parts.house.zone) <= demo.now()
