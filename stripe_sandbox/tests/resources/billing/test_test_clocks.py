"""Test clocks through the SDK: what hangs on one lives in its time."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from stripe_sandbox.testing import Process
from stripe_sandbox.tests.support.shopper import Shopper
from stripe_sandbox.tests.support.stage import at

PAYS = "4242424242424242"


class Clockwork:
    """A customer on a clock that stands at noon of 31 January 2027."""

    def __init__(self, shopper: Shopper) -> None:
        self.v1 = shopper.v1
        self.clocks = shopper.v1.test_helpers.test_clocks
        self.clock = self.clocks.create({"frozen_time": at("2027-01-31"), "name": "Winter"})
        shopper.id = self.v1.customers.create({"name": "Ada", "test_clock": self.clock.id}).id
        self.customer = shopper.id
        chosen: Any = {"default_payment_method": shopper.saved(PAYS)}
        self.v1.customers.update(self.customer, {"invoice_settings": chosen})

    def subscribe(self, interval: str = "month") -> stripe.Subscription:
        price = self.v1.prices.create(
            {
                "currency": "usd",
                "unit_amount": 4900,
                "recurring": {"interval": interval},  # type: ignore[typeddict-item]
                "product_data": {"name": "Plan"},
            }
        )
        return self.v1.subscriptions.create({"customer": self.customer, "items": [{"price": price.id}]})

    def advance(self, day: str) -> Any:
        """Advance to a day, and see it begin and end."""
        begun = self.clocks.advance(self.clock.id, {"frozen_time": at(day)})
        assert (begun.status, begun.status_details.advancing.target_frozen_time) == ("advancing", at(day))
        while (now := self.clocks.retrieve(self.clock.id)).status == "advancing":
            pass
        return now


@pytest.fixture
def clockwork(shopper: Shopper) -> Clockwork:
    return Clockwork(shopper)


def test_what_belongs_to_its_customer_is_made_in_its_time(clockwork: Clockwork) -> None:
    v1, customer = clockwork.v1, clockwork.customer
    one = clockwork.subscribe()
    item = v1.invoice_items.create({"customer": customer, "amount": 1000, "currency": "usd"})
    wanted: Any = {"customer": customer, "pending_invoice_items_behavior": "include"}
    invoice = v1.invoices.create(wanted)
    intent = v1.payment_intents.list({"customer": customer}).data[0]
    moments = (one.created, item.date, invoice.created, intent.created, v1.charges.list().data[0].created)
    assert set(moments) == {at("2027-01-31")}
    clock = clockwork.clock.id
    assert (one.test_clock, item.test_clock, invoice.test_clock) == (clock, clock, clock)
    payment = v1.invoice_payments.list({"invoice": one.latest_invoice}).data[0]  # type: ignore[typeddict-item]
    assert (payment.created, payment.status_transitions.paid_at) == (at("2027-01-31"), at("2027-01-31"))


def test_advancing_renews_each_subscription_on_its_day(clockwork: Clockwork, shopper: Shopper) -> None:
    one = clockwork.subscribe()
    now = clockwork.advance("2027-03-15")
    assert (now.status, now.frozen_time, now.status_details.advancing) == ("ready", at("2027-03-15"), None)
    item = clockwork.v1.subscriptions.retrieve(one.id)["items"].data[0]
    assert item.current_period_start == at("2027-02-28")
    invoices = clockwork.v1.invoices.list({"subscription": one.id}).data
    assert [(invoice.created, invoice.status) for invoice in invoices] == [
        (at("2027-02-28"), "paid"),
        (at("2027-01-31"), "paid"),
    ]
    kinds = [kind for kind in shopper.events() if kind.startswith("test_helpers")]
    prefix = "test_helpers.test_clock."
    assert kinds == [prefix + "created", prefix + "advancing", prefix + "ready"]


@pytest.mark.parametrize(
    "day", [pytest.param("2027-01-31", id="the same moment"), pytest.param("2027-01-30", id="the day before")]
)
def test_a_clock_never_goes_back(clockwork: Clockwork, day: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="must be after"):
        clockwork.clocks.advance(clockwork.clock.id, {"frozen_time": at(day)})


@pytest.mark.parametrize(
    ("interval", "day", "refused"),
    [
        ("month", "2027-03-31", "2027-04-01"),
        ("year", "2029-01-31", "2029-02-01"),
        ("", "2029-01-31", "2029-02-01"),
    ],
    ids=["monthly", "yearly", "without a subscription"],
)
def test_a_clock_goes_two_intervals_ahead_immediately(
    clockwork: Clockwork, interval: str, day: str, refused: str
) -> None:
    if interval:
        clockwork.subscribe(interval)
    with pytest.raises(stripe.InvalidRequestError, match="2 intervals"):
        clockwork.clocks.advance(clockwork.clock.id, {"frozen_time": at(refused)})
    assert clockwork.advance(day).frozen_time == at(day)


def test_those_on_a_clock_are_listed_only_where_it_is_named(clockwork: Clockwork) -> None:
    one = clockwork.subscribe()
    v1, clock = clockwork.v1, clockwork.clock.id
    assert [found.id for found in v1.customers.list({"test_clock": clock}).data] == [clockwork.customer]
    assert clockwork.customer not in [found.id for found in v1.customers.list().data]
    assert [found.id for found in v1.subscriptions.list({"test_clock": clock}).data] == [one.id]
    assert [found.id for found in v1.subscriptions.list({"customer": clockwork.customer}).data] == [one.id]
    assert v1.subscriptions.list().data == []
    assert [found.id for found in clockwork.clocks.list().data] == [clock]


def test_a_deleted_clock_takes_its_customers_and_their_subscriptions_with_it(clockwork: Clockwork) -> None:
    one = clockwork.subscribe()
    assert clockwork.clocks.delete(clockwork.clock.id).deleted is True
    assert clockwork.v1.customers.retrieve(clockwork.customer).deleted is True
    assert clockwork.v1.subscriptions.retrieve(one.id).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError, match="No such test clock"):
        clockwork.clocks.retrieve(clockwork.clock.id)


def test_a_customer_can_be_hung_on_a_clock_later(shopper: Shopper) -> None:
    wanted: Any = {"frozen_time": at("2027-01-31"), "customer": shopper.id}
    clock = shopper.v1.test_helpers.test_clocks.create(wanted)
    assert shopper.v1.customers.retrieve(shopper.id).test_clock == clock.id
    with pytest.raises(stripe.InvalidRequestError, match="already attached"):
        shopper.v1.test_helpers.test_clocks.create(wanted)


def test_an_advance_goes_on_after_a_restart(clockwork: Clockwork, stand_in: Process) -> None:
    one = clockwork.subscribe()
    clockwork.clocks.advance(clockwork.clock.id, {"frozen_time": at("2027-03-15")})
    stand_in.restart()
    stand_in.control.set_webhooks("hold")
    while clockwork.clocks.retrieve(clockwork.clock.id).status == "advancing":
        pass
    assert len(clockwork.v1.invoices.list({"subscription": one.id}).data) == 2
