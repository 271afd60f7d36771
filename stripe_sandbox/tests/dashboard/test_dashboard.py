"""The dashboard: what the stand-in holds, found and made to happen, from its own pages only."""

from __future__ import annotations

import re
from typing import Any

import pytest
import requests
import stripe

from stripe_sandbox.testing import Process
from stripe_sandbox.tests.support.developer import Developer
from stripe_sandbox.tests.support.member import Member
from stripe_sandbox.tests.support.receiver import Receiver
from stripe_sandbox.tests.support.shopper import Shopper


@pytest.fixture
def paid(shopper: Shopper) -> stripe.PaymentIntent:
    return shopper.pay("pm_card_visa")


def test_the_first_page_has_the_newest_of_everything(
    developer: Developer, paid: stripe.PaymentIntent, shopper: Shopper
) -> None:
    page = developer.see("/")
    for text in (
        paid.id,
        shopper.id,
        "payment_intent.succeeded",
        "POST /v1/payment_intents",
        "4000 0000 0000 0259",
    ):
        assert text in page


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


def test_things_are_found_by_their_id(
    developer: Developer, shopper: Shopper, paid: stripe.PaymentIntent, stand_in: Process
) -> None:
    request_id = stand_in.control.requests()[0]["request_id"]
    for wanted in (paid.id, f" {paid.latest_charge} ", shopper.id, request_id):
        developer.see(f"/search?q={wanted}")
        assert developer.last.url.endswith(wanted.strip())
    developer.see("/search?q=ada@example.com")
    assert developer.last.url.endswith(shopper.id)
    for wanted in ("", "pi_unknown", "<script>", "no-one@example.com"):
        assert "Nothing found" in developer.see(f"/search?q={wanted}")
        assert developer.last.status_code == 404
        assert "<script>" not in developer.last.text


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


@pytest.mark.parametrize(("typed", "amount"), [("12.50", 1250), ("$12.5", 1250), ("", 5000), ("50", 5000)])
def test_a_payment_is_refunded_from_its_page(
    developer: Developer, shopper: Shopper, paid: stripe.PaymentIntent, typed: str, amount: int
) -> None:
    developer.send(f"/payments/{paid.id}/refunds", amount=typed)
    assert developer.said == "The refund was made."
    assert shopper.v1.refunds.list({"payment_intent": paid.id}).data[0].amount == amount
    assert shopper.events()[-2:] == ["refund.created", "charge.refunded"]


@pytest.mark.parametrize("typed", ["12.505", "-1", "all", "٣", "51", "9" * 12])
def test_an_amount_that_can_not_be_refunded_is_said_and_kept(
    developer: Developer, shopper: Shopper, paid: stripe.PaymentIntent, typed: str
) -> None:
    page = developer.send(f"/payments/{paid.id}/refunds", amount=typed)
    assert developer.last.status_code == 400
    assert developer.said
    assert f'value="{typed}"' in page
    assert shopper.v1.refunds.list().data == []


def test_a_part_is_disputed_and_the_bank_decides(
    developer: Developer, shopper: Shopper, paid: stripe.PaymentIntent
) -> None:
    developer.send(f"/payments/{paid.id}/disputes", amount="20", reason="duplicate")
    assert developer.said == "The dispute was opened."
    dispute = shopper.v1.disputes.list().data[0]
    assert (dispute.amount, dispute.reason, dispute.status) == (2000, "duplicate", "needs_response")
    developer.send(f"/disputes/{dispute.id}/outcome", outcome="won")
    assert developer.said == "The dispute was decided."
    assert shopper.v1.disputes.retrieve(dispute.id).status == "won"
    developer.send(f"/disputes/{dispute.id}/outcome", outcome="lost")
    assert developer.last.status_code == 400
    assert "What can happen" not in developer.last.text


def test_an_inquiry_becomes_a_dispute(
    developer: Developer, shopper: Shopper, paid: stripe.PaymentIntent
) -> None:
    developer.send(f"/payments/{paid.id}/disputes", amount="", reason="fraudulent", inquiry="1")
    inquiry = shopper.v1.disputes.list().data[0]
    assert inquiry.status == "warning_needs_response"
    developer.send(f"/disputes/{inquiry.id}/outcome", outcome="escalated")
    assert shopper.v1.disputes.retrieve(inquiry.id).status == "needs_response"


def test_a_refund_is_settled(developer: Developer, shopper: Shopper) -> None:
    intent = shopper.pay(shopper.card("4000000000007726"))
    refund = shopper.v1.refunds.create({"payment_intent": intent.id})
    assert "Let it succeed" in developer.see(f"/refunds/{refund.id}")
    developer.send(f"/refunds/{refund.id}/outcome", outcome="fail")
    assert developer.said == "The refund was settled."
    assert shopper.v1.refunds.retrieve(refund.id).status == "failed"


def test_the_network_renews_a_card_and_a_card_is_detached(developer: Developer, shopper: Shopper) -> None:
    card = shopper.saved("4242424242424242")
    developer.send(f"/payment_methods/{card}/network_update", exp_month="13", exp_year="2041")
    assert developer.said == "Month: enter a whole number from 1 to 12."
    developer.send(f"/payment_methods/{card}/network_update", exp_month="3", exp_year="2041")
    renewed = shopper.v1.payment_methods.retrieve(card).card
    assert renewed
    assert (renewed.exp_month, renewed.exp_year) == (3, 2041)
    developer.send(f"/payment_methods/{card}/detachment")
    assert shopper.v1.payment_methods.retrieve(card).customer is None
    assert shopper.events()[-2:] == ["payment_method.automatically_updated", "payment_method.detached"]
    developer.send(f"/payment_methods/{card}/detachment")
    assert developer.last.status_code == 400


def test_an_event_is_sent_again_and_its_attempts_are_told(
    developer: Developer, shopper: Shopper, stand_in: Process, receiver: Receiver
) -> None:
    event = shopper.v1.events.list().data[0]
    assert "Not tried yet" in developer.see(f"/events/{event.id}")
    receiver.status = 500
    stand_in.control.flush()
    developer.send(f"/events/{event.id}/deliveries")
    assert developer.said == "The event was sent again and refused."
    assert developer.last.text.count("answered 500") == 2
    receiver.status = 200
    developer.send(f"/events/{event.id}/deliveries")
    assert developer.said == "The event was sent again and accepted."
    assert receiver.got[-1]["id"] == event.id


def test_a_request_shows_what_was_sent_and_answered_but_no_card(
    developer: Developer, shopper: Shopper, stand_in: Process
) -> None:
    shopper.card("4000000000009995")
    request_id = next(
        one["request_id"] for one in stand_in.control.requests() if one["path"] == "/v1/payment_methods"
    )
    page = developer.see(f"/requests/{request_id}")
    assert "•••• 9995" in page
    assert "4000000000009995" not in page
    assert "card[exp_year]" in page
    assert "/v1/customers" not in developer.see("/requests?path=payment_methods")
    developer.see("/requests/req_unknown")
    assert developer.last.status_code == 404


def test_faults_and_webhooks_are_controlled(developer: Developer, shopper: Shopper) -> None:
    fault = {"operation": "POST /v1/refunds", "kind": "429", "times": "2", "delay": "0"}
    for wrong in ({"times": "0"}, {"kind": "earthquake"}, {"operation": "POST /v1/moons"}, {"delay": "soon"}):
        developer.send("/controls/faults", **{**fault, **wrong})
        assert (developer.last.status_code, bool(developer.said)) == (400, True)
    developer.send("/controls/faults", **fault)
    assert "2 calls are to go wrong" in developer.last.text
    with pytest.raises(stripe.RateLimitError):
        shopper.v1.refunds.create({"payment_intent": "pi_1"})
    developer.send("/controls/faults/clear")
    assert "Nothing is to go wrong." in developer.last.text
    developer.send("/controls/webhooks", mode="drop")
    assert "Webhooks: drop." in developer.last.text
    developer.send("/controls/webhooks", mode="sometimes")
    assert developer.last.status_code == 400


def test_what_waits_is_sent_and_what_is_scheduled_happens(
    developer: Developer, shopper: Shopper, receiver: Receiver
) -> None:
    intent = shopper.pay(shopper.card("4000000000005126"))
    refund = shopper.v1.refunds.create({"payment_intent": intent.id})
    developer.send("/controls/scheduled")
    assert shopper.v1.refunds.retrieve(refund.id).status == "failed"
    developer.send("/controls/webhooks/flush")
    assert receiver.types[-1] == "refund.failed"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_forms_of_other_pages_are_refused(
    developer: Developer, paid: stripe.PaymentIntent, headers: dict[str, Any]
) -> None:
    answer = requests.post(f"{developer.url}/payments/{paid.id}/refunds", headers=headers, timeout=10)
    assert answer.status_code == 403
    assert "Only forms of this dashboard are taken" in answer.text


def test_pages_of_other_origins_can_not_pull_the_controls(developer: Developer, shopper: Shopper) -> None:
    for headers in ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = requests.post(f"{developer.url}/_sandbox/reset", headers=headers, timeout=10)
        assert (answer.status_code, "error" in answer.json()) == (403, True)
    assert shopper.v1.customers.retrieve(shopper.id).id == shopper.id
