"""Refunds and disputes of a payment, from its page."""

from __future__ import annotations

import pytest
import stripe

from stripe_sandbox.tests.support.developer import Developer
from stripe_sandbox.tests.support.shopper import Shopper


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
    assert "<h2>Actions</h2>" not in developer.last.text


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
    assert "Mark as succeeded" in developer.see(f"/refunds/{refund.id}")
    developer.send(f"/refunds/{refund.id}/outcome", outcome="fail")
    assert developer.said == "The refund was settled."
    assert shopper.v1.refunds.retrieve(refund.id).status == "failed"
