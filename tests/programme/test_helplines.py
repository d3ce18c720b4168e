"""Which numbers are said, and when they want checking."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.programme.helplines import Helpline, chosen, half_year, is_due, is_free, said

GENERAL = Helpline(name="Samaritans", number="116 123")
ABUSE = Helpline(name="Refuge", number="0808 2000 247", topic="abuse")
TODAY = date(2026, 11, 23)


def off(line: Helpline) -> Helpline:
    return Helpline(name=line.name, number=line.number, topic=line.topic, active=False)


def test_the_one_for_anything_comes_first_and_the_specialist_second() -> None:
    lines = (ABUSE, GENERAL, Helpline(name="Another", number="0800 1", topic="abuse"))
    assert chosen(lines) == (GENERAL,)
    assert chosen(lines, topics=("abuse",)) == (GENERAL, ABUSE)
    assert chosen(lines, topics=("exploitation",)) == (GENERAL,)
    assert chosen(lines, topics=("life", "exploitation", "abuse")) == (GENERAL, ABUSE)
    assert said(chosen(lines, topics=("abuse",))) == "Samaritans 116 123, Refuge 0808 2000 247"


def test_what_is_off_or_costs_money_is_never_said() -> None:
    paid = Helpline(name="Appeals", number="020 3716 0283", topic="abuse")
    assert chosen((off(GENERAL), off(ABUSE), paid), topics=("abuse",)) == ()
    assert chosen((off(GENERAL), ABUSE, paid), topics=("abuse",)) == (ABUSE,)


@pytest.mark.parametrize(
    ("number", "free"),
    [("116 123", True), ("0808 2000 247", True), ("0800 1111", True), ("08000 121 700", True),
     ("111", True), ("0300 123 3393", False), ("020 7008 0151", False), ("85258", False)],
)  # fmt: skip
def test_she_can_ring_it_without_credit(number: str, free: bool) -> None:
    assert is_free(number) is free


@pytest.mark.parametrize(("days", "due"), [(None, True), (0, False), (182, False), (183, True)])
def test_one_that_is_said_wants_checking_twice_a_year(days: int | None, due: bool) -> None:
    checked = None if days is None else TODAY - timedelta(days=days)
    line = Helpline(name="Samaritans", number="116 123", checked_on=checked)
    assert is_due(line, today=TODAY) is due
    assert not is_due(off(line), today=TODAY)


def test_a_year_has_two_halves() -> None:
    months = [half_year(datetime(2027, month, 1, tzinfo=UTC)) for month in (1, 6, 7, 12)]
    assert months == ["2027-1", "2027-1", "2027-2", "2027-2"]
