"""The numbers come in once, are the charity's from then on, and are checked twice a year."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.actions.tend_helplines import tend_helplines
from bot.store.helplines import bring_in, helplines, shipped
from tests.actions.crying import Line, open_line

OFF = {
    "sexual_abuse_support", "nspcc", "forced_marriage_unit", "southall_black_sisters", "ikwro",
    "shelter",
}  # fmt: skip


@pytest.fixture
def line(database_url: str) -> Iterator[Line]:
    with open_line(database_url) as line:
        yield line


def tend(line: Line) -> bool:
    return tend_helplines(line.house.database, now=line.now)


def test_all_come_in_unchecked_and_those_to_be_confirmed_are_off(line: Line) -> None:
    tend(line)
    with line.house.database.reading() as db:
        rows = helplines(db)
    assert [row.key for row in rows] == [one["key"] for one in shipped()]
    assert {row.key for row in rows if not row.active} == OFF
    assert all(row.checked_on is None and row.checked_by == "" for row in rows)


def test_what_staff_changed_is_never_written_over(line: Line) -> None:
    tend(line)
    line.change("update helpline set number = '0800 999', active = false where key = 'refuge'")
    line.change("delete from helpline where key = 'childline'")  # as a new one we ship later
    with line.house.database.transaction() as db:
        assert bring_in(db, now=line.now) == 1
        refuge = next(row for row in helplines(db) if row.key == "refuge")
    assert (refuge.number, refuge.active) == ("0800 999", False)


def test_staff_are_asked_once_in_each_half_of_a_year_while_one_wants_checking(line: Line) -> None:
    assert tend(line)
    assert line.alerts() == [("helplines_unchecked", "green")]
    line.change("update alert set state = 'closed'")
    assert not tend(line)
    line.now = datetime(2027, 1, 2, 12, tzinfo=UTC)
    assert tend(line) and not tend(line)
    line.change("update helpline set checked_on = '2027-01-02'")
    line.now = datetime(2027, 7, 2, 12, tzinfo=UTC)
    assert not tend(line)
    line.now += timedelta(days=3)
    assert tend(line)
    assert len(line.alerts()) == 3
