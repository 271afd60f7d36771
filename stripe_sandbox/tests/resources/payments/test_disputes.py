"""Disputes: money withdrawn immediately, and returned where the dispute is won; inquiries, which move nothing."""

from __future__ import annotations

import pytest
import requests
import stripe

from stripe_sandbox.testing import Process
from stripe_sandbox.tests.support.shopper import Shopper


def test_a_card_that_disputes_pays_first(shopper: Shopper) -> None:
    intent = shopper.pay("pm_card_createDispute")
    dispute = shopper.v1.disputes.list({"payment_intent": intent.id}).data[0]
    assert (intent.status, dispute.status, dispute.amount) == ("succeeded", "needs_response", 5000)
    assert dispute.balance_transactions[0].amount == -5000
    assert shopper.v1.charges.retrieve(str(intent.latest_charge)).disputed
    assert shopper.events()[-3:] == [
        "payment_intent.succeeded",
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
    ]


def test_an_event_shows_the_object_as_it_was_then(shopper: Shopper) -> None:
    shopper.pay("pm_card_createDispute")
    event = shopper.v1.events.list({"type": "charge.succeeded"}).data[0]
    assert event.data.object["disputed"] is False


@pytest.mark.parametrize(
    ("outcome", "events"),
    [
        ("won", ["charge.dispute.funds_reinstated", "charge.dispute.closed"]),
        ("lost", ["charge.dispute.funds_withdrawn", "charge.dispute.closed"]),
    ],
)
def test_the_bank_decides(shopper: Shopper, stand_in: Process, outcome: str, events: list[str]) -> None:
    intent = shopper.pay("pm_card_visa")
    opened = stand_in.control.open_dispute(intent.latest_charge)
    stand_in.control.decide_dispute(opened["id"], outcome)
    dispute = shopper.v1.disputes.retrieve(opened["id"])
    assert dispute.status == outcome
    assert sum(one.amount for one in dispute.balance_transactions) == (0 if outcome == "won" else -5000)
    assert shopper.events()[-2:] == events
    with pytest.raises(requests.HTTPError):
        stand_in.control.decide_dispute(opened["id"], outcome)


def test_an_inquiry_moves_nothing(shopper: Shopper, stand_in: Process) -> None:
    intent = shopper.pay("pm_card_visa")
    opened = stand_in.control.open_dispute(intent.latest_charge, inquiry=True)
    stand_in.control.decide_dispute(opened["id"], "warning_closed")
    assert opened["status"] == "warning_needs_response"
    assert shopper.events()[-2:] == ["charge.dispute.created", "charge.dispute.closed"]
    assert not shopper.v1.charges.retrieve(str(intent.latest_charge)).disputed
    assert len(shopper.v1.balance_transactions.list().data) == 1


def test_an_inquiry_may_become_a_dispute(shopper: Shopper, stand_in: Process) -> None:
    intent = shopper.pay(shopper.card("4000000000001976"))
    inquiry = shopper.v1.disputes.list({"payment_intent": intent.id}).data[0]
    assert (inquiry.status, inquiry.is_charge_refundable) == ("warning_needs_response", True)
    stand_in.control.decide_dispute(inquiry.id, "escalated")
    dispute = shopper.v1.disputes.retrieve(inquiry.id)
    assert (dispute.status, dispute.is_charge_refundable) == ("needs_response", False)
    assert [one.net for one in dispute.balance_transactions] == [-6500]
    assert shopper.events()[-2:] == ["charge.dispute.updated", "charge.dispute.funds_withdrawn"]


def test_an_inquiry_whose_charge_was_refunded_stays_one(shopper: Shopper, stand_in: Process) -> None:
    intent = shopper.pay("pm_card_visa")
    inquiry = stand_in.control.open_dispute(intent.latest_charge, inquiry=True)
    shopper.v1.refunds.create({"payment_intent": intent.id})
    with pytest.raises(requests.HTTPError):
        stand_in.control.decide_dispute(inquiry["id"], "escalated")


def test_a_part_may_be_disputed_and_what_is_left_again(shopper: Shopper, stand_in: Process) -> None:
    intent = shopper.pay("pm_card_visa")
    part = stand_in.control.open_dispute(intent.latest_charge, amount=2000)
    rest = stand_in.control.open_dispute(intent.latest_charge, reason="duplicate")
    assert [(one["amount"], one["reason"]) for one in (part, rest)] == [
        (2000, "fraudulent"),
        (3000, "duplicate"),
    ]
    with pytest.raises(requests.HTTPError):
        stand_in.control.open_dispute(intent.latest_charge, amount=1)


@pytest.mark.parametrize("amount", [0, -1, 5001, "20", 20.5, True])
def test_only_cents_that_were_paid_can_be_disputed(
    shopper: Shopper, stand_in: Process, amount: object
) -> None:
    intent = shopper.pay("pm_card_visa")
    address = f"{stand_in.url}/_sandbox/disputes"
    refused = requests.post(address, json={"charge": intent.latest_charge, "amount": amount}, timeout=10)
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "amount")


def test_what_was_refunded_before_is_not_disputed_by_itself(shopper: Shopper, stand_in: Process) -> None:
    intent = shopper.pay("pm_card_visa")
    shopper.v1.refunds.create({"payment_intent": intent.id, "amount": 1500})
    assert stand_in.control.open_dispute(intent.latest_charge)["amount"] == 3500


def test_a_dispute_costs_a_fee_even_where_it_is_won(shopper: Shopper, stand_in: Process) -> None:
    intent = shopper.pay("pm_card_visa")
    opened = stand_in.control.open_dispute(intent.latest_charge, amount=2000)
    stand_in.control.decide_dispute(opened["id"], "won")
    moved = shopper.v1.disputes.retrieve(opened["id"]).balance_transactions
    assert [(one.amount, one.fee, one.net, one.reporting_category) for one in moved] == [
        (-2000, 1500, -3500, "dispute"),
        (2000, 0, 2000, "dispute_reversal"),
    ]
    assert moved[0].fee_details[0].description == "Dispute fee"
    assert shopper.v1.balance.retrieve().available[0].amount == 5000 - 175 - 1500


def test_a_merchant_has_until_the_end_of_a_day_to_answer(shopper: Shopper) -> None:
    intent = shopper.pay("pm_card_createDispute")
    dispute = shopper.v1.disputes.list({"payment_intent": intent.id}).data[0]
    details = dispute.evidence_details
    assert details.due_by is not None
    assert details.due_by > dispute.created
    assert details.due_by % 86_400 == 86_399
    assert (details.has_evidence, details.submission_count) == (False, 0)


def test_evidence_is_staged_before_it_is_sent(shopper: Shopper) -> None:
    intent = shopper.pay("pm_card_createDispute")
    id_ = shopper.v1.disputes.list({"payment_intent": intent.id}).data[0].id
    staged = shopper.v1.disputes.update(id_, {"evidence": {"customer_name": "Ada"}, "submit": False})
    assert (staged.status, staged.evidence.customer_name) == ("needs_response", "Ada")
    sent = shopper.v1.disputes.update(id_, {"submit": True, "metadata": {"case": "7"}})
    assert (sent.status, sent.evidence_details.submission_count) == ("under_review", 1)
    assert (sent.evidence.customer_name, sent.metadata["case"]) == ("Ada", "7")
    assert shopper.events()[-2:] == ["charge.dispute.updated"] * 2


@pytest.mark.parametrize(
    ("card", "text", "status"),
    [
        ("pm_card_createDispute", "winning_evidence", "won"),
        ("pm_card_createDispute", "losing_evidence", "lost"),
        ("pm_card_createDisputeInquiry", "winning_evidence", "warning_closed"),
        ("pm_card_createDisputeInquiry", "escalate_inquiry_evidence", "needs_response"),
    ],
)
def test_test_evidence_is_decided_upon_immediately(
    shopper: Shopper, card: str, text: str, status: str
) -> None:
    intent = shopper.pay(card)
    id_ = shopper.v1.disputes.list({"payment_intent": intent.id}).data[0].id
    assert shopper.v1.disputes.update(id_, {"evidence": {"uncategorized_text": text}}).status == status


def test_a_merchant_may_accept_a_dispute_once(shopper: Shopper) -> None:
    intent = shopper.pay("pm_card_createDispute")
    id_ = shopper.v1.disputes.list({"payment_intent": intent.id}).data[0].id
    assert shopper.v1.disputes.close(id_).status == "lost"
    with pytest.raises(stripe.InvalidRequestError):
        shopper.v1.disputes.close(id_)
    with pytest.raises(stripe.InvalidRequestError):
        shopper.v1.disputes.update(id_, {"evidence": {"customer_name": "Ada"}})


def test_a_charge_whose_dispute_was_won_can_be_refunded(shopper: Shopper, stand_in: Process) -> None:
    intent = shopper.pay("pm_card_visa")
    opened = stand_in.control.open_dispute(intent.latest_charge)
    stand_in.control.decide_dispute(opened["id"], "won")
    assert shopper.v1.refunds.create({"payment_intent": intent.id}).status == "succeeded"


def test_a_disputed_charge_can_not_be_refunded(shopper: Shopper) -> None:
    intent = shopper.pay("pm_card_createDispute")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shopper.v1.refunds.create({"payment_intent": intent.id})
    assert refused.value.code == "charge_disputed"


def test_what_was_refunded_before_comes_back_from_a_lost_dispute(shopper: Shopper, stand_in: Process) -> None:
    intent = shopper.pay("pm_card_visa")
    shopper.v1.refunds.create({"payment_intent": intent.id, "amount": 2000})
    opened = stand_in.control.open_dispute(intent.latest_charge, amount=5000)
    stand_in.control.decide_dispute(opened["id"], "lost")
    dispute = shopper.v1.disputes.retrieve(opened["id"])
    assert [one.amount for one in dispute.balance_transactions] == [-5000, 2000]
    assert shopper.events()[-2:] == ["charge.dispute.funds_reinstated", "charge.dispute.closed"]
