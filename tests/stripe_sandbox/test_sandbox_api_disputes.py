"""Disputes: money withdrawn at once, and given back where the dispute is won; inquiries, which move nothing."""

from __future__ import annotations

import pytest
import requests
import stripe

from stripe_sandbox.testing import Process
from tests.stripe_sandbox.shopper import Shopper


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
    opened = stand_in.control("disputes", {"charge": intent.latest_charge})
    stand_in.control("disputes", {"dispute": opened["id"], "outcome": outcome})
    dispute = shopper.v1.disputes.retrieve(opened["id"])
    assert dispute.status == outcome
    assert sum(one.amount for one in dispute.balance_transactions) == (0 if outcome == "won" else -5000)
    assert shopper.events()[-2:] == events
    with pytest.raises(requests.HTTPError):
        stand_in.control("disputes", {"dispute": opened["id"], "outcome": outcome})


def test_an_inquiry_moves_nothing(shopper: Shopper, stand_in: Process) -> None:
    intent = shopper.pay("pm_card_visa")
    opened = stand_in.control("disputes", {"charge": intent.latest_charge, "inquiry": True})
    stand_in.control("disputes", {"dispute": opened["id"], "outcome": "warning_closed"})
    assert opened["status"] == "warning_needs_response"
    assert shopper.events()[-2:] == ["charge.dispute.created", "charge.dispute.closed"]
    assert not shopper.v1.charges.retrieve(str(intent.latest_charge)).disputed
    assert len(shopper.v1.balance_transactions.list().data) == 1


def test_a_disputed_charge_can_not_be_refunded(shopper: Shopper) -> None:
    intent = shopper.pay("pm_card_createDispute")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shopper.v1.refunds.create({"payment_intent": intent.id})
    assert refused.value.code == "charge_disputed"
