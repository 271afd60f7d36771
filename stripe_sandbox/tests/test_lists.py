"""Lists and expansion."""

from __future__ import annotations

import pytest
import stripe

from stripe_sandbox.tests.support.shopper import Shopper


def test_lists_are_read_by_pages_newest_first(shopper: Shopper) -> None:
    made = [shopper.v1.payment_intents.create({"amount": 500 + n, "currency": "usd"}).id for n in range(5)]
    newest_first = made[::-1]
    page = shopper.v1.payment_intents.list({"limit": 2})
    assert ([one.id for one in page.data], page.has_more) == (newest_first[:2], True)
    after = shopper.v1.payment_intents.list({"limit": 3, "starting_after": newest_first[1]})
    assert ([one.id for one in after.data], after.has_more) == (newest_first[2:], False)
    before = shopper.v1.payment_intents.list({"limit": 2, "ending_before": newest_first[4]})
    assert ([one.id for one in before.data], before.has_more) == (newest_first[2:4], True)
    assert [one.id for one in page.auto_paging_iter()] == newest_first


def test_lists_are_filtered_by_customer_and_time(shopper: Shopper) -> None:
    mine = shopper.pay("pm_card_visa")
    shopper.v1.payment_intents.create({"amount": 500, "currency": "usd"})
    assert [one.id for one in shopper.v1.payment_intents.list({"customer": shopper.id}).data] == [mine.id]
    assert shopper.v1.payment_intents.list({"created": {"gt": mine.created + 3600}}).data == []
    assert len(shopper.v1.payment_intents.list({"created": {"gte": mine.created}}).data) == 2


def test_events_are_filtered_by_type(shopper: Shopper) -> None:
    shopper.pay("pm_card_visa")
    found = shopper.v1.events.list({"types": ["charge.succeeded", "customer.created"]}).data
    assert [event.type for event in found] == ["charge.succeeded", "customer.created"]


@pytest.mark.parametrize("limit", [0, 101])
def test_a_page_has_1_to_100(shopper: Shopper, limit: int) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        shopper.v1.customers.list({"limit": limit})
    assert caught.value.error.param == "limit"


def test_objects_are_expanded_four_deep_and_no_deeper(shopper: Shopper) -> None:
    intent = shopper.pay(shopper.saved("4242424242424242"))
    paths = ["latest_charge.payment_intent.payment_method.customer", "customer"]
    found = shopper.v1.payment_intents.retrieve(intent.id, {"expand": paths})
    assert found.latest_charge.payment_intent.payment_method.customer.id == shopper.id
    listed = shopper.v1.payment_intents.list({"expand": ["data.latest_charge.balance_transaction"]})
    assert listed.data[0].latest_charge.balance_transaction.net == 4825
    with pytest.raises(stripe.InvalidRequestError):
        shopper.v1.payment_intents.retrieve(intent.id, {"expand": ["a.b.c.d.e"]})
    with pytest.raises(stripe.InvalidRequestError):
        shopper.v1.payment_intents.retrieve(intent.id, {"expand": ["nothing"]})
