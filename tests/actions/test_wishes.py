"""Staff write down what she wishes: what is planned moves at once, and it is recorded."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from bot.actions.change_wishes import Wished, Wishes, change_wishes, wishes_of
from bot.errors import Refused
from bot.store.models import AuditEntry, CheckIn, Participant, Staff
from tests.people import LONDON
from tests.quick import Quick, open_quick
from tests.rows import ROW_AMINA, ROW_GRACE, agree
from tests.world import AMINA


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[Quick]:
    """Amina has agreed; her goals and her weeks are planned."""
    with open_quick(database_url) as world:
        world.enrol(tmp_path, [ROW_GRACE, ROW_AMINA])
        with world.parts.database.transaction() as db:
            db.add(Staff(email="ruth@example.org", name="Ruth", created_at=world.time))
        world.tick()
        agree(world, AMINA, language="ar")
        yield world


def stored(world: Quick) -> Participant:
    with world.parts.database.reading() as db:
        return db.exec(select(Participant).where(Participant.reference == "A1")).one()


def change(world: Quick, **wished: object) -> Wished:
    her = stored(world)
    wishes: Wishes = replace(wishes_of(her), **wished)  # type: ignore[arg-type]
    with world.parts.database.transaction() as db:
        return change_wishes(
            db,
            house=world.parts.house,
            participant_id=her.id or 0,
            wishes=wishes,
            staff_id=1,
            now=world.time,
        )


def weeks(world: Quick) -> list[str]:
    """When each weekly question that was not sent yet is due, by her clock."""
    with world.parts.database.reading() as db:
        planned = db.exec(
            select(CheckIn)
            .where(CheckIn.flow == "goal_check_in", CheckIn.state == "planned")
            .order_by(CheckIn.due_at)
        )
        return [row.due_at.astimezone(LONDON).strftime("%a %H:%M") for row in planned]


def audited(world: Quick) -> list[tuple[str, str, str]]:
    with world.parts.database.reading() as db:
        entries = db.exec(select(AuditEntry).where(AuditEntry.action == "changed wishes"))
        return [(entry.subject, entry.detail, str(entry.staff_id)) for entry in entries]


def test_what_is_planned_moves_to_the_weekday_and_the_hour_that_she_chose(world: Quick) -> None:
    assert set(weeks(world)) == {"Thu 10:00"}
    done = change(world, part_of_day="evening", weekday=1)
    assert done.changed == ("part_of_day", "weekday")
    assert set(weeks(world)) == {"Tue 18:00"}
    moved = [line for line in done.plan.moved if line.slot == "week-3"]
    assert [(line.was is not None, line.becomes is not None) for line in moved] == [(True, True)]


def test_a_calendar_that_she_keeps_moves_what_would_fall_on_its_days(world: Quick) -> None:
    change(world, weekday=4)  # her check-in comes on Fridays
    change(world, part_of_day="afternoon")
    assert weeks(world).count("Fri 14:00") >= 12, "all but two feasts"
    change(world, hold_backs=("friday_noon",))
    assert stored(world).hold_backs == ["friday_noon"]
    assert "Fri 14:00" not in weeks(world), "12:00 to 14:30 is hers"


def test_what_was_sent_already_stays_as_it_was(world: Quick) -> None:
    def sent() -> list[tuple[str, str]]:
        rows = "select flow, due_at from check_in where state <> 'planned' order by id"
        return [(row.flow, str(row.due_at)) for row in world.rows(rows)]

    before = sent()
    change(world, part_of_day="evening")
    assert before and sent() == before


def test_a_change_is_recorded_by_its_name_and_never_by_its_words(world: Quick) -> None:
    change(world, safe_word="مظلة حمراء", discreet=True)
    her = stored(world)
    assert (her.safe_word, her.discreet) == ("مظلة حمراء", True)
    assert audited(world) == [(f"participant:{her.id}", "discreet safe_word", "1")]


def test_wishes_as_they_are_change_and_record_nothing(world: Quick) -> None:
    done = change(world)
    assert (done.changed, done.plan.lines) == ((), ())
    assert audited(world) == []


def test_her_language_changes_what_she_is_asked_in_next(world: Quick) -> None:
    change(world, language="en")
    world.go_to(world.time + timedelta(days=1, hours=1))
    assert "What would you like" in world.newest(AMINA).body


def test_a_new_safe_word_calls_a_person_and_the_old_one_no_more(world: Quick) -> None:
    change(world, safe_word="blue teapot")
    world.says(AMINA, "Blue teapot!")
    kinds = [row.kind for row in world.rows("select kind from alert")]
    assert "safe_word" in kinds


@pytest.mark.parametrize(
    "wished",
    [
        {"language": "xx"},
        {"part_of_day": "night"},
        {"weekday": 7},
        {"weekday": -1},
        {"listens": "sings"},
        {"hold_backs": ("no_such_calendar",)},
        {"hold_backs": ("ramadan", "")},
        {"safe_word": "12"},
        {"safe_word": "..."},
        {"safe_word": "stop"},
        {"safe_word": "نعم"},
        {"safe_word": "x" * 31},
        {"safe_word": "a\x00b"},
    ],
)
def test_a_wish_that_cannot_be_is_refused_and_nothing_changes(
    world: Quick, wished: dict[str, object]
) -> None:
    before = wishes_of(stored(world))
    with pytest.raises(Refused):
        change(world, **{"discreet": not before.discreet, **wished})
    assert wishes_of(stored(world)) == before
    assert audited(world) == []
