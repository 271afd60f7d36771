"""What a meter costs as people read it: the price of a step, later tiers, the least and the step of an event."""

from __future__ import annotations

from fractions import Fraction

import msgspec
import pytest

from app.billing.catalog import Rate, file
from app.billing.catalog.model import Tier
from app.billing.catalog.quantities import Quantity, Units
from app.billing.catalog.rate_labels import RateLabel, describe
from app.money import Money
from config import ROOT

CATALOG = file.parse((ROOT / "catalog.toml").read_text(), name="catalog.toml")


def label(meter: str, plan: str = "scale") -> RateLabel:
    return describe(meter, CATALOG.meter(meter), CATALOG.plan(plan).rates[meter], "USD")


@pytest.mark.parametrize(
    ("meter", "amount", "per"),
    [
        ("calls_inbound", "0.018", "min"),
        ("sms", "0.0085", "text message"),
        ("phone_numbers", "1.20", "number per month"),
        ("tokens_in", "1.95", "1M tokens"),
        ("text_to_speech", "0.012", "1,000 characters"),
        ("speech_to_text", "0.0065", "min of speech"),
    ],
)
def test_a_price_is_for_the_step_that_people_count_in(meter: str, amount: str, per: str) -> None:
    found = label(meter)
    assert (found.amount.exact, found.per) == (f"{amount:0<8}", per)
    assert found.label == CATALOG.meter(meter).label


@pytest.mark.parametrize(
    ("per", "shown_per", "says"),
    [(30, 1, "30 number-days"), (7, 1, "7 number-days"), (2_000_000, 1, "2M number-days")],
)
def test_only_a_price_per_thirty_days_is_a_monthly_one(per: int, shown_per: int, says: str) -> None:
    days = msgspec.structs.replace(
        CATALOG.meter("phone_numbers"), per=per, shown_per=shown_per, unit="number-day"
    )
    if per == 30:
        assert label("phone_numbers").per == "number per month"
        days = msgspec.structs.replace(days, unit="number")
    rate = Rate((Tier(None, Fraction(1)),))
    assert describe("phone_numbers", days, rate, "USD").per == says


def test_a_later_tier_says_from_which_quantity_on_it_applies() -> None:
    """6,000,000 seconds are 100,000 minutes."""
    later = Quantity("calls_outbound", 100_000, "min")
    assert label("calls_outbound").later == ((Money(19_000, "USD"), later),)
    assert label("calls_inbound").later == ()


def test_each_later_tier_begins_where_the_one_before_it_ends() -> None:
    rate = Rate((Tier(60, Fraction(3)), Tier(90, Fraction(2)), Tier(None, Fraction(1))))
    found = describe("calls_inbound", CATALOG.meter("calls_inbound"), rate, "USD")
    assert [(price.micro, start.amount) for price, start in found.later] == [(120, 1), (60, 2)]


def test_the_least_and_the_step_are_said_where_they_say_something() -> None:
    international, inbound = label("calls_outbound_international"), label("calls_inbound")
    assert (international.least, international.step) == (Units(30, "second"), Units(6, "second"))
    assert (inbound.least, inbound.step) == (None, None)


def test_a_price_below_a_micro_unit_is_rounded_half_up() -> None:
    rate = Rate((Tier(None, Fraction(1, 2)),))
    assert describe("sms", CATALOG.meter("sms"), rate, "USD").amount.micro == 1
