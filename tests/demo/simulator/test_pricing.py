"""The simulator's own arithmetic, against the plainest way to say it."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from demo.simulator.pricing import Price, possible_costs


def test_half_a_micro_unit_is_rounded_up() -> None:
    assert Price(Fraction(1, 2)).cost(1) == 1
    assert Price(Fraction(1, 2)).cost(3) == 2
    assert Price(Fraction(1, 3)).cost(1) == 0


def test_a_minimum_and_whole_steps() -> None:
    price = Price(Fraction(1), minimum=30, step=6)
    assert [price.units(one) for one in (0, 1, 30, 31, 36, 37)] == [0, 30, 30, 36, 36, 42]


def test_each_event_is_rounded_by_itself() -> None:
    assert possible_costs(Price(Fraction(1, 2)), [1, 1, 1], 0) == {3}


def test_what_is_all_included_costs_nothing() -> None:
    assert possible_costs(Price(Fraction(7)), [3, 4], 7) == {0}


def test_more_than_there_was_can_t_be_included() -> None:
    assert possible_costs(Price(Fraction(7)), [3, 4], 8) == set()


@given(
    st.lists(st.integers(0, 5), max_size=4),
    st.integers(0, 20),
    st.fractions(min_value=0, max_value=3, max_denominator=7),
)
def test_every_split_of_what_was_included_is_possible_and_no_other_cost(
    pieces: list[int], included: int, rate: Fraction
) -> None:
    price = Price(rate)
    splits = product(*(range(piece + 1) for piece in pieces))
    expected = {
        sum(price.cost(piece - free) for piece, free in zip(pieces, split, strict=True))
        for split in splits
        if sum(split) == included
    }
    assert possible_costs(price, pieces, included) == expected
