"""What one of a pair, or whoever reads her phone, could learn that she was never to learn."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.actions.change_wishes import change_wishes, wishes_of
from bot.actions.end_pair import end_pair
from bot.store.people import participant_by_id
from tests.actions.sessions_told import Pairs, open_pairs
from tests.people import ruth
from tests.quick import open_quick
from tests.rows import ROW_AMINA, ROW_GRACE
from tests.test_lives import TAPS, Lives
from tests.world import AMINA, GRACE

EN = {"language": "en"}
GOAL = "sew dresses"
MOST_TURNS = 30


@pytest.fixture
def told(database_url: str, tmp_path: Path) -> Iterator[Pairs]:
    with open_pairs(database_url, tmp_path) as world:
        yield world


@pytest.fixture
def shared(database_url: str, tmp_path: Path) -> Iterator[Lives]:
    """Amina has said that Grace may see her goal, and has set one. Grace hears of it tomorrow."""
    with open_quick(database_url) as world:
        world.__class__ = Lives
        assert isinstance(world, Lives)
        world.enrols(tmp_path, ROW_GRACE, ROW_AMINA | EN)
        world.tick()
        world.agrees(AMINA)
        world.agrees(GRACE)
        world.lives(days=1)
        sets_a_goal(world)
        yield world


def sets_a_goal(lives: Lives) -> None:
    for _ in range(MOST_TURNS):
        found = lives.rows(
            "select c.step from conversation c join participant p on p.id = c.participant_id "
            "where c.state = 'open' and c.flow = 'goal_setting' and p.reference = 'A1'"
        )
        if not found:
            break
        shown = lives.newest(AMINA).shown
        if found[0][0] == "words":
            lives.says(AMINA, GOAL)
        elif shown:
            lives.taps(AMINA, TAPS.get(found[0][0], "no" if "no" in shown else shown[0]))
        else:
            lives.says(AMINA, "3")
    assert lives.one("select words from goal") == GOAL
    assert lives.one("select state from check_in where flow = 'goal_shared'") == "planned"


def hears_of_it(lives: Lives) -> bool:
    """Whether Grace has been told the goal after a fortnight."""
    lives.lives(days=14)
    return any(GOAL in body for body in lives.bodies(GRACE))


def change(lives: Lives, sql: str) -> None:
    with lives.parts.database.transaction() as db:
        db.execute(text(sql))


def parts_with_her(lives: Lives) -> None:
    with lives.parts.database.transaction() as db:
        end_pair(db, pairing_id=1, staff_id=ruth(db).id or 0, why="other", now=lives.time)


def rests(lives: Lives) -> None:
    """As when Amina asked that Grace does not message her for now."""
    change(lives, "update pairing set state = 'paused'")


def takes_it_back(lives: Lives) -> None:
    change(
        lives,
        "insert into consent (participant_id, kind, given, wording, language, channel, at) select "
        "participant_id, kind, false, wording, language, channel, at from consent "
        "where kind in ('sharing', 'goal_only')",
    )


def drops_it(lives: Lives) -> None:
    change(lives, "update goal set state = 'dropped'")


def test_a_mentor_hears_of_the_goal_that_her_mentee_lets_her_see(shared: Lives) -> None:
    assert hears_of_it(shared)


@pytest.mark.parametrize("then", [parts_with_her, rests, takes_it_back, drops_it])
def test_a_mentor_hears_no_goal_that_is_not_hers_to_hear_any_more(
    shared: Lives, then: Callable[[Lives], None]
) -> None:
    then(shared)
    assert not hears_of_it(shared)
    found = shared.rows("select state, reason from check_in where flow = 'goal_shared'")
    assert [tuple(row) for row in found] == [("skipped", "not_shared")]


@pytest.mark.parametrize("mentee", [("yes", "hour", "good"), ("no",), ()])
def test_what_a_mentor_is_asked_afterwards_depends_on_nothing_her_mentee_said(
    told: Pairs, mentee: tuple[str, ...]
) -> None:
    """How well she listened is asked of every second session, by what she herself said."""
    asked = []
    for day in (17, 24):
        told.at(day, 19, 30)
        told.answers(AMINA, *mentee)
        told.answers(GRACE, "yes", "hour", "good")
        told.says(GRACE, "it went well")
        asked.append(told.says(GRACE, "to listen")[-1])
    assert ["listen" in one for one in asked] == [False, True]


@pytest.mark.parametrize(
    "mentee", [("yes", "hour", "good"), ("yes", "half", "not_good"), ("no", "me", "next_week")]
)
@pytest.mark.parametrize("grace", [("yes", "hour", "good"), ("no", "her", "skip")])
def test_all_that_a_mentor_reads_in_a_fortnight_is_the_same_whatever_her_mentee_reports(
    told: Pairs, mentee: tuple[str, ...], grace: tuple[str, ...]
) -> None:
    told.at(17, 19, 30)
    told.answers(AMINA, *mentee)
    told.answers(GRACE, *grace)
    if grace[0] == "yes":  # what went well, what next, anything to know
        for answer in ("fine", "to listen"):
            told.says(GRACE, answer)
        told.taps(GRACE, "no")
    told.read()
    before = len(told.bodies(GRACE))
    told.at(30, 20)
    after = [(body[:14], "Still OK" in body) for body in told.bodies(GRACE)[before:]]
    assert after == [
        ("Hello Grace. Y", True),
        ("Hello Grace. D", False),
        ("Hello Grace. Y", True),
    ], "the next reminder, the next question, the reminder after it"


@pytest.mark.parametrize("state", ["queued", "waiting"])
def test_once_staff_know_that_others_read_her_phone_no_name_leaves_that_was_ready_before(
    told: Pairs, state: str
) -> None:
    """Also where it waits until she taps an opener; the question itself is put in other words."""
    told.at(16, 19, 30)
    assert "Your meeting with Grace" in told.newest(AMINA).body
    told.change("update delivery set state = :state where state = 'queued'", state=state)
    with told.parts.database.transaction() as db:
        who = told.one("select id from participant where reference = 'A1'")
        wishes = replace(wishes_of(participant_by_id(db, who)), discreet=True)
        staff_id = ruth(db).id or 0
        change_wishes(
            db,
            house=told.parts.house,
            participant_id=who,
            wishes=wishes,
            staff_id=staff_id,
            now=told.time,
        )
    leaves = told.rows(
        "select m.text from message m join delivery d on d.message_id = m.id join participant p "
        "on p.id = d.participant_id where p.reference = 'A1' and d.state in ('queued', 'waiting')"
    )
    (text_,) = [row[0] for row in leaves]
    assert text_.startswith("Hello Amina. Is Tuesday 17 November")
    told.read()
    assert told.taps(AMINA, "yes") == ["Thank you."], "her answer counts"
