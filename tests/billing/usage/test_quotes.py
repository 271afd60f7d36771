"""Quotes: what usage would cost after what is left of the allowances, which asking does not use up."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from flask import Flask

from app.billing.usage import quotes
from app.billing.usage.quotes import Quote, UnknownMeterError
from app.billing.wallet import holds
from app.billing.wallet.hold_prices import Counted
from app.extensions import db
from app.models import Allowance, Organization
from app.money import Money
from tests.factories import an_organization, usd
from tests.support.metering import NOW, an_event, take

POOL = (date(2026, 11, 1), "call_minutes")
"""The free plan includes 3,000 seconds of calls, and charges 0.045 a minute for more."""


@pytest.fixture
def organization(app: Flask) -> Organization:
    return an_organization(credit="10")


def a_quote(organization: Organization, *wanted: tuple[str, int]) -> Quote:
    quote = quotes.get_quote(organization.id, wanted, at=NOW)
    assert quote is not None
    return quote


@pytest.mark.parametrize(
    ("seconds", "amount", "included"),
    [(0, 0, 0), (2_999, 0, 2_999), (3_000, 0, 3_000), (3_060, 45_000, 3_000)],
)
def test_the_allowance_covers_what_it_reaches_for(
    organization: Organization, seconds: int, amount: int, included: int
) -> None:
    price = a_quote(organization, ("calls_outbound", seconds)).price()
    assert (price.amount.micro, price.full.micro) == (amount, seconds * 750)
    assert price.included == ({POOL: Counted(included, included * 750)} if included else {})


def test_meters_of_one_allowance_share_what_is_left_of_it(organization: Organization) -> None:
    take(an_event(organization, quantity=2_900, meter="calls_outbound"))
    price = a_quote(
        organization, ("calls_outbound", 60), ("calls_inbound", 60), ("tokens_out", 1_000)
    ).price()
    assert price.included == {POOL: Counted(100, 60 * 750 + 26_667)}
    assert price.amount == Money(13_333 + 12_000, "USD"), "20 seconds at 0.04 a minute, and the tokens"


def test_what_other_holds_count_on_is_not_left(organization: Organization) -> None:
    first = a_quote(organization, ("calls_outbound", 2_940))
    holds.reserve(organization.id, "call-1", first, at=NOW, lease=timedelta(minutes=5))
    assert a_quote(organization, ("calls_outbound", 120)).price().amount == Money(45_000, "USD")
    other = an_organization(credit="10")
    assert a_quote(other, ("calls_outbound", 120)).price().amount == usd("0"), "of its own allowance"


def test_asking_uses_nothing_up(organization: Organization) -> None:
    quote = a_quote(organization, ("calls_outbound", 3_060))
    assert quote.price() == quote.price()
    assert db.session.scalars(db.select(Allowance)).all() == []


def test_the_same_usage_in_another_order_is_the_same_request(organization: Organization) -> None:
    one = a_quote(organization, ("sms", 2), ("calls_outbound", 60))
    other = a_quote(organization, ("calls_outbound", 60), ("sms", 2))
    assert one.content == other.content == [["calls_outbound", 60], ["sms", 2]]


def test_nothing_wanted_costs_nothing(organization: Organization) -> None:
    price = a_quote(organization).price()
    assert (price.amount, price.full, price.included) == (usd("0"), usd("0"), {})


def test_an_organization_that_does_not_exist_has_no_quote(app: Flask) -> None:
    assert quotes.get_quote(uuid4(), [("calls_outbound", 60)], at=NOW) is None


def test_a_meter_that_the_plan_has_not_is_named_beside_those_that_it_has(organization: Organization) -> None:
    with pytest.raises(UnknownMeterError, match=r"'pigeons'.*calls_outbound"):
        quotes.get_quote(organization.id, [("sms", 1), ("pigeons", 1)], at=NOW)
