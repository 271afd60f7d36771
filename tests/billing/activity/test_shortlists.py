"""The first of a long list: nothing is lost between what is shown and what the others cost."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.billing.activity.shortlists import shortlist
from app.money import CurrencyMismatchError, Money, total
from tests.factories import usd


@dataclass(frozen=True)
class Row:
    cost: Money


def rows(*micro: int, currency: str = "USD") -> list[Row]:
    return [Row(Money(one, currency)) for one in micro]


@given(costs=st.lists(st.integers(-(10**9), 10**9), max_size=20), most=st.integers(0, 25))
def test_what_is_shown_and_the_others_are_the_whole(costs: list[int], most: int) -> None:
    found = shortlist(rows(*costs), most)
    assert [row.cost.micro for row in found.rows] == costs[:most]
    assert len(found.rows) + found.others == len(costs)
    shown = total((row.cost for row in found.rows), "USD")
    assert (shown + (found.others_cost or usd("0"))).micro == sum(costs)
    assert (found.others_cost is None) == (found.others == 0)


def test_exactly_as_many_as_are_shown_leave_no_others() -> None:
    assert shortlist(rows(2, 1), 2).others_cost is None
    assert shortlist(rows(2, 1, 0), 2).others_cost == usd("0")


def test_the_others_cost_is_in_the_currency_of_the_rows() -> None:
    assert shortlist(rows(3, 2, 1, currency="JPY"), 1).others_cost == Money(3, "JPY")


def test_rows_of_two_currencies_are_not_added_up() -> None:
    with pytest.raises(CurrencyMismatchError):
        shortlist([*rows(3, 2), *rows(1, currency="EUR")], 1)
