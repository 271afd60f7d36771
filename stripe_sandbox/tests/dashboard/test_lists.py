"""Lists of objects, and what belongs to each."""

from __future__ import annotations

import re

import pytest
import stripe

from stripe_sandbox.tests.support.developer import Developer
from stripe_sandbox.tests.support.member import Member
from stripe_sandbox.tests.support.receiver import Receiver
from stripe_sandbox.tests.support.shopper import Shopper


@pytest.mark.parametrize(
    "path",
    [
        "payments",
        "charges",
        "customers",
        "payment_methods",
        "setup_intents",
        "refunds",
        "disputes",
        "balance",
        "invoices",
        "subscriptions",
        "schedules",
        "test_clocks",
        "events",
        "webhooks",
        "requests",
    ],
)
def test_every_kind_has_its_list_and_each_object_its_page(
    developer: Developer, shopper: Shopper, member: Member, receiver: Receiver, path: str
) -> None:
    shopper.pay("pm_card_createDispute")
    shopper.set_up(shopper.card("5555555555554444"))
    shopper.v1.refunds.create({"payment_intent": shopper.pay("pm_card_visa").id})
    shopper.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]})
    shopper.v1.test_helpers.test_clocks.create({"frozen_time": 1_900_000_000})
    shopper.v1.subscription_schedules.create({"from_subscription": member.id})
    page = developer.see(f"/{path}")
    assert developer.last.status_code == 200
    links = re.findall(rf'<th scope="row"><a href="(/{path}/\w+)">', page)
    assert links
    shown = developer.see(links[0])
    assert developer.last.status_code == 200
    assert links[0].rpartition("/")[2] in shown


def test_a_list_has_pages_in_both_directions(developer: Developer, shopper: Shopper) -> None:
    made = [shopper.v1.customers.create({"name": f"Customer {number}"}).id for number in range(44)][::-1]
    page, seen = developer.see("/customers"), []
    while True:
        seen += re.findall(r'href="/customers/(\w+)"', page)
        older = re.search(r'href="([^"]+)" rel="next"', page)
        if older is None:
            break
        page = developer.see(older.group(1))
    assert seen == [*made, shopper.id]
    newer = re.search(r'href="([^"]+)" rel="prev"', page)
    assert newer is not None
    assert re.findall(r'href="/customers/(\w+)"', developer.see(newer.group(1))) == made[20:40]
    developer.see("/customers?after=cus_unknown")
    assert developer.last.status_code == 404


def test_a_payment_shows_what_belongs_to_it(
    developer: Developer, shopper: Shopper, paid: stripe.PaymentIntent
) -> None:
    refund = shopper.v1.refunds.create({"payment_intent": paid.id, "amount": 1000})
    other = shopper.pay("pm_card_visa")
    page = developer.see(f"/payments/{paid.id}")
    for text in (str(paid.latest_charge), refund.id, "charge.refunded", "/v1/refunds", shopper.id):
        assert text in page
    assert other.id not in page
    of_refund = developer.see(f"/refunds/{refund.id}")
    assert "refund.created" in of_refund
    assert "payment_intent.succeeded" not in of_refund
