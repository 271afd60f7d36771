"""The bar of credit against what a campaign may cost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.money import Money
from app.pages.wallet.credit_range import WIDTH, measure
from tests.factories import usd


@pytest.mark.parametrize(
    ("usable", "least", "most", "places"),
    [
        ("100", "50", "200", (500, 250, 1000)),
        ("400", "100", "200", (1000, 250, 500)),
        ("0", "10", "10", (0, 990, 1000)),
    ],
)
def test_its_width_is_the_larger_of_credit_and_cost(
    usable: str, least: str, most: str, places: tuple[int, int, int]
) -> None:
    bar = measure(usd(usable), usd(least), usd(most))
    assert bar
    assert (bar.credit, bar.least, bar.most) == places


def test_what_is_free_has_none() -> None:
    assert measure(usd("5"), usd("0"), usd("0")) is None


amounts = st.integers(min_value=0, max_value=10**13)


@given(usable=amounts, costs=st.tuples(amounts, amounts.filter(bool)))
def test_nothing_is_drawn_past_its_ends(usable: int, costs: tuple[int, int]) -> None:
    least, most = sorted(costs)
    bar = measure(*(Money(micro, "USD") for micro in (usable, least, most)))
    assert bar
    assert 0 <= bar.credit <= WIDTH
    assert bar.least >= 0
    assert bar.span > 0
    assert bar.least + bar.span <= WIDTH
