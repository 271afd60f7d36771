"""What usage costs: the allowance first, then the rate by tiers, rounded once, and never less for more."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.billing.catalog import Plan, Rate, file, rating
from app.billing.catalog.model import Tier
from app.money import MICRO
from config import ROOT
from tests.support.examples import examples

EXAMPLES = examples("RATING_EXAMPLES", 30)
"""RATING_EXAMPLES=5000 looks deeper."""
CATALOG = file.parse((ROOT / "catalog.toml").read_text(), name="catalog.toml")
GROWTH = CATALOG.plan("growth")

units = st.integers(0, 10**9)
prices = st.fractions(0, 10 * MICRO, max_denominator=10**6)


@st.composite
def rates(draw: st.DrawFn) -> Rate:
    """One to four tiers of any prices, also dearer ones after cheaper ones."""
    ends = sorted(draw(st.sets(st.integers(1, 10**9), max_size=3)))
    tiers = tuple(Tier(end, draw(prices)) for end in [*ends, None])
    return Rate(tiers, minimum=draw(st.integers(0, 60)), step=draw(st.integers(1, 60)))


@settings(max_examples=EXAMPLES, deadline=None)
@given(rate=rates(), quantity=units)
def test_units_count_in_whole_steps_and_at_least_the_minimum(rate: Rate, quantity: int) -> None:
    billable = rating.billable_units(rate, quantity)
    if quantity == 0:
        assert billable == 0
        return
    assert billable >= max(quantity, rate.minimum)
    assert billable % rate.step == 0
    assert billable - rate.step < max(quantity, rate.minimum)


@settings(max_examples=EXAMPLES, deadline=None)
@given(rate=rates(), before=units, first=units, second=units)
def test_tiers_divide_a_run_of_units_wherever_it_is_cut(
    rate: Rate, before: int, first: int, second: int
) -> None:
    whole = rating.by_tier(rate, first + second, before)
    parts = zip(
        rating.by_tier(rate, first, before), rating.by_tier(rate, second, before + first), strict=True
    )
    assert sum(whole) == first + second
    assert whole == [one + other for one, other in parts]


@settings(max_examples=EXAMPLES, deadline=None)
@given(rate=rates(), before=units, first=units, second=units)
def test_a_line_costs_the_sum_of_its_parts_to_the_rounding(
    rate: Rate, before: int, first: int, second: int
) -> None:
    """Each of the three is rounded by half a micro-unit at most."""
    whole = rating.cost_of(rate, first + second, before)
    parts = rating.cost_of(rate, first, before) + rating.cost_of(rate, second, before + first)
    assert abs(whole - parts) <= 1


@settings(max_examples=EXAMPLES, deadline=None)
@given(rate=rates(), before=units, fewer=units, more=units)
def test_more_units_never_cost_less_and_none_cost_nothing(
    rate: Rate, before: int, fewer: int, more: int
) -> None:
    assert rating.cost_of(rate, 0, before) == 0
    assert 0 <= rating.cost_of(rate, fewer, before) <= rating.cost_of(rate, fewer + more, before)


@settings(max_examples=EXAMPLES, deadline=None)
@given(rate=rates(), allowance=units, used=units, quantity=units, charged=units)
def test_the_allowance_covers_what_is_left_of_it_and_the_rest_is_charged(
    rate: Rate, allowance: int, used: int, quantity: int, charged: int
) -> None:
    plan = _growth_with(rate, allowance)
    found = rating.rate(plan, "sms", quantity, used=used, charged=charged, currency="USD")
    assert found.billable == rating.billable_units(rate, quantity)
    assert found.included == min(found.billable, max(allowance - used, 0))
    assert found.charged >= 0
    assert found.amount.micro == rating.cost_of(rate, found.charged, charged)


@settings(max_examples=EXAMPLES, deadline=None)
@given(price=prices, count=units)
def test_a_rate_of_one_price_costs_what_it_costs_as_equal_tiers(price: Fraction, count: int) -> None:
    alone, divided = Rate((Tier(None, price),)), Rate((Tier(1_000, price), Tier(None, price)))
    assert rating.cost_of(alone, count) == rating.cost_of(divided, count)


@pytest.mark.parametrize(
    ("price", "count", "cost"),
    [
        (Fraction(1, 2), 1, 1),
        (Fraction(1, 2), 2, 1),
        (Fraction(1, 3), 1, 0),
        (Fraction(2, 3), 1, 1),
        (Fraction(49, 100), 1, 0),
    ],
)
def test_half_a_micro_unit_is_rounded_up(price: Fraction, count: int, cost: int) -> None:
    assert rating.cost_of(Rate((Tier(None, price),)), count) == cost
    assert rating.cost_of(Rate((Tier(10, price), Tier(None, price))), count) == cost


def test_a_tier_ends_with_its_last_unit() -> None:
    """Up to 6,000,000 seconds cost $0.022 a minute, all further ones $0.019."""
    rate = CATALOG.plan("scale").rates["calls_outbound"]
    assert rating.by_tier(rate, 60, 5_999_940) == [60, 0]
    assert rating.by_tier(rate, 60, 5_999_970) == [30, 30]
    assert rating.by_tier(rate, 60, 6_000_000) == [0, 60]
    assert [rating.cost_of(rate, 60, before) for before in (5_999_940, 5_999_970, 6_000_000)] == [
        22_000,
        20_500,
        19_000,
    ]


def test_a_tier_that_lies_between_what_was_and_what_comes_is_filled_whole() -> None:
    rate = Rate((Tier(10, Fraction(3)), Tier(20, Fraction(2)), Tier(None, Fraction(1))))
    assert rating.by_tier(rate, 25, 5) == [5, 10, 10]
    assert rating.cost_of(rate, 25, 5) == 5 * 3 + 10 * 2 + 10


def test_meters_of_a_pool_draw_on_one_allowance() -> None:
    """120,000 seconds are included, of calls in and out together."""
    for meter in ("calls_outbound", "calls_inbound"):
        last = rating.rate(GROWTH, meter, 60, used=119_970, currency="USD")
        assert (last.included, last.charged) == (30, 30)
    over = rating.rate(GROWTH, "calls_inbound", 60, used=120_001, currency="USD")
    assert (over.included, over.amount.micro) == (0, 25_000)


def test_what_counts_as_more_takes_that_of_the_allowance() -> None:
    plan = _growth_with(Rate((Tier(None, Fraction(10)),), minimum=30, step=6), 33)
    assert rating.rate(plan, "sms", 31, used=0, currency="USD").billable == 36
    assert rating.rate(plan, "sms", 31, used=0, currency="USD").amount.micro == 30
    assert rating.rate(plan, "sms", 1, used=0, currency="USD").charged == 0


def _growth_with(rate: Rate, allowance: int) -> Plan:
    return replace(GROWTH, rates={"sms": rate}, allowances={"sms": allowance})
