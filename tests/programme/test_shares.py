"""Small groups stay out of sight: no number under five, and none that can be reckoned back."""

from collections.abc import Sequence
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from bot.programme.shares import FEW, KEPT, SMALL, broken_down, percent


def cells(*numbers: int, least: int = 0, adds_up: bool = True) -> list[int | str]:
    """Each number, or why it is hidden."""
    found = broken_down(
        [(str(place), str(place), number) for place, number in enumerate(numbers)],
        least=least,
        adds_up=adds_up,
    )
    return [one.hidden if one.number is None else one.number for one in found]


def test_a_cell_under_five_is_not_shown() -> None:
    assert cells(12, 3, 9, 2) == [12, FEW, 9, FEW]


def test_one_small_cell_takes_the_next_smallest_with_it() -> None:
    assert cells(12, 3, 9) == [12, FEW, KEPT]


def test_two_cells_of_one_are_hidden_with_a_third_for_their_sum_would_tell() -> None:
    assert cells(12, 1, 9, 1, least=1) == [12, FEW, KEPT, FEW]


def test_nothing_is_shown_where_only_small_groups_are() -> None:
    assert cells(3, 2, 4) == []
    assert cells(7, 1) == [], "the seven would tell the one"


def test_where_one_person_may_stand_in_several_cells_no_total_tells() -> None:
    assert cells(12, 3, 9, adds_up=False) == [12, FEW, 9]


def test_halves_are_rounded_up_and_nothing_is_no_percentage() -> None:
    assert (percent(1, 8), percent(7, 8), percent(1, 3), percent(0, 0)) == (13, 88, 33, None)


def possible(shown: Sequence[int | str], *, total: int, least: int) -> list[tuple[int, ...]]:
    """What the hidden cells may hold, for somebody who knows the total and how we hide."""
    most = min((one for one in shown if isinstance(one, int)), default=total)
    ranges = [
        range(least, SMALL) if one == FEW else range(SMALL, most + 1)
        for one in shown
        if isinstance(one, str)
    ]
    rest = total - sum(one for one in shown if isinstance(one, int))
    return [guess for guess in product(*ranges) if sum(guess) == rest]


def test_an_empty_cell_takes_nothing_with_it_for_nobody_is_in_it() -> None:
    assert cells(6, 0, 5, 0) == [6, FEW, 5, FEW]


@given(numbers=st.lists(st.integers(0, 12), min_size=1, max_size=5), least=st.integers(0, 1))
def test_no_hidden_number_can_be_reckoned_from_the_total(numbers: list[int], least: int) -> None:
    numbers = [max(least, one) for one in numbers]
    shown = cells(*numbers, least=least)
    if any(0 < one < SMALL for one in numbers) and shown:
        guesses = possible(shown, total=sum(numbers), least=least)
        hidden = [one for one in shown if isinstance(one, str)]
        for why, column in zip(hidden, zip(*guesses, strict=True), strict=True):
            assert why == KEPT or len(set(column)) > 1
    assert all(isinstance(one, str) or one >= SMALL for one in shown)
